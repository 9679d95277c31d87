"""Step 3: who may download, and what is known of them afterwards."""

import json
import time

import pytest
from catalog_service.domain.errors import IncompleteForm
from catalog_service.domain.guestbook import signed
from catalog_service.entrypoints.jobs import handlers
from chassis.jobs import Runner
from chassis.keyring import Forgotten, Keyring

from .conftest import GUEST, PPID, PUBLIC, WALIDATA, described


@pytest.mark.parametrize(
    "email",
    ["siti@contoh.id", "a.b+c@sub.contoh.co.id", "x_y@contoh.museum", "1@a.id"],
)
def test_a_mail_address_that_can_be_one_is_taken(email):
    assert signed({**GUEST, "email": email}).email == email


@pytest.mark.parametrize(
    "email",
    [
        *("siti", "siti@", "@contoh.id", "siti@contoh", "siti@contoh..id", "si ti@contoh.id"),
        *("siti@@contoh.id", ".siti@contoh.id", "siti.@contoh.id", "s..i@contoh.id"),
        *("siti@-contoh.id", "siti@contoh.id\nBcc: x@y.id", "siti@contoh.i"),
    ],
)
def test_a_mail_address_that_cannot_be_one_is_not(email):
    with pytest.raises(IncompleteForm) as refused:
        signed({**GUEST, "email": email})

    assert list(refused.value.errors) == ["email"]


def test_every_field_that_is_missing_has_its_sentence():
    with pytest.raises(IncompleteForm) as refused:
        signed({})

    assert list(refused.value.errors) == ["name", "profession", "institution", "email", "consent"]


@pytest.mark.parametrize("name", ["123", "---", "x" * 121, "Siti\u202e"])
def test_a_name_holds_letters_and_nothing_hidden(name):
    with pytest.raises(IncompleteForm):
        signed({**GUEST, "name": name})


@pytest.mark.servers
class TestDownloading:
    @pytest.fixture
    def market(self, catalog):
        catalog.import_dataset(b"pasar,kios\nBesar,10\n", "pasar.csv", described(), WALIDATA)
        return catalog

    def test_a_guest_gets_the_published_bytes(self, market):
        file = market.download("sebaran-pasar", "asli", GUEST, PUBLIC)

        assert (file.filename, file.data) == ("sebaran-pasar.csv", b"pasar,kios\nBesar,10\n")

    def test_the_fact_of_a_download_names_no_person(self, market, pool):
        market.download("sebaran-pasar", "asli", GUEST, PUBLIC)

        (state,) = pool.execute("SELECT state FROM facts WHERE type = 'DatasetDownloaded'")[0]
        assert set(json.loads(bytes(state))) == {"slug", "digest"}

    def test_no_table_holds_the_guest_in_clear(self, market, pool):
        market.download("sebaran-pasar", "asli", GUEST, PUBLIC)

        tables = pool.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables:
            dump = str(pool.execute(f"SELECT t::text FROM {table} t")).lower()
            for text in ("nurhaliza", "mahasiswa", "siti@contoh.id"):
                assert text not in dump, f"{table} holds {text}"
                assert text.encode().hex() not in dump, f"{table} holds {text}"

    def test_one_address_is_one_guest_however_it_is_typed(self, market, pool):
        for email in ("siti@contoh.id", "Siti@Contoh.ID"):
            market.download("sebaran-pasar", "asli", {**GUEST, "email": email}, PUBLIC)

        assert pool.execute("SELECT count(*), count(DISTINCT guest) FROM downloads") == [(2, 1)]

    def test_a_guest_who_wants_to_be_forgotten_cannot_be_read_any_more(
        self, market, pool, settings
    ):
        market.download("sebaran-pasar", "asli", GUEST, PUBLIC)
        (guest, entry) = pool.execute("SELECT guest, entry FROM downloads")[0]
        keyring = Keyring(pool, settings.secret_key)
        assert b"Nurhaliza" in keyring.open(guest, bytes(entry), "guestbook entry")

        assert market.forget_guest(" SITI@contoh.id", WALIDATA) == 1

        with pytest.raises(Forgotten):
            keyring.open(guest, bytes(entry), "guestbook entry")
        assert market.forget_guest("siti@contoh.id", PPID) == 0
        assert pool.execute("SELECT count(*), count(entry) FROM downloads") == [(1, 0)]

    def test_a_forgotten_guest_who_comes_back_is_somebody_new(self, market, pool):
        market.download("sebaran-pasar", "asli", GUEST, PUBLIC)
        market.forget_guest("siti@contoh.id", WALIDATA)

        market.download("sebaran-pasar", "asli", GUEST, PUBLIC)

        assert pool.execute("SELECT count(DISTINCT guest), count(entry) FROM downloads") == [(2, 1)]

    def test_after_a_year_a_guest_is_forgotten(self, market, pool):
        market.download("sebaran-pasar", "asli", GUEST, PUBLIC)
        assert market.forget_old_guests(WALIDATA) == 0
        pool.execute("UPDATE guests SET last_seen_at = last_seen_at - interval '366 days'")

        assert market.forget_old_guests(WALIDATA) == 1

    def test_the_promise_to_forget_is_kept_by_a_job_that_comes_every_day(
        self, market, pool, settings
    ):
        for _ in range(2):
            market.download("sebaran-pasar", "asli", GUEST, PUBLIC)
        pool.execute("UPDATE guests SET last_seen_at = last_seen_at - interval '366 days'")
        runner = Runner(pool, "catalog", handlers(settings, pool), threads=1)

        runner.start()
        _wait_until(lambda: pool.execute("SELECT count(*) FROM guests") == [(0,)])
        runner.stop()

        tomorrow = "SELECT failed, attempts, next_try > now() + interval '23 hours' FROM jobs"
        assert pool.execute(tomorrow) == [(False, 0, True)]

    def test_whoever_does_not_sign_gets_nothing_and_leaves_no_trace(self, market, pool):
        with pytest.raises(IncompleteForm):
            market.download("sebaran-pasar", "asli", {**GUEST, "consent": ""}, PUBLIC)

        assert pool.execute("SELECT count(*) FROM downloads") == [(0,)]

    def test_the_generated_csv_runs_no_formula_and_keeps_every_number(self, market):
        rows = b'nama,nilai\n"=HYPERLINK(""http://x"")",-7.97\n@SUM(A1),+62812\n-2+3,"-0,3"\n'
        market.import_dataset(rows, "pasar.csv", described(), WALIDATA)

        file = market.download("sebaran-pasar", "csv", GUEST, PUBLIC)

        assert file.data.decode().split("\r\n") == [
            "nama,nilai",
            '"\'=HYPERLINK(""http://x"")",-7.97',
            "'@SUM(A1),+62812",
            '\'-2+3,"-0,3"',
            "",
        ]


def _wait_until(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
