"""Puts the service together."""

from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings

from notify_service.adapters.pemohon import PemohonDirectory
from notify_service.adapters.post_office import PostOffice
from notify_service.application import NotifyApplication
from notify_service.domain.message import public_host


def build_application(settings: Settings, pool: Pool) -> NotifyApplication:
    """The application with the mail server and the requests service that the settings name."""
    post_office = PostOffice(settings.smtp_url, hello_name=public_host(settings.public_url))
    pemohon = PemohonDirectory(settings.requests_url, Tokens(settings))
    return NotifyApplication(
        pool,
        city=settings.city,
        public_url=settings.public_url,
        pemohon_mailbox=pemohon.mailbox,
        open_post_office=post_office.open,
        send_message=post_office.send,
    )
