"""What leans on something that is to be deleted."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.plan import Call


class Dependent(Value):
    """One thing that needs it, and would break or vanish with it."""

    what: str
    """What it is, in a sentence."""
    of: str
    """What it needs, in the same sentence."""
    removal: Call
    """The call that would take it away."""


Dependents = tuple[Dependent, ...] | Unknown
