"""Settings: read once, refused in one sentence that names the setting."""

import base64
import dataclasses
import json
import os
from pathlib import Path

import pytest
from chassis.sessions import BadToken, ExpiredToken, Tokens, public_key_of
from chassis.settings import SettingsError, load

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "DATABASE_URL": "dbname=x",
    "AMQP_URL": "memory://",
    "FILES_URL": "file:///x",
    "PUBLIC_URL": "http://127.0.0.1:8080/",
    "SECRET_KEY": KEY,
    "SIGNING_KEY": KEY,
    "SIGNING_PUBLIC_KEYS": json.dumps(
        {"letters": base64.b64encode(public_key_of(b"k" * 32)).decode()}
    ),
    "CITY_FILE": str(Path(__file__).parents[3] / "deploy" / "city.toml"),
}


def test_good_settings_are_read_and_a_services_own_win():
    settings = load("letters", GOOD | {"LETTERS_DATABASE_URL": "dbname=letters"})

    assert ("dbname=letters", "http://127.0.0.1:8080") == (
        settings.database_url,
        settings.public_url,
    )


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_missing_setting_is_named(missing):
    with pytest.raises(SettingsError, match=missing):
        load("letters", {name: value for name, value in GOOD.items() if name != missing})


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(SettingsError) as refused:
        load("letters", {"AMQP_URL": "memory://", "LETTERS_SECRET_KEY": KEY})

    assert (
        "DATABASE_URL, FILES_URL, PUBLIC_URL, SIGNING_KEY, SIGNING_PUBLIC_KEYS, CITY_FILE are not"
        " set; deploy/env.example says what it takes." == str(refused.value)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMQP_URL", "http://broker"),
        ("FILES_URL", "/files"),
        ("PUBLIC_URL", "portal"),
        ("SECRET_KEY", "short"),
        ("SIGNING_PUBLIC_KEYS", "{"),
        ("CITY_FILE", "/none.toml"),
        ("PORT", "eighty"),
        ("LOG_LEVEL", "LOUD"),
        ("SMTP_URL", "mail:25"),
        ("POOL_SIZE", "0"),
        ("CLOCK", "2026-11-20T08:00+07:00"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load("letters", GOOD | {name: value})


def test_a_token_is_good_for_its_purpose_and_its_time_alone():
    settings = load("letters", GOOD)
    tokens = Tokens(settings)
    token = tokens.sign({"sub": "ani"}, purpose="session", seconds=60)

    assert "ani" == tokens.verify(token, purpose="session", issuer="letters")["sub"]
    with pytest.raises(BadToken):
        tokens.verify(token, purpose="upload")
    with pytest.raises(BadToken):
        tokens.verify(token, purpose="session", issuer="requests")
    with pytest.raises(ExpiredToken):
        tokens.verify(tokens.sign({}, purpose="session", seconds=0), purpose="session")


def test_a_forged_token_is_refused():
    settings = load("letters", GOOD)
    forger = Tokens(dataclasses.replace(settings, signing_key=os.urandom(32)))
    good = Tokens(settings).sign({"role": "pemohon"}, purpose="session", seconds=60)
    payload, signature = good.split(".")
    raised = base64.urlsafe_b64encode(
        base64.urlsafe_b64decode(payload + "==").replace(b"pemohon", b"auditor")
    ).decode()

    for token in (
        forger.sign({}, purpose="session", seconds=60),
        f"{raised.rstrip('=')}.{signature}",
        payload,
        "",
        ".",
        "a.b",
        f"{good}.x",
        f"{'W1tb' * 10_000}.x",
    ):
        with pytest.raises(BadToken):
            Tokens(settings).verify(token, purpose="session")


def test_a_cluster_of_brokers_is_one_url_for_each_node():
    urls = "amqp://u:p@a:5672//;amqps://u:p@b:5671//"

    assert urls == load("letters", GOOD | {"AMQP_URL": urls}).amqp_url
    with pytest.raises(SettingsError, match="AMQP_URL"):
        load("letters", GOOD | {"AMQP_URL": "amqp://a;memory://"})
