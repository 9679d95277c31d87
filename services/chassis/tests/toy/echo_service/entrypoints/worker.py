from chassis.nameko import Injected, Relaying, listens_to

from echo_service.bootstrap import build_application


class Worker:
    name = "echo"
    app = Injected(build_application)
    relaying = Relaying({"Asked": lambda data: data})

    @listens_to("echo", "Asked")
    def hear(self, message):
        self.app.hear(message)
