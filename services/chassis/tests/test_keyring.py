"""Keys of persons: what they seal is read with them alone, and never again once destroyed."""

import os
from uuid import uuid4

import pytest
from chassis.keyring import Forgotten, Keyring

pytestmark = pytest.mark.servers


@pytest.fixture
def pool(database):
    return database("notify")


@pytest.fixture
def keyring(pool):
    return Keyring(pool, os.urandom(32))


def test_what_is_sealed_for_a_person_is_opened_again(pool, keyring):
    person = uuid4()
    with pool.transaction() as cur:
        sealed = keyring.seal(cur, person, b"Siti Aminah", "name")

    assert b"Siti Aminah" == keyring.open(person, sealed, "name")
    assert b"Siti" not in sealed


def test_it_opens_for_nothing_else_and_for_nobody_else(pool, keyring):
    siti, budi = uuid4(), uuid4()
    with pool.transaction() as cur:
        sealed = keyring.seal(cur, siti, b"Siti Aminah", "name")
        keyring.key_of(cur, budi)

    with pytest.raises(ValueError, match="not sealed"):
        keyring.open(siti, sealed, "address")
    with pytest.raises(ValueError, match="not sealed"):
        keyring.open(budi, sealed, "name")


def test_a_destroyed_key_cannot_be_used_or_made_again(pool, keyring):
    person = uuid4()
    with pool.transaction() as cur:
        sealed = keyring.seal(cur, person, b"Siti Aminah", "name")
        keyring.destroy(cur, person)

    with pytest.raises(Forgotten):
        keyring.open(person, sealed, "name")
    with pytest.raises(Forgotten), pool.transaction() as cur:
        keyring.seal(cur, person, b"again", "name")


def test_who_is_forgotten_before_having_a_key_gets_none(pool, keyring):
    person = uuid4()
    with pool.transaction() as cur:
        keyring.destroy(cur, person)

    with pytest.raises(Forgotten), pool.transaction() as cur:
        keyring.seal(cur, person, b"Siti Aminah", "name")


def test_the_database_alone_does_not_open_anything(pool, keyring):
    person = uuid4()
    with pool.transaction() as cur:
        sealed = keyring.seal(cur, person, b"Siti Aminah", "name")

    with pytest.raises(Exception):  # noqa: B017 - whatever the cipher says
        Keyring(pool, os.urandom(32)).open(person, sealed, "name")
