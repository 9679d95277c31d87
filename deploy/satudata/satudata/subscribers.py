"""`satudata subscribers …`: a queue and a broker account for each program that listens.

Made through the management API of RabbitMQ, whose address and administrator AMQP_ADMIN_URL names;
what was done is a fact in the log of `requests`.
"""

import argparse
import base64
import json
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen
from uuid import NAMESPACE_URL, uuid5

from amqp.exceptions import AMQPError
from chassis.broker import connection, open_
from chassis.log import record
from chassis.postgres import DatabaseAway, Pool
from chassis.serve import package
from chassis.settings import SettingsError

from satudata.places import SERVICES
from satudata.whoever import WrongUse, add_by, whoever

Environment = Callable[[], Mapping[str, str]]
PREFIX = "sub."
_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
_ALL = "#"
_KEPT_BYTES = 256 * 2**20
_QUEUE = {
    "x-queue-type": "quorum",
    # Two at once would share the facts, and neither would hear them in order. `exclusive` does not
    # keep a second one away from a quorum queue.
    "x-single-active-consumer": True,
    # Who went away for months must not fill the broker. Rejecting the newest would stop the
    # relay for everybody; what the queue loses, the feed still has.
    "x-max-length-bytes": _KEPT_BYTES,
    "x-overflow": "drop-head",
    # From RabbitMQ 4 on a message is else thrown away after twenty attempts.
    "x-delivery-limit": 1_000_000,
}
_LIMITS = {"max-connections": 10, "max-channels": 50}
_PATIENCE_SECONDS = 15
_LOOK_SECONDS = 5


class Refused(Exception):
    """What was asked for cannot be done; the sentence says why."""


class Away(Exception):
    """There is no broker to ask."""


@dataclass(frozen=True)
class Subscriber:
    """As it was just added, or given a new password."""

    name: str
    url: str
    """With the password, which is kept nowhere; hosts of a cluster with `;` between."""

    @property
    def queue(self) -> str:
        """Also the name of the broker's account."""
        return PREFIX + self.name


def register(commands: Any, environment: Environment) -> None:
    """Add the group to the command line."""
    text = "Programs of other offices that listen on the broker."
    group = commands.add_parser("subscribers", help=text, description=text)
    acts = group.add_subparsers(required=True, metavar="WHAT")

    def command(name: str, do: Callable[..., None], text: str, *, named: bool = True) -> Any:
        sub = acts.add_parser(name, help=text, description=text)
        sub.set_defaults(do=partial(_done, do, environment))
        if named:
            sub.add_argument("name", metavar="NAME")
        sub.add_argument("--json", action="store_true")
        return sub

    add = command("add", _add, "Make a queue and an account that can read it and nothing else.")
    add.add_argument(
        "--types", nargs="+", default=[], metavar="T",
        help="RequestSubmitted, letters.LetterIssued, ...; without it all, future ones too",
    )  # fmt: skip
    add.add_argument("--sources", nargs="+", default=[], choices=SERVICES, metavar="S",
                     help=f"some of {', '.join(SERVICES)}")  # fmt: skip
    command("list", _list, "Who subscribes, to what, and how much waits.", named=False)
    rotate = command(
        "rotate", _rotate, "Give a new password; connections with the old one are closed."
    )
    remove = command("remove", _remove, "Take account and queue away, with what waits in it.")
    for changing in (add, rotate, remove):
        add_by(changing)


def _done(
    do: Callable[["Broker", "Log", argparse.Namespace], None],
    environment: Environment,
    parsed: argparse.Namespace,
) -> int:
    told = environment()
    try:
        do(Broker(told), Log(told.get("REQUESTS_DATABASE_URL", "")), parsed)
    except Refused as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1
    except WrongUse as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    except (Away, DatabaseAway) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 69
    return 0


class Broker:
    """RabbitMQ's management API, for one virtual host. Raises Refused and Away."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises SettingsError."""
        hosts = environment.get("AMQP_URL", "").split(";")
        if hosts[0].startswith("memory:"):
            raise Away("this installation has no RabbitMQ; subscribers can follow the feed.")
        admin = urlsplit(environment.get("AMQP_ADMIN_URL", ""))
        if not hosts[0]:
            raise SettingsError(
                "AMQP_URL is not set; deploy/env.example says what it takes, and of AMQP_ADMIN_URL"
                " and REQUESTS_DATABASE_URL, which this needs, too."
            )
        if admin.scheme not in ("http", "https") or not admin.username:
            raise SettingsError(
                "AMQP_ADMIN_URL is the broker's management API, with an administrator:"
                " http://user:password@host:15672."
            )
        self._hosts = [urlsplit(each.strip()) for each in hosts]
        self._vhost = _quoted(unquote(self._hosts[0].path[1:]) or "/")
        self._base = (
            f"{admin.scheme}://{admin.netloc.rpartition('@')[2]}{admin.path.rstrip('/')}/api"
        )
        login = f"{unquote(admin.username)}:{unquote(admin.password or '')}"
        self._login = f"Basic {base64.b64encode(login.encode()).decode()}"
        self._admin_url = self._urls(admin.netloc.rpartition("@")[0])

    def add(self, name: str, bindings: list[tuple[str, str]]) -> Subscriber:
        """Make queue, bindings (source, routing key) and account, or nothing of it."""
        if not _NAME.fullmatch(name):
            raise Refused(
                f"{name!r} is no name: 2 to 40 small letters, digits and hyphens, a letter first."
            )
        if self._is_there(name):
            raise Refused(f"there is a subscriber {name} already; remove it first, or rotate.")
        try:
            self._ask("PUT", self._queue(name), {"durable": True, "arguments": _QUEUE})
            for source, key in bindings:
                to = f"bindings/{self._vhost}/e/{source}.events/q/{PREFIX}{name}"
                self._ask("POST", to, {"routing_key": key})
            subscriber = self.rotate(name)
            may = {"configure": "^$", "write": "^$", "read": f"^{re.escape(PREFIX + name)}$"}
            self._ask("PUT", f"permissions/{self._vhost}/{PREFIX}{name}", may)
            for what, most in _LIMITS.items():
                self._ask("PUT", f"user-limits/{PREFIX}{name}/{what}", {"value": most})
        except (Refused, Away):
            self._forget(name)
            raise
        return subscriber

    def rotate(self, name: str) -> Subscriber:
        """Another password; whoever came in by the old one is put out."""
        password = secrets.token_urlsafe(24)
        self._ask("PUT", f"users/{PREFIX}{name}", {"password": password, "tags": ""})
        for open_one in self._ask("GET", f"connections/username/{PREFIX}{name}", absent=[]):
            self._ask("DELETE", f"connections/{_quoted(open_one['name'])}", absent=None)
        return Subscriber(name, self._urls(f"{PREFIX}{name}:{password}"))

    def remove(self, name: str) -> int:
        """How many messages waited."""
        self.must_be_there(name)
        waiting = self._ask("GET", self._queue(name), absent={}).get("messages", 0)
        self._forget(name)
        return int(waiting)

    def all(self) -> list[dict[str, Any]]:
        """Each with what it hears, how much waits, since when, and who consumes."""
        queues = [q for q in self._ask("GET", f"queues/{self._vhost}") if _is_ours(q)]
        return [self._state_of(queue) for queue in sorted(queues, key=lambda q: str(q["name"]))]

    def must_be_there(self, name: str) -> None:
        """Raises Refused."""
        if not _NAME.fullmatch(name) or not self._is_there(name):
            raise Refused(f"there is no subscriber {name}.")

    def _is_there(self, name: str) -> bool:
        found = (self._ask("GET", what, absent=None) for what in (self._queue(name), _user(name)))
        return any(each is not None for each in found)

    def _forget(self, name: str) -> None:
        self._ask("DELETE", _user(name), absent=None)
        self._ask("DELETE", self._queue(name), absent=None)

    def _state_of(self, queue: Mapping[str, Any]) -> dict[str, Any]:
        name = str(queue["name"])
        bindings = self._ask("GET", f"queues/{self._vhost}/{name}/bindings")
        waiting, consumers = queue.get("messages", 0), queue.get("consumers", 0)
        return {
            "name": name.removeprefix(PREFIX),
            "hears": sorted(
                f"{b['source'].removesuffix('.events')}.{b['routing_key']}"
                for b in bindings
                if b["source"]
            ),
            "waiting": waiting,
            "consumers": consumers,
            "oldest": self._oldest(name) if waiting and not consumers else None,
            "drops_oldest": queue.get("message_bytes", 0) > 0.95 * _KEPT_BYTES,
            "shared": not queue["arguments"].get("x-single-active-consumer"),
        }

    def _urls(self, login: str) -> str:
        """Of all hosts. Some clients take a `//` at the end for a virtual host without a name."""
        return ";".join(
            f"{host.scheme}://{login}@{host.netloc.rpartition('@')[2]}/{self._vhost}"
            for host in self._hosts
        )

    def _oldest(self, queue: str) -> str | None:
        # Looked at and put back, as a consumer: nothing can be got from such a queue in another
        # way. Who comes meanwhile waits until we have gone.
        found: list[Any] = []
        try:
            with open_(connection(self._admin_url)) as conn:
                channel = conn.default_channel
                channel.basic_qos(0, 1, False)
                channel.basic_consume(queue, callback=found.append)
                conn.drain_events(timeout=_LOOK_SECONDS)
        except (OSError, AMQPError):
            # Taken meanwhile; or who may administer the broker may not come in here.
            return None
        time = (found[0].headers or {}).get("ce-time") if found else None
        return str(time) if time else None

    def _queue(self, name: str) -> str:
        return f"queues/{self._vhost}/{PREFIX}{name}"

    def _ask(self, method: str, path: str, body: Any = None, **answer: Any) -> Any:
        """`absent`: the answer where there is no such thing."""
        request = Request(  # noqa: S310
            f"{self._base}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": self._login, "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urlopen(request, timeout=_PATIENCE_SECONDS) as found:  # noqa: S310
                text = found.read()
                return json.loads(text) if text else {}
        except HTTPError as error:
            if error.code == 404 and "absent" in answer:
                return answer["absent"]
            if error.code == 401:
                raise Away(
                    "the broker does not know the administrator in AMQP_ADMIN_URL."
                ) from error
            why = error.read().decode(errors="replace")[:300]
            if error.code == 404 and path.startswith("bindings/"):
                why = "an exchange is missing; run satudata migrate first"
            raise Refused(f"the broker refused {method} {path}: {why}") from error
        except (URLError, OSError, ValueError) as error:
            raise Away(f"the broker's management API does not answer: {error}.") from error


class Log:
    """The log of `requests`, in which auditors read who listens, since when, and by whose act."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url

    @contextmanager
    def telling(self, type_: str, parsed: argparse.Namespace, **told: Any) -> Iterator[None]:
        """The fact, if what is done here succeeds. Raises DatabaseAway before it is begun."""
        if not self._database_url:
            raise SettingsError(
                "REQUESTS_DATABASE_URL is not set: who listens is told in the log of requests."
            )
        by = whoever(parsed)
        with (
            closing(Pool(self._database_url, 1)) as pool,
            pool.transaction() as cur,
        ):
            cur.execute("SELECT 1")
            yield
            stream = uuid5(NAMESPACE_URL, f"subscriber {parsed.name}")
            record(cur, stream, type_, {"name": parsed.name, **told}, actor=by)


def bindings_for(types: list[str], sources: list[str]) -> list[tuple[str, str]]:
    """(source, routing key) of what is wanted. Raises Refused for a type that nobody publishes."""
    asked = [source for source in SERVICES if not sources or source in sources]
    if not types:
        return [(source, _ALL) for source in asked]
    published = [(s, type_) for s in asked for type_ in package(s, "adapters.published").PUBLISHED]
    found = []
    for wanted in types:
        fitting = [(s, t) for s, t in published if wanted in (t, f"{s}.{t}")]
        if not fitting:
            known = ", ".join(sorted(f"{source}.{type_}" for source, type_ in published))
            raise Refused(f"nobody publishes {wanted}. There are: {known}.")
        found += fitting
    return sorted(set(found))


def _add(broker: Broker, log: Log, parsed: argparse.Namespace) -> None:
    bindings = bindings_for(parsed.types, parsed.sources)
    hears = [f"{source}.{key}" for source, key in bindings]
    with log.telling("SubscriberAdded", parsed, hears=hears):
        subscriber = broker.add(parsed.name, bindings)
    _tell(subscriber, parsed, hears=hears)


def _rotate(broker: Broker, log: Log, parsed: argparse.Namespace) -> None:
    broker.must_be_there(parsed.name)
    with log.telling("SubscriberPasswordChanged", parsed):
        subscriber = broker.rotate(parsed.name)
    _tell(subscriber, parsed)


def _remove(broker: Broker, log: Log, parsed: argparse.Namespace) -> None:
    with log.telling("SubscriberRemoved", parsed):
        waiting = broker.remove(parsed.name)
    if parsed.json:
        print(json.dumps({"name": parsed.name, "waiting": waiting}))
    else:
        print(f"{parsed.name} is removed, and {waiting} messages that waited.")


def _list(broker: Broker, log: Log, parsed: argparse.Namespace) -> None:
    found = broker.all()
    if parsed.json:
        print(json.dumps(found))
        return
    form = "{:<24} {:>9} {:>9}  {:<32} {}"
    print(form.format("name", "waiting", "consumers", "oldest", "hears"))
    for each in found:
        oldest = each["oldest"] or ""
        line = form.format(
            each["name"], each["waiting"], each["consumers"], oldest, ", ".join(each["hears"])
        )
        line += "  FULL: the oldest are dropped" if each["drops_oldest"] else ""
        print(line + ("  SHARED: remove it and add it again" if each["shared"] else ""))


def _tell(subscriber: Subscriber, parsed: argparse.Namespace, **more: Any) -> None:
    told = {"name": subscriber.name, "queue": subscriber.queue, "url": subscriber.url, **more}
    if parsed.json:
        print(json.dumps(told))
        return
    for what in more.get("hears", []):
        print(f"hears {what.replace('.' + _ALL, ': everything')}")
    print(
        f"\nexport AMQP_URL='{subscriber.url}'\nexport QUEUE={subscriber.queue}\n\n"
        "The password is shown this once. With these two set, the example in docs/integrator.md"
        " runs as it stands there."
    )


def _is_ours(queue: Mapping[str, Any]) -> bool:
    return str(queue["name"]).startswith(PREFIX)


def _user(name: str) -> str:
    return f"users/{PREFIX}{name}"


def _quoted(part: str) -> str:
    return quote(part, safe="")
