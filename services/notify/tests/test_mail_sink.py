"""The mail sink keeps what it is given, and nothing half-written."""

import re
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from notify_service.adapters.kept_mails import KeptMails
from notify_service.adapters.mail_sink import store


@pytest.fixture
def sink(tmp_path: Path):
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "notify_service.adapters.mail_sink"),
            *("--port", "0", "--folder", str(tmp_path / "mails")),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    port = re.search(r":(\d+),", running.stdout.readline())
    assert port is not None
    yield int(port[1]), tmp_path / "mails"
    running.terminate()
    assert 0 == running.wait(10)


def a_message(subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "ppid@malangkota.example"
    message["To"] = "Jörg <jörg@contoh.id>"
    message["Subject"] = subject
    message.set_content("Isi.\n.\nBaris sesudah titik.")
    return message


def test_mails_are_kept_in_order_as_they_came(sink):
    port, folder = sink
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for n in range(3):
            connection.send_message(a_message(f"Nomor {n}"))

    kept = KeptMails(folder).newest()

    assert ["Nomor 2", "Nomor 1", "Nomor 0"] == [mail.subject for mail in kept]
    assert "Baris sesudah titik." in kept[0].text
    assert 0o600 == (folder / f"{kept[0].id}.eml").stat().st_mode & 0o777


def test_pages_of_mails_follow_each_other(tmp_path):
    for n in range(5):
        store(tmp_path, a_message(f"Nomor {n}").as_bytes(policy=SMTP.clone(utf8=True)))
    mails = KeptMails(tmp_path)

    first = mails.newest(limit=3)
    rest = mails.newest(before=first[-1].id, limit=3)

    assert ["Nomor 4", "Nomor 3", "Nomor 2"] == [mail.subject for mail in first]
    assert ["Nomor 1", "Nomor 0"] == [mail.subject for mail in rest]


def test_what_is_not_a_finished_mail_is_not_shown(tmp_path):
    (tmp_path / ".20261122T020000000000-0123abcd").write_bytes(b"half")
    (tmp_path / "catatan.eml").write_bytes(b"Subject: bukan\n\n")

    assert [] == KeptMails(tmp_path).newest()


def test_a_mail_without_headers_or_with_wrong_ones_can_be_read(tmp_path):
    broken = (
        b"",
        b"\r\n\r\n",
        b"To: <<<\r\nContent-Type: multipart/alternative\r\n\r\nx",
        b"Content-Type: text/plain; charset=tidak-ada\r\n\r\n\xff\xfe",
        b"Subject: =?utf-8?b?!!!?=\r\nDate: kemarin\r\n\r\nIsi",
    )
    for content in broken:
        store(tmp_path, content)

    for mail in KeptMails(tmp_path).newest():
        assert isinstance(mail.subject + mail.to + mail.text + mail.html, str)
        assert isinstance(mail.headers, list)
        assert isinstance(mail.attachments, list)
