"""A web process of `requests`, run as in production."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import Settings, load
from requests_service.application import Requests
from requests_service.bootstrap import build_application
from satudata import secrets
from satudata.places import CITY_FILE
from satudata.run import free_port

from tests.bench.lab import Lab
from tests.installations import wait_until


@dataclass(frozen=True)
class WebProcess:
    """`url` is where it answers; `app` has the same settings and database, in our own process."""

    url: str
    settings: Settings
    app: Requests

    def session(self, role: str, agency: str | None = None) -> str:
        """Of a new account with that role."""
        username = agency or role
        member = self.app.accounts.add(
            username=username, name=f"Petugas {username}", role=role, agency=agency,
            password="kata-sandi-ukur", by=Actor("operator", "operator"),
        )  # fmt: skip
        return self.app.accounts.session(member)


@contextmanager
def web_process(lab: Lab, dsn: str) -> Iterator[WebProcess]:
    """On that database, until the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **secrets.environment(lab.folder() / "keys"),
        "REQUESTS_DATABASE_URL": dsn,
        "AMQP_URL": "memory://",
        "FILES_URL": f"file://{lab.folder()}",
        "PUBLIC_URL": url,
        "CITY_FILE": str(CITY_FILE),
        "PORT": str(port),
    }
    with ExitStack() as end:
        server = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "chassis.serve", "web", "requests"],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
        )
        end.callback(server.wait)
        end.callback(server.terminate)
        wait_until(lambda: _answers(url), 60, "the web process answers")
        pool = Pool(dsn)
        end.callback(pool.close)
        settings = load("requests", environment)
        app = end.enter_context(build_application(settings, pool))
        yield WebProcess(url, settings, app)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
