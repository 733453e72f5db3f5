"""Which session a plan or a run of an endpoint belongs to: a later command knows only its digest or its name."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from redshift_migrate.errors import StateDamaged
from redshift_migrate.models.base import Value
from redshift_migrate.state.files import pass_over
from redshift_migrate.state.shelf import ENDPOINTS, FolderShelf

MOST = 200
_NAME = "endpoints"


class _Known(Value):
    """A plan or a run, and its session."""

    session: str
    plan_digest: str = ""
    migration_id: str = ""


_KNOWN = TypeAdapter(dict[str, list[_Known]])


class Remembered:
    """A small file in the state folder, one list an endpoint."""

    def __init__(self, folder: Path, url: str) -> None:
        self._shelf, self._url = FolderShelf(folder), url

    def remember(self, session: str, *, plan_digest: str = "", migration_id: str = "") -> None:
        """Keep it, and forget what is oldest."""
        entry = _Known(session=session, plan_digest=plan_digest, migration_id=migration_id)
        with self._shelf.lock(ENDPOINTS, _NAME):
            known = self._all()
            kept = [one for one in known.get(self._url, []) if one != entry]
            known[self._url] = [*kept, entry][-MOST:]
            self._shelf.put(ENDPOINTS, _NAME, _KNOWN.dump_json(known, indent=1).decode())

    def session_of(self, *, plan_digest: str = "", migration_id: str = "") -> str | None:
        """The session, by a digest or its beginning, or by a run's name."""
        for one in self._newest_first():
            if plan_digest and one.plan_digest.startswith(plan_digest):
                return one.session
            if migration_id and one.migration_id == migration_id:
                return one.session
        return None

    def newest_plan(self) -> str | None:
        """The digest of the plan that was remembered last."""
        return next((one.plan_digest for one in self._newest_first() if one.plan_digest), None)

    def newest_run(self) -> str | None:
        """The name of the run that was remembered last."""
        return next((one.migration_id for one in self._newest_first() if one.migration_id), None)

    def runs(self) -> tuple[str, ...]:
        """The names of the runs that are remembered, the newest at the end."""
        return tuple(one.migration_id for one in self._newest_first()[::-1] if one.migration_id)

    def _newest_first(self) -> list[_Known]:
        return self._all().get(self._url, [])[::-1]

    def _all(self) -> dict[str, list[_Known]]:
        """Everything; nothing when the file is damaged: it says no more than the endpoints themselves know."""
        try:
            return _KNOWN.validate_json(self._shelf.get(ENDPOINTS, _NAME) or "{}")
        except (StateDamaged, ValidationError):
            pass_over(f"{self._shelf.where(ENDPOINTS, _NAME)} is damaged.")
            return {}
