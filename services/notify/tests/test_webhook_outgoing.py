"""How a webhook leaves: to the address that was looked at, in its time, and no further."""

import datetime
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from notify_service.adapters.outgoing import Outgoing
from notify_service.domain.addresses import parse_networks
from notify_service.domain.errors import AddressRefused
from webhook_world import Endpoint

BODY = b'{"type":"x"}'
HEADERS = {"Content-Type": "application/json"}


@contextmanager
def a_server(answer: bytes, *, tls: ssl.SSLContext | None = None, then=lambda conn: None):
    """Answers one connection after the other with these bytes; gives its port and what it got."""
    got: list[bytes] = []
    names: list[str | None] = []
    listening = socket.create_server(("127.0.0.1", 0))
    if tls is not None:
        tls.sni_callback = lambda sock, name, context: names.append(name)

    def serve() -> None:
        while True:
            try:
                conn, _ = listening.accept()
            except OSError:
                return
            try:
                with conn if tls is None else tls.wrap_socket(conn, server_side=True) as stream:
                    data = b""
                    while not data.endswith(BODY):
                        data += stream.recv(65536)
                    got.append(data)
                    stream.sendall(answer)
                    then(stream)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], got, names
    finally:
        # shutdown wakes the accept; close alone does not.
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def outgoing(port: int, *, name: str = "kantor.example", **more) -> Outgoing:
    """May send to this port of this machine, where the name leads."""
    return Outgoing(
        parse_networks(f"127.0.0.1/32:{port}"),
        resolve=lambda host, _: ["127.0.0.1"] if host == name else [host],
        **more,
    )


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_what_is_sent_is_one_plain_request_to_the_name_that_was_given():
    with a_server(OK) as (port, got, _):
        answer = outgoing(port).post(f"http://kantor.example:{port}/a?b=c", HEADERS, BODY)

    assert (200, None) == (answer.status, answer.error)
    head, body = got[0].split(b"\r\n\r\n")
    assert BODY == body
    assert head.startswith(f"POST /a?b=c HTTP/1.1\r\nHost: kantor.example:{port}\r\n".encode())


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_only_once():
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with a_server(OK) as (port, got, _):
        allowed_once = Outgoing(parse_networks(f"127.0.0.1/32:{port}"), resolve=rebinding)
        first = allowed_once.post(f"http://kantor.example:{port}/", HEADERS, BODY)
        second = allowed_once.post(f"http://kantor.example:{port}/", HEADERS, BODY)

    # Once for each attempt, and what was looked at is what was connected to.
    assert ["kantor.example"] * 2 == asked
    assert 200 == first.status
    assert second.status is None and "Nothing is sent to this host" in (second.error or "")
    assert 1 == len(got)


def test_a_public_name_with_one_address_within_is_not_spoken_to():
    with a_server(OK) as (_, got, _):
        sender = Outgoing((), resolve=lambda *_: ["1.1.1.1", "127.0.0.1"])
        answer = sender.post("https://kantor.example/", HEADERS, BODY)

    assert answer.status is None
    assert [] == got


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://169.254.169.254/",
        "https://10.0.0.1/", "https://192.168.0.1/", "https://100.64.0.1/", "https://0.0.0.0/",
        "https://tidak-ada.invalid/", "http://1.1.1.1/", "https://1.1.1.1:22/",
    ],
)  # fmt: skip
def test_the_systems_own_resolver_opens_no_way_in(url):
    with pytest.raises(AddressRefused):
        Outgoing(()).check(url)


def test_a_name_that_does_not_exist_and_one_within_are_refused_in_the_same_words():
    def words(url: str) -> str:
        with pytest.raises(AddressRefused) as refusal:
            Outgoing(()).check(url)
        return str(refusal.value)

    assert words("https://localhost/") == words("https://tidak-ada.invalid/")


def test_a_redirect_is_a_failure_and_nobody_follows_it():
    inside = Endpoint()
    to = f"Location: http://127.0.0.1:{inside.port}/x\r\n"
    with a_server(f"HTTP/1.1 307 X\r\n{to}Content-Length: 0\r\n\r\n".encode()) as (port, _, _):
        sender = Outgoing(parse_networks(f"127.0.0.1/32:{port},127.0.0.1/32:{inside.port}"))
        answer = sender.post(f"http://127.0.0.1:{port}/", HEADERS, BODY)
    inside.stop()

    assert (307, False) == (answer.status, answer.is_success)
    assert [] == inside.received


def test_no_proxy_of_the_environment_is_asked(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with a_server(OK) as (port, _, _):
        answer = outgoing(port).post(f"http://kantor.example:{port}/", HEADERS, BODY)

    assert 200 == answer.status


def test_of_an_endless_answer_only_the_beginning_is_read():
    sent = []

    def for_ever(conn) -> None:
        while True:
            conn.sendall(b"x" * 4096)
            sent.append(4096)

    with a_server(b"HTTP/1.1 500 X\r\n\r\n", then=for_ever) as (port, _, _):
        answer = outgoing(port).post(f"http://kantor.example:{port}/", HEADERS, BODY)

    assert 500 == answer.status
    assert len(answer.error or "") <= 220


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n", b"H"]
)
def test_an_answer_that_comes_in_drops_ends_at_the_deadline(head):
    ended = threading.Event()

    def drip(conn) -> None:
        while not ended.wait(0.02):
            conn.sendall(b"x" if b"X:" in head else b"HTTP/1.1 100 Continue\r\n\r\n")

    with a_server(head, then=drip) as (port, _, _):
        answer = outgoing(port, total_seconds=0.3).post(
            f"http://kantor.example:{port}/", HEADERS, BODY
        )
        ended.set()

    assert (None, False) == (answer.status, answer.is_success)


def test_silence_ends_at_the_deadline():
    silent = threading.Event()
    with a_server(b"", then=lambda conn: silent.wait(30)) as (port, _, _):
        answer = outgoing(port, total_seconds=0.2).post(
            f"http://kantor.example:{port}/", HEADERS, BODY
        )
        silent.set()

    assert "No answer within 0.2 seconds" == answer.error


@pytest.mark.parametrize(
    "answer", [b"", b"SMTP ready\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 70_000]
)
def test_what_is_not_http_is_a_failure(answer):
    with a_server(answer) as (port, _, _):
        told = outgoing(port).post(f"http://kantor.example:{port}/", HEADERS, BODY)

    assert told.status is None
    assert told.error


def test_where_nobody_listens_it_is_a_failure():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    answer = outgoing(port).post(f"http://kantor.example:{port}/", HEADERS, BODY)

    assert "The connection was refused" == answer.error


# TLS, with an authority of the test's own


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


class Authority:
    def __init__(self, folder) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A city's authority")])
        certificate = self._sign(self._name, self._key.public_key(), ca=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def server(self, name: str) -> ssl.SSLContext:
        """TLS of a server with a certificate for this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key.public_key(), name=name)
        file = self._folder / f"{name}.pem"
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(self, subject, key, *, name: str | None = None, ca: bool = False):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if name:
            names = x509.SubjectAlternativeName([x509.DNSName(name)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def test_tls_asks_for_the_name_and_checks_the_certificate_against_it(authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    with a_server(OK, tls=authority.server("kantor.example")) as (port, got, names):
        right = outgoing(port).post(f"https://kantor.example:{port}/", HEADERS, BODY)
        wrong = outgoing(port, name="lain.example").post(
            f"https://lain.example:{port}/", HEADERS, BODY
        )

    assert 200 == right.status
    assert ["kantor.example", "lain.example"] == names
    assert wrong.status is None
    assert "The certificate is not accepted: Hostname mismatch" in (wrong.error or "")
    assert 1 == len(got)


def test_a_certificate_of_an_unknown_authority_is_not_accepted(authority):
    with a_server(OK, tls=authority.server("kantor.example")) as (port, got, _):
        answer = outgoing(port).post(f"https://kantor.example:{port}/", HEADERS, BODY)

    assert "The certificate is not accepted" in (answer.error or "")
    assert [] == got
