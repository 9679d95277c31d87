"""No bytes make the verifier accept what was not sealed, nor end in anything but findings."""

import io
import json
import string
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests_service.sealing import checkpoints, verify_log
from requests_service.sealing.notes import Signer
from requests_service.sealing.stored_log import fact_of_row
from requests_service.sealing.tiles import grow, roots_in
from requests_service.sealing.tree import consistency_path, inclusion_path
from requests_service.sealing.verify_log import (
    CannotCheck,
    Wrong,
    fact_of_line,
    is_beginning,
    key_of,
    leaf_hash,
    main,
    open_checkpoint,
    root_by_proof,
    root_of,
    verify_bundle,
    verify_proof,
)
from requests_service.sealing.verify_log import _fact_of_any as the_long_way
from requests_service.sealing.verify_log import _fact_of_canonical as the_quick_way

from services.requests.tests.sealing import sealed

ORIGIN = "audit.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
KEY = key_of(str(SIGNER.key))
STREAM = "6f1c1a52-0f5e-4d53-9a3e-3f1a5c2b7d10"
AT = "2026-11-20T01:00:00.000000Z"
ROWS = [
    (n + 1, STREAM, n + 1, "X", 1, b'{"a":"\xc3\xa9"}', AT, AT, "officer", "ppid",
     None, None, None, None, STREAM, n)
    for n in range(9)
]  # fmt: skip
ENTRIES = [fact_of_row(row).entry for row in ROWS]
TILES = grow({}, 0, ENTRIES)
NOTE = checkpoints.note_of(
    checkpoints.text_of(ORIGIN, 9, roots_in(TILES, [(0, 9)])[0]), [SIGNER]
).encode()
LINES = [sealed.event_line(row) for row in ROWS]
PROOF = (
    b"c2sp.org/tlog-proof@v1\nindex 4\n"
    + b"".join(sealed.line_of_hash(each) for each in roots_in(TILES, inclusion_path(4, 9)))
    + b"\n"
    + NOTE
)
MANIFEST = {"origin": ORIGIN, "count": 9, "complete": False, "checkpoint_size": 9}
MUCH = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: Any, original: bytes) -> bytes:
    """The original with some bytes changed, put in, taken away, or doubled."""
    raw = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        piece = draw(
            st.binary(max_size=8) | st.sampled_from([bytes(raw[start:end]) * 2, b"\n", b"0"])
        )
        raw[start:end] = piece
    return bytes(raw)


@MUCH
@given(mutated(NOTE) | st.binary(max_size=400))
def test_a_checkpoint_is_the_signed_one_or_none(note: bytes) -> None:
    try:
        opened = open_checkpoint(note, [KEY])
    except Wrong:
        return
    assert opened == open_checkpoint(NOTE, [KEY])


@MUCH
@given(mutated(PROOF) | st.binary(max_size=400))
def test_a_proof_proves_its_fact_and_no_other(proof: bytes) -> None:
    report = verify_proof(proof, LINES[4], [KEY])

    if report.verified:
        assert (9, 4) == (report.size, int(proof.split(b"index ")[1].split(b"\n")[0]))
    assert not verify_proof(proof, LINES[5], [KEY]).verified


@MUCH
@given(mutated(LINES[4]) | st.binary(max_size=200) | JSON.map(lambda j: json.dumps(j).encode()))
def test_a_line_that_the_proof_accepts_is_the_sealed_fact(line: bytes) -> None:
    if verify_proof(PROOF, line, [KEY]).verified:
        fact = fact_of_line(line)
        assert (ENTRIES[4], True) == (fact.entry, fact.state_fits)


@MUCH
@given(
    mutated(LINES[4][:-1]),
    st.sampled_from([*json.loads(LINES[4])]),
    JSON | st.text(string.printable),
)
def test_the_quick_way_and_the_long_way_read_the_same(line: bytes, key: str, value: Any) -> None:
    other = json.dumps(
        {**json.loads(LINES[4]), key: value},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode(errors="surrogatepass")
    for each in (line, other):
        quick = the_quick_way(each)
        if quick is not None:
            assert the_long_way(each) == quick


@pytest.mark.parametrize(
    "file", ["manifest.json", "checkpoint.txt", "events.jsonl", "proofs.jsonl"]
)
def test_a_bundle_with_any_file_changed_is_not_verified_nor_a_traceback(
    tmp_path: Path, file: str
) -> None:
    folder = _bundle(tmp_path / "bundle")
    original = (folder / file).read_bytes()
    assert verify_bundle(folder, [KEY]).verified

    @settings(MUCH, max_examples=40)
    @given(mutated(original) | st.binary(max_size=100))
    def check(changed: bytes) -> None:
        (folder / file).write_bytes(changed)
        if file != "manifest.json":
            sealed.write_manifest(folder, MANIFEST)
        if verify_bundle(folder, [KEY]).verified:
            lines = (folder / "events.jsonl").read_bytes().split(b"\n")[:-1]
            assert [(entry, True) for entry in ENTRIES] == [
                (fact.entry, fact.state_fits) for fact in map(fact_of_line, lines)
            ]

    check()


@MUCH
@given(st.data())
def test_a_broken_zip_is_not_verified_nor_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(data.draw(mutated(_zipped(tmp_path)) | st.binary(max_size=200)))

    report = verify_bundle(file, [KEY])

    if report.verified:
        assert (9, 9) == (report.size, report.events)


ZIPS = {
    "a path that climbs": [("../../etc/passwd", b"")],
    "a path in a folder": [("a/manifest.json", b"")],
    "an absolute path": [("/manifest.json", b"")],
    "a name twice": [("manifest.json", b"{}"), ("manifest.json", b"{}")],
    "a bomb": [("events.jsonl", b"0" * 20_000_000)],
    "too many files": [(f"{n}.txt", b"") for n in range(65)],
    "a manifest too long": [("manifest.json", b" " * 5_000_000)],
    "a manifest nested too deep": [("manifest.json", b"[" * 100_000)],
    "a manifest with a key twice": [("manifest.json", b'{"count":1,"count":2}')],
    "a manifest with a number too long": [("manifest.json", b'{"count":' + b"9" * 100_000 + b"}")],
    "nothing": [],
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("what", ZIPS)
def test_a_zip_that_no_export_makes_is_malformed(tmp_path: Path, what: str) -> None:
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in ZIPS[what]:
            opened.writestr(name, content)

    report = verify_bundle(tmp_path / "bundle.zip", [KEY])

    assert ["malformed"] == [each.kind for each in report.findings]


def test_a_folder_with_a_link_is_malformed(tmp_path: Path) -> None:
    folder = _bundle(tmp_path / "bundle")
    (folder / "events.jsonl").unlink()
    (folder / "events.jsonl").symlink_to("/etc/passwd")

    assert ["malformed"] == [each.kind for each in verify_bundle(folder, [KEY]).findings]


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_proofs_hold_for_their_own_sizes_alone(old: int, new: int, data: st.DataObject) -> None:
    old, new = sorted((old, new))
    leaf = data.draw(st.integers(0, new - 1))
    wrong = data.draw(st.integers(0, new))
    root = _ROOTS[new]
    inclusion = roots_in(_LARGE, inclusion_path(leaf, new))
    consistency = roots_in(_LARGE, consistency_path(old, new))

    assert root == root_by_proof(_leaf(leaf), leaf, new, inclusion)
    assert is_beginning(old, _ROOTS[old], new, root, consistency)
    if wrong != leaf:
        assert root != root_by_proof(_leaf(leaf), wrong, new, inclusion)
    if wrong != old:
        assert not is_beginning(wrong, _ROOTS[old], new, root, consistency)
    assert root != root_by_proof(_leaf(leaf), leaf, new, [*inclusion, root])
    assert not is_beginning(old, _ROOTS[old], new, root, [*consistency, root])


_LARGE = grow({}, 0, [str(n).encode() for n in range(300)])
_ROOTS = [roots_in(_LARGE, [(0, n)])[0] for n in range(301)]


def _leaf(number: int) -> bytes:
    return leaf_hash(str(number).encode())


def _complete_bundle(folder: Path, many: int) -> Path:
    rows = [(n + 1, STREAM, n + 1, *ROWS[0][3:15], n) for n in range(many)]
    leaves = [leaf_hash(fact_of_row(row).entry) for row in rows]
    root = root_of(b"".join(leaves))
    note = checkpoints.note_of(checkpoints.text_of(ORIGIN, many, root), [SIGNER])
    (folder / "checkpoint.txt").write_text(note)
    (folder / "leaves.bin").write_bytes(b"".join(leaves))
    (folder / "events.jsonl").write_bytes(b"".join(sealed.event_line(row) for row in rows))
    sealed.write_manifest(
        folder, {**MANIFEST, "count": many, "checkpoint_size": many, "complete": True}
    )
    return folder


def _change(folder: Path, before: bytes, after: bytes, count: int) -> None:
    file = folder / "events.jsonl"
    file.write_bytes(file.read_bytes().replace(before, after, count))
    sealed.write_manifest(folder, json.loads((folder / "manifest.json").read_text()))


def test_a_bundle_in_which_everything_was_changed_is_told_in_bounds(tmp_path: Path) -> None:
    folder = _complete_bundle(tmp_path, 6000)
    _change(folder, b'"officer"', b'"nobody"', -1)

    report = verify_bundle(folder, [KEY])

    assert (100, 5900) == (len(report.findings), report.unlisted)
    assert {"changed"} == {each.kind for each in report.findings}


def test_other_processes_that_help_with_much_find_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _complete_bundle(tmp_path, 3000)
    kept = checkpoints.text_of(ORIGIN, 1000, b"x" * 32)
    since = [checkpoints.note_of(kept, [SIGNER]).encode()]
    monkeypatch.setattr(verify_log, "_SHARED_BYTES_MIN", 0)
    monkeypatch.setattr(verify_log, "_CHUNK_BYTES", 100_000)

    good = verify_bundle(folder, [KEY])
    forked = verify_bundle(folder, [KEY], since=since)
    _change(folder, b'"position":2002,', b'"position":2003,', 1)
    bad = verify_bundle(folder, [KEY])

    assert (True, 3000) == (good.verified, good.events)
    assert ["forked"] == [each.kind for each in forked.findings]
    assert [("changed", 2001)] == [(each.kind, each.leaf_index) for each in bad.findings]


COMMANDS: dict[str, tuple[list[str], int]] = {
    "verified": (["{bundle}", "--key", str(KEY)], 0),
    "with the keys that it brings": (["{bundle}", "--keys-of-bundle"], 0),
    "without a key": (["{bundle}"], 2),
    "by another key": (["{bundle}", "--key", str(Signer(ORIGIN, b"t" * 32).key)], 1),
    "by a key that is none": (["{bundle}", "--key", "audit.example/requests+00+AA=="], 2),
    "by a key with a changed letter": (["{bundle}", "--key", str(KEY).replace("/re", "/RE")], 2),
    "with a witness that did not sign": (
        ["{bundle}", "--key", str(KEY), "--witness", "w.example+5e1e2b1e+" + "B" + "A" * 43], 2,
    ),
    "with the log's key as a witness": (["{bundle}", "--key", str(KEY), "--witness", str(KEY)], 2),
    "not there": (["{bundle}-not", "--key", str(KEY)], 2),
    "an older checkpoint that is not there": (["{bundle}", "--key", str(KEY), "--since", "no"], 2),
    "an address that is none": (["--live", "file:///etc/passwd", "--key", str(KEY)], 2),
    "an address where nobody is": (["--live", "http://127.0.0.1:9", "--key", str(KEY)], 2),
    "nothing": ([], 2),
}  # fmt: skip


@pytest.mark.parametrize("what", COMMANDS)
def test_its_exit_status_tells_verified_from_wrong_from_not_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    bundle = _bundle(tmp_path / "bundle")
    arguments, expected = COMMANDS[what]

    assert expected == main([each.replace("{bundle}", str(bundle)) for each in arguments])
    written = capsys.readouterr()
    assert ("VERIFIED" in written.out, bool(written.err)) == (expected != 2, expected == 2)


def test_its_report_as_json_names_kind_and_position(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = _bundle(tmp_path / "bundle")
    changed = (bundle / "events.jsonl").read_bytes().replace(b'"X"', b'"Y"', 1)
    (bundle / "events.jsonl").write_bytes(changed)

    assert 1 == main([str(bundle), "--key", str(KEY), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (False, "changed", 1) == (
        report["verified"], report["findings"][0]["kind"], report["findings"][0]["position"],
    )  # fmt: skip


def test_a_key_that_contradicts_itself_is_refused() -> None:
    for written in ("", "a+b", "a+00000000+AAAA", str(KEY) + "A", str(KEY).replace("audit", "b")):
        with pytest.raises(CannotCheck):
            key_of(written)


def _bundle(folder: Path) -> Path:
    folder.mkdir()
    (folder / "checkpoint.txt").write_bytes(NOTE)
    (folder / "keys.txt").write_text(f"{KEY}\n")
    (folder / "events.jsonl").write_bytes(b"".join(LINES))
    with (folder / "proofs.jsonl").open("w") as proofs:
        for n, row in enumerate(ROWS):
            hashes = [
                sealed.line_of_hash(each).decode().strip()
                for each in roots_in(TILES, inclusion_path(n, 9))
            ]
            proofs.write(json.dumps({"position": row[0], "leaf_index": n, "hashes": hashes}) + "\n")
    sealed.write_manifest(folder, MANIFEST)
    return folder


def _zipped(folder: Path) -> bytes:
    bundle = folder / "zipped"
    if not bundle.exists():
        _bundle(bundle)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(bundle.iterdir()):
            opened.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return into.getvalue()
