"""The order in which a fleet moves, kept and refreshed: what a person decided outlives every new look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from redshift_migrate.assessment.waves import SIDE_BY_SIDE, plan_waves
from redshift_migrate.errors import RedshiftMigrateError, SettingsError
from redshift_migrate.migration.many import side_by_side
from redshift_migrate.models.accounts import HOME
from redshift_migrate.models.cluster import ClusterSummary
from redshift_migrate.models.fleet import MEMBER_COLUMNS, Fleet, FleetPlan, Member, Wave
from redshift_migrate.models.listing import select
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.regions import either, similar
from redshift_migrate.state.store import Store

Prepare = Callable[[ClusterSummary], MigrationPlan]


def order(store: Store, fleet: Fleet, filters: Sequence[str], left_out: Collection[str] | None) -> FleetPlan:
    """The waves of those that fit the filters, saved. Without `left_out` what was left out before stays so.

    Plans that were made before are kept, as long as they are saved. SettingsError for a name that is no cluster's.
    """
    before = store.fleet_plan()
    some = fleet.model_copy(update={"members": select(fleet.members, filters, MEMBER_COLUMNS)})
    known = {each.key for each in some.members}
    if left_out is None:
        outside = tuple(key for key in (before.left_out if before else ()) if key in known)
    else:
        outside = tuple(key for name in left_out for key in _keys_of(some, name))
    waves, waiting = plan_waves(some, outside)
    digests = {key: digest for key, digest in (before.digests if before else {}).items() if key in known}
    plan = FleetPlan(
        fleet=some,
        waves=waves,
        left_out=outside,
        waiting=waiting,
        digests={key: digest for key, digest in digests.items() if _is_saved(store, digest)},
    )
    store.save_fleet_plan(plan)
    return plan


def plan_wave(store: Store, plan: FleetPlan, number: int, prepare: Prepare) -> FleetPlan:
    """The fleet's plan with the digest of a saved plan for each cluster of the wave, or why there is none."""
    members = {each.key: each for each in plan.fleet.members}
    keys = wave_of(plan, number).keys
    made = side_by_side([partial(_plan_of, members[key], prepare) for key in keys], SIDE_BY_SIDE)
    found = dict(zip(keys, made, strict=True))
    digests = {key: each.digest for key, each in found.items() if isinstance(each, MigrationPlan)}
    failed = {key: each.message for key, each in found.items() if isinstance(each, RedshiftMigrateError)}
    kept = {key: why for key, why in plan.failed.items() if key not in digests}
    done = plan.model_copy(update={"digests": plan.digests | digests, "failed": kept | failed})
    store.save_fleet_plan(done)
    return done


def wave_of(plan: FleetPlan, number: int) -> Wave:
    """The wave of that number. SettingsError names how many there are."""
    if not 1 <= number <= len(plan.waves):
        raise SettingsError(
            f"There is no wave {number}. Nothing was planned.", hint=f"There are {len(plan.waves)}, counted from 1."
        )
    return plan.waves[number - 1]


def _plan_of(member: Member, prepare: Prepare) -> MigrationPlan:
    if member.cluster.account not in (None, HOME):
        raise SettingsError(
            f"It is in account {member.cluster.account}, which is only looked at from here. Nothing was planned.",
            hint="Start this program with that account's own profile, to change something there.",
        )
    return prepare(member.cluster)


def _keys_of(fleet: Fleet, name: str) -> list[str]:
    wanted = name.strip().lower()
    found = [each.key for each in fleet.members if wanted in (each.key, each.cluster.cluster_id)]
    if not found:
        near = similar(wanted, [each.cluster.cluster_id for each in fleet.members])
        raise SettingsError(
            f"There is no cluster {name!r} among them. Nothing was left out.",
            hint=f"Did you mean {either(near)}?" if near else "",
        )
    return found


def _is_saved(store: Store, digest: str) -> bool:
    try:
        store.plan(digest)
    except RedshiftMigrateError:
        return False
    return True
