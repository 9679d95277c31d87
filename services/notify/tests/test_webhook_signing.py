"""Signatures by the Standard Webhooks specification, against its own library and test vectors."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from notify_service.webhooks.deliveries import BODY_BYTES_MAX
from notify_service.webhooks.signing import (
    KeyPair,
    new_key_pair,
    signed_headers,
    written_public_key,
    written_secret,
)
from standardwebhooks import Webhook, WebhookVerificationError

VECTORS = Path(__file__).parents[1] / "contracts" / "webhook-vectors.json"
OLD, NEW = (KeyPair(bytes([n]) * 32, bytes([n + 16]) * 32) for n in (1, 2))
BODIES = (
    '{"type":"requests.RequestSubmitted","timestamp":"2026-11-22T02:00:00+00:00"}',
    '{"type":"catalog.DatasetPublished","data":{"text":"Ḥ · 😀"}}',  # not ASCII alone
    "{}",
)


def vectors() -> list[dict]:
    """Fixed keys, ids and bodies, and what is sent for them."""
    return [
        {
            "webhook_id": (headers := signed_headers(
                pairs, message_id=f"requests-{41 + n}", timestamp=1_795_312_800, body=body.encode()
            ))["webhook-id"],
            "webhook_timestamp": headers["webhook-timestamp"],
            "body": body,
            "secrets": [written_secret(each.secret) for each in pairs],
            "public_keys": [written_public_key(each.public_key) for each in pairs],
            "webhook_signature": headers["webhook-signature"],
        }
        for pairs in ([NEW], [NEW, OLD])
        for n, body in enumerate(BODIES)
    ]  # fmt: skip


def test_the_published_vectors_are_what_is_signed():
    assert vectors() == json.loads(VECTORS.read_text())["vectors"]


@pytest.mark.parametrize("n", range(6))
def test_in_each_vector_every_secret_and_every_public_key_has_its_signature(n):
    vector = json.loads(VECTORS.read_text())["vectors"][n]
    when = datetime.fromtimestamp(int(vector["webhook_timestamp"]), UTC)
    content = f"{vector['webhook_id']}.{vector['webhook_timestamp']}.{vector['body']}".encode()
    told = vector["webhook_signature"].split(" ")

    # By the specification's own library, and by Ed25519 as another library has it.
    by_secret = [
        Webhook(secret).sign(vector["webhook_id"], when, vector["body"])
        for secret in vector["secrets"]
    ]
    by_key = [each.removeprefix("v1a,") for each in told if each.startswith("v1a,")]

    assert by_secret == [each for each in told if each.startswith("v1,")]
    for written, signature in zip(vector["public_keys"], by_key, strict=True):
        raw = base64.b64decode(written.removeprefix("whpk_"))
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature), content)


@pytest.mark.parametrize("pairs", [[NEW], [OLD], [NEW, OLD]], ids=["new", "old", "both"])
@pytest.mark.parametrize("secret", [NEW, OLD], ids=["by new", "by old"])
def test_the_library_takes_what_one_of_the_live_secrets_signed_and_nothing_else(pairs, secret):
    body = BODIES[0]
    now = int(datetime.now(UTC).timestamp())
    headers = signed_headers(pairs, message_id="requests-41", timestamp=now, body=body.encode())
    receiver = Webhook(written_secret(secret.secret))

    if secret in pairs:
        assert json.loads(body) == receiver.verify(body, headers)
    else:
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, headers)
    for tampered in ({"webhook-id": "requests-42"}, {"webhook-timestamp": str(now - 1)}):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, headers | tampered)
    with pytest.raises(WebhookVerificationError):
        receiver.verify(body + " ", headers)


def test_an_old_timestamp_is_refused_by_the_library():
    headers = signed_headers(
        [NEW], message_id="x", timestamp=int(datetime.now(UTC).timestamp()) - 600, body=b"{}"
    )

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(written_secret(NEW.secret)).verify("{}", headers)


def test_another_public_key_does_not_fit():
    headers = signed_headers([NEW], message_id="x", timestamp=1, body=b"{}")
    signature = base64.b64decode(headers["webhook-signature"].split("v1a,")[1])

    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(OLD.public_key).verify(signature, b"x.1.{}")


def test_an_id_that_could_be_read_in_two_ways_is_not_signed():
    with pytest.raises(ValueError, match="full stop"):
        signed_headers([NEW], message_id="a.b", timestamp=1, body=b"{}")


def test_keys_are_random_and_as_long_as_the_specification_says():
    first, second = new_key_pair(), new_key_pair()

    assert first != second
    assert 24 <= len(first.secret) <= 64
    assert (6 + 44, "whsec_") == (len(written_secret(first.secret)), written_secret(b"")[:6])
    assert 20_000 >= BODY_BYTES_MAX


if __name__ == "__main__":
    told = "Standard Webhooks: secrets and public keys, newest first, and what is sent for them."
    whole = {"description": told, "vectors": vectors()}
    VECTORS.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
