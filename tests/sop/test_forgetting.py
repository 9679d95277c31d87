"""A person's data is nowhere in clear while it is held, and after the erasure nobody opens it."""

import base64
import io
import json
import mmap
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from chassis.postgres import Pool
from requests_service.sealing import checkpoints, entries
from requests_service.sealing.tree import leaf_hash, node_hash
from satudata import stories
from satudata.places import SERVICES
from satudata.stories import City

from tests.installations import START, Distributed, nothing_under_way, wait_until

pytestmark = pytest.mark.servers

PERSON = {
    "name": "Wulandari Kenanga Contoh",
    "nik": "3573055207910007",
    "email": "wulandari.kenanga@pemohon.example",
    "phone": "081298760019",
    "address": "Jalan Kenanga Percobaan Nomor 19, Kelurahan Tulusrejo, Kota Malang",
    "purpose": "Menulis skripsi tentang warung kelontong milik keluarga Kenanga di Tulusrejo.",
}
AFTER_THE_LAST_DAY = "2027-02-01T10:00:00+07:00"
"""Of objecting, for what ended in November."""


class OnePerson(City):
    """The city, asked by this person alone."""

    def submit(self, **changed):
        self.wulandari, self.answer = super().submit(**PERSON | changed)
        return self.wulandari, self.answer


@pytest.fixture
def installation(distributed: Distributed) -> Distributed:
    """The one with a broker that keeps messages on disk."""
    distributed.clock.set(START)
    return distributed


@pytest.fixture
def city(installation: Distributed) -> OnePerson:
    return OnePerson(installation.url)


def written_as(text: str) -> list[bytes]:
    """A text as it may lie somewhere: in clear, in hex, in base64 at each of three places."""
    plain = text.encode()
    shifted = [base64.b64encode(b"\0" * n + plain)[4 if n else 0 : -4] for n in range(3)]
    return [plain, plain.hex().encode(), *shifted]


CONTROL = "the control"
"""The title that the Walidata gave the data: everybody may read it, so a search must find it."""
NEEDLES = {name: written_as(text) for name, text in PERSON.items()} | {
    CONTROL: written_as(stories.LISTING["title"])
}


def found_in(haystack: bytes | mmap.mmap) -> set[str]:
    """Which of the person's data lies in there."""
    return {
        name for name, forms in NEEDLES.items() if any(haystack.find(form) >= 0 for form in forms)
    }


def rows_of(pool: Pool) -> Iterator[tuple[str, bytes]]:
    """Every column of every row of every table, in bytes."""
    tables = pool.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        for row in pool.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                raw = bytes(value) if isinstance(value, memoryview) else str(value).encode()
                yield table, raw


def in_databases(installation) -> dict[str, set[str]]:
    """Service and table to what of the person is read there."""
    found: dict[str, set[str]] = {}
    for service in SERVICES:
        pool = installation.database(service)
        for table, raw in rows_of(pool):
            if told := found_in(raw):
                found.setdefault(f"{service}.{table}", set()).update(told)
        pool.close()
    return found


def in_files(installation) -> dict[str, set[str]]:
    """The same, byte by byte, of every file of the installation but the mails: the databases' own
    with their WAL, the file store, the broker's, the logs."""
    found = {}
    for path in sorted(installation.folder.rglob("*")):
        if installation.mails() in path.parents or not path.is_file() or path.is_symlink():
            continue
        try:
            with path.open("rb") as file:
                if not os.fstat(file.fileno()).st_size:
                    continue
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                    told = found_in(whole)
        except FileNotFoundError:
            continue
        if told:
            found[str(path.relative_to(installation.folder))] = told
    return found


def is_nowhere_in_clear(installation) -> bool:
    """Only the control is found, and that everywhere where things are kept."""
    databases, files = in_databases(installation), in_files(installation)
    assert {"catalog.daftar_data", "requests.facts"} <= set(databases)
    assert any("pg_wal" in path for path in files)
    return {CONTROL} == set().union(*databases.values()) == set().union(*files.values())


def in_answers(city, request_id: str) -> set[str]:
    """What officers, auditors and integrators can still ask for, and the feed."""
    asked = [
        ("ppid", f"/api/requests/{request_id}"),
        ("ppid", f"/api/requests/{request_id}/events"),
        ("auditor", f"/api/requests/{request_id}/events"),
        ("auditor", "/api/requests/events?limit=1000"),
        ("ppid", f"/meja/{request_id}"),
    ]
    answers = [city.officer(who).fetch(path) for who, path in asked]
    return set().union(*(found_in(answer.content) for answer in answers))


def in_export(city) -> set[str]:
    """What an auditor takes away."""
    asked = {"formats": ["csv", "xes", "ocel"]}
    answer = city.officer("auditor")._send("POST", "/api/requests/audit/exports", json=asked)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as export:
        assert {"events.jsonl", "events.csv", "events.xes"} <= set(export.namelist())
        return set().union(*(found_in(export.read(name)) for name in export.namelist()))


def in_mails(installation) -> set[str]:
    """The local mail sink stands for the mailboxes outside: what it keeps has left the house."""
    mails = [path.read_bytes() for path in installation.mails().glob("*.eml")]
    return set().union(*(found_in(mail) for mail in mails))


def merkle_root(hashes: list[bytes]) -> bytes:
    """As RFC 6962 says it."""
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(merkle_root(hashes[:left]), merkle_root(hashes[left:]))


def sealed_log(installation):
    """(Size and root of the last signed checkpoint, the root made anew from the facts)."""
    pool = installation.database("requests")
    with pool.connection() as conn, conn.cursor() as cur:
        latest = checkpoints.latest(cur)
        facts = entries.of_leaves(cur, 0, latest.size)
        anew = merkle_root([leaf_hash(entries.entry_of(fact)) for fact in facts])
    pool.close()
    return latest.size, latest.root, anew


def satudata(installation, *arguments: str):
    return subprocess.run(
        [sys.executable, "-m", "satudata.cli", *arguments],
        env={**os.environ, **installation.up.environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def at_rest(installation) -> None:
    wait_until(lambda: nothing_under_way(installation), 120, "rest")


def test_a_person_is_nowhere_in_clear_and_after_the_erasure_nobody_opens_it(installation, city):
    list(stories.granted(city))
    at_rest(installation)
    request_id, number = city.answer["id"], city.answer["register_number"]
    ppid = city.officer("ppid")

    # Held: sealed, so in clear nowhere but in the mails that left; and opened for the PPID.
    assert is_nowhere_in_clear(installation)
    assert {"name", "email"} <= in_mails(installation)
    told = json.loads(satudata(installation, "subject", "show", number, "--json").stdout)
    assert [True, True, True] == [
        told["held"][service]["key_held"] for service in ("requests", "letters", "privacy")
    ]
    [sentence] = told["may_not_be_erased_because"]
    assert "Masa mengajukan keberatan masih berjalan" in sentence
    assert {"purpose", CONTROL} == found_in(ppid.fetch(f"/meja/{request_id}").content)
    refused = satudata(installation, "subject", "erase", number, "--reason", "permintaan", "--yes")
    assert (1, True) == (refused.returncode, "belum boleh dihapus" in refused.stderr)

    installation.clock.set(AFTER_THE_LAST_DAY)
    city.wulandari.command(request_id, "request-erasure")
    ppid.command(request_id, "decide-erasure", decision="dikabulkan")
    at_rest(installation)

    # Erased: the keys are gone, every holder has answered, and nothing opens what is left.
    told = json.loads(satudata(installation, "subject", "show", number, "--json").stdout)
    assert ("permintaan", "2027-02-01") == (told["reason"], told["erased_on"])
    assert [] == told["not_answered"]
    assert not any(counts.get("key_held") for counts in told["held"].values())
    assert 0 == told["held"]["requests"]["identities"]
    assert is_nowhere_in_clear(installation)
    assert {CONTROL} == in_answers(city, request_id) == in_export(city)
    assert 410 == ppid.fetch(f"/meja/{request_id}/identitas", "POST").status_code
    for letter in ppid.request(request_id)["letters"]:
        status = ppid.fetch(f"/surat/{letter['letter_id']}").status_code
        assert (200 if letter["letter"] == "surat_penyampaian_ppid" else 410) == status
    assert ppid.fetch(f"/api/privacy/requests/{request_id}/masked").status_code == 410

    # The seal of the log holds all of it, the erasure too.
    last = last_position(installation)
    wait_until(lambda: sealed_log(installation)[0] >= last, 30, "the erasure is sealed")
    _, signed, anew = sealed_log(installation)
    assert signed == anew

    # Coming back, the same person gets a key of their own.
    again = city.submit()[1]["id"]
    assert again != request_id
    city.officer("ppid").fetch(f"/meja/{again}/identitas", "POST").raise_for_status()
    assert 2 == keys_of(installation, [request_id, again])


def last_position(installation) -> int:
    """How many facts there are, which is the size that the log's seal must reach."""
    pool = installation.database("requests")
    ((count,),) = pool.execute("SELECT count(*) FROM facts")
    pool.close()
    return int(count)


def keys_of(installation, request_ids: list[str]) -> int:
    """How many owners the keys of these requests have, destroyed ones too."""
    pool = installation.database("requests")
    ((count,),) = pool.execute(
        "SELECT count(*) FROM keys JOIN board ON owner = person_id WHERE id = ANY (%s)",
        ([UUID(each) for each in request_ids],),
    )
    pool.close()
    return int(count)


def test_the_search_finds_what_lies_there_in_any_of_its_forms(tmp_path: Path):
    for n, form in enumerate(written_as(PERSON["nik"])):
        (tmp_path / f"{n}").write_bytes(b"abc" * n + form + b"xyz")

    assert [{"nik"}] * 5 == [found_in(path.read_bytes()) for path in sorted(tmp_path.iterdir())]
