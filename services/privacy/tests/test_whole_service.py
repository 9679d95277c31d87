"""The service on a real database: from the upload to the download, and everybody who is refused."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import openpyxl
import pytest
from chassis.actor import Actor
from chassis.keyring import Forgotten
from chassis.log import stream
from chassis.postgres import Pool
from chassis.sandbox import Refused
from chassis.sessions import BadToken, ExpiredToken
from privacy_service.domain import errors
from privacy_service.domain.masking import Choice
from privacy_service.domain.methods import Method
from privacy_world import (
    NIK,
    OTHER_PEMBANTU,
    PEMBANTU,
    PEOPLE,
    PPID,
    STATISTICS,
    WALIDATA,
    WOMANS_NIK,
    World,
)

pytestmark = pytest.mark.servers
SECRETS = (NIK, WOMANS_NIK, "Budi Santoso", "Siti Aminah", "081234567890", "81398765432", "Krajan")


@pytest.fixture
def world(database: Callable[[str], Pool], tmp_path: Path) -> Iterator[World]:
    yield World(database("privacy"), tmp_path)


def test_an_upload_is_kept_sealed_and_answered_by_a_receipt(world):
    receipt = world.app.receive_upload(world.ticket(), filename="siti aminah.csv", data=PEOPLE)

    claims = world.own.verify(receipt.token, purpose="receipt", issuer="privacy")
    assert (str(world.request_id), receipt.digest, len(PEOPLE), PEMBANTU.id) == (
        claims["request_id"], claims["digest"], claims["size"], claims["by"],
    )  # fmt: skip
    stored = b"".join(p.read_bytes() for p in world.folder.rglob("*") if p.is_file())
    assert NIK.encode() not in stored
    (fact,) = world.facts("OriginalReceived")
    assert {"digest", "size", "format"} == set(fact.data)
    row = world.pool.execute("SELECT filename_sealed FROM files")[0]
    assert b"siti" not in bytes(row[0])


def test_the_same_file_twice_is_kept_once(world):
    first = world.app.receive_upload(world.ticket(), filename="a.csv", data=PEOPLE)
    second = world.app.receive_upload(world.ticket(), filename="b.csv", data=PEOPLE)

    assert first.digest == second.digest
    assert 1 == len(world.facts("OriginalReceived"))


def test_without_a_good_ticket_nothing_is_taken(world):
    old = world.ticket(seconds=-1)
    forged = world.own.sign({"request_id": str(world.request_id)}, purpose="upload", seconds=60)

    for ticket, refusal in ((old, ExpiredToken), (forged, BadToken), ("x.y", BadToken)):
        with pytest.raises(refusal):
            world.app.receive_upload(ticket, filename="a.csv", data=PEOPLE)
    assert not world.facts()


def test_a_ticket_of_another_agency_or_another_officer_is_refused(world):
    world.hear("ForwardedToPembantu", step=8)

    with pytest.raises(errors.NotForYou, match="PPID Pembantu pemilik data"):
        world.app.receive_upload(world.ticket(OTHER_PEMBANTU), filename="a.csv", data=PEOPLE)
    with pytest.raises(errors.NotForYou, match="petugas lain"):
        world.app.receive_upload(
            world.ticket(), filename="a.csv", data=PEOPLE, signed_in="somebody"
        )


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("data.csv", b"\x89PNG\r\n\x1a\n" + bytes(64), "gambar PNG"),
        ("data.csv", b"", "kosong"),
        ("data.xlsx", b"PK\x03\x04" + bytes(64), "ZIP yang rusak"),
        ("data.json", b'{"a": ', "rusak"),
        ("data.csv", b'a,b\n"' + b"x" * 40_000, "petik"),
    ],
)
def test_what_cannot_be_read_is_refused_at_the_door_and_not_kept(world, name, data, said):
    with pytest.raises(Refused, match=said):
        world.app.receive_upload(world.ticket(), filename=name, data=data)

    assert not world.facts()
    assert not [path for path in world.folder.rglob("*") if path.is_file()]


def test_handing_over_has_the_file_looked_into(world):
    world.a_scanned_file()

    kinds = {c["key"]: c["kind"] for c in world.case["findings"]["columns"]}
    assert {
        "no": None, "nik": "nik", "nama": "nama", "tgl_lahir": "tanggal_lahir",
        "alamat": "alamat", "no_hp": "telepon", "keterangan": "teks", "jumlah": None,
    } == kinds  # fmt: skip
    assert 2 == world.case["findings"]["rows"]
    (fact,) = world.facts("OriginalScanned")
    assert {"column": "nik", "kind": "nik"} in fact.data["columns"]
    assert not world.jobs()


def test_what_is_found_is_stored_without_one_value(world):
    world.a_scanned_file()

    stored = str(world.pool.execute("SELECT findings::text FROM files"))
    said = str([fact.data for fact in world.facts()])
    for secret in SECRETS:
        assert secret not in stored + said


def test_messages_repeated_or_out_of_order_end_the_same(world):
    receipt = world.app.receive_upload(world.ticket(), filename="a.csv", data=PEOPLE)
    handed = world.message("DataHandedOver", sequence=5, digest=receipt.digest, size=1)
    granted = world.message("RequestGranted", sequence=4, step=9)
    withdrawn = world.message("RequestWithdrawn", sequence=6, step=None)

    for message in (withdrawn, handed, granted, handed, withdrawn):
        world.app.hear(message)
    world.do_jobs()

    assert (None, "scanned") == (world.case["step"], world.case["state"])
    with pytest.raises(errors.StepNotOpen, match="2026-0042"):
        world.app.mask(world.request_id, PPID, world.proposed_choices())


def test_only_the_ppid_decides(world):
    world.a_scanned_file()

    for act in (world.app.mask, world.app.preview, world.app.declare_clean):
        with pytest.raises(errors.NotForYou, match="tugas PPID"):
            act(world.request_id, PEMBANTU, world.proposed_choices())


def test_a_file_with_signs_that_nobody_can_keep_goes_through_step_ten(world):
    text = f'[{{"nik": "{NIK[:6]}\\u0000{NIK[6:]}", "nama\\ud800": "Budi\\u0000 Santoso"}}]'

    told = world.a_masked_file(text.encode(), "data.json")

    assert ["nik", "nama"] == [column["column"] for column in told["masked_columns"]]
    assert "Budi" not in world.app.download(world.link(told["digest"])).data.decode()


def test_a_found_column_left_without_a_reason_is_refused(world):
    world.a_scanned_file()
    choices = world.proposed_choices(nama=Choice(Method.KEEP, "aman"))

    with pytest.raises(errors.ChoiceInvalid, match="alasan mengapa kolom 'nama' dibiarkan"):
        world.app.mask(world.request_id, PPID, choices)
    with pytest.raises(errors.FindingsUnanswered, match="'nik' belum diputuskan"):
        world.app.mask(world.request_id, PPID, {})


def test_a_nik_is_never_masked_in_part(world):
    world.a_scanned_file()

    with pytest.raises(errors.ChoiceInvalid, match="tidak tersedia untuk kolom 'nik'"):
        world.app.mask(world.request_id, PPID, world.proposed_choices(nik=Choice(Method.PARTIAL)))


def test_the_masked_file_holds_none_of_the_originals_and_may_be_fetched(world):
    told = world.a_masked_file()

    file = world.app.download(world.link(told["digest"]))
    text = file.data.decode()
    for secret in (*SECRETS, "0812-3456-7890", "1990-01-01", "01/01/1990"):
        assert secret not in text
    assert "1990" in text and "Kec. Klojen" in text and "100" in text
    assert ("data-2026-0042-disamarkan.csv", told["size"]) == (file.filename, len(file.data))
    (fetched,) = world.facts("DataDownloaded")
    assert {"digest": told["digest"]} == fetched.data


def test_data_masked_says_who_approved_and_which_columns_and_nothing_personal(world):
    told = world.a_masked_file()

    (fact,) = world.facts("DataMasked")
    assert (PPID.id, "ppid") == (fact.actor.id, fact.actor.role)
    assert {
        "original_digest", "digest", "filename", "media_type", "size", "rows", "masked_columns",
    } == set(told)  # fmt: skip
    assert {"column": "nik", "kind": "nik", "method": "pseudonim", "cells": 2} in told[
        "masked_columns"
    ]
    assert (2, "masked") == (told["rows"], world.case["state"])
    for secret in SECRETS:
        assert secret not in str([f.data for f in world.facts()])


def test_one_value_has_one_pseudonym_in_a_request_and_another_in_the_next(world):
    first = world.app.download(world.link(world.a_masked_file()["digest"])).data.decode()
    other = World(world.pool, world.folder)
    second = other.app.download(other.link(other.a_masked_file()["digest"])).data.decode()

    pseudonym = next(line for line in first.splitlines() if line.startswith("1,")).split(",")[1]
    assert 2 == first.count(pseudonym)
    assert pseudonym not in second


def test_a_job_that_is_killed_and_runs_again_has_one_effect(world):
    world.a_scanned_file()
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    job = world.pool.query("SELECT id, kind, key, args, attempts FROM jobs")[0]

    from chassis.jobs import Job

    for _ in range(2):
        world.app.release(Job(**job))

    assert 1 == len(world.facts("DataMasked"))


def test_the_two_offices_that_deliver_fetch_the_masked_file(world):
    told = world.a_masked_file()

    for who in (PPID, WALIDATA):
        assert told["size"] == len(world.app.released(world.request_id, who).data)
    for who in (PEMBANTU, Actor("u", "auditor")):
        with pytest.raises(errors.NotForYou):
            world.app.released(world.request_id, who)


def test_a_second_approval_is_refused(world):
    world.a_masked_file()

    with pytest.raises(errors.NotReady, match="sudah diputuskan"):
        world.app.mask(world.request_id, PPID, world.proposed_choices())


def test_what_is_left_after_masking_stops_the_release(world, monkeypatch):
    data = b"nik,catatan\n" + f"{NIK},lihat berkas\n".encode() * 3
    world.a_scanned_file(data)
    from privacy_service import application

    real = application.limited

    def careless(target, args, **rest):
        answer = real(target, args, **rest)
        return answer | {"left": ["NIK di kolom 'catatan' baris 2"]} if "mask" in target else answer

    monkeypatch.setattr(application, "limited", careless)
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()

    assert not world.facts("DataMasked")
    assert ("scanned", 1) == (world.case["state"], world.facts("MaskingRefused")[0].data["left"])
    assert "NIK di kolom 'catatan' baris 2" in world.case["problem"]


def test_a_masked_value_that_a_kept_column_shows_stops_the_release(world):
    data = f"nik,catatan\n{NIK},nik ibu {WOMANS_NIK}\n{WOMANS_NIK},-\n".encode()
    world.a_scanned_file(data)
    kept = Choice(Method.KEEP, "hanya catatan petugas biasa")

    world.app.mask(world.request_id, PPID, world.proposed_choices(catatan=kept))
    world.do_jobs()

    assert "scanned" == world.case["state"]
    assert "NIK di kolom 'catatan' baris 1" in world.case["problem"]
    assert WOMANS_NIK not in world.case["problem"]


def test_statistics_are_declared_clean_and_given_as_they_came(world):
    digest = world.a_scanned_file(STATISTICS)

    world.app.declare_clean(world.request_id, PPID)
    world.do_jobs()

    (fact,) = world.facts("DataFoundClean")
    assert (digest, "data-2026-0042.csv", 2) == (
        fact.data["digest"], fact.data["filename"], fact.data["rows"],
    )  # fmt: skip
    assert STATISTICS == world.app.download(world.link(digest)).data


def test_a_workbook_is_not_given_as_it_came_while_it_hides_something(world):
    book = openpyxl.Workbook()
    book.active.append(["kecamatan", "jumlah"])
    book.active.append(["Klojen", 12])
    book.active.oddFooter.center.text = "Siti Aminah"
    buffer = io.BytesIO()
    book.save(buffer)
    world.a_scanned_file(buffer.getvalue(), "data.xlsx")

    with pytest.raises(errors.FindingsUnanswered, match="bagian tersembunyi"):
        world.app.declare_clean(world.request_id, PPID)
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()

    data = world.app.download(world.link(world.facts("DataMasked")[0].data["digest"])).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"Siti" not in b"".join(archive.read(name) for name in archive.namelist())


def test_a_file_with_findings_is_clean_only_when_every_finding_has_its_reason(world):
    world.a_scanned_file(b"nama,jumlah\nTaman Siswa,1\nBudi Utomo,2\nSri Wedari,3\n")

    with pytest.raises(errors.FindingsUnanswered, match="'nama'"):
        world.app.declare_clean(world.request_id, PPID)
    world.app.declare_clean(
        world.request_id, PPID, {"nama": Choice(Method.KEEP, "ini nama sekolah, bukan orang")}
    )
    world.do_jobs()

    assert 1 == len(world.facts("DataFoundClean"))
    assert b"sekolah" not in str(world.pool.execute("SELECT reasons_sealed FROM files")).encode()


def test_an_officer_marks_a_column_that_was_not_found(world):
    world.a_scanned_file(STATISTICS)

    world.app.mask(world.request_id, PPID, {"kecamatan": Choice(Method.CONSTANT)})
    world.do_jobs()

    file = world.app.download(world.link(world.facts("DataMasked")[0].data["digest"]))
    assert b"Klojen" not in file.data and b"[disamarkan]" in file.data


def test_a_formula_is_made_text_before_anybody_opens_it(world):
    told = world.a_masked_file(b'nama,rumus\nSiti Aminah,"=HYPERLINK(""http://x"")"\n')

    assert b"'=HYPERLINK" in world.app.download(world.link(told["digest"])).data


def test_a_spreadsheet_comes_back_as_one_without_its_author(world):
    book = openpyxl.Workbook()
    book.properties.creator = "Siti Aminah"
    book.active.append(["nik", "nama", "jumlah"])
    book.active.append([NIK, "Budi Santoso", 12])
    buffer = io.BytesIO()
    book.save(buffer)

    told = world.a_masked_file(buffer.getvalue(), "data.xlsx")

    data = world.app.download(world.link(told["digest"])).data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [("nik", "nama", "jumlah"), 12] == [
        tuple(cell.value for cell in sheet[1]), sheet[2][2].value,
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (*SECRETS, "Siti"):
        assert secret.encode() not in unpacked


def test_a_map_keeps_its_points_and_loses_its_names(world):
    feature = (
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [112.6304, -7.9797]},'
        f' "properties": {{"nama_pemilik": "Siti Aminah", "nik": {NIK}, "luas": 12.50}}}}'
    )
    data = f'{{"type": "FeatureCollection", "features": [{feature}]}}'.encode()

    told = world.a_masked_file(data, "peta.geojson")

    text = world.app.download(world.link(told["digest"])).data.decode()
    assert "112.6304" in text and "12.50" in text and "FeatureCollection" in text
    assert NIK not in text and "Siti" not in text
    assert ("application/geo+json", 1) == (told["media_type"], told["rows"])


def test_the_original_is_read_by_two_offices_and_every_look_is_a_fact(world):
    digest = world.a_scanned_file()

    for who in (PPID, PEMBANTU):
        _, tables = world.app.original_rows(world.request_id, who)
        assert NIK == tables[0]["rows"][0][1]
    with pytest.raises(errors.NotForYou):
        world.app.original_rows(world.request_id, OTHER_PEMBANTU)

    looks = world.facts("OriginalRead")
    assert [PPID.id, PEMBANTU.id] == [fact.actor.id for fact in looks]
    assert [{"digest": digest}] * 2 == [fact.data for fact in looks]


def test_the_original_is_never_given_to_a_download_link(world):
    told = world.a_masked_file()

    with pytest.raises(errors.NotApproved):
        world.app.download(world.link(told["original_digest"]))
    with pytest.raises(errors.NotApproved):
        world.app.download(world.link(told["digest"], request_id=uuid4()))
    with pytest.raises(ExpiredToken):
        world.app.download(world.link(told["digest"], seconds=-1))


def test_a_cleared_file_is_given_for_a_request_that_cites_it(world):
    told = world.a_masked_file()
    later = World(world.pool, world.folder)

    later.hear("DataFoundInDip", step=10, register_number="2026-0043", agency=None)
    with pytest.raises(errors.NotApproved):
        later.app.download(later.link(told["digest"]))
    later.hear("EarlierClearanceCited", step=11, cites="2026-0042", digest=told["digest"])

    assert told["size"] == len(later.app.download(later.link(told["digest"])).data)


@pytest.mark.parametrize("withdrawn", ["ClearanceWithdrawn", "RequestReopened"])
def test_a_file_that_was_taken_back_is_given_to_nobody_until_it_is_cleared_again(world, withdrawn):
    told = world.a_masked_file()
    world.hear(withdrawn, step=10)

    with pytest.raises(errors.NotApproved):
        world.app.download(world.link(told["digest"]))
    for who in (PPID, WALIDATA):
        with pytest.raises(errors.NotApproved):
            world.app.released(world.request_id, who)

    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()
    assert world.app.download(world.link(told["digest"])).data


def test_a_citation_that_was_taken_back_holds_no_file_of_somebody_erased(world):
    told, first = world.a_masked_file(), world.request_id
    world.request_id = later = uuid4()
    world.hear("EarlierClearanceCited", step=11, cites="2026-0042", digest=told["digest"])
    assert {"destroyed": 0, "kept": 1, "kept_because": "cited"} == erased(world, first)

    world.hear("ClearanceWithdrawn", step=10)

    with pytest.raises(errors.NotApproved):
        world.app.download(world.link(told["digest"], request_id=later))
    with pytest.raises(Forgotten):
        world.app.original_rows(first, PPID)


def test_what_is_being_masked_is_dropped_when_another_file_is_asked_for(world):
    digest = world.a_scanned_file()
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.hear("AnotherFileAsked", step=9)
    world.do_jobs()
    assert [] == world.facts("DataMasked")
    with pytest.raises(errors.NoFileYet):
        world.app.mask(world.request_id, PPID, world.proposed_choices())

    world.hear("DataHandedOver", step=10, digest=digest, size=1)
    world.do_jobs()

    assert "scanned" == world.case["state"]
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()
    assert "masked" == world.case["state"]


def test_the_ppid_gives_data_on_hand_without_an_agency(world):
    world.hear("DataFoundInDip", agency=None)
    receipt = world.app.receive_upload(world.ticket(PPID), filename="dip.csv", data=STATISTICS)
    world.hear("DataOnHandProvided", agency=None, digest=receipt.digest, size=receipt.size)
    world.do_jobs()

    assert ("scanned", None) == (world.case["state"], world.case["agency"])


def erased(world, request_id=None):
    """The Pemohon of a request is erased; what the answer says, without the person's id."""
    person_id = str(uuid4())
    message = world.message(
        "PersonErased", person_id=person_id, request_id=str(request_id or world.request_id)
    )
    world.app.forget(message)
    world.app.forget(message)
    (answer,) = stream(world.pool, UUID(person_id))
    return {name: value for name, value in answer.data.items() if name != "person_id"}


def test_the_files_of_an_erased_pemohon_can_be_read_by_nobody(world):
    told = world.a_masked_file()

    assert {"destroyed": 1, "kept": 0, "kept_because": None} == erased(world)

    with pytest.raises(Forgotten):
        world.app.download(world.link(told["digest"]))
    with pytest.raises(Forgotten):
        world.app.original_rows(world.request_id, PPID)


def test_a_file_that_another_request_gives_again_goes_when_that_one_is_forgotten_too(world):
    told, first = world.a_masked_file(), world.request_id
    world.request_id = later = uuid4()
    world.hear("EarlierClearanceCited", step=11, cites="2026-0042", digest=told["digest"])

    assert {"destroyed": 0, "kept": 1, "kept_because": "cited"} == erased(world, first)
    assert world.app.download(world.link(told["digest"], request_id=later)).data
    assert {"destroyed": 0, "kept": 0, "kept_because": None} == erased(world, later)

    with pytest.raises(Forgotten):
        world.app.download(world.link(told["digest"], request_id=later))


def test_the_preview_is_what_will_be_given(world):
    world.a_scanned_file()

    (table,) = world.app.preview(world.request_id, PPID, world.proposed_choices())
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()

    text = world.app.download(world.link(world.facts("DataMasked")[0].data["digest"])).data
    assert ",".join(table["columns"]) == text.decode().splitlines()[0]
    assert table["rows"][0][1] in text.decode()


def test_a_reopened_request_has_its_file_looked_at_and_masked_again(world):
    before = world.a_masked_file()

    world.hear("RequestReopened", step=10)
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()

    assert [before["original_digest"]] * 2 == [
        fact.data["original_digest"] for fact in world.facts("DataMasked")
    ]
    assert before["digest"] == world.app._case_if_any(world.request_id)["released_digest"]
