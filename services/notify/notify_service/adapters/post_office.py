"""Hands messages to the mail server over SMTP."""

import ipaddress
import smtplib
import ssl
import threading
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from chassis.jobs import Later

from notify_service.domain.errors import MailRefused
from notify_service.domain.message import without_addresses

_log = structlog.get_logger()
_TIMEOUT_SECONDS = 30
_MAILS_PER_CONNECTION_MAX = 100
# The server wants us to sign in, or does not accept how we do: no fault of the mail.
_SIGN_IN_CODES = frozenset({530, 534, 535, 538})
_STARTTLS = ("offered", "always", "never")


class PostOffice:
    """One mail server: `smtp://` or `smtps://`, user and password in the URL.

    `?starttls=always|offered|never` says what to do on smtp://. Unless it says `never`, a password
    goes to another machine only over TLS. Each thread keeps a connection of its own.
    """

    def __init__(
        self, smtp_url: str, *, hello_name: str, timeout: float = _TIMEOUT_SECONDS
    ) -> None:
        url = urlsplit(smtp_url)
        self._tls = url.scheme == "smtps"
        self._host = url.hostname or "127.0.0.1"
        self._port = url.port or (465 if self._tls else 25)
        self._user = unquote(url.username or "")
        self._password = unquote(url.password or "")
        self._starttls = parse_qs(url.query).get("starttls", ["offered"])[0]
        if self._starttls not in _STARTTLS:
            raise ValueError(f"SMTP_URL: starttls is one of {', '.join(_STARTTLS)}.")
        if self._user and self._starttls == "offered" and not _is_loopback(self._host):
            self._starttls = "always"
        self._hello_name = hello_name
        self._timeout = timeout
        self._mine = threading.local()

    def open(self) -> None:
        """Have a working connection, or raise Later: asked before anybody's address is fetched."""
        connection = self._connection()
        if connection is not None and self._mine.sent < _MAILS_PER_CONNECTION_MAX:
            try:
                if connection.noop()[0] == 250:
                    return
            except (OSError, smtplib.SMTPException):
                pass
        self._drop()
        try:
            self._mine.connection, self._mine.sent = self._connect(), 0
        except (OSError, smtplib.SMTPException) as error:
            _log.warning("mail_server_away", error=type(error).__name__)
            raise Later(f"Server surel tidak dapat dipakai: {_reason(error)}") from error

    def send(self, message: EmailMessage) -> None:
        """Deliver one message; MailRefused when the server will never take it, else Later."""
        self.open()
        [recipient] = message["To"].addresses
        secrets = (recipient.addr_spec, recipient.username, recipient.display_name)
        try:
            self._mine.connection.send_message(message)
            self._mine.sent += 1
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused("Server surel tidak menerima alamat dengan huruf ini.") from error
        except smtplib.SMTPRecipientsRefused as error:
            [(code, words)] = error.recipients.values()
            raise _answered(code, words, secrets) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error, secrets) from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Later(
                f"Sambungan ke server surel terputus: {without_addresses(_reason(error), *secrets)}"
            ) from error

    def close(self) -> None:
        """Say goodbye on this thread's connection."""
        self._drop()

    def _connection(self) -> smtplib.SMTP | None:
        connection: smtplib.SMTP | None = getattr(self._mine, "connection", None)
        return connection

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if self._tls:
            connection = smtplib.SMTP_SSL(
                self._host, self._port, self._hello_name, timeout=self._timeout, context=context
            )
        else:
            connection = smtplib.SMTP(
                self._host, self._port, self._hello_name, timeout=self._timeout
            )
        try:
            connection.ehlo_or_helo_if_needed()
            if not self._tls and self._starttls != "never":
                if connection.has_extn("starttls"):
                    connection.starttls(context=context)
                    connection.ehlo()
                elif self._starttls == "always":
                    raise smtplib.SMTPNotSupportedError("STARTTLS tidak ditawarkan")
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        connection = self._connection()
        self._mine.connection = None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()


def _answered(code: int, words: bytes | str, secrets: tuple[str, ...]) -> Exception:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    sentence = f"Server surel menjawab {code}: {without_addresses(said, *secrets)}"
    if 500 <= code < 600 and code not in _SIGN_IN_CODES:
        return MailRefused(sentence)
    return Later(sentence)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return without_addresses(f"{error.smtp_code} {said}")
    return without_addresses(str(error)) or type(error).__name__


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
