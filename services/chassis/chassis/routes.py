"""One origin for several services: which path belongs to whom.

The table (path prefix to service) is put together from the `PATHS` that each service's
`entrypoints.web` says it serves. The dispatcher here and the reverse proxy's configuration are
made from it.
"""

import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send


def table(services: Iterable[str]) -> dict[str, str]:
    """The table of these services."""
    return {
        prefix: service
        for service in services
        for prefix in importlib.import_module(f"{service}_service.entrypoints.web").PATHS
    }


def owner_of(path: str, routes: Mapping[str, str]) -> str:
    """The service that serves a path: the longest prefix that ends at a slash wins."""
    fitting = [p for p in routes if p == "/" or path == p or path.startswith(p + "/")]
    return routes[max(fitting, key=len)]


def one_origin(apps: Mapping[str, Any], routes: Mapping[str, str]) -> ASGIApp:
    """All apps behind one address. Not by mounting: that breaks their full paths."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        await apps[owner_of(scope["path"], routes)](scope, receive, send)

    return dispatch


def nginx(routes: Mapping[str, str], upstreams: Mapping[str, str], *, listen: str) -> str:
    """The same table as an nginx `server` block."""
    places = "".join(
        f"    location {'/' if prefix == '/' else f'~ ^{prefix}(/|$)'} {{\n"
        f"      proxy_pass http://{upstreams[service]};\n    }}\n"
        for prefix, service in sorted(routes.items(), key=lambda item: -len(item[0]))
    )
    return (
        f"  server {{\n    listen {listen};\n    client_max_body_size 600m;\n"
        "    proxy_set_header Host $http_host;\n"
        "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
        "    proxy_set_header X-Forwarded-Proto $scheme;\n"
        "    proxy_http_version 1.1;\n"
        # For operators, who ask each process itself.
        "    location = /metrics { return 404; }\n    location = /readyz { return 404; }\n"
        f"{places}  }}\n"
    )
