"""The reasons for refusing in the database: which are in force, which were when."""

from dataclasses import asdict
from typing import Any

from chassis.actor import Actor
from chassis.postgres import Pool

from requests_service.domain.refusal import FIRST, Reasons, read_reasons
from requests_service.versions import Version, Versions


class RefusalReasons:
    """Each version is read once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._versions = Versions(
            pool, "refusal_reasons", "RefusalReasonsChanged", lambda: content_of(FIRST)
        )
        self._known: dict[int, Reasons] = {}

    def in_force(self) -> Reasons:
        return self.of(self._versions.newest())

    def of(self, version: int) -> Reasons:
        """KeyError for a version that there is not."""
        if version not in self._known:
            content = self._versions.content(version)
            self._known[version] = read_reasons(content, version=version)
        return self._known[version]

    def versions(self) -> list[Version]:
        """Oldest first."""
        return self._versions.all()

    def in_use(self) -> set[str]:
        """Codes by which requests that are still open were refused, wholly."""
        rows = self._pool.execute(
            "SELECT DISTINCT reason_code FROM board WHERE reason_code IS NOT NULL"
            " AND step IS NOT NULL"
        )
        return {code for (code,) in rows}

    def approve(self, proposed: Reasons, by: Actor) -> None:
        """In force from now on. Raises VersionChanged."""
        self._versions.approve(proposed.version, content_of(proposed), by)


def content_of(reasons: Reasons) -> dict[str, Any]:
    """As plain JSON, without its version."""
    return {"reason": [asdict(each) | {"steps": list(each.steps)} for each in reasons.rows]}
