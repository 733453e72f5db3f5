"""Which session a plan or a run of an endpoint belongs to: a later command knows only its digest or its name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from redshift_migrate.state.files import write_whole

MOST = 200


class Remembered:
    """A small file in the state folder, one list an endpoint."""

    def __init__(self, folder: Path, url: str) -> None:
        self._file, self._url = folder / "endpoints.json", url

    def remember(self, session: str, *, plan_digest: str = "", migration_id: str = "") -> None:
        """Keep it, and forget what is oldest."""
        known = self._all()
        entry = {"session": session, "plan_digest": plan_digest, "migration_id": migration_id}
        kept = [one for one in known.get(self._url, []) if one != entry]
        known[self._url] = [*kept, entry][-MOST:]
        write_whole(self._file, json.dumps(known, indent=1))

    def session_of(self, *, plan_digest: str = "", migration_id: str = "") -> str | None:
        """The session, by a digest or its beginning, or by a run's name."""
        for one in reversed(self._all().get(self._url, [])):
            if plan_digest and str(one["plan_digest"]).startswith(plan_digest):
                return str(one["session"])
            if migration_id and one["migration_id"] == migration_id:
                return str(one["session"])
        return None

    def newest(self, member: str) -> str | None:
        """The plan or run that was remembered last."""
        return next((one[member] for one in reversed(self._all().get(self._url, [])) if one[member]), None)

    def _all(self) -> dict[str, list[dict[str, Any]]]:
        try:
            known: dict[str, list[dict[str, Any]]] = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known
