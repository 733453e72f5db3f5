"""Where a program works: what stands beside everything that it shows and approves."""

from __future__ import annotations

from redshift_migrate.models.base import Value

HERE = "(Where this runs: "
"""How the sentence begins that tells a model its place; the offline model finds it by that."""


class Place(Value):
    """An account and a region, and what may be done there. What could not be found out is None."""

    region: str | None = None
    """The one meant when a request names none."""
    account_id: str | None = None
    arn: str | None = None
    """Who calls."""
    alias: str | None = None
    """What the account is called, where that may be read."""
    simulated: bool = False
    """The account is that of the demo."""
    read_only: bool = False
    model: str = ""
    """Who is talked to, where the place is an endpoint."""
