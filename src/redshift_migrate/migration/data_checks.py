"""Is the data there: both sides of a migration are asked, and what was found is kept beside its run."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from redshift_migrate.assessment.data_check import compare
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import SettingsError
from redshift_migrate.extractors.contents import extract_contents
from redshift_migrate.extractors.data_api import Where
from redshift_migrate.extractors.parallel import in_parallel
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.models.base import moment_text
from redshift_migrate.models.choices import NO_DATA
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.journal import Journal, cut_over_of, holding_of
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.observers.target import observe_namespace
from redshift_migrate.planner.data import SNAPSHOT_ID
from redshift_migrate.state.store import Store
from redshift_migrate.translators.capacity import keeps_data_on_nodes

DEFAULT_DATABASE = "dev"


def check_data(aws: Aws, store: Store, clock: Clock, request: MigrateCluster, journal: Journal | None) -> DataCheck:
    """Both sides compared, and kept. SettingsError for a move without data; a side that cannot be read is unknown."""
    choices, region = request.choices, request.region
    if choices.data == NO_DATA:
        raise SettingsError(
            f"{choices.cluster_id} was moved without data, so there is none to compare. Nothing was asked.",
            hint="verify_migration compares the settings.",
        )
    cluster = extract_cluster(aws, choices.cluster_id, region, (Subject.SOURCE,))
    target = observe_namespace(aws, choices.namespace_name, choices.workgroup_name, region)
    sides = [
        partial(
            extract_contents,
            aws,
            clock,
            Where(region, cluster_id=cluster.cluster_id),
            cluster.db_name or DEFAULT_DATABASE,
            is_source=True,
            is_dc2=keeps_data_on_nodes(cluster.node_type),
        ),
        partial(
            extract_contents,
            aws,
            clock,
            Where(region, workgroup_name=choices.workgroup_name),
            target.config.db_name or DEFAULT_DATABASE,
        ),
    ]
    here, there = in_parallel(sides)
    check = DataCheck(
        cluster_id=cluster.cluster_id,
        namespace_name=choices.namespace_name,
        workgroup_name=choices.workgroup_name,
        region=region,
        account_id=cluster.account_id,
        at=moment_text(clock.now().replace(microsecond=0)),
        snapshot_at=snapshot_moment(journal),
    )
    found = compare(check, here, there)
    store.save_data_check(found)
    return found


def snapshot_moment(journal: Journal | None) -> str | None:
    """When the run took its snapshot: what was written before is in it. None where that is not known."""
    entries = journal.entries if journal else ()
    acted = (entry.at for entry in entries if entry.step_id == SNAPSHOT_ID and entry.event == "intent")
    moment = next(acted, None)
    return moment_text(moment) if moment else None


def cut_over_moment(store: Store, account_id: str, region: str, cluster_id: str) -> datetime | None:
    """When a cluster was cut over last, by a run that holds; None where none is known."""
    journals = [one for one in store.journals() if one.header.account_id == account_id]
    moved = {
        one.migration_id
        for one in journals
        if isinstance(asked := one.header.plan.request, MigrateCluster)
        and (asked.region, asked.choices.cluster_id) == (region, cluster_id)
    }
    return next((one.entries[-1].at for one in holding_of(journals) if cut_over_of(one) in moved), None)


def data_check_of(store: Store, journal: Journal) -> DataCheck | None:
    """The last comparison of the data that a run moved; None where there was none, or it moved none."""
    asked = journal.header.plan.request
    if not isinstance(asked, MigrateCluster):
        return None
    place = (asked.region, asked.choices.cluster_id, asked.choices.namespace_name)
    return store.data_check(journal.header.account_id, *place)


def data_check_after(store: Store, journal: Journal) -> DataCheck | None:
    """The last comparison of the data that a run moved, unless it was made before the run came to its end."""
    check = data_check_of(store, journal)
    if check is None or datetime.fromisoformat(check.at) < journal.entries[-1].at.replace(microsecond=0):
        return None
    return check
