"""Writes the files that follow from the code: routes, queues, the document for integrators.

    python deploy/generate.py           writes them
    python deploy/generate.py --check   exit status 1 when one of them is not what the code says

From the services' own paths (PATHS in each entrypoints/web.py): nginx.conf and
kubernetes/ingress.yaml. From what each worker hears: rabbitmq/definitions.json. From the contracts
of the published facts: asyncapi.yaml and asyncapi.html in services/requests/contracts, which
`requests` serves; docs/asyncapi.yaml is a link to the first.
"""

import json
import sys
from pathlib import Path
from typing import Any

from chassis.last_net import DEAD_LETTERS, DEAD_LETTERS_ARGUMENTS
from chassis.nameko import heard_by
from chassis.queues import QUEUE_ARGUMENTS
from chassis.routes import nginx, table
from chassis.serve import worker_class
from satudata import asyncapi
from satudata.places import ROOT, SERVICES

HERE = Path(__file__).parent
PORT = 8080


def nginx_conf() -> str:
    """The reverse proxy in front of the five web processes."""
    server = nginx(table(SERVICES), {name: f"{name}:{PORT}" for name in SERVICES}, listen=str(PORT))
    return (
        "# Written by deploy/generate.py from the services' paths; change those, not this file.\n"
        "# nginx looks its upstreams up once: after a container was replaced, reload it.\n"
        "events {}\n\nhttp {\n  server_tokens off;\n  access_log off;\n  error_log stderr warn;\n\n"
        f"{server}}}\n"
    )


def definitions() -> str:
    """Exchanges, queues and bindings, as `rabbitmqctl import_definitions` takes them."""
    heard = {service: heard_by(worker_class(service)) for service in SERVICES}
    document: dict[str, Any] = {
        "vhosts": [{"name": "/"}],
        "exchanges": [
            *(_exchange(f"{service}.events", "topic") for service in SERVICES),
            _exchange(DEAD_LETTERS, "fanout"),
        ],
        "queues": [
            *(_queue(service, QUEUE_ARGUMENTS) for service in SERVICES),
            _queue(DEAD_LETTERS, DEAD_LETTERS_ARGUMENTS),
        ],
        "bindings": [
            *(
                _binding(f"{source}.events", service, type_)
                for service in SERVICES
                for source, type_ in heard[service]
            ),
            _binding(DEAD_LETTERS, DEAD_LETTERS, ""),
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name, "vhost": "/", "type": kind,
        "durable": True, "auto_delete": False, "internal": False, "arguments": {},
    }  # fmt: skip


def _queue(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name, "vhost": "/", "durable": True, "auto_delete": False, "arguments": arguments,
    }  # fmt: skip


def _binding(exchange: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "source": exchange, "vhost": "/", "destination": queue, "destination_type": "queue",
        "routing_key": key, "arguments": {},
    }  # fmt: skip


def ingress() -> str:
    """The same table for a Kubernetes ingress, the longest prefix first."""
    paths = "".join(
        f"          - path: {prefix}\n            pathType: Prefix\n            backend:\n"
        f"              service:\n                name: {service}\n"
        "                port:\n                  name: http\n"
        for prefix, service in sorted(table(SERVICES).items(), key=lambda item: -len(item[0]))
    )
    return f"""\
# Written by deploy/generate.py from the services' paths; change those, not this file.
# Uploads of 50 MB must pass; how to say so depends on the ingress controller.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: satudata
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: 60m
spec:
  tls:
    - hosts: [satudata.example]
      secretName: satudata-tls
  rules:
    - host: satudata.example
      http:
        paths:
{paths}"""


FILES = {
    "nginx.conf": nginx_conf,
    "rabbitmq/definitions.json": definitions,
    "kubernetes/ingress.yaml": ingress,
    "../services/requests/contracts/asyncapi.yaml": asyncapi.as_yaml,
    "../services/requests/contracts/asyncapi.html": asyncapi.as_page,
}


def main(arguments: list[str]) -> int:
    """Write, or with --check compare."""
    stale = [
        name
        for name, make in FILES.items()
        if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != make()
    ]
    if "--check" in arguments:
        for name in stale:
            print(f"{_shown(name)} is not what the code says: run python deploy/generate.py")
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(FILES[name](), encoding="utf-8")
        print(f"wrote {_shown(name)}")
    return 0


def _shown(name: str) -> str:
    return str((HERE / name).resolve().relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
