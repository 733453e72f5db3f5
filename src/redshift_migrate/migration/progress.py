"""What a long run tells while it runs; who listens decides how it is shown."""

from __future__ import annotations

from collections.abc import Callable

from redshift_migrate.models.base import Value


class Progress(Value):
    """One moment of a run."""

    migration_id: str
    step_id: str
    step_number: int
    steps_total: int
    message: str
    elapsed_s: float = 0
    """How long the thing now waited for has been waited for."""


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """A listener that does not care."""
