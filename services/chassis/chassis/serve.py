"""How the processes of a service run: web, worker, jobs. Each ends cleanly on SIGTERM.

    python -m chassis.serve web requests
    python -m chassis.serve worker requests
    python -m chassis.serve jobs letters

The embedded default gives several names, and all of them run in the one process.
"""

import gc
import importlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit status 78 when a setting is wrong."""
    kind, *services = arguments or sys.argv[1:]
    if kind == "worker":
        go_green()
    from chassis.settings import SettingsError, load
    from chassis.telemetry import start_logging

    try:
        settings = {service: load(service) for service in services}
        first = settings[services[0]]
        start_logging("+".join(services) if len(services) < 3 else kind, first.log_level)
        run: Callable[[Mapping[str, Any]], None]
        run = {"web": _web, "worker": _worker, "jobs": _jobs}[kind]
        # Some settings only one kind of process of one service wants; it asks before it begins.
        run(settings)
    except SettingsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 78
    return 0


def go_green() -> None:
    """Have this process wait in green threads; before anything else is imported."""
    import warnings

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    import eventlet

    eventlet.monkey_patch()
    from chassis.postgres import break_off_silent, wait_green
    from psycopg2.extensions import set_wait_callback

    set_wait_callback(wait_green)
    eventlet.spawn(break_off_silent)


def package(service: str, module: str) -> Any:
    """A module of a service: `package("letters", "entrypoints.worker")`."""
    return importlib.import_module(f"{service}_service.{module}")


def worker_class(service: str) -> type:
    """The nameko class of a service."""
    found: type = package(service, "entrypoints.worker").Worker
    return found


def migrations_folder(service: str) -> Path:
    """Where a service keeps its numbered SQL."""
    return Path(package(service, "bootstrap").__file__).parent.parent / "migrations"


# --- web


def _web(settings: Mapping[str, Any]) -> None:
    import uvicorn
    from chassis.feed import end_streams
    from chassis.postgres import Pool
    from chassis.routes import one_origin, table
    from chassis.settings import SettingsError

    apps = {
        name: package(name, "entrypoints.web").build_web(
            each, Pool(each.database_url, each.pool_size)
        )
        for name, each in settings.items()
    }
    first = next(iter(settings.values()))
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        one_origin(apps, table(apps)) if len(apps) > 1 else next(iter(apps.values())),
        host=_host(),
        port=first.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
        proxy_headers=True,
    )

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: Any) -> None:
            stop()

    server = Server(config)

    def stop() -> None:
        """Not ready first; who routes to us sees it, and only then we take no more."""
        for app in apps.values():
            app.state.leaving = True
        threading.Timer(first.drain_seconds, end).start()

    def end() -> None:
        end_streams()
        server.should_exit = True

    _stop_with_launcher(stop)
    # What stands now stays: to look through it for garbage would hold up a page by 0.1 s.
    gc.freeze()
    try:
        server.run()
    except SystemExit as error:
        # What uvicorn says of it is in its log, which is silent for what people type.
        raise SettingsError(
            f"HOST, PORT: {config.host}:{config.port} cannot be had; does another program have it?"
        ) from error


# --- worker


def _worker(settings: Mapping[str, Any]) -> None:
    import eventlet
    from chassis.nameko import InMemory, Rabbit, heard_by
    from chassis.postgres import Pool
    from nameko.runners import ServiceRunner

    first = next(iter(settings.values()))
    broker: Any
    if first.amqp_url.startswith("memory:"):
        broker = InMemory(_suspects(settings) if os.environ.get("AFTER_UNCLEAN_END") else {})
    else:
        broker = Rabbit(first.amqp_url)
    pools: dict[str, Pool] = {}
    runner = ServiceRunner(
        {
            "AMQP_URI": broker.url,
            # At the default each hop in memory takes a second.
            "TRANSPORT_OPTIONS": {"polling_interval": 0.02} if isinstance(broker, InMemory) else {},
            "SETTINGS": settings,
            "BROKER": broker,
            "POOLS": pools,
            "max_workers": 10,
            "heartbeat": 10,
        }
    )
    for name in settings:
        worker = worker_class(name)
        runner.add_service(worker)
        if isinstance(broker, InMemory):
            for heard in heard_by(worker):
                broker.hearers.setdefault(heard, set()).add(name)
    runner.start()
    if isinstance(broker, InMemory):
        broker.everyone_hears.send()
    if first.health_port:
        eventlet.spawn(_serve_health_green, settings, pools, first.health_port)
    stopping: list[bool] = []

    def stop() -> None:
        if not stopping:
            stopping.append(True)
            eventlet.spawn_after(_PATIENCE_SECONDS, os._exit, 3)
            runner.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(stop))
    if os.environ.get("LAUNCHER_PIPE"):
        eventlet.spawn(_stop_when_pipe_ends_green, stop)
    waiting = eventlet.spawn(runner.wait)
    while True:
        try:
            waiting.wait()
            return
        except (OSError, KeyboardInterrupt):
            # A signal interrupts the wait, too; what ended the services ends the process.
            if waiting.dead:
                raise


def _suspects(settings: Mapping[str, Any]) -> dict[str, int]:
    from chassis.postgres import Pool

    return {
        name: Pool(each.database_url, 1).execute("SELECT coalesce(max(position), 0) FROM facts")[0][
            0
        ]
        for name, each in settings.items()
    }


def _stop_when_pipe_ends_green(stop: Callable[[], None]) -> None:
    from eventlet.hubs import trampoline

    trampoline(0, read=True)
    stop()


def _serve_health_green(settings: Mapping[str, Any], pools: Mapping[str, Any], port: int) -> None:
    import eventlet.wsgi

    wsgi = _health_wsgi(settings, lambda name: pools.get(name))
    eventlet.wsgi.server(eventlet.listen((_host(), port)), wsgi, log_output=False)


# --- jobs


def _jobs(settings: Mapping[str, Any]) -> None:
    from chassis.jobs import Runner
    from chassis.postgres import Pool

    done = threading.Event()
    runners: list[Any] = []
    pools = {}
    for name, each in settings.items():
        pools[name] = Pool(each.database_url, each.pool_size)
        jobs = package(name, "entrypoints.jobs")
        runners.append(Runner(pools[name], name, jobs.handlers(each, pools[name])))
        # Only a service that reads its own log beside its work has followers.
        runners += getattr(jobs, "followers", lambda *_: [])(each, pools[name])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    _stop_with_launcher(done.set)
    for runner in runners:
        runner.start()
    first = next(iter(settings.values()))
    if first.health_port:
        _serve_health_thread(settings, pools, first.health_port)
    done.wait()
    end = time.monotonic() + _PATIENCE_SECONDS
    for runner in runners:
        runner.stop(max(0.0, end - time.monotonic()))


def _serve_health_thread(settings: Mapping[str, Any], pools: Mapping[str, Any], port: int) -> None:
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = make_server(
        _host(), port, _health_wsgi(settings, lambda name: pools[name]), handler_class=Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()


# --- both


def _health_wsgi(settings: Mapping[str, Any], pool_of: Callable[[str], Any]) -> Any:
    import json

    from chassis.http import readiness
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    def wsgi(environ: Any, start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        status, kind, body = "404 Not Found", "application/json", b"{}"
        if path == "/healthz":
            status, body = "200 OK", b'{"status": "alive"}'
        elif path == "/metrics":
            status, kind, body = "200 OK", CONTENT_TYPE_LATEST, generate_latest()
        elif path == "/readyz":
            checks = {
                name: readiness(pool_of(name), each.amqp_url) | _nothing_held_back(name)
                if pool_of(name)
                else {}
                for name, each in settings.items()
            }
            ready = all(check and all(check.values()) for check in checks.values())
            status = "200 OK" if ready else "503 Service Unavailable"
            body = json.dumps(checks).encode()
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return wsgi


def _nothing_held_back(service: str) -> dict[str, bool]:
    """Whether every fact so far kept its contract and went out."""
    from prometheus_client import REGISTRY

    return {"contracts": not REGISTRY.get_sample_value("facts_held_back", {"source": service})}


def _host() -> str:
    return os.environ.get("HOST", "127.0.0.1")


def _stop_with_launcher(stop: Callable[[], None]) -> None:
    """The launcher holds the other end of standard input: it ends when the launcher does."""
    if os.environ.get("LAUNCHER_PIPE"):

        def wait() -> None:
            os.read(0, 1)
            stop()

        threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
