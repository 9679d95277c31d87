"""What a process is told by its environment: read once, refused in one line when wrong."""

import base64
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chassis import clock

_NEEDED = (
    "DATABASE_URL", "AMQP_URL", "FILES_URL", "PUBLIC_URL", "SECRET_KEY", "SIGNING_KEY",
    "SIGNING_PUBLIC_KEYS", "CITY_FILE",
)  # fmt: skip
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """A setting is missing or wrong; the sentence names it and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """All that one service may ask of its surroundings."""

    service: str
    database_url: str
    amqp_url: str
    files_url: str
    public_url: str
    """Where browsers find the site, without a slash at the end."""
    requests_url: str
    """Where this process finds the `requests` service's API."""
    secret_key: bytes
    """32 bytes that wrap the keys of persons and files."""
    signing_key: bytes
    """This service's Ed25519 private key, 32 raw bytes."""
    public_keys: dict[str, bytes]
    """The Ed25519 public keys of all services, 32 raw bytes each, by service name."""
    smtp_url: str
    mail_folder: Path | None
    """Where the local mail sink keeps mails; None where a real mail server is used."""
    city: dict[str, Any] = field(repr=False)
    sealing_key: bytes | None = field(default=None, repr=False)
    """The Ed25519 private key that signs the log's checkpoints; only who seals a log has it."""
    sealing_next_key: bytes | None = field(default=None, repr=False)
    """While keys change: the one that signs too, and will alone."""
    witnesses: str = "[]"
    """Who signs checkpoints beside us: JSON, a list of {url, key}."""
    webhook_networks: str = ""
    """Networks that are not public, and where webhooks are sent nevertheless."""
    pool_size: int = 8
    queue_partitions: int = 1
    drain_seconds: int = 0
    """How long a web process that ends still takes requests, while it says that it is not ready."""
    port: int = 8080
    health_port: int | None = None
    log_level: str = "INFO"

    def city_says(self, table: str, name: str) -> bool:
        """A choice of the city that is true or false; false where CITY_FILE is silent."""
        value = self.city.get(table, {}).get(name, False)
        if not isinstance(value, bool):
            raise SettingsError(f"CITY_FILE: {name} under [{table}] is true or false.")
        return value


def load(service: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of one service. `SERVICE_NAME` settings win over the common `NAME`.

    Raises SettingsError with one sentence for the operator.
    """

    def get(name: str, default: str = "") -> str:
        return environ.get(f"{service.upper()}_{name}") or environ.get(name) or default

    missing = [name for name in _NEEDED if not get(name)]
    if missing:
        are = "are" if missing[1:] else "is"
        said = ", ".join(missing)
        raise SettingsError(f"{said} {are} not set; deploy/env.example says what it takes.")
    if environ.get("CLOCK"):
        if environ.get("SATUDATA_ENV") not in ("demo", "test"):
            raise SettingsError("CLOCK may be set only where SATUDATA_ENV is demo or test.")
        try:
            clock.now()
        except (ValueError, OSError) as error:
            raise SettingsError(f"CLOCK cannot be read: {error}.") from error
    log_level = get("LOG_LEVEL", "INFO").upper()
    if log_level not in _LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL is one of {', '.join(_LOG_LEVELS)}, not {log_level!r}.")
    smtp_url = get("SMTP_URL", "smtp://127.0.0.1:2525")
    if not smtp_url.startswith(("smtp://", "smtps://")):
        raise SettingsError("SMTP_URL begins with smtp:// or smtps://.")
    folder = environ.get("MAIL_FOLDER")
    return Settings(
        service=service,
        database_url=get("DATABASE_URL"),
        amqp_url=_amqp(get("AMQP_URL")),
        files_url=_one_of_schemes("FILES_URL", get("FILES_URL"), ("file://", "s3://")),
        public_url=_web("PUBLIC_URL", get("PUBLIC_URL")),
        requests_url=_web("REQUESTS_URL", environ.get("REQUESTS_URL") or get("PUBLIC_URL")),
        secret_key=_thirty_two_bytes("SECRET_KEY", get("SECRET_KEY")),
        signing_key=_thirty_two_bytes("SIGNING_KEY", get("SIGNING_KEY")),
        public_keys=_public_keys(get("SIGNING_PUBLIC_KEYS")),
        smtp_url=smtp_url,
        mail_folder=Path(folder) if folder else None,
        city=_city(Path(get("CITY_FILE"))),
        sealing_key=_optional_key("SEALING_KEY", get("SEALING_KEY", "")),
        sealing_next_key=_optional_key("SEALING_NEXT_KEY", get("SEALING_NEXT_KEY", "")),
        witnesses=get("WITNESSES", "[]"),
        webhook_networks=get("WEBHOOK_NETWORKS", ""),
        pool_size=_whole("POOL_SIZE", get("POOL_SIZE", "8"), 1, 200),
        queue_partitions=_whole("QUEUE_PARTITIONS", get("QUEUE_PARTITIONS", "1"), 1, 32),
        drain_seconds=_whole("DRAIN_SECONDS", get("DRAIN_SECONDS", "0"), 0, 60),
        port=_whole("PORT", get("PORT", "8080"), 0, 65535),
        health_port=_whole("HEALTH_PORT", get("HEALTH_PORT", "0"), 0, 65535) or None,
        log_level=log_level,
    )


def _one_of_schemes(name: str, value: str, schemes: tuple[str, ...]) -> str:
    if not value.startswith(schemes):
        raise SettingsError(f"{name} begins with one of {', '.join(schemes)}.")
    return value


def _amqp(value: str) -> str:
    """One URL for each host of a cluster, with `;` between; memory:// alone."""
    urls = value.split(";")
    schemes = ("amqp://", "amqps://") if urls[1:] else ("amqp://", "amqps://", "memory://")
    return ";".join(_one_of_schemes("AMQP_URL", each.strip(), schemes) for each in urls)


def _web(name: str, value: str) -> str:
    return _one_of_schemes(name, value, ("http://", "https://")).rstrip("/")


def _whole(name: str, value: str, least: int, most: int) -> int:
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingsError(f"{name} is a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def _thirty_two_bytes(name: str, value: str) -> bytes:
    try:
        raw = base64.b64decode(value, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise SettingsError(f"{name} is 32 random bytes in base64 (openssl rand -base64 32).")
    return raw


def _optional_key(name: str, value: str) -> bytes | None:
    return _thirty_two_bytes(name, value) if value else None


def _public_keys(value: str) -> dict[str, bytes]:
    try:
        return {
            name: _thirty_two_bytes("SIGNING_PUBLIC_KEYS", key)
            for name, key in json.loads(value).items()
        }
    except (ValueError, AttributeError) as error:
        raise SettingsError(
            "SIGNING_PUBLIC_KEYS is a JSON object of service name to public key in base64."
        ) from error


def _city(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"CITY_FILE cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"CITY_FILE is not TOML: {error}.") from error
