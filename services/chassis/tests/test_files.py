"""The file store: a folder and an S3 bucket do the same."""

import hashlib
import os

import boto3
import pytest
from chassis.files import FileDamaged, FileMissing, Files


@pytest.fixture(params=["folder", "s3"])
def files_url(request, tmp_path, monkeypatch):
    if request.param == "folder":
        yield f"file://{tmp_path}/files"
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    for name, value in {
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}").create_bucket(Bucket="city")
    yield "s3://city/files"
    server.stop()


def test_a_file_comes_back_as_it_was_under_its_digest(files_url):
    stored = Files(files_url).put(b"nama,umur\n")

    assert hashlib.sha256(b"nama,umur\n").hexdigest() == stored.digest == stored.address
    assert b"nama,umur\n" == Files(files_url).get(stored.address)


def test_an_encrypted_file_is_unreadable_without_its_key_and_stored_once(files_url):
    files, key = Files(files_url), os.urandom(32)
    stored = files.put(b"3573010101900001", key)

    assert stored == files.put(b"3573010101900001", key)
    assert stored.address != stored.digest
    assert b"3573010101900001" not in files.get(stored.address)
    assert b"3573010101900001" == files.get(stored.address, key)


@pytest.mark.parametrize("address", ["0" * 64, "../../etc/passwd", ""])
def test_what_is_not_there_is_missing(files_url, address):
    with pytest.raises(FileMissing):
        Files(files_url).get(address)


def test_a_file_changed_on_disk_is_not_given_out(tmp_path):
    files = Files(f"file://{tmp_path}")
    stored = files.put(b"asli")
    (tmp_path / stored.address[:2] / stored.address).write_bytes(b"palsu")

    with pytest.raises(FileDamaged):
        files.get(stored.address)
