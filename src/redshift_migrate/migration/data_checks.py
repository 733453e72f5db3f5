"""Is the data there: both sides of a migration are asked, and what was found is kept beside its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from redshift_migrate.assessment.breaking import find_breaking
from redshift_migrate.assessment.counting_cost import estimate_counting
from redshift_migrate.assessment.data_check import compare
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.clock import Clock
from redshift_migrate.errors import SettingsError
from redshift_migrate.extractors.contents import extract_contents, extract_written
from redshift_migrate.extractors.counting import count_tables
from redshift_migrate.extractors.data_api import Where
from redshift_migrate.extractors.prices import PriceTags
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.models.base import Unknown, moment_text
from redshift_migrate.models.choices import NO_DATA
from redshift_migrate.models.data import Contents, CountedTable, CountingCost, DataCheck, DataTable, Method
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.journal import Journal, cut_over_of, holding_of
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.models.serverless import ServerlessConfig
from redshift_migrate.observers.target import observe_namespace
from redshift_migrate.planner.data import RESTORE_ID, SNAPSHOT_ID
from redshift_migrate.state.store import Store
from redshift_migrate.translators.capacity import keeps_data_on_nodes

DEFAULT_DATABASE = "dev"


@dataclass(frozen=True)
class HowExactly:
    """By what tables are compared, and how much of serverless a person agreed to spend on it."""

    method: Method = "estimates"
    up_to_rpu_seconds: int | None = None

    def covers(self, cost: CountingCost) -> bool:
        """True if somebody agreed to as much. A cost that is not known is covered by any number that was said."""
        agreed = self.up_to_rpu_seconds
        return agreed is not None and (cost.rpu_seconds is None or cost.rpu_seconds <= agreed)


def check_data(
    aws: Aws,
    store: Store,
    clock: Clock,
    prices: PriceTags,
    request: MigrateCluster,
    journal: Journal | None,
    how: HowExactly,
) -> DataCheck:
    """Both sides compared, and kept. SettingsError for a move without data; a side that cannot be read is unknown.

    Rows are counted only if `how` covers what that takes; else it is compared by estimates, and the cost is told.
    """
    choices, region = request.choices, request.region
    if choices.data == NO_DATA:
        raise SettingsError(
            f"{choices.cluster_id} was moved without data, so there is none to compare. Nothing was asked.",
            hint="verify_migration compares the settings.",
        )
    cluster = extract_cluster(aws, choices.cluster_id, region, (Subject.SOURCE, Subject.PARAMETERS))
    config = observe_namespace(aws, choices.namespace_name, choices.workgroup_name, region).config
    sides = Sides(
        aws,
        clock,
        (Where(region, cluster_id=cluster.cluster_id), cluster.db_name or DEFAULT_DATABASE),
        (Where(region, workgroup_name=choices.workgroup_name), config.db_name or DEFAULT_DATABASE),
    )
    here, there = sides.read(is_dc2=keeps_data_on_nodes(cluster.node_type))
    check = DataCheck(
        cluster_id=cluster.cluster_id,
        namespace_name=choices.namespace_name,
        workgroup_name=choices.workgroup_name,
        region=region,
        account_id=cluster.account_id,
        at=moment_text(clock.now().replace(microsecond=0)),
        snapshot_at=snapshot_moment(*runs_with_data(store, journal)),
        will_break=()
        if isinstance(here, Unknown)
        else find_breaking(cluster, here, dict(config.config_parameters or ())),
    )
    if how.method != "estimates" and isinstance(here, Contents) and isinstance(there, Contents):
        known = {each.key for each in here.tables}
        tables = [each for each in there.tables if each.key in known]
        cost = estimate_counting(how.method, tables, _capacity_rpu(config), prices.of(region, None).rpu_hour)
        check = check.model_copy(update={"counting_cost": cost})
        if how.covers(cost):
            check = check.model_copy(update={"method": how.method})
            here, there = sides.count(here, there, tables, how.method)
    found = compare(check, here, there)
    store.save_data_check(found)
    return found


def _capacity_rpu(config: ServerlessConfig) -> int | None:
    """What a minute is billed at: the base, or the ceiling where AWS decides the base itself."""
    known = (config.base_capacity_rpu, config.max_capacity_rpu)
    return next((each for each in known if each is not None and each > 0), None)


@dataclass(frozen=True)
class Sides:
    """The cluster and the workgroup, each with the database that is asked first."""

    aws: Aws
    clock: Clock
    cluster: tuple[Where, str]
    serverless: tuple[Where, str]

    def read(self, *, is_dc2: bool) -> tuple[Contents | Unknown, Contents | Unknown]:
        """What is in both, at the same time."""
        here, there = in_parallel(
            [
                partial(extract_contents, self.aws, self.clock, *self.cluster, is_source=True, is_dc2=is_dc2),
                partial(extract_contents, self.aws, self.clock, *self.serverless),
            ]
        )
        return here, there

    def count(
        self, here: Contents, there: Contents, tables: Sequence[DataTable], method: Method
    ) -> tuple[Contents | Unknown, Contents | Unknown]:
        """The same with what was counted of these tables."""
        counts = [
            partial(count_tables, self.aws, self.clock, where, tables, method)
            for where, _ in (self.cluster, self.serverless)
        ]
        counted_here, counted_there = in_parallel(counts)
        written = extract_written(self.aws, self.clock, *self.cluster)  # what was written while it was counted is in it
        if isinstance(written, Unknown):
            return written, there
        return (
            _with_counted(here.model_copy(update={"written": written}), counted_here),
            _with_counted(there, counted_there),
        )


def _with_counted(side: Contents, counted: dict[str, CountedTable] | Unknown) -> Contents | Unknown:
    return counted if isinstance(counted, Unknown) else side.model_copy(update={"counted": counted})


def runs_with_data(store: Store, journal: Journal | None) -> tuple[Journal, ...]:
    """The run that moved a cluster, and every cut-over of it that brought fresh data, the oldest first."""
    if journal is None:
        return ()
    later = [
        one for one in store.journals() if cut_over_of(one) == journal.migration_id and RESTORE_ID in one.done_steps()
    ]
    return (journal, *sorted(later, key=lambda one: one.header.started_at))


def snapshot_moment(*journals: Journal) -> str | None:
    """When the last snapshot was taken that was restored: what was written before is in it. None if not known."""
    acted = [
        entry.at
        for journal in journals
        for entry in journal.entries
        if entry.step_id == SNAPSHOT_ID and entry.event == "intent"
    ]
    return moment_text(max(acted)) if acted else None


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
    """The last comparison of the data that a run moved, unless it was made before that came to its end."""
    check = data_check_of(store, journal)
    ended = max(one.entries[-1].at for one in runs_with_data(store, journal))
    if check is None or datetime.fromisoformat(check.at) < ended.replace(microsecond=0):
        return None
    return check
