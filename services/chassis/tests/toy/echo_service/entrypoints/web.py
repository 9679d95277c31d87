from chassis.http import build_app

from echo_service.bootstrap import build_application


def build_web(settings, pool):
    app = build_app(
        settings,
        pool,
        title="Echo",
        routers=[],
        errors={},
        application=build_application(settings, pool),
    )

    @app.get("/api/echo/heard")
    def heard():
        return pool.execute("SELECT count(*) FROM heard")[0][0]

    return app
