"""The error for a second writer of a session; on its own, because it must load at once."""

from __future__ import annotations

from redshift_migrate.errors import RedshiftMigrateError


class SessionBusy(RedshiftMigrateError):
    """Another request works in this session right now. Nothing was done."""


def busy() -> SessionBusy:
    """The error for a second writer."""
    return SessionBusy(
        "Another request is being answered in this session. Nothing was done.",
        hint="Wait until it has ended, or use another session.",
    )
