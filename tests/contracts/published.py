"""What every service publishes and hears, by its code, and the contracts that lie beside it."""

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chassis.nameko import heard_by

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("catalog", "requests", "privacy", "letters", "notify")


@dataclass(frozen=True, order=True)
class Contract:
    """One published type of one service."""

    source: str
    type: str

    def __str__(self) -> str:
        return f"{self.source}/{self.type}"

    @property
    def schema_path(self) -> Path:
        return folder(self.source) / f"{self.type}.v1.schema.json"

    @property
    def example_path(self) -> Path:
        return folder(self.source) / f"{self.type}.v1.example.json"

    @property
    def schema(self) -> dict[str, Any]:
        return dict(json.loads(self.schema_path.read_text(encoding="utf-8")))

    def schema_of(self, hearer: str) -> dict[str, Any]:
        """What a hearer reads of it."""
        path = folder(hearer) / "heard" / f"{self.source}.{self.type}.v1.schema.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))

    @property
    def example(self) -> dict[str, Any]:
        return dict(json.loads(self.example_path.read_text(encoding="utf-8")))


def folder(service: str) -> Path:
    """Where a service keeps its contracts."""
    return ROOT / "services" / service / "contracts"


@cache
def published(service: str) -> Mapping[str, Any]:
    """The service's table of published facts."""
    table: Mapping[str, Any] = importlib.import_module(
        f"{service}_service.adapters.published"
    ).PUBLISHED
    return table


@cache
def worker(service: str) -> type:
    """The service's worker class."""
    found: type = importlib.import_module(f"{service}_service.entrypoints.worker").Worker
    return found


def all_published() -> list[Contract]:
    """Every published type, as the code says."""
    return [Contract(service, type_) for service in SERVICES for type_ in published(service)]


def all_heard() -> list[tuple[str, Contract]]:
    """Every (hearer, what it hears)."""
    return [
        (service, Contract(source, type_))
        for service in SERVICES
        for source, type_ in heard_by(worker(service))
    ]


def method_of(service: str, contract: Contract) -> str:
    """The name of the worker's method that hears this."""
    for name, method in vars(worker(service)).items():
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if (getattr(entrypoint, "source", None), getattr(entrypoint, "type", None)) == (
                contract.source,
                contract.type,
            ):
                return name
    raise LookupError(f"{service} does not hear {contract}")
