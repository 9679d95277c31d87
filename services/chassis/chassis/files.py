"""Files by their content: a local folder or an S3 bucket, encrypted where a key is given."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class FileMissing(Exception):
    """No file is stored at this address."""


class FileDamaged(Exception):
    """What is stored at this address is not what was put there."""


@dataclass(frozen=True)
class Stored:
    """Where a file is, and what it is."""

    address: str
    """SHA-256, in hex, of the stored bytes."""
    digest: str
    """SHA-256, in hex, of the file itself."""
    size: int
    """In bytes, of the file itself."""


class _Place(Protocol):
    def write(self, address: str, stored: bytes) -> None: ...

    def read(self, address: str) -> bytes: ...


class Files:
    """A store that gives back exactly what was put, or raises."""

    def __init__(self, files_url: str) -> None:
        url = urlsplit(files_url)
        self._place: _Place = _Bucket(url) if url.scheme == "s3" else _Folder(Path(url.path))

    def put(self, data: bytes, key: bytes | None = None) -> Stored:
        """Store; the same data under the same key is stored once."""
        digest = hashlib.sha256(data).hexdigest()
        stored = data
        if key is not None:
            # From key and content, so that a job that runs again leaves no second copy.
            nonce = hmac.digest(key, digest.encode(), "sha256")[:_NONCE_BYTES]
            stored = nonce + AESGCM(key).encrypt(nonce, data, None)
        address = hashlib.sha256(stored).hexdigest()
        self._place.write(address, stored)
        return Stored(address, digest, len(data))

    def get(self, address: str, key: bytes | None = None) -> bytes:
        """The file. Raises FileMissing or FileDamaged."""
        stored = self._place.read(address)
        if hashlib.sha256(stored).hexdigest() != address:
            raise FileDamaged(address)
        if key is None:
            return stored
        return AESGCM(key).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], None)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, address: str, stored: bytes) -> None:
        path = self._path(address)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{address}.{os.getpid()}.{os.urandom(4).hex()}")
        with unfinished.open("wb") as file:
            file.write(stored)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def read(self, address: str) -> bytes:
        try:
            return self._path(address).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(address) from error

    def _path(self, address: str) -> Path:
        if len(address) != 64 or not address.isalnum():
            raise FileMissing(address)
        return self._folder / address[:2] / address


class _Bucket:
    """`s3://bucket/prefix`; keys and endpoint as the AWS tools take them from the environment."""

    def __init__(self, url: Any) -> None:
        import boto3

        self._client = boto3.client("s3", endpoint_url=os.environ.get("S3_ENDPOINT_URL"))
        self._bucket = url.netloc
        self._prefix = url.path.strip("/")

    def write(self, address: str, stored: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=self._key(address), Body=stored)

    def read(self, address: str) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(address))
        except self._client.exceptions.NoSuchKey as error:
            raise FileMissing(address) from error
        return bytes(answer["Body"].read())

    def _key(self, address: str) -> str:
        return f"{self._prefix}/{address}".lstrip("/")
