"""The consequence tests (uji konsekuensi): recorded, ended, and looked up by those who cite one."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chassis import log
from chassis.actor import Actor as Caller
from chassis.postgres import Pool

from requests_service.agencies import Agencies
from requests_service.domain import errors, texts
from requests_service.domain.consequence_tests import ConsequenceTest, Tested
from requests_service.domain.roles import Role
from requests_service.domain.working_days import Today
from requests_service.visible import actor_of

_FIELDS = tuple(Tested.__dataclass_fields__)
_STREAM = "satudata:consequence-test:{}"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('consequence_tests'))"
_NEXT = "SELECT coalesce(max(running), 0) + 1 FROM consequence_tests WHERE year = %s"


class ConsequenceTests:
    """The table `consequence_tests`; every change of it is a fact in the test's own stream."""

    def __init__(self, pool: Pool, *, today: Callable[[], Today], agencies: Agencies) -> None:
        self._pool = pool
        self._today = today
        self._agencies = agencies

    def record(self, by: Caller, tested: Tested) -> ConsequenceTest:
        """By the PPID. Raises NotTheOwner, FormInvalid."""
        _must_be_the_ppid(by)
        problems = tested.problems()
        if tested.agency is not None and tested.agency not in self._agencies:
            problems["agency"] = "Perangkat daerah ini tidak dikenal."
        if problems:
            raise errors.FormInvalid(problems)
        day = self._today().day
        with self._pool.transaction() as cur:
            cur.execute(_LOCK)
            cur.execute(_NEXT, (day.year,))
            running = cur.fetchone()[0]
            number = f"UK-{day.year}-{running:03}"
            told = {name: getattr(tested, name) for name in _FIELDS}
            row = told | {"exceptions": list(tested.exceptions)}
            row |= {"number": number, "year": day.year, "running": running, "recorded_on": day}
            cur.execute(
                f"INSERT INTO consequence_tests ({', '.join(row)})"
                f" VALUES ({', '.join(['%s'] * len(row))})",
                tuple(row.values()),
            )
            _tell(cur, "ConsequenceTestRecorded", number, row, by)
        return ConsequenceTest(number, tested, day)

    def end(self, number: str, by: Caller, *, reason: str) -> ConsequenceTest:
        """By the PPID: from now on no refusal may cite it; those that did stand as they are.

        Raises NotTheOwner, ConsequenceTestUnknown, ConsequenceTestEnded, ReasonMissing.
        """
        _must_be_the_ppid(by)
        if not texts.is_meaningful(reason, words=4):
            raise errors.ReasonMissing("Pencabutan uji konsekuensi harus disertai alasan tertulis.")
        self.one(number)
        row = {"ended_on": self._today().day, "end_reason": reason.strip()}
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE consequence_tests SET ended_on = %s, end_reason = %s"
                " WHERE number = %s AND ended_on IS NULL",
                (*row.values(), number),
            )
            if cur.rowcount != 1:
                raise errors.ConsequenceTestEnded(f"Uji konsekuensi {number} sudah dicabut.")
            _tell(cur, "ConsequenceTestEnded", number, {"number": number, **row}, by)
        return self.one(number)

    def one(self, number: str) -> ConsequenceTest:
        """Raises ConsequenceTestUnknown."""
        found = self._pool.query(
            "SELECT * FROM consequence_tests WHERE number = %s", (number.strip(),)
        )
        if not found:
            raise errors.ConsequenceTestUnknown(
                f'Uji konsekuensi "{number.strip()}" tidak ditemukan.'
            )
        return _test(found[0])

    def cited(self, number: str | None) -> ConsequenceTest | None:
        """The one that a refusal names. Raises ConsequenceTestUnknown."""
        return self.one(number) if number and number.strip() else None

    def all(self) -> list[ConsequenceTest]:
        """The youngest first."""
        rows = self._pool.query("SELECT * FROM consequence_tests ORDER BY year DESC, running DESC")
        return [_test(row) for row in rows]

    def in_force(self, agency: str | None) -> list[ConsequenceTest]:
        """What a refusal about this agency's information may cite today; of all for None."""
        day = self._today().day
        return [
            each
            for each in self.all()
            if each.in_force_on(day) and (not agency or each.tested.agency in (None, agency))
        ]


def _must_be_the_ppid(by: Caller) -> None:
    actor_of(by).must_be(Role.PPID, doing="Uji konsekuensi")


def _tell(cur: Any, type_: str, number: str, row: Mapping[str, Any], by: Caller) -> None:
    told = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()}
    log.record(cur, uuid5(NAMESPACE_URL, _STREAM.format(number)), type_, told, actor=by)


def _test(row: Mapping[str, Any]) -> ConsequenceTest:
    told = {name: row[name] for name in _FIELDS} | {"exceptions": tuple(row["exceptions"])}
    tested = Tested(**told)
    return ConsequenceTest(
        row["number"], tested, row["recorded_on"], row["ended_on"], row["end_reason"]
    )
