"""Handing messages to real SMTP servers, good ones and bad ones."""

import datetime
import ssl
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from chassis.jobs import Later
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from notify_service.adapters.post_office import PostOffice
from notify_service.domain.errors import MailRefused
from notify_smtp_server import SmtpServer, only, smtp_server


def a_message(to: str = "Budi <budi@contoh.id>") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "PPID <ppid@malangkota.example>"
    message["To"] = to
    message["Subject"] = "Percobaan"
    message["Message-ID"] = "<satu@malangkota.example>"
    message.set_content("Isi surel.\n.\nBaris sesudah titik.")
    return message


def an_office(url: str) -> PostOffice:
    return PostOffice(url, hello_name="satudata.malangkota.example", timeout=5)


def test_a_message_arrives_whole():
    with smtp_server() as server:
        an_office(server.url).send(a_message())

    assert [["budi@contoh.id"]] == server.recipients
    assert "Baris sesudah titik." in server.received[0].get_content()


def test_one_connection_serves_many_mails():
    with smtp_server() as server:
        office = an_office(server.url)
        for _ in range(5):
            office.send(a_message())
        office.close()

    assert (5, 1) == (len(server.received), server.connections)


def test_a_connection_that_was_broken_off_is_made_anew():
    with smtp_server() as server:
        office = an_office(server.url)
        office.send(a_message())
        server.stop()
        server.start()
        office.send(a_message())

    assert 2 == len(server.received)


def test_a_server_that_is_away_means_later():
    with pytest.raises(Later):
        an_office(SmtpServer().url).send(a_message())


@pytest.mark.parametrize("answer", ["451 4.3.0 Sibuk", "452 4.2.2 Penuh", "421 4.3.2 Tutup dulu"])
def test_a_4xx_answer_means_later_and_the_next_try_succeeds(answer: str):
    with smtp_server() as server:
        server.answers = [answer]
        office = an_office(server.url)

        with pytest.raises(Later, match=answer[:3]):
            office.send(a_message())
        office.send(a_message())

    assert 1 == len(server.received)


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 <budi@contoh.id>: BUDI tidak dikenal", "554 5.7.1 Spam"]
)
def test_a_5xx_answer_is_final_and_told_without_the_address(answer: str):
    with smtp_server() as server:
        server.rcpt_answers = [answer]
        office = an_office(server.url)

        with pytest.raises(MailRefused, match=answer[:3]) as refused:
            office.send(a_message())
        office.send(a_message())

    assert "budi" not in str(refused.value).lower()
    assert 1 == len(server.received)


def test_a_4xx_for_the_recipient_means_later():
    with smtp_server() as server:
        server.rcpt_answers = ["450 4.2.0 Greylisted <budi@contoh.id>"]

        with pytest.raises(Later, match="450") as later:
            an_office(server.url).send(a_message())

    assert "budi" not in str(later.value)


def test_a_connection_that_drops_after_data_means_later():
    with smtp_server() as server:
        server.drop_after_data = 1
        office = an_office(server.url)

        with pytest.raises(Later):
            office.send(a_message())
        office.send(a_message())

    assert ["<satu@malangkota.example>"] * 2 == server.message_ids


def test_a_wrong_password_blames_no_mail():
    with smtp_server(authenticator=only("kota", "rahasia"), auth_require_tls=False) as server:
        url = server.url.replace("smtp://", "smtp://kota:salah@")

        with pytest.raises(Later, match="535"):
            an_office(url).send(a_message())


def test_user_and_password_come_from_the_url():
    with smtp_server(
        authenticator=only("kota@malang", "ra/ha:sia"), auth_required=True, auth_require_tls=False
    ) as server:
        url = server.url.replace("smtp://", "smtp://kota%40malang:ra%2Fha%3Asia@")
        an_office(url).send(a_message())

    assert 1 == len(server.received)


def test_a_server_that_wants_a_password_blames_no_mail():
    with (
        smtp_server(
            authenticator=only("kota", "rahasia"), auth_required=True, auth_require_tls=False
        ) as server,
        pytest.raises(Later, match="530"),
    ):
        an_office(server.url).send(a_message())


def test_starttls_is_used_when_it_is_offered(tls, monkeypatch):
    context, certificate = tls
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    with smtp_server(tls_context=context, require_starttls=True) as server:
        an_office(server.url.replace("127.0.0.1", "localhost")).send(a_message())

    assert 1 == len(server.received)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls):
    context, _ = tls
    with smtp_server(tls_context=context) as server, pytest.raises(Later, match="CERTIFICATE"):
        an_office(server.url.replace("127.0.0.1", "localhost")).send(a_message())


def test_smtps_speaks_tls_from_the_start(tls, monkeypatch):
    context, certificate = tls
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    with smtp_server(ssl_context=context) as server:
        an_office(f"smtps://localhost:{server.port}").send(a_message())

    assert 1 == len(server.received)


def test_without_starttls_nothing_is_sent_where_it_is_demanded():
    with smtp_server() as server, pytest.raises(Later, match="STARTTLS"):
        an_office(server.url + "?starttls=always").send(a_message())

    assert [] == server.received


def test_a_password_does_not_leave_this_machine_in_clear():
    assert an_office("smtp://u:p@mail.example")._starttls == "always"
    assert an_office("smtp://u:p@127.0.0.1")._starttls == "offered"


def test_an_address_with_other_letters_goes_by_smtputf8():
    with smtp_server() as server:
        an_office(server.url).send(a_message("Jörg <jörg@contoh.id>"))

    assert [["jörg@contoh.id"]] == server.recipients


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A server's TLS for `localhost`, and the file of the certificate that vouches for it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, str(folder / "cert.pem")
