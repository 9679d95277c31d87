"""The mail to an endpoint's owner when it was disabled. English, as all that integrators read."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from notify_service.domain.letterhead import Mailbox, Sender
from notify_service.domain.message import header_address, plain

_REASONS = {
    "gone": "The endpoint answered 410 Gone, which asks us to send nothing more.",
    "failing": "For five days every attempt to deliver to it has failed.",
}


def disabled_mail(
    *,
    because: str,
    host: str,
    link: str,
    contact: str,
    sender: Sender,
    message_id: str,
    date: datetime,
) -> EmailMessage:
    """Plain text. Raises MailRefused where the contact cannot be written to."""
    message = EmailMessage(policy=SMTP)
    message["From"] = header_address(sender.mailbox)
    message["To"] = header_address(Mailbox("", contact))
    message["Subject"] = plain(f"Your webhook at {host} was disabled")
    message["Date"] = date
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{_REASONS[because]}\n\n"
        f"What happens from now on waits for 30 days. Enable the webhook again, and it goes on from"
        f" where it is:\n{link}\n\n"
        f"-- \n{sender.site}\n{sender.office}\n",
        cte="quoted-printable",
    )
    message["Content-Language"] = "en"
    return message
