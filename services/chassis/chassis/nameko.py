"""Workers on nameko: one queue per service, one subject at a time, nothing lost between.

A message is acknowledged when its handler's transaction is committed, or when it is parked.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import eventlet
import structlog
from chassis import broker, queues
from chassis.acks import Acks
from chassis.contracts import Misfit, UnknownKind, contracts_of
from chassis.event_store import StaleVersion
from chassis.failures import place_of, reason_of
from chassis.jobs import Later
from chassis.last_net import DEAD_LETTERS, DEAD_LETTERS_ARGUMENTS
from chassis.message import Message, NotAMessage, decode
from chassis.parking import BEHIND, Parking
from chassis.partitions import Shares
from chassis.postgres import DatabaseAway, Pool
from chassis.relay import Published, Publisher, Relay, ToMemory, ToRabbit
from chassis.settings import Settings
from chassis.telemetry import MESSAGES_HANDLED, MESSAGES_PARKED, follow, tracing
from eventlet.event import Event
from eventlet.semaphore import Semaphore
from kombu import Consumer, Exchange, Queue
from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider, Entrypoint, ProviderCollector, SharedExtension
from nameko.messaging import QueueConsumer

_log = structlog.get_logger()
_Method = TypeVar("_Method", bound=Callable[..., None])

_SUSPECT_AFTER_DELIVERIES = 3
_PAUSES_BETWEEN_MEASURES = 20
_PREFETCH = 50
_SETUP_SECONDS = 8
_RECONNECT_SECONDS = 0.5
_DRAIN_SECONDS = 8
_BALANCE_SECONDS = 1


class Broker(Protocol):
    """How this process publishes, and what it knows of messages beyond the protocol."""

    url: str

    def connection(self) -> Any:
        """A kombu connection, not opened yet."""

    def publisher(self, source: str) -> Publisher:
        """Where a service's facts go."""

    def acknowledge(self, service: str, message: Message, delivery: Any) -> None:
        """A service has dealt with a message."""

    def reject(self, delivery: Any) -> None:
        """Let it go to the dead letters."""

    def hold_back(self, channel: Any) -> None:
        """Keep acknowledgements back until `settle`, so that only little more is delivered."""

    def held_back(self, channel: Any) -> int:
        """How many acknowledgements are kept back."""

    def settle(self, channel: Any) -> None:
        """Have the broker know of all that was acknowledged, before the channel is closed."""

    def partitions(self, settings: Settings) -> int:
        """Among how many queues a service's messages are spread."""

    def suspects(self, message: Message, delivery: Any) -> bool:
        """Whether this message may be the one that killed a process before."""


class Rabbit:
    """A RabbitMQ server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connections = 0
        self._acks: WeakKeyDictionary[Any, Acks] = WeakKeyDictionary()

    def connection(self) -> Any:
        """Not opened yet. Each begins with the next host: the last may be the one that hangs."""
        self._connections += 1
        return broker.connection(self.url, first=self._connections - 1)

    def publisher(self, source: str) -> Publisher:
        """A connection of the relay's own, with confirms."""
        self._connections += 1
        return ToRabbit(self.url, source, first=self._connections)

    def acknowledge(self, service: str, message: Message, delivery: Any) -> None:
        """Together with others, within milliseconds."""
        self._acks_on(delivery.channel).done(delivery.delivery_tag)

    def reject(self, delivery: Any) -> None:
        """At once."""
        self._acks_on(delivery.channel).rejected(delivery.delivery_tag)
        delivery.reject(requeue=False)

    def hold_back(self, channel: Any) -> None:
        """The window fills, and then nothing comes any more."""
        self._acks_on(channel).hold_back()

    def held_back(self, channel: Any) -> int:
        """At most the window."""
        return len(self._acks_on(channel))

    def settle(self, channel: Any) -> None:
        """Do not wait for more."""
        self._acks_on(channel).flush()

    def _acks_on(self, channel: Any) -> Acks:
        if channel not in self._acks:
            self._acks[channel] = Acks(channel)
        return self._acks[channel]

    def partitions(self, settings: Settings) -> int:
        """As the operator has set it."""
        return settings.queue_partitions

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

    def connection(self) -> Any:
        """To this process itself."""
        return broker.connection(self.url)

    def publisher(self, source: str) -> Publisher:
        """Waits until all are bound: what nobody is bound to is dropped here."""
        self.everyone_hears.wait()
        self._out[source] = ToMemory(source, self.hearers)
        return self._out[source]

    def acknowledge(self, service: str, message: Message, delivery: Any) -> None:
        """Lets the source's relay move on."""
        delivery.ack()
        if message.source in self._out:
            self._out[message.source].acknowledged(service, message.position)

    def reject(self, delivery: Any) -> None:
        """It is dropped: there are no dead letters here."""
        delivery.reject(requeue=False)

    def hold_back(self, channel: Any) -> None:
        """Nothing is kept back."""

    def held_back(self, channel: Any) -> int:
        """Nothing."""
        return 0

    def settle(self, channel: Any) -> None:
        """Nothing is kept back."""

    def partitions(self, settings: Settings) -> int:
        """There is one process."""
        return 1

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

    def worker_setup(self, worker_ctx: Any) -> None:
        """What the handler records belongs to the trace of its message."""
        follow(worker_ctx.args[0].traceparent)

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The same application for every message."""
        return self._application


class Relaying(DependencyProvider):  # type: ignore[misc]
    """Runs the service's relay inside its worker."""

    def __init__(self, published: Published) -> None:
        self.published = published

    def start(self) -> None:
        """Begin; others may lead."""
        settings = settings_of(self.container)
        to: Broker = self.container.config["BROKER"]
        self._relay = Relay(
            settings.database_url,
            settings.service,
            self.published,
            partial(to.publisher, settings.service),
            contracts_of(settings.service),
        )
        self._thread = self.container.spawn_managed_thread(self._relay.run, identifier="relay")

    def stop(self) -> None:
        """Finish the batch under way."""
        self._relay.stopping = True
        self._thread.wait()


class _Deliveries(QueueConsumer):  # type: ignore[misc]
    """nameko's consumer, handing messages over in the order of their delivery."""

    def __init__(self) -> None:
        super().__init__()
        self._gone: set[Any] = set()

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        # Unlike kombu's own: short pauses between tries, each with another host first; what broke
        # off is dropped, not closed with a farewell that nobody answers. A refusal ("the virtual
        # host is down", while a broker starts) is tried again by the caller.
        conn = self._conn = self._opened()
        try:
            yield conn
        except BaseException:
            conn.collect()
            raise
        conn.release()

    def _opened(self) -> Any:
        while True:
            try:
                return broker.open_(self.container.config["BROKER"].connection())
            except OSError as error:
                _log.warning("broker_away", error=type(error).__name__)
            if self._pending_remove_providers:
                # Told to stop; nothing is held here that anybody could take back.
                self._consumers.clear()
                while self._pending_remove_providers:
                    self._pending_remove_providers.popitem()[1].send()
                self.should_stop = True
                raise ConnectionError("stopped before the broker answered")
            eventlet.sleep(_RECONNECT_SECONDS)

    @contextmanager
    def consumer_context(self, **kwargs: Any) -> Iterator[Any]:
        # A broker that has just come back may take a declaration and never answer it.
        with ExitStack() as opened:
            with eventlet.Timeout(_SETUP_SECONDS, TimeoutError("the broker does not answer")):
                consumers = opened.enter_context(super().consumer_context(**kwargs))
            yield consumers

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        self._consumers.clear()
        for provider in self._providers:
            provider.check_queues(self._conn)
            provider.connected(channel)
            for name in provider.queues_at_once:
                self._take(provider, name)
        return []  # kombu need not begin or end them

    def on_iteration(self) -> None:
        self._cancel_consumers_if_requested()
        for provider in self._providers:
            if provider.shares is not None:
                self._balance(provider)

    def _take(self, provider: Any, name: str) -> None:
        """Work on a queue, on a channel of its own."""
        channel = self._conn.channel()
        consumer = Consumer(channel, [Queue(name, no_declare=True)], on_message=provider.hear)
        consumer.qos(prefetch_count=_PREFETCH)
        provider.channels[channel] = 0
        consumer.consume()
        self._consumers[provider, name] = consumer

    def _balance(self, provider: Any) -> None:
        """Take the partitions that are this worker's share, and leave those that are not."""
        if time.monotonic() < provider.looks_again_at or provider.draining:
            return
        wanted = provider.shares.look()
        mine = {name for each, name in self._consumers if each is provider}
        leaving = 0
        for n, name in enumerate(provider.queue_names, 1):
            if n in wanted and name not in mine:
                self._take(provider, name)
            elif n not in wanted and name in mine:
                channel = self._consumers[provider, name].channel
                provider.broker.hold_back(channel)
                if provider.channels[channel]:
                    leaving += 1
                else:
                    self._leave(provider, name)
                    provider.shares.gave_up(n)
        provider.looks_again_at = time.monotonic() + (0.02 if leaving else _BALANCE_SECONDS)

    def _leave(self, provider: Any, name: str) -> None:
        """Acknowledge what is done, and close the channel, by which the rest is given back.

        A consumer is cancelled only when all that the broker may send is done: between a cancel
        and the close the next worker would be given what comes after messages still held here.
        """
        consumer = self._consumers.pop((provider, name))
        if provider.broker.held_back(consumer.channel) >= _PREFETCH:
            consumer.cancel()
        provider.broker.settle(consumer.channel)
        consumer.channel.close()
        del provider.channels[consumer.channel]

    def _cancel_consumers_if_requested(self) -> None:
        wanted = dict(self._pending_remove_providers)
        self._pending_remove_providers.clear()
        for provider, removed in wanted.items():
            for each, name in list(self._consumers):
                if each is provider:
                    self._leave(provider, name)
            removed.send()
            self._gone.add(provider)
        if wanted and self._gone == self._providers:
            self.should_stop = True


class _Subscription(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """All listeners of a service on its one queue."""

    queue_consumer = _Deliveries()

    def __init__(self) -> None:
        super().__init__()
        self._one_parked_at_a_time = Semaphore(1)
        self._lanes: dict[str, deque[tuple[Message, Any] | None]] = {}
        self._ready: deque[str] = deque()
        self._hands = 0
        self.channels: dict[Any, int] = {}
        """The open ones, and how many of their messages are not yet done."""
        self.shares: Shares | None = None
        self.looks_again_at = 0.0
        self._parked: set[str] = set()
        self._knows_parked = set[Any]()
        self._looking_for_parked = Semaphore(1)
        self.draining = False
        self._stopped = False
        self._left: set[Any] = set()
        self._gone = False

    def setup(self) -> None:
        self._service = self.container.service_name
        self._parking = Parking(pool_of(self.container))
        self.broker: Broker = self.container.config["BROKER"]
        settings = settings_of(self.container)
        self._hands_max = settings.pool_size
        self._partitions = self.broker.partitions(settings)
        self.queue_names = queues.names(self._service, self._partitions)
        self.queues_at_once = self.queue_names
        if self._partitions > 1:
            self.shares = Shares(settings.database_url, self._partitions)
            self.queues_at_once = []
        self.queue_consumer.register_provider(self)

    def start(self) -> None:
        self._heard = {(each.source, each.type): each for each in self._providers}
        self._contracts = contracts_of(self._service)
        if unread := self._heard.keys() - self._contracts.heard():
            raise LookupError(f"no schemas in contracts/heard of {self._service}: {sorted(unread)}")
        self.container.spawn_managed_thread(self._retry_what_is_due, identifier="retrier")

    def connected(self, channel: Any) -> None:
        """What came on an earlier channel, the broker has back."""
        self.channels.clear()
        self._knows_parked.clear()
        heard = [(each.source, each.type) for each in self._providers]
        queues.declare(channel, self._service, heard, self._partitions)

    def check_queues(self, connection: Any) -> None:
        """Before anything is declared that another number of partitions must not have."""
        if self.broker.url != InMemory.url:
            queues.check(connection, self._service, self._partitions)

    def unregister_provider(self, listener: Any) -> None:
        """Let all that came be done and acknowledged, if time allows it."""
        if not self.draining:
            self.draining = True
            for channel in self.channels:
                self.broker.hold_back(channel)
            with suppress(eventlet.Timeout), eventlet.Timeout(_DRAIN_SECONDS):
                while any(self.channels.values()):
                    eventlet.sleep(0.01)
            self._stopped = True
        while self._hands or not self._stopped:
            eventlet.sleep(0.01)
        self._left.add(listener)
        if self._left == self._providers and not self._gone:
            self._gone = True
            self.queue_consumer.unregister_provider(self)
            for each in list(self._providers):
                ProviderCollector.unregister_provider(self, each)

    # In the consumer's green thread: this must not block.

    def hear(self, delivery: Any) -> None:
        try:
            message = decode(delivery.headers, delivery.body)
        except NotAMessage as error:
            _log.error("not_a_message", why=str(error))
            self.broker.reject(delivery)
            return
        self.channels[delivery.channel] += 1
        self._join(message.subject, (message, delivery))

    def _join(self, subject: str, item: tuple[Message, Any] | None) -> None:
        if self._stopped or (self.draining and item is None):
            return
        if subject in self._lanes:
            self._lanes[subject].append(item)
            return
        self._lanes[subject] = deque([item])
        self._ready.append(subject)
        if self._hands < self._hands_max:
            self._hands += 1
            self.container.spawn_managed_thread(self._work, identifier="hand")

    # As many green threads as there are database connections; each takes one subject after another.

    def _work(self) -> None:
        try:
            while self._ready and not self._stopped:
                self._work_off(self._ready.popleft())
        finally:
            self._hands -= 1

    def _work_off(self, subject: str) -> None:
        lane = self._lanes[subject]
        try:
            while lane and not self._stopped:
                item = lane[0]
                if item is None:
                    self._patiently(partial(self._retry, subject))
                else:
                    with tracing(item[0].traceparent):
                        self._patiently(partial(self._deliver, *item))
                    if item[1].channel in self.channels:
                        self.channels[item[1].channel] -= 1
                lane.popleft()
        finally:
            del self._lanes[subject]

    def _patiently(self, do: Callable[[], object]) -> None:
        """While the database is away nothing is acknowledged, and nothing given back."""
        pause = 0.1
        while not self._stopped:
            try:
                do()
                return
            except DatabaseAway:
                if self.draining:
                    return  # the broker has it back soon
                _log.warning("database_away")
                eventlet.sleep(pause)
                pause = min(pause * 2, 1)

    def _deliver(self, message: Message, delivery: Any) -> None:
        if delivery.channel not in self.channels or not delivery.channel.connection:
            return  # the broker has it back, and will send it again
        if self.broker.suspects(message, delivery):
            if not self._parking.was_handled(message.id):
                self._park(message, "delivered again and again", retry_in=timedelta(0))
        elif self._something_is_parked(message.subject, delivery):
            self._park(message, BEHIND, retry_in=timedelta(0))
        else:
            error = self._run(message)
            if error is not None:
                transient = _is_transient(error)
                self._park(
                    message,
                    reason_of(error),
                    retry_in=timedelta(seconds=1) if transient else None,
                    place=place_of(error),
                )
        self.broker.acknowledge(self._service, message, delivery)

    def _something_is_parked(self, subject: str, delivery: Any) -> bool:
        """Whether something of this subject waits. The database is asked only where it may be so.

        Only who has the queue parks its messages, and parks before it acknowledges: so whoever
        gets the queue looks once, at its first delivery, and then knows of all that came to it.
        """
        with self._looking_for_parked:
            if delivery.channel not in self._knows_parked:
                self._parked |= self._parking.subjects()
                self._knows_parked.add(delivery.channel)
        if subject in self._parked and not self._parking.blocks(subject):
            self._parked.discard(subject)
        return subject in self._parked

    def _park(
        self,
        message: Message,
        reason: str,
        *,
        retry_in: timedelta | None,
        place: str | None = None,
    ) -> None:
        self._parked.add(message.subject)
        self._parking.add(message, reason, retry_in=retry_in, place=place)
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
        error: BaseException | None = None

        def handle_result(worker_ctx: Any, result: Any, exc_info: Any) -> Any:
            nonlocal error
            error = exc_info and exc_info[1]
            return result, exc_info

        try:
            self._contracts.check_heard(message)
        except (Misfit, UnknownKind) as wrong:
            return wrong
        listener = self._heard[message.source, message.type]
        worker = WorkerContext(self.container, self.container.service_cls(), listener, (message,))
        # What spawn_worker does, but in this green thread.
        self.container._run_worker(worker, handle_result)
        if isinstance(error, DatabaseAway):
            raise error
        if error is None:
            MESSAGES_HANDLED.labels(self._service, message.type).inc()
        return error

    def _retry(self, subject: str) -> None:
        """One parked message at a time in the process: the one counted is the one that kills."""
        while not self.draining:
            with self._one_parked_at_a_time:
                first = self._parking.take_first(subject)
                if first is None:
                    return
                id_, message = first
                with tracing(message.traceparent):
                    error = None if self._parking.was_handled(message.id) else self._run(message)
                if error is not None:
                    self._parking.failed(
                        id_,
                        reason_of(error),
                        for_ever=not _is_transient(error),
                        place=place_of(error),
                    )
                    return
                self._parking.done(id_, subject)

    def _retry_what_is_due(self) -> None:
        self._patiently(self._parking.try_unknown_kinds_again)
        for pause in cycle(range(_PAUSES_BETWEEN_MEASURES)):
            if self.draining:
                return
            try:
                if pause == 0:
                    self._parking.measure(self._service)
                for subject in self._parking.due_subjects():
                    if None not in self._lanes.get(subject, ()):
                        self._join(subject, None)
            except DatabaseAway:
                eventlet.sleep(1)
            eventlet.sleep(0.5)


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


def declare_queues(
    url: str,
    workers: dict[str, type],
    partitions: Mapping[str, int] | None = None,
    *,
    patience_seconds: float = 30,
) -> None:
    """Make every exchange, queue and binding, so that a service that never ran loses nothing.

    `partitions`: of each service; 1 where nothing is said. Raises WrongPartitions when that cannot
    change now.
    """
    with broker.connection(url) as conn:
        conn.ensure_connection(max_retries=int(patience_seconds), interval_start=1, interval_max=1)
        channel = conn.channel()
        dead = Exchange(DEAD_LETTERS, "fanout", durable=True)
        Queue(DEAD_LETTERS, dead, queue_arguments=DEAD_LETTERS_ARGUMENTS)(channel).declare()
        for service, worker in workers.items():
            count = (partitions or {}).get(service, 1)
            Exchange(f"{service}.events", "topic", durable=True)(channel).declare()
            queues.change(conn, service, heard_by(worker), count)
            unheard = all_published(workers) - set(heard_by(worker))
            queues.unbind(channel, service, unheard, count)


def all_published(workers: dict[str, type]) -> set[tuple[str, str]]:
    """Source and type of all that the relays of these workers publish."""
    return {
        (source, type_)
        for source, worker in workers.items()
        for each in vars(worker).values()
        if isinstance(each, Relaying)
        for type_ in each.published
    }


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, Later | StaleVersion)
