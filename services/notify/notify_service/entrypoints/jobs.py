"""The long work of notify: talking to the mail server, and to integrators' endpoints."""

from chassis.jobs import Handlers, Runner
from chassis.postgres import Pool
from chassis.settings import Settings

from notify_service.application import SEND_MAIL
from notify_service.bootstrap import build_application, build_webhooks
from notify_service.webhooks.deliveries import QUICKLY, SLOWLY, TELL_OWNER
from notify_service.webhooks.dispatcher import Dispatcher

_THREADS = 4


def handlers(settings: Settings, pool: Pool) -> Handlers:
    """Mails."""
    app = build_application(settings, pool)
    return {SEND_MAIL: app.send, TELL_OWNER: build_webhooks(settings, pool).telling.tell}


def followers(settings: Settings, pool: Pool) -> list[Runner | Dispatcher]:
    """Webhooks, with threads of their own: an endpoint that does not answer holds up no mail."""
    serve = build_webhooks(settings, pool).deliveries.serve
    return [
        Dispatcher(pool),
        Runner(pool, "notify", {QUICKLY: serve}, threads=_THREADS),
        Runner(pool, "notify", {SLOWLY: serve}, threads=_THREADS),
    ]
