"""Workers on nameko: one queue per service, one subject at a time, nothing lost between.

A message is acknowledged when its handler's transaction is committed, or when it is parked.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

import eventlet
import structlog
from amqp.exceptions import AMQPError
from chassis.event_store import StaleVersion
from chassis.jobs import Later
from chassis.message import Message, NotAMessage, decode
from chassis.parking import Parking
from chassis.postgres import DatabaseAway, Pool
from chassis.relay import Published, Publisher, Relay, ToMemory, ToRabbit
from chassis.settings import Settings
from chassis.telemetry import MESSAGES_HANDLED, MESSAGES_PARKED
from eventlet.event import Event
from eventlet.semaphore import Semaphore
from kombu import Exchange, Queue, binding
from nameko.extensions import DependencyProvider, Entrypoint, ProviderCollector, SharedExtension
from nameko.messaging import QueueConsumer

_log = structlog.get_logger()
_Method = TypeVar("_Method", bound=Callable[..., None])

DEAD_LETTERS = "dead-letters"
QUEUE_ARGUMENTS = {
    "x-queue-type": "quorum",
    # The last net alone: a suspect message is parked long before.
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": DEAD_LETTERS,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
    "x-single-active-consumer": True,
}
_SUSPECT_AFTER_DELIVERIES = 3
_PREFETCH = 50
_SETUP_SECONDS = 15


class Broker(Protocol):
    """How this process publishes, and what it knows of messages beyond the protocol."""

    url: str

    def publisher(self, source: str) -> Publisher:
        """Where a service's facts go."""

    def acknowledged(self, service: str, message: Message) -> None:
        """A service has dealt with a message."""

    def suspects(self, message: Message, delivery: Any) -> bool:
        """Whether this message may be the one that killed a process before."""


class Rabbit:
    """A RabbitMQ server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def publisher(self, source: str) -> Publisher:
        """A connection of the relay's own, with confirms."""
        return ToRabbit(self.url, source)

    def acknowledged(self, service: str, message: Message) -> None:
        """The broker itself keeps count."""

    def suspects(self, message: Message, delivery: Any) -> bool:
        """Delivered several times: whoever had it may have died of it."""
        count = (delivery.headers or {}).get("x-delivery-count", 0)
        return int(count) >= _SUSPECT_AFTER_DELIVERIES


class InMemory:
    """kombu's memory transport: all consumers are in this process, and die with it."""

    url = "memory://"

    def __init__(self, suspect_up_to: dict[str, int]) -> None:
        """`suspect_up_to`: after an unclean end, the last log position of each source."""
        self.hearers: dict[tuple[str, str], set[str]] = {}
        self.everyone_hears = Event()
        self._suspect_up_to = suspect_up_to
        self._out: dict[str, ToMemory] = {}

    def publisher(self, source: str) -> Publisher:
        """Waits until all are bound: what nobody is bound to is dropped here."""
        self.everyone_hears.wait()
        self._out[source] = ToMemory(source, self.hearers)
        return self._out[source]

    def acknowledged(self, service: str, message: Message) -> None:
        """Lets the source's relay move on."""
        if message.source in self._out:
            self._out[message.source].acknowledged(service, message.position)

    def suspects(self, message: Message, delivery: Any) -> bool:
        """There is no count of deliveries, so all that may have been under way is suspect."""
        return message.position <= self._suspect_up_to.get(message.source, 0)


def settings_of(container: Any) -> Settings:
    """The settings of the service that a container runs."""
    settings: Settings = container.config["SETTINGS"][container.service_name]
    return settings


def pool_of(container: Any) -> Pool:
    """One pool for one database in one process."""
    pools: dict[str, Pool] = container.config.setdefault("POOLS", {})
    settings = settings_of(container)
    if settings.service not in pools:
        pools[settings.service] = Pool(settings.database_url, size=settings.pool_size)
    return pools[settings.service]


class Injected(DependencyProvider):  # type: ignore[misc]
    """Gives the worker its application, built once by the service's bootstrap."""

    def __init__(self, build: Callable[[Settings, Pool], Any]) -> None:
        self._build = build

    def setup(self) -> None:
        """Build it."""
        self._application = self._build(settings_of(self.container), pool_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The same application for every message."""
        return self._application


class Relaying(DependencyProvider):  # type: ignore[misc]
    """Runs the service's relay inside its worker."""

    def __init__(self, published: Published) -> None:
        self._published = published

    def start(self) -> None:
        """Begin; others may lead."""
        settings = settings_of(self.container)
        broker: Broker = self.container.config["BROKER"]
        self._relay = Relay(
            settings.database_url,
            settings.service,
            self._published,
            partial(broker.publisher, settings.service),
        )
        self._thread = self.container.spawn_managed_thread(self._relay.run, identifier="relay")

    def stop(self) -> None:
        """Finish the batch under way."""
        self._relay.stopping = True
        self._thread.wait()


class _Deliveries(QueueConsumer):  # type: ignore[misc]
    """nameko's consumer, handing messages over in the order of their delivery."""

    prefetch_count = _PREFETCH

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        # Unlike kombu's own: short pauses between tries; a refusal ("the virtual host is down",
        # while a broker starts) is tried again; what broke off is dropped, not closed with a
        # farewell that nobody answers.
        conn = self.create_connection()
        try:
            conn.ensure_connection(
                self.on_connection_error,
                interval_start=0.5,
                interval_step=0.5,
                interval_max=3,
                reraise_as_library_errors=False,
            )
            yield conn
        except BaseException:
            conn.collect()
            raise
        conn.release()

    @contextmanager
    def consumer_context(self, **kwargs: Any) -> Iterator[Any]:
        # A broker that has just come back may take a declaration and never answer it.
        with ExitStack() as opened:
            with eventlet.Timeout(_SETUP_SECONDS, TimeoutError("the broker does not answer")):
                consumers = opened.enter_context(super().consumer_context(**kwargs))
            yield consumers

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        # Here and not in a property: nameko reads properties before the listeners register.
        for provider in self._providers:
            provider.queue = provider.one_queue()
        return super().get_consumers(consumer_cls, channel)

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        provider.handle_message(message)

    def _cancel_consumers_if_requested(self) -> None:
        # The channel is closed, the consumer not cancelled: between a cancel and the close the
        # next worker would be given what comes after the messages that are still held here.
        wanted = dict(self._pending_remove_providers)
        self._pending_remove_providers.clear()
        for provider, removed in wanted.items():
            self._consumers.pop(provider).channel.close()
            removed.send()

    def on_decode_error(self, message: Any, exc: Any) -> None:
        # kombu would acknowledge it.
        _log.error("message_not_json", error=type(exc).__name__)
        message.reject(requeue=False)


class _Subscription(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """All listeners of a service on its one queue."""

    queue_consumer = _Deliveries()

    def __init__(self) -> None:
        super().__init__()
        self._one_parked_at_a_time = Semaphore(1)
        self._lanes: dict[str, deque[tuple[Message, Any] | None]] = {}
        self._draining = False
        self._left: set[Any] = set()
        self._gone = False

    def setup(self) -> None:
        self._service = self.container.service_name
        self._parking = Parking(pool_of(self.container))
        self._broker: Broker = self.container.config["BROKER"]
        self.queue_consumer.register_provider(self)

    def start(self) -> None:
        self._heard = {(each.source, each.type): each for each in self._providers}
        self.container.spawn_managed_thread(self._retry_what_is_due, identifier="retrier")

    def one_queue(self) -> Queue:
        return queue_of(self._service, [(each.source, each.type) for each in self._providers])

    def unregister_provider(self, listener: Any) -> None:
        """Let what runs finish and be acknowledged; only then give the rest back, by closing."""
        self._draining = True
        while self._lanes:
            eventlet.sleep(0.01)
        self._left.add(listener)
        if self._left == self._providers and not self._gone:
            self._gone = True
            self.queue_consumer.unregister_provider(self)
            for each in list(self._providers):
                ProviderCollector.unregister_provider(self, each)

    # In the consumer's green thread: this must not block.

    def handle_message(self, delivery: Any) -> None:
        try:
            message = decode(delivery.headers, delivery.body)
        except NotAMessage as error:
            _log.error("not_a_message", why=str(error))
            delivery.reject(requeue=False)
            return
        if (message.source, message.type) not in self._heard:
            delivery.ack()  # a binding that an older version left
            return
        self._join(message.subject, (message, delivery))

    def _join(self, subject: str, item: tuple[Message, Any] | None) -> None:
        if self._draining:
            return
        if subject in self._lanes:
            self._lanes[subject].append(item)
            return
        self._lanes[subject] = deque([item])
        self.container.spawn_managed_thread(
            partial(self._work_off, subject), identifier=f"lane {subject}"
        )

    # One green thread for each subject that has something to do.

    def _work_off(self, subject: str) -> None:
        lane = self._lanes[subject]
        try:
            while lane and not self._draining:
                item = lane[0]
                if item is None:
                    self._patiently(partial(self._retry, subject))
                else:
                    self._patiently(partial(self._deliver, *item))
                lane.popleft()
        finally:
            del self._lanes[subject]

    def _patiently(self, do: Callable[[], None]) -> None:
        """While the database is away nothing is acknowledged, and nothing given back."""
        pause = 0.1
        while not self._draining:
            try:
                do()
                return
            except DatabaseAway:
                _log.warning("database_away")
                eventlet.sleep(pause)
                pause = min(pause * 2, 5)

    def _deliver(self, message: Message, delivery: Any) -> None:
        if not delivery.channel or not delivery.channel.connection:
            return  # the broker has it back, and will send it again
        if self._broker.suspects(message, delivery):
            if not self._parking.was_handled(message.id):
                self._park(message, "delivered again and again", retry_in=timedelta(0))
        elif self._parking.blocks(message.subject):
            self._park(message, "behind another", retry_in=timedelta(0))
        else:
            error = self._run(message)
            if error is not None:
                transient = _is_transient(error)
                self._park(
                    message, _reason(error), retry_in=timedelta(seconds=1) if transient else None
                )
        try:
            self.queue_consumer.ack_message(delivery)
        except (OSError, AMQPError):
            # Broken off: it will come again, and the inbox knows it.
            return
        self._broker.acknowledged(self._service, message)

    def _park(self, message: Message, reason: str, *, retry_in: timedelta | None) -> None:
        self._parking.add(message, reason, retry_in=retry_in)
        MESSAGES_PARKED.labels(self._service, message.type).inc()
        _log.warning(
            "message_parked",
            message=message.id,
            type=message.type,
            subject=message.subject,
            reason=reason,
        )

    def _run(self, message: Message) -> BaseException | None:
        """Handle it as nameko handles anything; the exception, or None when it went well."""
        finished = Event()

        def handle_result(worker_ctx: Any, result: Any, exc_info: Any) -> Any:
            finished.send(exc_info and exc_info[1])
            return result, exc_info

        listener = self._heard[message.source, message.type]
        self.container.spawn_worker(listener, (message,), {}, handle_result=handle_result)
        error: BaseException | None = finished.wait()
        if isinstance(error, DatabaseAway):
            raise error
        if error is None:
            MESSAGES_HANDLED.labels(self._service, message.type).inc()
        return error

    def _retry(self, subject: str) -> None:
        """One parked message at a time in the process: the one counted is the one that kills."""
        while not self._draining:
            with self._one_parked_at_a_time:
                first = self._parking.take_first(subject)
                if first is None:
                    return
                id_, message = first
                error = None if self._parking.was_handled(message.id) else self._run(message)
                if error is not None:
                    self._parking.failed(id_, _reason(error), for_ever=not _is_transient(error))
                    return
                self._parking.done(id_, subject)

    def _retry_what_is_due(self) -> None:
        while not self._draining:
            eventlet.sleep(0.5)
            try:
                for subject in self._parking.due_subjects():
                    if None not in self._lanes.get(subject, ()):
                        self._join(subject, None)
            except DatabaseAway:
                eventlet.sleep(1)


class Listener(Entrypoint):  # type: ignore[misc]
    """A worker's method that hears one type of one source."""

    subscription = _Subscription()

    def __init__(self, source: str, type_: str, **kwargs: Any) -> None:
        self.source = source
        self.type = type_
        super().__init__(**kwargs)

    def setup(self) -> None:
        self.subscription.register_provider(self)

    def stop(self) -> None:
        self.subscription.unregister_provider(self)


def listens_to(source: str, type_: str) -> Callable[[_Method], _Method]:
    """Have a worker's method called with each message of this source and type."""
    decorated: Callable[[_Method], _Method] = Listener.decorator(source, type_)
    return decorated


def heard_by(worker: type) -> list[tuple[str, str]]:
    """The (source, type) pairs that a worker class listens to."""
    found = []
    for method in vars(worker).values():
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if isinstance(entrypoint, Listener):
                found.append((entrypoint.source, entrypoint.type))
    return sorted(found)


def queue_of(service: str, heard: list[tuple[str, str]]) -> Queue:
    """The one queue of a service, bound to all that it hears."""
    return Queue(
        service,
        [binding(Exchange(f"{s}.events", "topic", durable=True), t) for s, t in heard],
        queue_arguments=QUEUE_ARGUMENTS,
    )


def declare_queues(url: str, workers: dict[str, type], *, patience_seconds: float = 30) -> None:
    """Make every exchange, queue and binding, so that a service that never ran loses nothing."""
    from kombu import Connection

    with Connection(url, connect_timeout=5) as conn:
        conn.ensure_connection(max_retries=int(patience_seconds), interval_start=1, interval_max=1)
        channel = conn.channel()
        dead = Exchange(DEAD_LETTERS, "fanout", durable=True)
        Queue(DEAD_LETTERS, dead, queue_arguments={"x-queue-type": "quorum"})(channel).declare()
        for service, worker in workers.items():
            Exchange(f"{service}.events", "topic", durable=True)(channel).declare()
            queue_of(service, heard_by(worker))(channel).declare()


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, Later | StaleVersion)


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
