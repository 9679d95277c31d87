"""One run: a story told while something breaks, made of a seed and of nothing else."""

import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.postgres import DatabaseAway
from satudata import stories

from tests.failures import invariants
from tests.failures.clustered import Clustered
from tests.failures.faults import FAULTS
from tests.failures.invariants import Found, Shadow, Told
from tests.failures.patience import PatientCity

STEPS = {"granted": (6, 7, 8, 9, 10, 11, 12, 13, 16), "refused": (6, 7, 8, 14, 15)}
_DELAY_SECONDS_MAX = 0.4
_HEARD_SECONDS_MAX = 90


@dataclass(frozen=True)
class Planned:
    """A fault, and when."""

    kind: str
    target: str
    step: int
    delay_seconds: float
    """After the story's person was about to do the step."""

    def __str__(self) -> str:
        when = f"step {self.step} + {self.delay_seconds * 1000:.0f} ms"
        return f"{self.kind} ({self.target}) at {when}"


@dataclass(frozen=True)
class Plan:
    """What one seed says."""

    seed: int
    endings: tuple[str, ...]
    """Of the stories; the faults happen in the first."""
    faults: tuple[Planned, ...]


@dataclass
class Broken:
    """A fault as it happened."""

    planned: Planned
    what: str = ""
    back_seconds: float | None = None
    """Until the next command was accepted and heard; None when nobody saw it."""

    @property
    def is_in_time(self) -> bool:
        """As promised."""
        promise = FAULTS[self.planned.kind].promise_seconds
        return self.back_seconds is not None and self.back_seconds <= promise


@dataclass
class Run:
    """What one plan led to."""

    plan: Plan
    broken: list[Broken] = field(default_factory=list)
    found: Found = field(default_factory=Found)
    started_again: list[str] = field(default_factory=list)
    """Nodes of the broker that did not come back into the cluster by themselves."""
    seconds: float = 0.0


def plan(seed: int, kinds: Sequence[str] = tuple(FAULTS)) -> Plan:
    """The same for the same seed and kinds, for ever.

    Only processes die twice in one run: what else there is, is there twice, not thrice.
    """
    dice = random.Random(seed)
    ending = dice.choice(list(STEPS))
    kind = kinds[seed % len(kinds)]
    faults = [_planned(dice, kind, ending)]
    if FAULTS[kind].family == "kill" and dice.random() < 0.5:
        killing = [k for k in kinds if k.endswith("-killed") and k.split("-")[0] in _PROCESSES]
        if killing:
            faults.append(_planned(dice, dice.choice(killing), ending))
    endings = (ending,) if dice.random() < 0.7 else (ending, *(STEPS.keys() - {ending}))
    return Plan(seed, endings, tuple(sorted(faults, key=lambda f: (f.step, f.delay_seconds))))


_PROCESSES = ("worker", "relay", "jobs", "web")


def _planned(dice: random.Random, kind: str, ending: str) -> Planned:
    target = dice.choice(FAULTS[kind].targets)
    step = dice.choice(STEPS[ending])
    return Planned(kind, target, step, round(dice.random() * _DELAY_SECONDS_MAX, 3))


class Runner:
    """Tells the stories of a plan to a cluster and breaks it."""

    def __init__(self, cluster: Clustered, say: Callable[[str], None] = lambda text: None) -> None:
        self._cluster = cluster
        self._shadow = Shadow(cluster)
        self._say = say
        cluster.rabbits.wait_until_whole()

    def run(self, planned: Plan) -> Run:
        """Whatever happens, the cluster is whole again afterwards."""
        run, told = Run(planned), Told()
        city = PatientCity(self._cluster.url)
        began = time.monotonic()
        since = invariants.positions(self._cluster)
        breaking: list[threading.Thread] = []
        telling = [
            _Thread(self._tell, ending, city, planned if n == 0 else None, run, told, breaking)
            for n, ending in enumerate(planned.endings)
        ]
        for each in telling:
            each.start()
        for each in telling:
            each.join()
        for each in breaking:
            each.join()
        failed = [each.failed for each in (*telling, *breaking) if each.failed]
        if len(run.broken) < len(planned.faults):
            failed.append("not everything that was planned broke")
        run.started_again = self._cluster.repair()
        told.acknowledged = city.transport.acknowledged
        run.found = invariants.check(self._cluster, self._shadow, since, told)
        run.found.wrong += failed
        run.seconds = time.monotonic() - began
        return run

    def _tell(
        self,
        ending: str,
        city: PatientCity,
        planned: Plan | None,
        run: Run,
        told: Told,
        breaking: list[threading.Thread],
    ) -> None:
        def before(step: int) -> None:
            for each in planned.faults if planned else ():
                if each.step == step:
                    broken = Broken(each)
                    run.broken.append(broken)
                    breaking.append(_Thread(self._break, broken, city, told))
                    breaking[-1].start()

        for done in getattr(stories, ending)(city, before):
            told.endings.setdefault(done.request["id"], ending)

    def _break(self, broken: Broken, city: PatientCity, told: Told) -> None:
        planned, fault = broken.planned, FAULTS[broken.planned.kind]
        time.sleep(planned.delay_seconds)
        began = time.monotonic()
        broken.what = fault.break_(self._cluster, planned.target)
        self._say(f"  {planned.kind}: {broken.what}")
        if fault.heal:
            timer = threading.Timer(
                fault.lasts_seconds, fault.heal, (self._cluster, planned.target)
            )
            timer.start()
        self._see_service_back(city, told)
        broken.back_seconds = time.monotonic() - began
        if fault.heal:
            timer.join()

    def _see_service_back(self, city: PatientCity, told: Told) -> None:
        """A request is submitted and withdrawn; whoever hears of that has heard."""
        siti, answer = city.submit()
        told.withdrawn.append(answer["id"])
        self._wait_until_heard(answer["id"], "RequestSubmitted", ("letters", "notify"))
        siti.command(answer["id"], "withdraw", reason="Data sudah saya dapat.")
        self._wait_until_heard(answer["id"], "RequestWithdrawn", ("privacy", "notify"))

    def _wait_until_heard(self, request_id: str, fact: str, hearers: tuple[str, ...]) -> None:
        ((position,),) = self._rows(
            "requests", "SELECT position FROM facts WHERE stream = %s AND type = %s",
            request_id, fact,
        )  # fmt: skip
        for service in hearers:
            self._rows(service, "SELECT 1 FROM inbox WHERE message_id = %s", f"requests-{position}")

    def _rows(self, service: str, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        """The rows, as soon as there are any."""
        deadline = time.monotonic() + _HEARD_SECONDS_MAX
        pool = self._cluster.database(service)
        try:
            while True:
                try:
                    if rows := pool.execute(sql, args):
                        return rows
                except DatabaseAway:
                    pass
                if time.monotonic() > deadline:
                    raise TimeoutError(f"never in {service}: {sql} {args}")
                time.sleep(0.01)
        finally:
            pool.close()


class _Thread(threading.Thread):
    """A thread that remembers what it died of."""

    def __init__(self, do: Callable[..., None], *args: Any) -> None:
        super().__init__(daemon=True)
        self._do, self._arguments = do, args
        self.failed: str | None = None

    def run(self) -> None:
        try:
            self._do(*self._arguments)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = " ".join(f"{type(error).__name__}: {error}".split())
            self.failed = f"{said} ({where.name})"[:400]
