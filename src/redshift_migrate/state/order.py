"""What the endpoint asks of the worker."""

from __future__ import annotations

from redshift_migrate.models.base import Value


class Order(Value):
    """Which accepted run is to be carried out; everything else about it is in the table."""

    group: str
    """Whose run it is: the group of the table that holds it."""
    session: str
    migration_id: str
    lines: int
    """How long the journal was when the run was accepted."""

    @property
    def execution_name(self) -> str:
        """The same order has the same name, so that it is carried out once however often it is sent."""
        return f"{self.group[:16]}-{self.migration_id}-{self.lines}"
