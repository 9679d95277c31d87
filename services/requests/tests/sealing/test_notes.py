"""Signed notes are those of other implementations, and a wrong one is never believed."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests_service.sealing.checkpoints import note_of, text_of
from requests_service.sealing.notes import KeyUnreadable, Signer, is_signed, key_of, signatures

ORIGIN = "audit.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
TEXT = text_of(ORIGIN, 7, b"r" * 32)

# The example of c2sp.org/signed-note.
THEIR_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
THEIR_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n"
)


def cosigned(seconds: int, text: str = TEXT) -> tuple[str, str]:
    """A witness's key and its line, by the letter of c2sp.org/tlog-cosignature."""
    private = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    public = b"\x04" + private.public_key().public_bytes_raw()
    id_ = hashlib.sha256(b"witness.example/w1\n" + public).digest()[:4]
    signed = private.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    line = base64.b64encode(id_ + seconds.to_bytes(8) + signed).decode()
    key = f"witness.example/w1+{id_.hex()}+{base64.b64encode(public).decode()}"
    return key, f"— witness.example/w1 {line}"


def test_the_example_of_the_specification_verifies() -> None:
    text, (line,) = signatures(THEIR_NOTE)

    assert text == "This is an example message.\n"
    assert is_signed(text, line, key_of(THEIR_KEY))
    assert str(key_of(THEIR_KEY)) == THEIR_KEY


def test_a_checkpoint_is_three_lines_and_the_logs_signature() -> None:
    note = note_of(TEXT, [SIGNER])

    text, (line,) = signatures(note)
    assert text == f"{ORIGIN}\n7\n{base64.b64encode(b'r' * 32).decode()}\n"
    assert is_signed(text, line, key_of(str(SIGNER.key)))
    assert note == f"{text}\n{line}\n"


def test_two_keys_sign_one_text() -> None:
    other = Signer(ORIGIN, b"n" * 32)

    text, lines = signatures(note_of(TEXT, [SIGNER, other]))

    assert [True, False] == [is_signed(text, line, SIGNER.key) for line in lines]
    assert [False, True] == [is_signed(text, line, other.key) for line in lines]


def test_another_text_or_another_key_does_not_pass() -> None:
    _, (line,) = signatures(note_of(TEXT, [SIGNER]))

    assert not is_signed(TEXT.replace("\n7\n", "\n8\n"), line, SIGNER.key)
    assert not is_signed(TEXT, line, Signer(ORIGIN, b"x" * 32).key)
    assert not is_signed(TEXT, line, Signer("other.example", b"k" * 32).key)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "—",
        f"— {ORIGIN} ???",
        f"— {ORIGIN} AAAA",
        f"- {ORIGIN} " + "A" * 92,
        f"— {ORIGIN} " + base64.b64encode(SIGNER.key.id).decode(),
        f"— {ORIGIN} " + base64.b64encode(SIGNER.key.id + b"s" * 64).decode(),
        f"— {ORIGIN} " + base64.b64encode(SIGNER.key.id + b"s" * 65).decode(),
    ],
)
def test_a_malformed_line_does_not_pass(line: str) -> None:
    assert not is_signed(TEXT, line, SIGNER.key)


def test_a_witness_signs_the_text_with_its_time() -> None:
    key, line = cosigned(1_763_600_000)

    assert is_signed(TEXT, line, key_of(key))
    assert not is_signed(TEXT.replace("\n7\n", "\n8\n"), line, key_of(key))


@pytest.mark.parametrize("seconds", [0, 1 << 63])
def test_a_cosignature_without_a_time_does_not_pass(seconds: int) -> None:
    key, line = cosigned(seconds)

    assert not is_signed(TEXT, line, key_of(key))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        THEIR_KEY.replace("530d", "530e"),
        THEIR_KEY.replace("foo", "bar"),
        THEIR_KEY[:-4],
        "+" + THEIR_KEY.split("+", 1)[1],
        "example.com/foo+zzzzzzzz+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_a_key_whose_parts_do_not_fit_is_refused(written: str) -> None:
    with pytest.raises(KeyUnreadable):
        key_of(written)
