"""The command that says whether a file is a letter of ours."""

import json

import pytest
from chassis.keyring import Keyring
from letters_service.entrypoints.command import verify
from letters_world import Story, a_world

pytestmark = pytest.mark.servers


def test_the_exit_status_tells_a_script_the_verdict(database, tmp_path, capsys):
    with a_world(database("letters"), tmp_path / "files") as world:
        (letter,) = world.issue(Story().submitted())
        key = Keyring(world.pool, world.settings.secret_key).known_key_of(letter["owner"])
        pdf = world.app._files.get(letter["address"], key)
        for name, data in (
            ("same.pdf", pdf),
            ("changed.pdf", pdf + b"% one more line\n"),
            ("no.pdf", b"no PDF"),
        ):
            (tmp_path / name).write_bytes(data)

        statuses = [
            verify(world.settings, world.pool, tmp_path / name)
            for name in ("same.pdf", "changed.pdf", "no.pdf", "missing.pdf")
        ]
        capsys.readouterr()
        verify(world.settings, world.pool, tmp_path / "same.pdf", as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert statuses == [0, 2, 4, 4]
    assert told["verdict"] == "identik"
    assert told["letter"]["number"] == letter["number"]
