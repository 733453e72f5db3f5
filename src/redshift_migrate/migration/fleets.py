"""Many clusters: looked at in every region and account that is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from redshift_migrate.assessment.readiness import fleet_of
from redshift_migrate.aws.accounts import Accounts
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors.everywhere import Spot, list_everywhere, read_everywhere
from redshift_migrate.extractors.fleet import free_addresses, look_at
from redshift_migrate.models.base import moment_text
from redshift_migrate.models.fleet import Fleet, Look
from redshift_migrate.models.listing import Everywhere, Unreadable

EVERY_REGION = "every region"


class Fleets:
    """The clusters of all accounts that a person allowed. Reads only."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts, self._clock = accounts, clock

    @property
    def accounts(self) -> tuple[str, ...]:
        """The names of the accounts, the one of the program first."""
        return self._accounts.names

    def list_clusters(self, regions: Sequence[str]) -> Everywhere:
        """The clusters of these regions in every account."""
        spots, closed, error = self._spots(regions)
        if error and not spots:
            raise error
        found = list_everywhere(spots)
        return found.model_copy(update={"unreadable": (*closed, *found.unreadable)})

    def look(self, regions: Sequence[str], *, with_addresses: bool = False) -> Fleet:
        """How ready each of them is. Raises what the first place raised where none could be read.

        With the free addresses of the subnets in use it takes two reads more a region.
        """
        spots, closed, error = self._spots(regions)
        looks, unreadable, first = read_everywhere(spots, partial(_look, with_addresses))
        if not looks and (problem := first or error):
            raise problem
        return fleet_of(
            moment_text(self._clock.now().replace(microsecond=0)), looks, (*closed, *unreadable), self.accounts
        )

    def _spots(self, regions: Sequence[str]) -> tuple[list[Spot], tuple[Unreadable, ...], RedshiftMigrateError | None]:
        """Where to look, every account proven; those that cannot be entered; and why the first of them cannot."""
        several = len(self.accounts) > 1
        spots: list[Spot] = []
        closed: list[Unreadable] = []
        problem: RedshiftMigrateError | None = None
        for name in self.accounts:
            only = self._accounts.regions(name)
            wanted = [region for region in regions if not only or region in only]
            if not wanted:
                continue
            try:
                aws, identity = self._accounts.open(name, wanted[0])
            except RedshiftMigrateError as error:
                where = EVERY_REGION if len(wanted) > 1 else wanted[0]
                closed.append(Unreadable(region=where, account=name if several else None, reason=error.message))
                problem = problem or error
                continue
            spots += [Spot(aws, region, name if several else None, identity) for region in wanted]
        return spots, tuple(closed), problem


def _look(with_addresses: bool, spot: Spot) -> Look:
    identity = spot.identity or spot.aws.identity(spot.region)
    look = look_at(spot.aws, spot.region, spot.account, identity)
    if not with_addresses or look.room is None:
        return look
    free = free_addresses(spot.aws, spot.region, {each.cluster_subnet_group_name for _, each in look.clusters})
    return look.model_copy(update={"room": look.room.model_copy(update={"free_addresses": free})})
