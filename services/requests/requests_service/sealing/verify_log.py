"""Checks the sealed log of Satu Data, or what was exported of it, trusting nobody who gave it.

One file for any Python from 3.9 with the package `cryptography`; it asks no network unless told to:

    python verify_log.py BUNDLE --key VKEY              an export, a zip or a folder of the same
    python verify_log.py --live URL --key VKEY          the log at https://.../api/requests/log
    python verify_log.py --proof P --entry E --key VKEY [LETTER.pdf]       one fact, one letter

`--key` is a verifier key of the log (`name+hash+base64`) that reached you another way than the data
did; `--witness` one of a witness that must have signed too; `--since FILE` a checkpoint kept from
earlier, which must be a beginning of this log.

Exit status: 0 all is as it was sealed; 1 something is wrong (a sentence says what and where); 2 it
could not be checked; 3 nothing wrong was found, but it is older than a checkpoint of `--since`.

What is checked. A fact's entry is canonical JSON (RFC 8785) of fifteen keys, one of them the
digest of its stored state; entries are the leaves of an RFC 6962 tree with SHA-256 in the order of
positions; a checkpoint is its size and root as a signed note. All formats are those of c2sp.org:
signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.

A bundle holds `manifest.json`, `checkpoint.txt`, `events.jsonl` (one fact a line: the fifteen keys,
`leaf_index`, and `state` as a string), and either `complete` in the manifest with `leaves.bin` (the
hash of each leaf, 32 bytes; by it a change is placed), or `proofs.jsonl` (position, leaf_index and
hashes for each event). Lines written as canonical JSON are read faster.
The manifest is not signed: a partial bundle proves each fact in it, not that none was left out.

To read this file, begin at *Keys, notes, checkpoints* and go on to *A bundle*: that decides. *Where
a change is* only says more about it, *Words on the screen* and *The command* judge nothing.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import stat
import struct
import sys
import time
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import datetime
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = {
    "changed": "a fact is not what was sealed at its place",
    "missing": "a sealed fact is not there",
    "truncated": "sealed facts are missing from the end",
    "inserted": "a fact stands among the sealed ones and was never sealed",
    "reordered": "a sealed fact stands at another place",
    "back-dated": "a fact says it was recorded before one that stands before it",
    "post-dated": "a fact says it was recorded after the log was signed, or after now",
    "rolled-back": "the log is shorter than it was: an older state was put back",
    "outdated": "what you have is older than a checkpoint that you kept",
    "forked": "the log signed two histories that exclude each other",
    "tree": "the facts do not give the root that was signed",
    "tile": "a stored tile is not the hashes of the facts",
    "mapping": "the table of leaves names another fact",
    "leaves": "the file of the leaves' hashes is not the hashes of the facts",
    "proof": "a proof does not lead to the signed root",
    "signature": "a signature of a known key does not fit its text",
    "wrong-key": "no key that you trust has signed",
    "witness": "a witness that you ask for has not signed",
    "manifest": "the manifest says something else than what is there",
    "root": "a checkpoint of no leaves has another root than the empty log",
    "letter": "the document is not the one whose digest is in the log",
    "malformed": "it cannot be read as what it should be",
}

Given = TypeVar("Given")
LOG, WITNESS = 1, 4
"""Types of Ed25519 keys: of signed-note, and of tlog-cosignature."""
BACK_DATED_SECONDS = 60
"""Clocks of servers are set back by less; two writers may pass each other by milliseconds."""
_FINDINGS_MAX = 100
_KEPT_MAX = 4096
"""What is kept in mind while it is looked for where a change is."""
_NOTE_BYTES_MAX = 64 * 1024
_SIGNATURES_MAX = 64
_SMALL_FILE_BYTES_MAX = 4 * 1024 * 1024
_LINE_BYTES_MAX = 4 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_FILES_MAX = 64
_SHARED_BYTES_MIN = 32 * 1024 * 1024
_BLOCKS_AHEAD = 8
"""Other processes help with more than this, each block a chunk."""
_INFLATED_TIMES_MAX = 200
"""Event lines shrink to a tenth; what grows two hundredfold is made to fill a disk or a day."""
_WHOLE_MAX = 2**53 - 1
"""The largest whole number that RFC 8785 writes as itself."""
_PROOF_HASHES_MAX = 63
HASH_BYTES = 32
TILE = 256
_ANSWER_SECONDS = 20


class Wrong(Exception):
    """Something that ends a check, with its kind of `KINDS`."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


class CannotCheck(Exception):
    """The check could not be made: wrong use, or something that is needed is away."""


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where."""

    kind: str
    text: str
    position: int | None = None
    leaf_index: int | None = None


@dataclass
class Report:
    """What a check came to."""

    what: str
    origin: str | None = None
    size: int | None = None
    root: str | None = None
    signed_by: list[str] = field(default_factory=list)
    witnessed: list[str] = field(default_factory=list)
    events: int = 0
    complete: bool = False
    findings: list[Finding] = field(default_factory=list)
    unlisted: int = 0
    """Findings beyond the first hundred."""
    cautions: list[str] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Whether nothing wrong was found."""
        return not self.findings

    @property
    def status(self) -> int:
        """With which a program ends that tells this report."""
        kinds = {each.kind for each in self.findings}
        return 0 if not kinds else 3 if kinds == {"outdated"} else 1

    def add(
        self, kind: str, text: str, *, position: int | None = None, leaf: int | None = None
    ) -> None:
        """Note a finding."""
        if len(self.findings) < _FINDINGS_MAX:
            self.findings.append(Finding(kind, text, position, leaf))
        else:
            self.unlisted += 1

    def add_at(self, fact: Fact, kind: str, text: str) -> None:
        """Note a finding at a fact; the text goes on after its position."""
        text = f"position {fact.position}{text}"
        self.add(kind, text, position=fact.position, leaf=fact.leaf_index)

    def signed(self, checkpoint: Checkpoint) -> None:
        """Note under which checkpoint all this stands."""
        self.origin = checkpoint.origin
        self.size = checkpoint.size
        self.root = _base64(checkpoint.root)
        self.signed_by = list(checkpoint.signed_by)
        self.witnessed = [
            f"{name} at {utc(seconds)}" for name, seconds in checkpoint.witnessed.items()
        ]


# Keys, notes, checkpoints


@dataclass(frozen=True)
class Key:
    """A verifier key: of a log (type 1), or of a witness (type 4)."""

    name: str
    id: bytes
    type: int
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.type]) + self.public)}"


@dataclass(frozen=True)
class Checkpoint:
    """Size and root of a log, whose signatures were checked."""

    origin: str
    size: int
    root: bytes
    text: str
    """What was signed."""
    signed_by: tuple[str, ...]
    """Trusted keys of the log."""
    witnessed: dict[str, int]
    """Trusted witnesses, and when they signed, in seconds since 1970."""


def key_of(written: str) -> Key:
    """A verifier key from its one line. Raises CannotCheck."""
    parts = written.strip().split("+", 2)
    try:
        name, id_, encoded = parts
        raw = _bytes_of(encoded)
        key = Key(name, bytes.fromhex(id_), raw[0], raw[1:])
        fits = key.id == _key_id(name, raw[:1], raw[1:]) and len(key.id) * 2 == len(id_)
    except (ValueError, IndexError) as error:
        raise CannotCheck(f"this is not a verifier key: {written[:200]!r}") from error
    if not name or re.search(r"\s", name) or not fits:
        raise CannotCheck(f"the parts of this verifier key contradict each other: {written[:200]}")
    if key.type not in (LOG, WITNESS) or len(key.public) != HASH_BYTES:
        raise CannotCheck(f"only Ed25519 keys of types 1 and 4 are known here: {written[:200]}")
    return key


def keys_of(written: Iterable[str], type_: int) -> list[Key]:
    """Keys of LOG or of WITNESS. Raises CannotCheck."""
    keys = [key_of(each) for each in written]
    for key in keys:
        if key.type != type_:
            meant = "a witness" if key.type == WITNESS else "a log"
            raise CannotCheck(f"this is the key of {meant}: {key}")
    return keys


def open_checkpoint(note: bytes, keys: Sequence[Key]) -> Checkpoint:
    """Read a checkpoint and check its signatures by the keys. Raises Wrong.

    At least one log key of the checkpoint's own name must have signed; no known key badly.
    """
    text, lines = _parts_of_note(note)
    origin, size, root = _head_of(text)
    signed_by, witnessed = [], {}
    for line in lines:
        for key in keys:
            raw = _signature_of(line, key)
            if raw is None:
                continue
            seconds = _check_signature(text, raw, key)
            if key.type == WITNESS:
                witnessed[key.name] = seconds
            elif key.name == origin:
                signed_by.append(str(key))
    if not signed_by:
        raise Wrong(
            "wrong-key",
            f"the checkpoint of {origin!r}, size {size}, is signed by no key that you trust;"
            f" it bears signatures of {', '.join(_signers(lines)) or 'nobody'}",
        )
    return Checkpoint(origin, size, root, text, tuple(signed_by), witnessed)


def _parts_of_note(note: bytes) -> tuple[str, list[str]]:
    if len(note) > _NOTE_BYTES_MAX:
        raise Wrong("malformed", f"the checkpoint is longer than {_NOTE_BYTES_MAX} bytes")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise Wrong("malformed", "the checkpoint is not UTF-8") from error
    if re.search(r"[\x00-\x09\x0b-\x1f]", whole):
        raise Wrong("malformed", "the checkpoint has control characters")
    text, blank, signatures = whole.rpartition("\n\n")
    lines = signatures.split("\n")
    if not blank or lines.pop() != "" or not lines:
        raise Wrong("malformed", "the checkpoint is no signed note: text, empty line, signatures")
    if len(lines) > _SIGNATURES_MAX:
        raise Wrong("malformed", f"the checkpoint has more than {_SIGNATURES_MAX} signatures")
    for line in lines:
        if not re.fullmatch(r"— [^\s+]+ [A-Za-z0-9+/]+={0,2}", line):
            raise Wrong("malformed", f"this is no signature line: {line[:100]!r}")
    return text + "\n", lines


def _head_of(text: str) -> tuple[str, int, bytes]:
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or "" in lines:
        raise Wrong("malformed", "a checkpoint is at least three lines: origin, size, root")
    origin, size, root = lines[:3]
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", size) or int(size) > _WHOLE_MAX:
        raise Wrong("malformed", f"the checkpoint's size is no whole number: {size[:40]!r}")
    try:
        raw = _bytes_of(root)
    except ValueError as error:
        raise Wrong("malformed", "the checkpoint's root is not base64") from error
    if len(raw) != HASH_BYTES:
        raise Wrong("malformed", "the checkpoint's root is not 32 bytes")
    if size == "0" and raw != hashlib.sha256(b"").digest():
        raise Wrong("root", "the checkpoint of an empty log has another root than the empty one")
    return origin, int(size), raw


def _signature_of(line: str, key: Key) -> bytes | None:
    """The signature in this line, if it says that it is of this key."""
    _, name, encoded = line.split(" ")
    if name != key.name:
        return None
    try:
        raw = _bytes_of(encoded)
    except ValueError as error:
        raise Wrong("malformed", f"a signature of {name!r} is not base64") from error
    return raw[4:] if raw[:4] == key.id else None


def _check_signature(text: str, raw: bytes, key: Key) -> int:
    """When a witness signed; 0 for a log, whose signature says no time. Raises Wrong."""
    seconds, message = 0, text.encode()
    if key.type == WITNESS:
        seconds, raw = int.from_bytes(raw[:8], "big"), raw[8:]
        message = f"cosignature/v1\ntime {seconds}\n".encode() + message
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw, message)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError) as error:
        raise Wrong("signature", f"the signature of {key.name!r} does not fit the text") from error
    if key.type == WITNESS and not 0 < seconds < 1 << 63:
        raise Wrong("signature", f"the witness {key.name!r} signed without a time")
    return seconds


def _signers(lines: Sequence[str]) -> list[str]:
    return [line.split(" ")[1][:100] for line in lines]


def _key_id(name: str, type_: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + type_ + public).digest()[:4]


# The tree of RFC 6962


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root to which a leaf and its inclusion proof lead; None when they lead nowhere."""
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = _node(each, root)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            root = _node(root, each)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def is_beginning(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the old tree is the beginning of the new one."""
    if old_size > new_size:
        return False
    if old_size in (0, new_size):
        empty = hashlib.sha256(b"").digest()
        return not proof and old_root == (new_root if old_size == new_size else empty)
    hashes = list(proof)
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if node == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    old = new = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = _node(each, old), _node(each, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = _node(new, each)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


class Tree:
    """A tree that grows by leaves and keeps only its right edge."""

    def __init__(self, marks: Iterable[int] = ()) -> None:
        """`marks`: sizes whose roots to keep."""
        self.size = 0
        self.roots = {0: hashlib.sha256(b"").digest()}
        """By size."""
        self.edge: list[list[bytes]] = [[]]
        """Of each level the hashes that do not fill a tile of 256 yet."""
        self._marks = set(marks)

    def add(self, leaf: bytes) -> None:
        """Append one leaf's hash."""
        self.size += 1
        edge = self.edge[0]
        edge.append(leaf)
        if len(edge) == TILE:
            self.close(0)
        if self.size in self._marks:
            self.root()

    def add_all(self, leaves: bytes) -> None:
        """Append leaves' hashes, one after the other."""
        for start in range(0, len(leaves), HASH_BYTES):
            self.add(leaves[start : start + HASH_BYTES])

    def root(self) -> bytes:
        """The root of what is there now."""
        root = None
        for hashes in self.edge:
            for each in reversed(_perfect(hashes)):
                root = each if root is None else _node(each, root)
        if root is not None:
            self.roots[self.size] = root
        return self.roots[self.size]

    def close(self, level: int) -> None:
        """A tile is full: its root goes one level up."""
        hashes = self.edge[level]
        if level + 1 == len(self.edge):
            self.edge.append([])
        self.edge[level + 1].append(_perfect(hashes)[0])
        hashes.clear()
        if len(self.edge[level + 1]) == TILE:
            self.close(level + 1)


def _perfect(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of the perfect subtrees over hashes of one level, from left to right."""
    found: list[bytes] = []
    sha256 = hashlib.sha256
    level = list(hashes)
    while level:
        if len(level) & 1:
            found.append(level.pop())
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs)]  # noqa: B905
    return found[::-1]


def root_of(leaves: bytes) -> bytes:
    """The root over leaf hashes of 32 bytes each."""
    tree = Tree()
    tree.add_all(leaves)
    return tree.root()


# Facts and their entries


class Fact(NamedTuple):
    """One fact, as far as the check needs it."""

    position: int
    recorded_at: str
    entry: bytes
    """What is sealed."""
    leaf_index: int | None
    """Where it is said to stand in the log."""
    state_fits: bool
    """Whether the stored state has the digest that is in the entry."""


_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WHOLE = r"(?:0|[1-9][0-9]{0,14})"
_TEXT = r'"[^"\\\x00-\x1f]*"'
_TEXT_OR_NULL = rf"(?:null|{_TEXT})"

ENTRY_KEYS = {
    "actor": _TEXT,
    "agency": _TEXT_OR_NULL,
    "causation": _TEXT_OR_NULL,
    "correlation": _TEXT_OR_NULL,
    "idempotency_key": _TEXT_OR_NULL,
    "occurred_at": f'"{_TIME}"',
    "on_behalf_of": _TEXT_OR_NULL,
    "position": _WHOLE,
    "recorded_at": f'"{_TIME}"',
    "role": _TEXT,
    "state_sha256": '"[0-9a-f]{64}"',
    "stream": f'"{_UUID}"',
    "type": _TEXT,
    "type_version": _WHOLE,
    "version": _WHOLE,
}
"""The keys of an entry, and how their values are written when there is nothing to escape."""

_WHOLES = {key for key, form in ENTRY_KEYS.items() if form == _WHOLE}
_NULLABLE = {key for key, form in ENTRY_KEYS.items() if form == _TEXT_OR_NULL}
_FORMED = {
    key: re.compile(form.strip('"'))
    for key, form in ENTRY_KEYS.items()
    if form not in (_TEXT, _TEXT_OR_NULL, _WHOLE)
}
_LINE_KEYS = {*ENTRY_KEYS, "leaf_index", "state"}


def _form(*keys: str) -> str:
    return ",".join(f'"{key}":{ENTRY_KEYS[key]}' for key in keys)


_KEYS = list(ENTRY_KEYS)
# A canonical line is an entry with leaf_index and state put in: `1 leaf 2 state 3`.
_LINE_START = re.compile(
    rf'(?P<one>\{{{_form(*_KEYS[:5])},)"leaf_index":(?P<leaf>{_WHOLE}),'
    rf'(?P<two>"occurred_at":"{_TIME}",{_form("on_behalf_of")},"position":(?P<position>{_WHOLE}),'
    rf'"recorded_at":"(?P<at>{_TIME})",{_form("role")},)"state":'.encode()
)
_LINE_END = re.compile(
    rf',(?P<three>"state_sha256":"(?P<digest>[0-9a-f]{{64}})",{_form(*_KEYS[11:])}\}})'.encode()
)
_START_PARTS = tuple(
    _LINE_START.groupindex[name] for name in ("one", "leaf", "two", "position", "at")
)
_END_PARTS = tuple(_LINE_END.groupindex[name] for name in ("three", "digest"))


def fact_of_line(line: bytes) -> Fact:
    """A line of `events.jsonl`. Raises Wrong."""
    fact = _fact_of_canonical(line)
    return _fact_of_any(line) if fact is None else fact


def _fact_of_canonical(line: bytes) -> Fact | None:
    """The quick way: nothing is built, the entry is cut out of the line. None when it is unfit."""
    start = _LINE_START.match(line)
    end = line.rfind(b',"state_sha256":')
    if start is None or end < start.end():
        return None
    rest = _LINE_END.fullmatch(line, end)
    if rest is None:
        return None
    try:
        state = _strict_json(line[start.end() : end].decode())
        one, leaf, two, position, at = start.group(*_START_PARTS)
        three, digest = rest.group(*_END_PARTS)
        entry = one + two + three
        entry.decode()
        if not isinstance(state, str):
            return None
        fits = hashlib.sha256(state.encode()).hexdigest().encode() == digest
    except (ValueError, RecursionError):
        return None
    if len(entry) > 65_535 or position == b"0":
        return None
    return Fact(int(position), at.decode(), entry, int(leaf), fits)


def _fact_of_any(line: bytes) -> Fact:
    """The long way, for a line in any JSON, which says what is wrong with it."""
    return _fact_of_values(_object_of(line, "a line of events"))


def _fact_of_values(values: dict[str, Any]) -> Fact:
    if set(values) != _LINE_KEYS:
        odd = sorted(set(values) ^ _LINE_KEYS)
        raise Wrong("malformed", f"an event has other keys than it should: {', '.join(odd)[:200]}")
    leaf = values["leaf_index"]
    if not _is_whole(leaf):
        raise Wrong("malformed", f"leaf_index is no whole number: {str(leaf)[:40]}")
    if not isinstance(values["state"], str):
        raise Wrong("malformed", "the state of an event is not a string")
    try:
        digest = hashlib.sha256(values["state"].encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise Wrong("malformed", "the state of an event is not text") from error
    return Fact(
        values["position"],
        str(values["recorded_at"]),
        entry_of(values),
        leaf,
        digest == values["state_sha256"],
    )


def entry_of(values: dict[str, Any]) -> bytes:
    """The canonical JSON of the fifteen keys among these. Raises Wrong."""
    for key in ENTRY_KEYS:
        value = values.get(key)
        if key in _WHOLES:
            good = _is_whole(value) and (value != 0 or key != "position")
        elif value is None:
            good = key in _NULLABLE
        else:
            good = isinstance(value, str) and (
                key not in _FORMED or _FORMED[key].fullmatch(value) is not None
            )
        if not good:
            raise Wrong("malformed", f"{key} of an event cannot be {str(value)[:60]!r}")
    try:
        entry = _written(values).encode()
    except UnicodeEncodeError as error:
        raise Wrong("malformed", "an event holds what is not text") from error
    if len(entry) > 65_535:
        raise Wrong("malformed", "an entry is longer than 65,535 bytes")
    return entry


def _written(values: dict[str, Any]) -> str:
    return "{" + ",".join(f'"{key}":{_json(values[key])}' for key in ENTRY_KEYS) + "}"


def _json(value: Any) -> str:
    if value is None:
        return "null"
    return _quoted(value) if isinstance(value, str) else str(value)


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _WHOLE_MAX


def _no_twin(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands twice")
    return values


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_strict_json: Callable[[str], Any] = json.JSONDecoder(
    object_pairs_hook=_no_twin, parse_constant=_no_constant
).decode


def _object_of(raw: bytes, what: str) -> dict[str, Any]:
    """A JSON object without twin keys. Raises Wrong."""
    try:
        value = _strict_json(raw.decode())
    except (ValueError, RecursionError) as error:
        raise Wrong("malformed", f"{what} is not JSON: {str(error)[:100]}") from error
    if not isinstance(value, dict):
        raise Wrong("malformed", f"{what} is not a JSON object")
    return value


class Clock:
    """Facts stand in the order in which they were recorded, give or take a minute."""

    def __init__(self, report: Report, not_after: float) -> None:
        """`not_after`: seconds since 1970."""
        self._report = report
        self._limit = utc(not_after + BACK_DATED_SECONDS)
        self._latest = ""
        self._latest_position = 0

    def is_plain(self, block: Block) -> bool:
        """Whether no time in it can be wrong, as within it none goes back too far."""
        if block.latest_at > self._limit or _too_far_back(block.earliest_at, self._latest):
            return False
        if block.latest_at >= self._latest:
            self._latest, self._latest_position = block.latest_at, block.latest_position
        return True

    def see(self, fact: Fact) -> None:
        at = fact.recorded_at
        if at > self._limit:
            self._report.add_at(fact, "post-dated", f" says it was recorded at {at}, later than it"
                                " can be")  # fmt: skip
        elif at >= self._latest:
            self._latest, self._latest_position = at, fact.position
        elif _too_far_back(at, self._latest):
            self._report.add_at(fact, "back-dated", f" says it was recorded at {at}, but it stands"
                                f" after position {self._latest_position}, recorded at"
                                f" {self._latest}")  # fmt: skip


def _too_far_back(at: str, latest: str) -> bool:
    # Mostly the minute is the same.
    if at >= latest or at[:16] == latest[:16]:
        return False
    form = "%Y-%m-%dT%H:%M:%S.%fZ"
    try:
        back = datetime.strptime(latest, form) - datetime.strptime(at, form)
    except ValueError:
        return True
    return back.total_seconds() > BACK_DATED_SECONDS


def utc(seconds: float) -> str:
    try:
        whole = time.gmtime(int(seconds))
    except (ValueError, OverflowError, OSError):
        return f"{int(seconds)} seconds after 1970"
    return time.strftime("%Y-%m-%dT%H:%M:%S", whole) + ".000000Z"


# The files of a bundle


class _Files:
    """The files of a bundle, from a zip or a folder; nothing is ever unpacked to disk."""

    _NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

    def __init__(self, path: Path) -> None:
        """Raises CannotCheck, Wrong."""
        self._folder = path if path.is_dir() else None
        self._zip: zipfile.ZipFile | None = None
        if self._folder:
            self.sizes = self._in_folder(self._folder)
        elif path.is_file():
            self._zip, self.sizes = self._in_zip(path)
        else:
            raise CannotCheck(f"there is no bundle at {path}")

    def _in_folder(self, folder: Path) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for each in folder.iterdir():
            kind = each.lstat()
            if stat.S_ISLNK(kind.st_mode):
                raise Wrong(
                    "malformed", f"{each.name[:100]!r} in the bundle is a link to elsewhere"
                )
            # A folder gathers what nobody exported: caches, thumbnails.
            if stat.S_ISREG(kind.st_mode) and self._NAME.fullmatch(each.name):
                sizes[self._named(each.name, sizes)] = kind.st_size
        return sizes

    def _in_zip(self, path: Path) -> tuple[zipfile.ZipFile, dict[str, int]]:
        try:
            opened = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise Wrong("malformed", f"this is not a zip: {str(error)[:100]}") from error
        sizes: dict[str, int] = {}
        for info in opened.infolist():
            name = self._named(info.filename, sizes)
            if info.flag_bits & 1 or info.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise Wrong("malformed", f"{name} is encrypted, or packed in an unusual way")
            if info.file_size > info.compress_size * _INFLATED_TIMES_MAX + _CHUNK_BYTES:
                raise Wrong("malformed", f"{name} would grow to {info.file_size} bytes: a zip bomb")
            sizes[name] = info.file_size
        return opened, sizes

    def _named(self, name: str, known: dict[str, int]) -> str:
        if not self._NAME.fullmatch(name):
            raise Wrong("malformed", f"the bundle holds a file with a strange name: {name[:100]!r}")
        if name in known:
            raise Wrong("malformed", f"the bundle holds two files named {name}")
        if len(known) == _FILES_MAX:
            raise Wrong("malformed", f"the bundle holds more than {_FILES_MAX} files")
        return name

    def close(self) -> None:
        if self._zip:
            self._zip.close()

    def whole(self, name: str, most: int = _SMALL_FILE_BYTES_MAX) -> bytes:
        """A small file. Raises Wrong."""
        if name not in self.sizes:
            raise Wrong("malformed", f"the bundle has no {name}")
        if self.sizes[name] > most:
            raise Wrong("malformed", f"{name} is longer than {most} bytes")
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file, piece by piece. Raises Wrong."""
        try:
            with self._open(name) as opened:
                left = self.sizes[name]
                while chunk := opened.read(_CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:
                        raise Wrong("malformed", f"{name} is longer than it says")
                    yield chunk
        except _UNREADABLE as error:
            raise Wrong("malformed", f"{name} cannot be read: {str(error)[:100]}") from error

    def _open(self, name: str) -> Any:
        if self._zip:
            return self._zip.open(name)
        assert self._folder
        return (self._folder / name).open("rb")


_UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, NotImplementedError),
    *(RuntimeError, EOFError, ValueError, OverflowError, IndexError, OSError),
)
"""What reading a broken zip may end in."""


# Their facts, in stretches


class Block(NamedTuple):
    """What is to be known of a stretch of facts in which everything is as it should be."""

    first_leaf: int
    hashes: bytes
    """Of the leaves."""
    earliest_at: str
    latest_at: str
    latest_position: int


def block_of(facts: Iterable[Fact | None]) -> Block | None:
    """Neighbours in the log; None when one of them deserves a closer look."""
    hashes: list[bytes] = []
    earliest_at = latest_at = ""
    first_leaf = latest_position = 0
    for fact in facts:
        if fact is None or fact.leaf_index is None or not fact.state_fits:
            return None
        at = fact.recorded_at
        if not hashes:
            first_leaf, earliest_at = fact.leaf_index, at
        if fact.leaf_index != first_leaf + len(hashes):
            return None
        if at >= latest_at:
            latest_at, latest_position = at, fact.position
        elif _too_far_back(at, latest_at):
            return None
        else:
            earliest_at = min(earliest_at, at)
        hashes.append(leaf_hash(fact.entry))
    if not hashes:
        return None
    return Block(first_leaf, b"".join(hashes), earliest_at, latest_at, latest_position)


def _block_of_lines(lines: bytes) -> Block | None:
    return block_of(map(_fact_of_canonical, lines.split(b"\n")[:-1]))


def _whole_lines(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    """The same bytes, cut after ends of lines."""
    rest = b""
    for chunk in chunks:
        lines, end, after = chunk.rpartition(b"\n")
        if end:
            yield rest + lines + end
            rest = after
        else:
            rest += after
        if len(rest) > _LINE_BYTES_MAX:
            raise Wrong("malformed", f"{what} has a line longer than {_LINE_BYTES_MAX} bytes")
    if rest:
        raise Wrong("truncated", f"the last line of {what} does not end")


def _read_plainly(blocks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, Block | None]]:
    """Each block with what `block_of` says of it."""
    if size < _SHARED_BYTES_MIN:
        yield from ((block, _block_of_lines(block)) for block in blocks)
    else:
        yield from side_by_side(_block_of_lines, blocks)


def side_by_side(
    do: Callable[[Given], Block | None], given: Iterable[Given]
) -> Iterator[tuple[Given, Block | None]]:
    """Each with what is made of it, by two processes beside this one."""
    with ProcessPoolExecutor(2) as processes:
        waiting: deque[tuple[Given, Future[Block | None]]] = deque()
        for each in given:
            waiting.append((each, processes.submit(do, each)))
            if len(waiting) == _BLOCKS_AHEAD:
                first, told = waiting.popleft()
                yield first, told.result()
        for first, told in waiting:
            yield first, told.result()


def _lines(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    for block in _whole_lines(chunks, what):
        yield from block.split(b"\n")[:-1]


# A bundle


@dataclass(frozen=True)
class _Manifest:
    origin: str
    count: int
    complete: bool
    checkpoint_size: int
    files: dict[str, str]


def _manifest_of(raw: bytes) -> _Manifest:
    values = _object_of(raw, "manifest.json")
    files = values.get("files")
    if not (
        isinstance(values.get("origin"), str)
        and _is_whole(values.get("count"))
        and isinstance(values.get("complete"), bool)
        and _is_whole(values.get("checkpoint_size"))
        and isinstance(files, dict)
        and all(isinstance(digest, str) for digest in files.values())
    ):
        raise Wrong("malformed", "manifest.json lacks origin, count, complete, files, or such")
    return _Manifest(**{each.name: values[each.name] for each in fields(_Manifest)})


def verify_bundle(
    path: Path,
    keys: Sequence[Key],
    *,
    witnesses: Sequence[Key] = (),
    since: Sequence[bytes] = (),
    progress: Progress | None = None,
) -> Report:
    """Check an export. `since`: older checkpoints, as notes. Raises CannotCheck."""
    report = Report(f"bundle {path}")
    try:
        files = _Files(path)
    except Wrong as wrong:
        report.add(wrong.kind, wrong.text)
        return report
    try:
        _check_bundle(files, report, keys, witnesses, since, progress or Progress(None))
    except Wrong as wrong:
        report.add(wrong.kind, wrong.text)
    except BrokenExecutor as error:
        raise CannotCheck("a process that helps was ended by somebody") from error
    finally:
        files.close()
    return report


def _check_bundle(
    files: _Files,
    report: Report,
    keys: Sequence[Key],
    witnesses: Sequence[Key],
    since: Sequence[bytes],
    progress: Progress,
) -> None:
    manifest = _manifest_of(files.whole("manifest.json"))
    checkpoint = open_checkpoint(files.whole("checkpoint.txt"), [*keys, *witnesses])
    report.signed(checkpoint)
    report.complete = manifest.complete
    _ask_witnesses(report, checkpoint, witnesses)
    if (manifest.origin, manifest.checkpoint_size) != (checkpoint.origin, checkpoint.size):
        report.add("manifest", f"the manifest says {manifest.origin[:200]!r} and size"
                   f" {manifest.checkpoint_size}, the signed checkpoint {checkpoint.origin!r} and"
                   f" size {checkpoint.size}")  # fmt: skip
    older = older_ones(report, since, [*keys, *witnesses], checkpoint, newest=False)
    digests = _check_other_files(files, report, manifest)
    if "events.jsonl" not in files.sizes:
        raise Wrong("malformed", "the bundle has no events.jsonl")
    progress.expect(min(manifest.count, checkpoint.size))
    digest = hashlib.sha256()
    chunks = _digested(files.chunks("events.jsonl"), digest)
    clock = Clock(report, min(checkpoint.witnessed.values(), default=time.time()))
    if manifest.complete:
        tree, leaves = Tree(each.size for each in older), hashlib.sha256()
        size = files.sizes["events.jsonl"]
        in_order = _grow(tree, leaves, chunks, size, report, clock, progress)
        fits = tree.size == checkpoint.size and tree.root() == checkpoint.root
        if not fits or not in_order:
            _locate_in_bundle(files, report, checkpoint)
        elif "leaves.bin" not in digests:
            report.cautions.append("leaves.bin is not there; the facts are whole without it.")
        elif digests["leaves.bin"] != leaves.hexdigest():
            report.add("leaves", "leaves.bin is not the hashes of the facts, which are as sealed")
        compare_older(report, older, tree.roots, fits)
    else:
        lines = _lines(chunks, "events.jsonl")
        facts = (seen(fact_of_line(line), report, clock, progress) for line in lines)
        _check_partial(facts, files, report, checkpoint, older)
    if report.events != manifest.count:
        report.add("manifest", f"the manifest counts {manifest.count} events,"
                   f" {report.events} are there")  # fmt: skip
    if manifest.files.get("events.jsonl") != digest.hexdigest():
        report.add("manifest", "events.jsonl is not the file whose digest the manifest names")
    if not report.events:
        report.cautions.append("There is no fact in it: only a signature was checked.")


def _digested(chunks: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _grow(
    tree: Tree,
    leaves: Any,
    chunks: Iterable[bytes],
    size: int,
    report: Report,
    clock: Clock,
    progress: Progress,
) -> bool:
    """Put all facts into the tree; whether they are said to be the leaves that they become.

    `leaves`: a digest that is told each leaf's hash; `size`: of the file.
    """
    in_order = True
    for lines, block in _read_plainly(_whole_lines(chunks, "events.jsonl"), size):
        if block and block.first_leaf == tree.size and clock.is_plain(block):
            tree.add_all(block.hashes)
            leaves.update(block.hashes)
            report.events += len(block.hashes) // HASH_BYTES
            progress.show(report.events)
            continue
        for line in lines.split(b"\n")[:-1]:
            fact = seen(fact_of_line(line), report, clock, progress)
            in_order = in_order and fact.leaf_index == tree.size
            _look_at_state(report, fact)
            leaf = leaf_hash(fact.entry)
            tree.add(leaf)
            leaves.update(leaf)
    return in_order


def _look_at_state(report: Report, fact: Fact) -> None:
    if not fact.state_fits:
        report.add_at(fact, "changed", f", leaf {fact.leaf_index}: the state is not what was"
                      " sealed: its digest is another")  # fmt: skip


def seen(fact: Fact, report: Report, clock: Clock, progress: Progress) -> Fact:
    report.events += 1
    clock.see(fact)
    if not report.events & 0xFFF:
        progress.show(report.events)
    return fact


def _check_other_files(files: _Files, report: Report, manifest: _Manifest) -> dict[str, str]:
    """Those beside events.jsonl, by the manifest; their digests as they are."""
    digests: dict[str, str] = {}
    names = set(files.sizes) - {"manifest.json"}
    for name in sorted(names | set(manifest.files)):
        if name not in names:
            report.add("manifest", f"the manifest names {name[:100]}, which is not there")
        elif name not in manifest.files:
            report.cautions.append(
                f"{name} is no part of the export: the manifest does not name it."
            )
        elif name != "events.jsonl":
            digest = hashlib.sha256()
            for chunk in files.chunks(name):
                digest.update(chunk)
            digests[name] = digest.hexdigest()
            if digests[name] != manifest.files[name]:
                report.add("manifest", f"{name} is not the file whose digest the manifest names")
    formats = sorted(n for n in names if n.startswith("events.") and n != "events.jsonl")
    if formats:
        report.cautions.append(
            f"{', '.join(formats)}: for convenience; only the manifest, which nobody signed, says"
            " that it has the same events. What was checked is events.jsonl."
        )
    return digests


def _ask_witnesses(report: Report, checkpoint: Checkpoint, witnesses: Sequence[Key]) -> None:
    for witness in witnesses:
        if witness.name not in checkpoint.witnessed:
            report.add("witness", f"{witness.name} has not signed the checkpoint of size"
                       f" {checkpoint.size}")  # fmt: skip


def older_ones(
    report: Report,
    since: Sequence[bytes],
    keys: Sequence[Key],
    checkpoint: Checkpoint,
    *,
    newest: bool = True,
) -> list[Checkpoint]:
    """Those of the older checkpoints that this log can be compared with.

    `newest`: whether the checkpoint is the log's newest, and not one that was exported once.
    """
    found = []
    for note in since:
        try:
            older = open_checkpoint(note, keys)
        except Wrong as wrong:
            report.add(wrong.kind, f"the older checkpoint: {wrong.text}")
            continue
        if older.origin != checkpoint.origin:
            report.add("malformed", f"the older checkpoint is of another log, {older.origin!r}")
        elif older.size > checkpoint.size and newest:
            report.add("rolled-back", f"the log had {older.size} facts once, and was signed so;"
                       f" now it is signed with {checkpoint.size}")  # fmt: skip
        elif older.size > checkpoint.size:
            report.add("outdated", "this export is older than your checkpoint: it is of"
                       f" {checkpoint.size} facts, you hold a signature over {older.size}. Either"
                       " it was made before, or the log was put back: ask for a newer export, or"
                       " give --live with the log's address")  # fmt: skip
        elif older.size == checkpoint.size and older.root != checkpoint.root:
            report.add("forked", f"two checkpoints of size {older.size} are signed,"
                       " with different roots")  # fmt: skip
        else:
            found.append(older)
    return sorted(found, key=lambda each: each.size)


def compare_older(
    report: Report, older: Sequence[Checkpoint], roots: dict[int, bytes], fits: bool
) -> None:
    for each in older:
        if roots.get(each.size) == each.root:
            continue
        if fits:
            report.add("forked", f"the log was signed with size {each.size} and another root"
                       " than these facts give: the same key signed two histories")  # fmt: skip
        else:
            report.add("tree", f"the first {each.size} facts do not give the root that was signed"
                       " for them earlier")  # fmt: skip


# A bundle of a part: each fact with its proof


class _Proof(NamedTuple):
    position: int
    leaf_index: int
    hashes: list[bytes]


def _proof_of_line(line: bytes) -> _Proof:
    values = _object_of(line, "a line of proofs")
    hashes = values.get("hashes")
    position, leaf = values.get("position"), values.get("leaf_index")
    if not (
        isinstance(position, int)
        and _is_whole(position)
        and isinstance(leaf, int)
        and _is_whole(leaf)
        and isinstance(hashes, list)
        and len(hashes) <= _PROOF_HASHES_MAX
        and all(isinstance(each, str) for each in hashes)
    ):
        raise Wrong("malformed", "a proof is not position, leaf_index and hashes")
    return _Proof(position, leaf, [hash_of(each) for each in hashes])


def hash_of(written: str) -> bytes:
    """A hash from base64. Raises Wrong."""
    try:
        raw = _bytes_of(written)
    except ValueError as error:
        raise Wrong("malformed", f"a hash is not base64: {written[:60]!r}") from error
    if len(raw) != HASH_BYTES:
        raise Wrong("malformed", f"a hash is not 32 bytes: {written[:60]!r}")
    return raw


def _check_partial(
    facts: Iterable[Fact],
    files: _Files,
    report: Report,
    checkpoint: Checkpoint,
    older: Sequence[Checkpoint],
) -> None:
    for each in older:
        if each.size != checkpoint.size:
            raise CannotCheck(
                "a part of a log does not show what it was before: give --live with the log's"
                " address too, or ask for a complete bundle"
            )
    if "proofs.jsonl" not in files.sizes:
        raise Wrong("malformed", "the bundle is not complete, and has no proofs.jsonl")
    proofs = map(_proof_of_line, _lines(files.chunks("proofs.jsonl"), "proofs.jsonl"))
    failed: list[tuple[Fact, _Proof]] = []
    last = -1
    proof = next(proofs, None)
    for fact in facts:
        while proof is not None and proof.position < fact.position:
            _unproved_line(report, proof)
            proof = next(proofs, None)
        if proof is None or proof.position != fact.position:
            report.add_at(fact, "proof", " has no proof in its place")
            continue
        if fact.leaf_index is None or fact.leaf_index <= last:
            report.add_at(fact, "reordered", " stands after a later leaf")
        last = proof.leaf_index
        _check_one(report, checkpoint, fact, proof, failed)
        proof = next(proofs, None)
    while proof is not None:
        _unproved_line(report, proof)
        proof = next(proofs, None)
    _name_failed(report, checkpoint, failed)


def _unproved_line(report: Report, proof: _Proof) -> None:
    report.add("missing", f"position {proof.position}, leaf {proof.leaf_index}: its proof is there,"
               " the fact is not", position=proof.position, leaf=proof.leaf_index)  # fmt: skip


def _check_one(
    report: Report,
    checkpoint: Checkpoint,
    fact: Fact,
    proof: _Proof,
    failed: list[tuple[Fact, _Proof]],
) -> None:
    _look_at_state(report, fact)
    if fact.leaf_index != proof.leaf_index:
        report.add_at(fact, "proof", f" is said to be leaf {fact.leaf_index}, its proof is for leaf"
                      f" {proof.leaf_index}")  # fmt: skip
    elif not _proves(checkpoint, fact, proof):
        if len(failed) < _FINDINGS_MAX:
            failed.append((fact, proof))
        else:
            report.unlisted += 1


def _proves(checkpoint: Checkpoint, fact: Fact, proof: _Proof) -> bool:
    leaf = leaf_hash(fact.entry)
    return checkpoint.root == root_by_proof(leaf, proof.leaf_index, checkpoint.size, proof.hashes)


# One fact, one letter


def verify_proof(
    proof: bytes,
    entry: bytes,
    keys: Sequence[Key],
    *,
    witnesses: Sequence[Key] = (),
    letter: bytes | None = None,
) -> Report:
    """Check a `.tlog-proof` of one fact, and a letter by the digest in it.

    `entry`: as the log serves it beside a letter, {entry, state, leaf_index, position}, or a line
    of events.jsonl.
    """
    report = Report("letter" if letter is not None else "fact")
    try:
        index, hashes, note = _parts_of_proof(proof)
        checkpoint = open_checkpoint(note, [*keys, *witnesses])
        report.signed(checkpoint)
        _ask_witnesses(report, checkpoint, witnesses)
        values = _values_of(entry)
        fact = _fact_of_values(values)
        report.events = 1
        _look_at_state(report, fact)
        if not _proves(checkpoint, fact, _Proof(fact.position, index, hashes)):
            report.add("proof", f"position {fact.position}: as leaf {index} fact and proof do not"
                       " lead to the signed root: one of the two was changed",
                       position=fact.position, leaf=index)  # fmt: skip
        if letter is not None:
            _check_letter(report, values, letter)
    except Wrong as wrong:
        report.add(wrong.kind, wrong.text)
    return report


def _values_of(raw: bytes) -> dict[str, Any]:
    """The keys of a line of events.jsonl."""
    values = _object_of(raw, "the entry")
    if "entry" not in values:
        return values
    entry = str(values["entry"]).encode("utf-8", "replace")
    inner = _object_of(entry, "the entry")
    if set(inner) != set(ENTRY_KEYS) or entry_of(inner) != entry:
        raise Wrong("malformed", "the entry is not written as what is sealed")
    return {**inner, "state": values.get("state"), "leaf_index": values.get("leaf_index")}


def _parts_of_proof(proof: bytes) -> tuple[int, list[bytes], bytes]:
    if len(proof) > _NOTE_BYTES_MAX:
        raise Wrong("malformed", f"the proof is longer than {_NOTE_BYTES_MAX} bytes")
    head, blank, note = proof.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Wrong("malformed", "the proof is not ASCII before its checkpoint") from error
    if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("malformed", "this is no c2sp.org/tlog-proof@v1")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines.pop(0)) if lines else None
    if index is None or len(lines) > _PROOF_HASHES_MAX:
        raise Wrong("malformed", "the proof has no line with the index, or too many hashes")
    return int(index[1]), [hash_of(line) for line in lines], note


def _check_letter(report: Report, values: dict[str, Any], letter: bytes) -> None:
    position = values["position"]
    if values["type"] != "LetterIssued":
        raise Wrong("letter", f"position {position} is no letter, but {values['type'][:60]}")
    state = _object_of(values["state"].encode(), "the state")
    if hashlib.sha256(letter).hexdigest() != state.get("digest"):
        report.add("letter", f"this document is not the one that position {position} issued as"
                   f" number {str(state.get('number'))[:60]}: its digest is another",
                   position=position)  # fmt: skip


# A log that runs


def verify_url(
    url: str,
    keys: Sequence[Key],
    *,
    witnesses: Sequence[Key] = (),
    since: Sequence[bytes] = (),
) -> Report:
    """Check a log's newest checkpoint, and that it continues older ones. Raises CannotCheck."""
    report = Report(f"the log at {url}")
    url = url.rstrip("/")
    try:
        checkpoint = open_checkpoint(_fetch(f"{url}/checkpoint"), [*keys, *witnesses])
        report.signed(checkpoint)
        _ask_witnesses(report, checkpoint, witnesses)
        for older in older_ones(report, since, [*keys, *witnesses], checkpoint):
            proof = _consistency(url, older.size, checkpoint.size)
            if not is_beginning(older.size, older.root, checkpoint.size, checkpoint.root, proof):
                report.add("forked", f"the log cannot prove that its {checkpoint.size} facts begin"
                           f" with the {older.size} that it signed earlier")  # fmt: skip
    except Wrong as wrong:
        report.add(wrong.kind, wrong.text)
    report.cautions.append("Only signatures and roots were compared; facts need a bundle.")
    return report


def _consistency(url: str, old: int, new: int) -> list[bytes]:
    if old in (0, new):
        return []
    values = _object_of(_fetch(f"{url}/consistency?from={old}&to={new}"), "the consistency proof")
    hashes = values.get("hashes")
    if not isinstance(hashes, list) or len(hashes) > _PROOF_HASHES_MAX:
        raise Wrong("malformed", "the consistency proof has no list of hashes")
    return [hash_of(str(each)) for each in hashes]


def _fetch(url: str) -> bytes:
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise CannotCheck(f"an address begins with https:// or http://, not {url[:60]!r}")
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
            body = answer.read(_SMALL_FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        raise CannotCheck(f"{url} does not answer: {str(error)[:200]}") from error
    if len(body) > _SMALL_FILE_BYTES_MAX:
        raise Wrong("malformed", f"{url} answers with more than {_SMALL_FILE_BYTES_MAX} bytes")
    return bytes(body)


# Where a change is: what is there laid beside what was sealed. What is found here is only told
# better: that something is wrong was found before.


class Misnamed:
    """Facts of which another leaf is said than theirs."""

    def __init__(self) -> None:
        self._positions: dict[int, int] = {}
        """By leaf, in the order of leaves."""

    def add(self, leaf: int, position: int) -> None:
        self._positions[leaf] = position

    def tell(self, report: Report) -> None:
        for first, last in _runs(self._positions):
            position, last_position = self._positions[first], self._positions[last]
            if first == last:
                text = f"position {position} was sealed as leaf {first}; it is said to be another"
            else:
                text = f"position {position} to position {last_position} were sealed as leaves"
                text += f" {first} to {last}; they are said to be others, or none"
            report.add("mapping", text, position=position, leaf=first)


class Alignment:
    """Lays facts beside the leaves that were sealed, and names what does not fit.

    A fact is looked for at the next leaf, at the leaf that it claims, and near by.
    """

    _NEAR = 256

    def __init__(self, report: Report, leaves: bytes) -> None:
        self._report = report
        self._leaves = leaves
        self._size = len(leaves) // HASH_BYTES
        self._next = 0
        self._matched = 0
        self._strangers: list[Fact] = []
        self._lost: dict[bytes, tuple[int, int]] = {}
        """By hash: leaf, and the position before it."""
        self._changed: list[tuple[int, Fact]] = []
        self._misnamed = Misnamed()

    def see(self, fact: Fact) -> None:
        leaf = leaf_hash(fact.entry)
        at = self._find(leaf, fact.leaf_index)
        if at is not None:
            self._settle(at)
            self._next = at + 1
            self._matched = fact.position
            if fact.leaf_index != at:
                self._misnamed.add(at, fact.position)
        elif leaf in self._lost:
            self._report.add_at(fact, "reordered", f" was sealed as leaf {self._lost.pop(leaf)[0]},"
                                " but stands after what was sealed as leaf"
                                f" {self._next - 1}")  # fmt: skip
        else:
            self._strangers.append(fact)
            if len(self._strangers) == _KEPT_MAX:
                claimed = (f.leaf_index for f in self._strangers if f.leaf_index is not None)
                self._settle(min(self._size, max(self._next, max(claimed, default=0) + 1)))

    def _find(self, leaf: bytes, claimed: int | None) -> int | None:
        if self._at(self._next) == leaf:
            return self._next
        if claimed is not None and claimed >= self._next and self._at(claimed) == leaf:
            return claimed
        start, end = self._next * HASH_BYTES, (self._next + self._NEAR) * HASH_BYTES
        found = self._leaves.find(leaf, start, end)
        return None if found < 0 or found % HASH_BYTES else found // HASH_BYTES

    def _at(self, leaf_index: int) -> bytes:
        return self._leaves[leaf_index * HASH_BYTES : (leaf_index + 1) * HASH_BYTES]

    def _settle(self, up_to: int) -> None:
        """Pair the facts that fitted nowhere with the leaves that nothing fitted."""
        open_leaves = dict.fromkeys(range(self._next, up_to))
        unclaimed = []
        for fact in self._strangers:
            if fact.leaf_index in open_leaves:
                del open_leaves[fact.leaf_index]
                if len(self._changed) < _KEPT_MAX:
                    self._changed.append((fact.leaf_index, fact))
                else:
                    self._report.unlisted += 1
            else:
                unclaimed.append(fact)
        self._strangers = []
        for fact in unclaimed:
            self._report.add_at(fact, "inserted", " was never sealed, and stands before leaf"
                                f" {up_to}, which was")  # fmt: skip
        for leaf_index in open_leaves:
            self._lost[self._at(leaf_index)] = leaf_index, self._matched
        self._next = up_to

    def finish(self, *, tail: bool) -> None:
        """Name what is left. `tail`: facts after the sealed ones only wait to be sealed."""
        while tail and self._strangers and self._strangers[-1].leaf_index is None:
            self._strangers.pop()
        self._settle(self._size)
        self._name_changed()
        self._name_lost()
        self._misnamed.tell(self._report)

    def _name_changed(self) -> None:
        positions = {leaf: fact.position for leaf, fact in self._changed}
        several = list(positions.items()) if len(positions) <= 64 else []
        for leaf, fact in self._changed:
            moved = self._moved_from(leaf, fact, several)
            if moved is not None:
                kind, what = "reordered", f"now stands what was sealed at position {moved}"
            elif not fact.state_fits:
                kind, what = "changed", "the state is not what was sealed, nor its digest's"
            else:
                kind, what = "changed", "what stands there is not what was sealed there"
            self._report.add_at(fact, kind, f", leaf {leaf}: {what}")

    def _moved_from(self, leaf: int, fact: Fact, several: Sequence[tuple[int, int]]) -> int | None:
        """Whether it is another of the changed facts, given a new position."""
        here = f'"position":{fact.position},'.encode()
        for other, position in several:
            entry = fact.entry.replace(here, f'"position":{position},'.encode(), 1)
            if other != leaf and leaf_hash(entry) == self._at(other):
                return position
        return None

    def _name_lost(self) -> None:
        after = dict(self._lost.values())
        for first, last in _runs(sorted(after)):
            kind = "truncated" if last == self._size - 1 else "missing"
            which = f"leaf {first}" if first == last else f"leaves {first} to {last}"
            self._report.add(kind, f"{which}, after position {after[first]}: sealed, and not there"
                             f" ({last - first + 1} facts)",
                             position=after[first], leaf=first)  # fmt: skip


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours."""
    first = last = None
    for each in numbers:
        if first is None or last is None or each != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = each
        last = each
    if first is not None and last is not None:
        yield first, last


def _locate_in_bundle(files: _Files, report: Report, checkpoint: Checkpoint) -> None:
    """Read once more, beside the leaves' hashes, to say where it is."""
    facts = (fact_of_line(line) for line in _lines(files.chunks("events.jsonl"), "events.jsonl"))
    leaves = b""
    if "leaves.bin" in files.sizes:
        leaves = files.whole("leaves.bin", checkpoint.size * HASH_BYTES)
    before = len(report.findings)
    if root_of(leaves) == checkpoint.root:
        alignment = Alignment(report, leaves)
        for fact in facts:
            alignment.see(fact)
        alignment.finish(tail=False)
    else:
        gaps(facts, report, checkpoint.size)
        report.cautions.append("Without leaves.bin as it was sealed, places are less sure.")
    if len(report.findings) == before:
        report.add("tree", f"these {report.events} facts do not give the root that was signed for"
                   f" {checkpoint.size}: something in them was changed")  # fmt: skip
    if leaves and root_of(leaves) != checkpoint.root:
        report.add("leaves", "leaves.bin is not what was sealed either: it was changed with the"
                   " facts, or instead of them")  # fmt: skip


def gaps(facts: Iterable[Fact], report: Report, size: int) -> None:
    """What the leaf numbers alone tell. Facts without one, at the end, wait to be sealed."""
    expected = 0
    unsealed: list[Fact] = []
    for fact in facts:
        if fact.leaf_index is None:
            unsealed.append(fact)
            continue
        for each in unsealed:
            report.add_at(each, "inserted", " was never sealed, and stands before position"
                          f" {fact.position}, which was")  # fmt: skip
        unsealed.clear()
        if fact.leaf_index > expected:
            report.add("missing", f"leaves {expected} to {fact.leaf_index - 1}, before position"
                       f" {fact.position}, are not there", leaf=expected)  # fmt: skip
        elif fact.leaf_index < expected:
            report.add_at(fact, "reordered", f" is said to be leaf {fact.leaf_index}, and stands"
                          f" where leaf {expected} belongs")  # fmt: skip
        expected = max(expected, fact.leaf_index + 1)
    if expected < size:
        report.add("truncated", f"leaves {expected} to {size - 1} are not there", leaf=expected)


def _name_failed(
    report: Report, checkpoint: Checkpoint, failed: Sequence[tuple[Fact, _Proof]]
) -> None:
    for fact, proof in failed:
        others = [other for _, other in failed if other is not proof]
        theirs = next((each for each in others if _proves(checkpoint, fact, each)), None)
        if theirs:
            kind, what = "proof", f"its proof stands at position {theirs.position}"
        elif any(_proves(checkpoint, fact, proof._replace(hashes=o.hashes)) for o in others):
            kind, what = "proof", "it has another's proof, and another has its own"
        elif len(proof.hashes) != _proof_length(proof.leaf_index, checkpoint.size):
            kind, what = "proof", f"no proof here has {len(proof.hashes)} hashes, as its has"
        else:
            kind, what = "changed", "with its proof it does not lead to the signed root: one of the"
            what += " two was changed"
        report.add_at(fact, kind, f", leaf {fact.leaf_index}: {what}")


def _proof_length(index: int, size: int) -> int:
    """How many hashes prove a leaf in a tree of that size."""
    if not 0 <= index < size:
        return -1
    inner = (index ^ (size - 1)).bit_length()
    return inner + bin(index >> inner).count("1")


# Words on the screen


class Progress:
    """How far it is, on a terminal; nothing elsewhere."""

    def __init__(self, into: Any) -> None:
        """`into`: a stream, or None."""
        self._into = into if into is not None and into.isatty() else None
        self._all = 0

    def expect(self, count: int) -> None:
        self._all = max(count, 1)

    def show(self, done: int) -> None:
        if self._into:
            tenths = min(1000, done * 1000 // self._all)
            bar = "#" * (tenths // 25)
            self._into.write(f"\r[{bar:<40}] {tenths / 10:5.1f} %  {done:,} events")
            self._into.flush()

    def end(self) -> None:
        if self._into:
            self._into.write("\r" + " " * 72 + "\r")


def text_of(report: Report) -> str:
    """The report for people."""
    lines = [f"Checked  {report.what}"]
    if report.origin is not None:
        lines += [f"Log      {report.origin}", f"Signed   size {report.size}, root {report.root}"]
        lines += [f"         by {each}" for each in report.signed_by]
        lines += [f"Witness  {each}" for each in report.witnessed]
    if report.events:
        part = "from the first fact on" if report.complete else "each with its proof"
        lines.append(f"Read     {report.events} facts, {part}")
    lines += [f"CAUTION  {each}" for each in report.cautions]
    label = "OLDER" if report.status == 3 else "WRONG"
    lines += [f"{label}    {each.kind}: {each.text}" for each in report.findings]
    if report.unlisted:
        lines.append(f"WRONG    and {report.unlisted} more")
    words = {0: "VERIFIED", 3: "NOT COMPARED: nothing in it is wrong, but it is older"}
    lines.append(words.get(report.status, "NOT VERIFIED"))
    return "\n".join(printable(line) for line in lines)


def json_of(report: Report) -> str:
    """The report for programs."""
    values = dict(vars(report), verified=report.verified)
    values["findings"] = [vars(each) for each in report.findings]
    return json.dumps(values)


def printable(line: str) -> str:
    """A line with nothing that a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in line)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes_of(written: str) -> bytes:
    """Base64 as it is written, and no other way to write the same. Raises ValueError."""
    try:
        raw = base64.b64decode(written.encode("ascii"), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if _base64(raw) != written:
        raise ValueError("not the one way to write it")
    return raw


# The command

STATUSES = (
    "Exit status: 0 verified, 1 something is wrong, 2 it could not be checked,"
    " 3 older than a checkpoint of --since."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program; the exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        report = run(parsed)
    except CannotCheck as error:
        print(printable(f"cannot check: {error}"), file=sys.stderr)
        return 2
    print(json_of(report) if parsed.json else text_of(report))
    return report.status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What both this file and `satudata audit verify` take."""
    parser.add_argument("file", nargs="?", help="a bundle, zip or folder; with --proof a letter")
    parser.add_argument(
        "--live", nargs="?", const="", metavar="URL", help="the log that runs there"
    )
    parser.add_argument("--proof", metavar="FILE", help="a .tlog-proof")
    parser.add_argument("--entry", metavar="FILE", help="the fact that it proves")
    for option, text in (
        ("--key", "verifier key of the log, that you trust"),
        ("--witness", "verifier key of a witness that must have signed"),
    ):
        parser.add_argument(option, action="append", default=[], metavar="VKEY", help=text)
    parser.add_argument(
        "--keys-of-bundle", action="store_true", help="trust the keys that it brings"
    )
    parser.add_argument("--since", action="append", default=[], metavar="FILE",
                        help="a checkpoint kept from earlier")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Was anything in this log changed since it was sealed?",
        epilog=STATUSES,
    )
    add_arguments(parser)
    return parser


def run(parsed: argparse.Namespace) -> Report:
    """What the arguments ask for, all but a log in a database. Raises CannotCheck."""
    witnesses = keys_of(parsed.witness, WITNESS)
    keys = keys_of(parsed.key, LOG)
    since = [read(each) for each in parsed.since]
    if parsed.proof or parsed.entry:
        if not (parsed.proof and parsed.entry and keys):
            raise CannotCheck("one fact needs --proof, --entry and --key")
        letter = read(parsed.file, 1 << 28) if parsed.file else None
        return verify_proof(
            read(parsed.proof), read(parsed.entry), keys, witnesses=witnesses, letter=letter
        )
    if parsed.file:
        return _run_bundle(parsed, keys, witnesses, since)
    if not parsed.live:
        raise CannotCheck("give a bundle, or --live and an address")
    if not keys:
        raise CannotCheck("--live with an address needs --key: the log's verifier key, which"
                          " reached you another way than from there")  # fmt: skip
    return verify_url(parsed.live, keys, witnesses=witnesses, since=since)


def _run_bundle(
    parsed: argparse.Namespace, keys: list[Key], witnesses: list[Key], since: list[bytes]
) -> Report:
    path = Path(parsed.file)
    if not keys:
        keys = _keys_of_bundle(path, trusted=parsed.keys_of_bundle)
    progress = Progress(sys.stderr)
    beside = [] if parsed.live else since
    report = verify_bundle(path, keys, witnesses=witnesses, since=beside, progress=progress)
    progress.end()
    if parsed.keys_of_bundle:
        report.cautions.insert(0, "the keys are the bundle's own: this shows that the bundle fits"
                               " itself, not whose it is.")  # fmt: skip
    if parsed.live and report.origin:
        newer = verify_url(
            parsed.live, keys, witnesses=witnesses, since=[*since, _checkpoint_in(path)]
        )
        report.what += f" and {newer.what}"
        report.findings += newer.findings
    return report


def _keys_of_bundle(path: Path, *, trusted: bool) -> list[Key]:
    try:
        files = _Files(path)
        written = files.whole("keys.txt").decode().split()
        files.close()
    except (Wrong, ValueError) as error:
        raise CannotCheck(f"no --key is given, and the bundle has none to show: {error}") from error
    if trusted:
        return keys_of(written[:16], LOG)
    raise CannotCheck(
        "no --key is given. The bundle suggests the keys below. Whoever forges a bundle forges them"
        " too: compare them with what the office has published, then give them with --key.  "
        + "  ".join(each[:200] for each in written[:16])
    )


def _checkpoint_in(path: Path) -> bytes:
    files = _Files(path)
    try:
        return files.whole("checkpoint.txt")
    finally:
        files.close()


def read(path: str, most: int = _SMALL_FILE_BYTES_MAX) -> bytes:
    """A small file that was named on the command line. Raises CannotCheck."""
    try:
        with Path(path).open("rb") as opened:
            raw = opened.read(most + 1)
    except OSError as error:
        raise CannotCheck(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > most:
        raise CannotCheck(f"{path} is longer than {most} bytes")
    return raw


if __name__ == "__main__":
    sys.exit(main())
