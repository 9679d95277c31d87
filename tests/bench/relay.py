"""Publishing facts

From facts stored to facts that a quorum queue has confirmed. The relay reads them from PostgreSQL,
holds each to its contract, and sends it with all its attributes; it runs in a green thread, as in a
worker, and its time counts from its start to the position it stores behind the last confirm. The
base is bare pika, that sends the same bodies and attributes from memory, ready made, and has as
many messages under way. Facts that are not published lie between the others; they are not counted.
"""

import pickle

from chassis.log import last_given, read
from chassis.message import Message
from chassis.postgres import Pool
from chassis.relay import message_of
from requests_service.adapters.published import PUBLISHED

from tests.bench.lab import Lab
from tests.bench.measuring import Result, Run, in_turns
from tests.bench.publishing import QUEUE, Publishing, bind

EVENTS = 80_000
"""Of which about a quarter is published."""


def measure(lab: Lab) -> Result:
    result = Result()
    dsn, url = lab.history(EVENTS), lab.rabbit().new_virtual_host()
    messages = _messages(dsn)
    file = lab.folder() / "messages"
    ready = [(each.type, each.id, each.headers, each.body) for each in messages]
    file.write_bytes(pickle.dumps(ready))
    processes = {
        "ours": Publishing("relay", dsn, url),
        "bare pika": Publishing("pika", str(file), url),
    }
    channel = bind(url)

    def contestant(name: str) -> Run:
        def run(_: int) -> float:
            seconds = processes[name].run()
            held = channel.queue_declare(QUEUE, passive=True).method.message_count
            assert held == len(messages), f"{held} of {len(messages)}"
            channel.queue_purge(QUEUE)
            return seconds

        return run

    turns = in_turns(
        {name: contestant(name) for name in processes},
        seconds=30,
        operations=len(messages),
        cycles_max=15,
    )
    for name, process in processes.items():
        process.close()
        result.add(name, turns.rate(name), "facts/s")
    result.add("ours to bare pika", turns.ratio("ours", "bare pika"), "×", ">= 0.80")
    result.add("a message", sum(len(each.body) for each in messages) / len(messages), "bytes")
    return result


def _messages(dsn: str) -> list[Message]:
    pool = Pool(dsn, 1)
    with pool.transaction() as cur:
        facts = read(cur, after=0, up_to=last_given(cur), limit=EVENTS, types=PUBLISHED)
    pool.close()
    return [message_of(each, "requests", PUBLISHED) for each in facts]
