"""Exports: what each format holds, as other people's programs read it; proofs; what is refused."""

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from chassis import clock, log
from chassis.actor import Actor
from chassis.postgres import Pool
from lxml.html import fromstring
from psycopg2.errors import RaiseException
from psycopg2.extensions import parse_dsn
from requests_service.application import Requests
from requests_service.audit.csv_file import csv_file
from requests_service.audit.exports import FORMATS, NothingSealedYet, begin_export
from requests_service.audit.filters import FilterInvalid
from requests_service.audit.sealed_facts import SealedFact
from requests_service.audit.table import COLUMNS, row_of
from requests_service.domain.errors import RequestNotFound
from requests_service.projections import runner
from requests_service.projections.trail import TRAIL
from requests_service.sealing import verify_log
from requests_service.sealing.entries import FactRow
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import Sealer
from requests_service.sealing.tree import leaf_hash

from services.requests.tests import builders as b
from services.requests.tests.application.test_requests import submit, to_step_10, to_the_end

pytestmark = pytest.mark.servers
ORIGIN = "audit.malangkota.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
AUDITOR = Actor(str(uuid4()), "auditor")


def seal_all(pool: Pool) -> None:
    """The sealer and the trail go to the log's end."""
    sealer = Sealer(pool, ORIGIN, [SIGNER])
    with pool.connection() as conn, conn.cursor() as cur:
        while sealer.step(cur):
            pass
        step = runner.follow(TRAIL)
        while step(cur):
            pass


def export(app: Requests, *formats: str, **given: str) -> zipfile.ZipFile:
    whole = begin_export(app, AUDITOR, origin=ORIGIN, given=given, formats=formats)
    return zipfile.ZipFile(io.BytesIO(b"".join(whole.pieces())))


def lines(bundle: zipfile.ZipFile, name: str = "events.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in bundle.read(name).splitlines()]


def manifest(bundle: zipfile.ZipFile) -> dict[str, Any]:
    return dict(json.loads(bundle.read("manifest.json")))


def types(bundle: zipfile.ZipFile) -> list[str]:
    return [line["type"] for line in lines(bundle)]


@pytest.fixture
def history(app, desk, privacy_tokens, pool):
    """One request to its end, another just submitted, and a reading of personal data; sealed."""
    request_id, _ = to_the_end(app, desk, privacy_tokens)
    app.reading.identity(request_id, desk.ppid)
    submit(app)
    seal_all(pool)
    return request_id


# The bundle


def test_the_whole_log_is_exported_with_what_it_takes_to_check_it(app, history):
    bundle = export(app)

    told = manifest(bundle)
    facts = app.pool.execute("SELECT count(*) FROM sealed")[0][0]
    assert (ORIGIN, "auditor", True, facts, facts, 0) == (
        told["origin"], told["made_by"], told["complete"], told["count"],
        told["checkpoint_size"], told["missing"],
    )  # fmt: skip
    assert {"README.txt", "checkpoint.txt", "keys.txt", "verify_log.py", "events.jsonl",
            "leaves.bin"} == set(told["files"])  # fmt: skip
    assert str(SIGNER.key) in bundle.read("keys.txt").decode()
    for name, digest in told["files"].items():
        assert digest == hashlib.sha256(bundle.read(name)).hexdigest()


def test_the_lines_of_an_export_give_the_hashes_that_were_sealed(app, history):
    bundle = export(app)

    entries = [
        {name: value for name, value in line.items() if name not in ("leaf_index", "state")}
        for line in lines(bundle)
    ]
    canonical = [
        json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        for entry in entries
    ]
    assert bundle.read("leaves.bin") == b"".join(leaf_hash(entry) for entry in canonical)
    assert list(range(len(entries))) == [line["leaf_index"] for line in lines(bundle)]
    for line in lines(bundle):
        assert line["state_sha256"] == hashlib.sha256(line["state"].encode()).hexdigest()


def test_each_fact_of_a_part_is_proven_to_be_in_the_signed_log(app, history):
    bundle = export(app, types="RequestSubmitted")

    root = base64.b64decode(bundle.read("checkpoint.txt").splitlines()[2])
    size = manifest(bundle)["checkpoint_size"]
    proofs = lines(bundle, "proofs.jsonl")
    assert 2 == len(proofs)
    for line, proof in zip(lines(bundle), proofs, strict=True):
        assert (line["position"], line["leaf_index"]) == (proof["position"], proof["leaf_index"])
        entry = {name: value for name, value in line.items() if name not in ("leaf_index", "state")}
        written = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        path = [base64.b64decode(each) for each in proof["hashes"]]
        leaf = leaf_hash(written.encode())
        assert root == verify_log.root_by_proof(leaf, proof["leaf_index"], size, path)
    assert "leaves.bin" not in bundle.namelist()


def test_proofs_reach_over_many_tiles(app, pool):
    with pool.transaction() as cur:
        for number in range(700):
            log.record(cur, uuid4(), "RequestWithdrawn" if number % 97 == 0 else "Other", {},
                       actor=Actor("x", "ppid"))  # fmt: skip
    seal_all(pool)

    bundle = export(app, types="RequestWithdrawn")

    root = base64.b64decode(bundle.read("checkpoint.txt").splitlines()[2])
    tile_hashes = export(app).read("leaves.bin")
    assert 8 == len(lines(bundle, "proofs.jsonl"))
    for proof in lines(bundle, "proofs.jsonl"):
        leaf = tile_hashes[proof["leaf_index"] * 32 :][:32]
        path = [base64.b64decode(each) for each in proof["hashes"]]
        size = manifest(bundle)["checkpoint_size"]
        assert root == verify_log.root_by_proof(leaf, proof["leaf_index"], size, path)


def test_what_is_not_sealed_yet_is_left_out_and_the_manifest_says_where_it_ends(app, history):
    sealed_up_to = app.pool.execute("SELECT max(position) FROM sealed")[0][0]
    submit(app)

    bundle = export(app)

    assert sealed_up_to == manifest(bundle)["up_to_position"] == lines(bundle)[-1]["position"]


@pytest.fixture
def superuser(pool, postgres_url):
    """Who may do anything to the database."""
    admin = Pool(postgres_url.format(database=parse_dsn(pool.dsn)["dbname"]), 1)
    admin.execute("ALTER TABLE facts DISABLE TRIGGER ALL")
    yield admin
    admin.close()


def test_a_sealed_fact_that_the_log_no_longer_has_is_counted(app, history, superuser):
    superuser.execute("DELETE FROM facts WHERE type = 'DataMasked'")

    whole, part = manifest(export(app)), manifest(export(app, request="2026-0001"))

    assert (1, 1) == (whole["missing"], part["missing"])
    assert whole["checkpoint_size"] - 1 == whole["count"]


def test_no_bytes_in_the_log_stop_an_export_and_the_verifier_names_them(
    app, history, superuser, tmp_path
):
    for spoilt in (b"\xff\x00", b"[1]", b"{"):
        superuser.execute("UPDATE facts SET state = %s WHERE type = 'DataMasked'", (spoilt,))
        folder = tmp_path / spoilt.hex()

        export(app, *FORMATS).extractall(folder)

        found = verify(folder)
        assert (1, True) == (found.returncode, "changed" in found.stdout), found.stdout


def test_an_export_of_nothing_is_a_bundle_that_says_so(app, history):
    bundle = export(app, *FORMATS, types="ObjectionLodged")

    assert 0 == manifest(bundle)["count"]
    assert b"" == bundle.read("events.jsonl") == bundle.read("proofs.jsonl")
    assert [list(COLUMNS)] == list(csv.reader(io.StringIO(bundle.read("events.csv").decode())))
    assert [] == json.loads(bundle.read("events.ocel.json"))["events"]


def test_before_anything_is_sealed_an_export_is_refused_and_not_recorded(app):
    submit(app)

    with pytest.raises(NothingSealedYet):
        export(app)

    assert [(0,)] == app.pool.execute("SELECT count(*) FROM facts WHERE type = 'AuditQueried'")


def test_the_verifier_in_the_bundle_finds_it_whole_and_finds_what_was_changed(
    app, history, tmp_path
):
    for name, given in (("whole", {}), ("part", {"request": "2026-0001"})):
        bundle = export(app, *FORMATS, **given)
        folder = tmp_path / name
        bundle.extractall(folder)

        good = verify(folder)
        events = folder / "events.jsonl"
        events.write_text(events.read_text().replace('"role":"walidata"', '"role":"ppid"', 1))
        bad = verify(folder)

        assert (0, "") == (good.returncode, good.stderr), good.stdout
        assert 1 == bad.returncode, bad.stdout


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """As an auditor would, who has the key from elsewhere."""
    command = [sys.executable, "-I", "verify_log.py", ".", "--key", str(SIGNER.key)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


# Filters


def test_a_request_is_exported_with_what_happened_beside_it(app, history):
    bundle = export(app, request="2026-0001")

    assert "PersonalDataRead" in types(bundle)
    assert {str(history)} == {line["correlation"] for line in lines(bundle)}


def test_filters_choose(app, history):
    for given, expected in (
        ({"types": "DataMasked, OwnerFound"}, {"DataMasked", "OwnerFound"}),
        ({"role": "walidata"}, {"ListedInDaftarData", "DeliveryDrafted"}),
        ({"agency": "diskopindag", "role": "ppid_pembantu"}, {"RequestGranted", "DataHandedOver"}),
        ({"since": "2999-01-01"}, set()),
        ({"until": "2020-01-01"}, set()),
        ({"as_of": "2020-01-01T10:00"}, set()),
        ({"as_known_at": "2020-01-01"}, set()),
        ({"as_of": "1"}, {"RequestSubmitted"}),
    ):
        assert expected == set(types(export(app, **given))), given


def test_an_officer_is_named_by_id_or_by_account(app, ppid_account, pool):
    request_id, _ = submit(app)
    app.find_owner(request_id, ppid_account, agency="dinsos")
    seal_all(pool)

    by_name, by_id = export(app, actor="ppid"), export(app, actor=ppid_account.id)

    assert ["OwnerFound"] == types(by_name) == types(by_id)
    assert {"actor": ppid_account.id} == manifest(by_name)["filters"]


def test_what_was_recorded_late_is_not_known_before(app, desk, privacy_tokens, pool):
    request_id = to_step_10(app, desk, privacy_tokens)
    happened = clock.now() - timedelta(hours=5)
    app.reports.record_masking(
        request_id, desk.ppid, original_digest=b.ORIGINAL, file=b.MASKED_FILE,
        because_of="privacy-1", at=happened,
    )  # fmt: skip
    seal_all(pool)
    an_hour_later = (happened + timedelta(hours=1)).isoformat()

    assert ["DataMasked"] == types(export(app, as_of=an_hour_later))
    assert [] == types(export(app, as_known_at=an_hour_later))


def test_a_filter_that_cannot_be_meant_is_refused_with_a_sentence_and_not_recorded(app, history):
    for given in (
        {"types": "NoSuchFact"},
        {"actor": "Siti Rahmawati"},
        {"role": "raja"},
        {"agency": "dinas-sihir"},
        {"since": "kemarin"},
        {"as_of": "2026-13-01"},
        {"since": "2026-11-20", "until": "2026-11-01"},
        {"colour": "red"},
    ):
        with pytest.raises(FilterInvalid, match=r"\.$"):
            export(app, **given)

    assert [(0,)] == app.pool.execute("SELECT count(*) FROM facts WHERE type = 'AuditQueried'")


def test_an_unknown_request_or_format_is_refused(app, history):
    with pytest.raises(RequestNotFound):
        export(app, request="2026-9999")
    with pytest.raises(FilterInvalid):
        export(app, "xlsx")


# Recording


def test_an_export_is_a_fact_before_anything_is_given(app, history):
    begun = begin_export(
        app, AUDITOR, origin=ORIGIN, given={"types": "DataMasked"}, formats=["csv"]
    )
    with begun:
        ((actor, state),) = app.pool.execute(
            "SELECT actor, convert_from(state, 'UTF8')::jsonb FROM facts"
            " WHERE type = 'AuditQueried'"
        )

    assert AUDITOR.id == actor
    assert {
        "kind": "export", "filters": {"types": ["DataMasked"]}, "formats": ["jsonl", "csv"],
    } == state  # fmt: skip


def test_when_it_cannot_be_recorded_there_is_no_export(app, history, superuser):
    superuser.execute(
        "ALTER TABLE facts ENABLE TRIGGER ALL;"
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;"
        " CREATE TRIGGER full_disk BEFORE INSERT ON facts EXECUTE FUNCTION full_disk()"
    )

    with pytest.raises(RaiseException):
        export(app)


# Over HTTP


@pytest.fixture
def session(app):
    """`session("auditor")` are the headers of an officer."""

    def headers(role, agency=None):
        member = app.accounts.add(
            username=f"petugas-{uuid4().hex[:8]}", name="Petugas", role=role, agency=agency,
            password="kata-sandi-uji", by=Actor("operator", "operator"),
        )  # fmt: skip
        return {"Authorization": f"Bearer {app.accounts.session(member, seconds=600)}"}

    return headers


def test_auditor_and_atasan_are_sent_a_zip_and_others_are_not(client, session, history):
    for role in ("auditor", "atasan_ppid"):
        answer = client.post(
            "/api/requests/audit/exports",
            json={"formats": ["csv"], "types": ["DataMasked"], "as_known_at": "2999-01-01"},
            headers=session(role),
        )
        bundle = zipfile.ZipFile(io.BytesIO(answer.content))
        assert ["DataMasked"] == types(bundle)
        assert role == manifest(bundle)["made_by"]
        assert "events.csv" in bundle.namelist()
        assert "attachment" in answer.headers["content-disposition"]

    for role in ("ppid", "integrator", "operator"):
        for address in ("/api/requests/audit/exports", "/audit/ekspor"):
            assert 403 == client.post(address, json={}, headers=session(role)).status_code
    assert 401 == client.post("/api/requests/audit/exports", json={}).status_code


def test_the_api_refuses_bad_filters_with_a_sentence(client, session, history):
    who = session("auditor")
    for body, status in (
        ({"types": ["NoSuchFact"]}, 422),
        ({"since": "kemarin"}, 422),
        ({"request": "2026-9999"}, 404),
        ({"color": "red"}, 422),
    ):
        answer = client.post("/api/requests/audit/exports", json=body, headers=who)
        assert status == answer.status_code
        assert answer.json()["title"]


def test_the_page_gives_the_zip_or_itself_with_what_is_wrong(client, session, history):
    who = session("auditor")

    page = client.get("/audit/ekspor?request=2026-0001&types=DataMasked,OwnerFound", headers=who)
    good = client.post(
        "/audit/ekspor", headers=who,
        data={"request": "2026-0001", "types": ["DataMasked", "OwnerFound"], "formats": "xes"},
    )  # fmt: skip
    bad = client.post(
        "/audit/ekspor", headers=who, data={"request": "2026-0001", "until": "2026-02-31"}
    )

    form = fromstring(page.content)
    assert ["2026-0001"] == form.xpath("//input[@name='request']/@value")
    assert {"DataMasked", "OwnerFound"} == set(
        form.xpath("//input[@name='types'][@checked]/@value")
    )
    bundle = zipfile.ZipFile(io.BytesIO(good.content))
    assert ["OwnerFound", "DataMasked"] == types(bundle)
    assert "events.xes" in bundle.namelist()
    assert 422 == bad.status_code
    again = fromstring(bad.content)
    assert "bukan tanggal" in again.xpath("string(//*[@id='f-until-error'])")
    assert ["2026-0001"] == again.xpath("//input[@name='request']/@value")


# Formats


def test_jsonl_is_written_as_the_verifier_reads_it_fastest(app, history):
    bundle = export(app)

    for line in bundle.read("events.jsonl").splitlines():
        canonical = json.dumps(
            json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert canonical.encode() == line


def test_csv_opens_in_csv_and_holds_the_state_whole(app, history):
    bundle = export(app, "csv")

    rows = list(csv.DictReader(io.StringIO(bundle.read("events.csv").decode())))
    assert [line["state"] for line in lines(bundle)] == [row["state"] for row in rows]
    assert [str(line["position"]) for line in lines(bundle)] == [row["position"] for row in rows]
    assert {"2026-0001", "2026-0002", ""} == {row["register_number"] for row in rows}


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'quoted", "'=1", "plain", ""],
)
def test_no_cell_of_csv_begins_a_formula_and_every_cell_can_be_had_back(text):
    written = b"".join(csv_file([a_fact(actor=text)])).decode()

    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert not row["actor"].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert text == row["actor"].removeprefix("'")


def a_fact(**other: Any) -> SealedFact:
    values: dict[str, Any] = {
        "position": 1, "stream": str(uuid4()), "version": 1, "type": "X", "type_version": 1,
        "state": b"{}", "occurred_at": "2026-11-20T01:00:00.000000Z",
        "recorded_at": "2026-11-20T01:00:00.000000Z", "actor": "a", "role": "ppid",
        "agency": None, "on_behalf_of": None, "idempotency_key": None, "causation": None,
        "correlation": "c",
    }  # fmt: skip
    return SealedFact(0, FactRow(**values | other), None)


def test_a_row_has_the_columns_that_the_header_says():
    assert list(COLUMNS) == list(row_of(a_fact()))


def test_parquet_opens_in_duckdb(app, history, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    bundle = export(app, "parquet")
    file = tmp_path / "events.parquet"
    file.write_bytes(bundle.read("events.parquet"))

    with duckdb.connect() as db:
        ((late, first, states, days),) = db.execute(
            "SELECT count(late),"
            " strftime(min(recorded_at) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ'),"
            f" list(state ORDER BY leaf_index), count(was_due) FROM '{file}'"
        ).fetchall()

    assert [line["state"] for line in lines(bundle)] == states
    assert min(line["recorded_at"] for line in lines(bundle)) == first
    assert late == sum("late" in json.loads(state) for state in states)
    assert days == sum(json.loads(state).get("was_due") is not None for state in states)


def test_xes_opens_in_pm4py_with_a_trace_for_each_request(app, history, tmp_path):
    pm4py = pytest.importorskip("pm4py")
    file = tmp_path / "events.xes"
    bundle = export(app, "xes")
    file.write_bytes(bundle.read("events.xes"))

    log_ = pm4py.read_xes(str(file))

    cases = log_.groupby("case:concept:name")["concept:name"].apply(list)
    of_request = [line["type"] for line in lines(bundle) if line["correlation"] == str(history)]
    assert of_request == cases["2026-0001"]
    assert ["RequestSubmitted"] == cases["2026-0002"]
    assert len(lines(bundle)) == len(log_)
    assert {"complete"} == set(log_["lifecycle:transition"])
    assert [line["role"] for line in lines(bundle)] == list(
        log_.sort_values("position")["org:role"]
    )


def test_xes_holds_no_character_that_xml_cannot():
    from lxml import etree
    from requests_service.audit.xes import xes

    odd = json.dumps({"title": 'a\x00b\x1b <&"> ￿ \ud83d\ude00'}).encode()

    tree = etree.fromstring(b"".join(xes([a_fact(state=odd)])))

    (title,) = tree.xpath("//*[@key='title']/@value")
    assert 'a�b� <&"> � 😀' == title


OCEL_REQUIRED = {
    "eventTypes": {"name": str, "attributes": list},
    "objectTypes": {"name": str, "attributes": list},
    "events": {"id": str, "type": str, "time": str, "attributes": list, "relationships": list},
    "objects": {"id": str, "type": str, "attributes": list, "relationships": list},
}


def test_ocel_has_what_the_format_asks(app, history):
    whole = json.loads(export(app, "ocel").read("events.ocel.json"))

    assert set(OCEL_REQUIRED) == set(whole)
    for name, keys in OCEL_REQUIRED.items():
        assert whole[name]
        for each in whole[name]:
            assert {key: type(value) for key, value in each.items()} == keys
    declared = {
        kind["name"]: {each["name"]: each["type"] for each in kind["attributes"]}
        for kind in whole["eventTypes"] + whole["objectTypes"]
    }
    objects = {each["id"] for each in whole["objects"]}
    assert len(whole["objects"]) == len(objects)
    for each in whole["events"] + whole["objects"]:
        for attribute in each["attributes"]:
            assert isinstance(attribute["value"], str)
            assert attribute["name"] in declared[each["type"]]
        for link in each["relationships"]:
            assert link["objectId"] in objects
            assert isinstance(link["qualifier"], str)
    assert {"string", "integer", "boolean", "time"} == {
        kind for attributes in declared.values() for kind in attributes.values()
    }


def test_ocel_opens_in_pm4py_with_the_objects_of_each_fact(app, history, tmp_path):
    pm4py = pytest.importorskip("pm4py")
    bundle = export(app, "ocel")
    file = tmp_path / "events.ocel.json"
    file.write_bytes(bundle.read("events.ocel.json"))

    ocel = pm4py.read_ocel2_json(str(file))

    # pm4py leaves out events of no object: here the use of a key, which is about the log itself.
    assert {"SealingKeyUsed"} == set(types(bundle)) - set(ocel.events["ocel:activity"])
    assert {"request": 2, "letter": 1, "file": 2, "agency": 1, "officer": 3} == (
        ocel.objects["ocel:type"].value_counts().to_dict()
    )
    issued = ocel.relations[ocel.relations["ocel:activity"] == "LetterIssued"]
    assert {"request": "about", "letter": "issued", "agency": "holds the data"} == dict(
        zip(issued["ocel:type"], issued["ocel:qualifier"], strict=True)
    )
    assert {f"request:{history}"} == set(ocel.o2o["ocel:oid_2"])


# Privacy


def test_no_export_holds_a_text_or_an_identity_in_clear(app, history, desk):
    request_id, _ = submit(app)
    pemohon = Actor(str(app._get(request_id).pemohon_id), "pemohon")
    app.legal_acts.withdraw(request_id, pemohon, reason="Sudah tidak perlu lagi.")
    app.forgetting.erase(request_id, Actor("operator-1", "operator"), reason="permintaan")
    seal_all(app.pool)

    bundle = export(app, *FORMATS)

    texts = (
        *(b.FORM.data_wanted, b.FORM.purpose, "Mohon data per kecamatan."),
        *("Sudah tidak perlu lagi.", *b.IDENTITY.cleaned().values()),
    )
    for name in bundle.namelist():
        held = bundle.read(name).decode(errors="replace")
        assert [] == [text for text in texts if text and text != b.IDENTITY.kind and text in held]
    for name in ("events.xes", "events.ocel.json"):
        assert b"_sealed" not in bundle.read(name)
    assert "PersonErased" in types(bundle)
