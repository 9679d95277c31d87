"""Puts the service together."""

from dataclasses import dataclass

from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings, SettingsError

from notify_service.adapters.outgoing import Outgoing
from notify_service.adapters.pemohon import PemohonDirectory
from notify_service.adapters.post_office import PostOffice
from notify_service.application import NotifyApplication
from notify_service.domain.addresses import CityNetwork, parse_networks
from notify_service.domain.message import public_host
from notify_service.webhooks.deliveries import Deliveries
from notify_service.webhooks.endpoints import Endpoints
from notify_service.webhooks.telling import Telling
from notify_service.webhooks.views import Webhooks


@dataclass(frozen=True)
class WebhookParts:
    """All that webhooks are made of."""

    endpoints: Endpoints
    deliveries: Deliveries
    telling: Telling
    views: Webhooks


def build_application(settings: Settings, pool: Pool) -> NotifyApplication:
    """The application with the mail server and the requests service that the settings name."""
    post_office = _post_office(settings)
    pemohon = PemohonDirectory(settings.requests_url, Tokens(settings))
    return NotifyApplication(
        pool,
        city=settings.city,
        public_url=settings.public_url,
        pemohon_mailbox=pemohon.mailbox,
        open_post_office=post_office.open,
        send_message=post_office.send,
    )


def build_webhooks(settings: Settings, pool: Pool) -> WebhookParts:
    """Webhooks, sent to public addresses and to the networks that the settings allow."""
    keyring = Keyring(pool, settings.secret_key)
    outgoing = Outgoing(_networks(settings.webhook_networks))
    endpoints = Endpoints(pool, keyring, outgoing.check)
    post_office = _post_office(settings)
    telling = Telling(
        pool,
        city=settings.city,
        public_url=settings.public_url,
        contact=endpoints.contact,
        open_post_office=post_office.open,
        send_message=post_office.send,
    )
    deliveries = Deliveries(pool, keyring, outgoing.post)
    return WebhookParts(endpoints, deliveries, telling, Webhooks(pool, keyring))


def _post_office(settings: Settings) -> PostOffice:
    return PostOffice(settings.smtp_url, hello_name=public_host(settings.public_url))


def _networks(setting: str) -> tuple[CityNetwork, ...]:
    try:
        return parse_networks(setting)
    except ValueError as error:
        raise SettingsError(
            f"WEBHOOK_NETWORKS is a list of networks as 10.1.0.0/16 or 10.2.0.9/32:9000: {error}."
        ) from error
