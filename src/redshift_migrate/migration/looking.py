"""What is only looked at: the account, clusters and namespaces, many clusters at once, costs, clients, snapshots."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from datetime import datetime

from redshift_migrate.assessment.clients import mark_left_behind
from redshift_migrate.assessment.cost import estimate
from redshift_migrate.aws.accounts import Accounts
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import ClusterNotFound, RedshiftMigrateError, SettingsError
from redshift_migrate.extractors import provisioned
from redshift_migrate.extractors.activity import extract_activity, extract_queries
from redshift_migrate.extractors.contents import extract_connections
from redshift_migrate.extractors.data_api import Where
from redshift_migrate.extractors.everywhere import read_alias
from redshift_migrate.extractors.prices import PriceTags
from redshift_migrate.extractors.scheduled_queries import with_role_access
from redshift_migrate.extractors.snapshot_lists import (
    list_cluster_snapshots,
    list_namespace_snapshots,
    look_at_cluster_copies,
    look_at_namespace_copies,
)
from redshift_migrate.migration.data_checks import DEFAULT_DATABASE, cut_over_moment
from redshift_migrate.migration.fleets import Fleets
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.cost import Activity, Estimate
from redshift_migrate.models.data import Connection
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.fleet import Fleet
from redshift_migrate.models.listing import ALL_REGIONS, Everywhere, having_in_name
from redshift_migrate.models.place import Place
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.regions import Identity, RegionCatalog
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.models.serverless import ServerlessTarget
from redshift_migrate.models.snapshot import Snapshots
from redshift_migrate.observers.target import (
    ACTIONS,
    namespace_names,
    observe_namespace,
    observe_workgroup,
)
from redshift_migrate.state.store import Store
from redshift_migrate.translators.capacity import translate_capacity


class LookingService:
    """One account, seen through one set of credentials, and what it may look at besides. Nothing here changes AWS."""

    def __init__(
        self,
        aws: Aws,
        regions: RegionCatalog,
        store: Store,
        clock: Clock,
        default_region: str | None,
        *,
        read_only: bool,
        simulated: bool,
        accounts: Accounts | None,
    ) -> None:
        self._aws, self._regions, self._store, self._clock = aws, regions, store, clock
        self._default_region = default_region
        self._read_only, self._simulated = read_only, simulated
        self._prices = PriceTags(aws, clock)
        self._fleets = Fleets(accounts or Accounts(aws), clock)
        self._alias: str | None = None
        """Empty where there is none, or it may not be read; None before it was asked for."""

    # --- where ---------------------------------------------------------------------------------------

    def region(self, region: str | None = None) -> str:
        """The region meant: the one given, or the default. SettingsError for none, or one that does not exist."""
        name = (region or self._default_region or "").strip().lower()
        if not name:
            raise SettingsError(
                "No region is set. Nothing was called.",
                hint="Name one in the request, or start with --region, or set AWS_REGION.",
            )
        self._regions.require(name)
        return name

    @property
    def default_region(self) -> str | None:
        """The region used when a request names none."""
        return self._default_region

    def now(self) -> datetime:
        """The present moment, of the clock that the service goes by."""
        return self._clock.now()

    # --- read ----------------------------------------------------------------------------------------

    def clusters(self, region: str | None = None, name_contains: str | None = None) -> tuple[ClusterSummary, ...]:
        """The region's clusters, by name."""
        return having_in_name(provisioned.list_clusters(self._aws, self.region(region)), name_contains)

    def clusters_everywhere(self, name_contains: str | None = None) -> Everywhere:
        """The clusters of every region of the partition, in every account that was allowed.

        A region or an account that cannot be read is named with its reason.
        """
        found = self._fleets.list_clusters(self._regions_meant(ALL_REGIONS))
        return found.model_copy(update={"clusters": having_in_name(found.clusters, name_contains)})

    def fleet(self, region: str | None = None) -> Fleet:
        """How ready each cluster is, from few reads: of one region or of all, in every account that was allowed."""
        return self._fleets.look(self._regions_meant(region))

    def estimate_cost(
        self,
        cluster_id: str,
        region: str | None = None,
        base_capacity_rpu: int | None = None,
        max_capacity_rpu: int | None = None,
        *,
        by_queries: bool = False,
    ) -> Estimate:
        """What the cluster costs and what serverless may. What may not be read makes a figure unknown.

        By queries its activity is read from SYS_QUERY_HISTORY, which runs SQL; where that is refused, from CloudWatch.
        """
        cluster = self.cluster(cluster_id, region, (Subject.CAPACITY, Subject.SNAPSHOTS, Subject.SNAPSHOT_COPY))
        choices = migration_choices(
            cluster.cluster_id, base_capacity_rpu=base_capacity_rpu, max_capacity_rpu=max_capacity_rpu
        )
        base = translate_capacity(cluster, choices).settings["base_capacity_rpu"]
        made = estimate(
            cluster,
            base,
            self._prices.of(cluster.region, cluster.node_type),
            self._activity(cluster, by_queries=by_queries),
            self.now(),
            max_capacity_rpu,
        )
        self._store.save_estimate(made)
        return made

    def _activity(self, cluster: ProvisionedClusterConfig, *, by_queries: bool) -> Activity | Unknown:
        if by_queries:
            where = Where(cluster.region, cluster_id=cluster.cluster_id)
            found = extract_queries(self._aws, self._clock, where, cluster.db_name or DEFAULT_DATABASE)
            if isinstance(found, Activity):
                return found
        return extract_activity(self._aws, cluster.cluster_id, cluster.region, self.now())

    def estimates(self) -> tuple[Estimate, ...]:
        """The estimates that were made, the newest at the end."""
        return self._store.estimates()

    def estimate_of(self, plan: MigrationPlan) -> Estimate | None:
        """What the cluster of a plan was estimated to cost; None where it was not, or the plan moves no cluster."""
        if not isinstance(plan.request, MigrateCluster):
            return None
        place = (plan.account_id, plan.region, plan.request.choices.cluster_id)
        return next((one for one in self.estimates() if (one.account_id, one.region, one.cluster_id) == place), None)

    def _regions_meant(self, region: str | None) -> tuple[str, ...]:
        """The region, or all of the partition."""
        if (region or "").strip().lower() != ALL_REGIONS:
            return (self.region(region),)
        partition = self._regions.partition_of(self._default_region or "") or "aws"
        return self._regions.regions.get(partition, ())

    def cluster(
        self, cluster_id: str, region: str | None = None, sections: Collection[str] | None = None
    ) -> ProvisionedClusterConfig:
        """One cluster, everything read from it, or only what these sections hold."""
        where = self.region(region)
        with self._telling_what_it_is():
            return provisioned.extract_cluster(self._aws, cluster_id, where, sections)

    @contextlib.contextmanager
    def _telling_what_it_is(self) -> Iterator[None]:
        """A name that is no cluster's may be a namespace's: the account decides what a bare name is."""
        try:
            yield
        except ClusterNotFound as error:
            name, where = str(error.data["cluster_id"]), str(error.data["region"])
            with contextlib.suppress(RedshiftMigrateError):
                if name.lower() in namespace_names(self._aws, where):
                    error.hint = f"{name} is a serverless namespace there, not a cluster."
                    error.data["is_namespace"] = True
            raise

    def scheduled_queries(self, cluster_id: str, region: str | None = None) -> ProvisionedClusterConfig:
        """One cluster with its scheduled queries, and what their roles may do."""
        return with_role_access(self._aws, self.cluster(cluster_id, region, (Subject.SCHEDULED_QUERIES,)))

    def target(self, namespace_name: str, region: str | None = None) -> ServerlessTarget:
        """One namespace with its workgroup, as it is now."""
        return observe_namespace(self._aws, namespace_name, None, self.region(region))

    def whole_target(self, namespace_name: str, region: str | None = None) -> ServerlessTarget:
        """The same with all that belongs to it; what may not be read is named in `unread`."""
        return observe_namespace(self._aws, namespace_name, None, self.region(region), ACTIONS, strict=False)

    def workgroup(self, workgroup_name: str, region: str | None = None) -> ServerlessTarget:
        """One workgroup with its namespace, as it is now."""
        return observe_workgroup(self._aws, workgroup_name, self.region(region))

    def namespace_names(self, region: str | None = None) -> tuple[str, ...]:
        """The region's serverless namespaces, by name."""
        return namespace_names(self._aws, self.region(region))

    def region_names(self) -> tuple[str, ...]:
        """The regions with Redshift Serverless in the default region's partition."""
        partition = self._regions.partition_of(self._default_region or "") or "aws"
        return self._regions.serverless.get(partition, ())

    def identity(self) -> Identity:
        """Who calls, and in which account. SettingsError when no region is set."""
        return self._aws.identity(self.region())

    def place(self) -> Place:
        """Account and region, as far as they can be found out."""
        known = Place(region=self._default_region, simulated=self._simulated, read_only=self._read_only)
        try:
            identity = self.identity()
        except RedshiftMigrateError:
            return known
        return known.model_copy(update={"account_id": identity.account_id, "arn": identity.arn})

    def named_place(self) -> Place:
        """The same with the account's alias, read once; None where there is none, or it may not be read."""
        place = self.place()
        if place.account_id is None:
            return place
        if self._alias is None:
            self._alias = read_alias(self._aws, place.region or "us-east-1")
        return place.model_copy(update={"alias": self._alias or None})

    # --- databases and snapshots ---

    def connections(
        self, cluster_id: str | None = None, workgroup_name: str | None = None, region: str | None = None
    ) -> tuple[Connection, ...]:
        """Who connected to a cluster or a workgroup in the last days; who was left behind by a cut-over is marked."""
        where = self.region(region)
        if workgroup_name:
            target = observe_workgroup(self._aws, workgroup_name, where)
            database = target.config.db_name or DEFAULT_DATABASE
            return extract_connections(self._aws, self._clock, Where(where, workgroup_name=workgroup_name), database)
        cluster = self.cluster(str(cluster_id), region, (Subject.SOURCE,))
        place, database = Where(where, cluster_id=cluster.cluster_id), cluster.db_name or DEFAULT_DATABASE
        found = extract_connections(self._aws, self._clock, place, database)
        cut_over_at = cut_over_moment(self._store, cluster.account_id, where, cluster.cluster_id)
        return mark_left_behind(found, cut_over_at, self._aws.identity(where).database_user)

    def snapshots(
        self, cluster_id: str | None = None, namespace_name: str | None = None, region: str | None = None
    ) -> Snapshots:
        """The snapshots of a cluster or of a namespace, and whether copies of them arrive in the other region."""
        where = self.region(region)
        if namespace_name:
            target = observe_namespace(self._aws, namespace_name, None, where, strict=False)
            copied = next(iter(target.config.snapshot_copy or ()), None)
            seen = look_at_namespace_copies(self._aws, target.namespace.namespace_arn, copied) if copied else None
            found = list_namespace_snapshots(self._aws, namespace_name, where)
            return Snapshots(
                of=f"namespace {namespace_name}",
                at=self.now(),
                snapshots=found,
                copies=target.unread.get("snapshot_copy", seen),
            )
        cluster = self.cluster(str(cluster_id), region, (Subject.SNAPSHOT_COPY,))
        copy = cluster.snapshot_copy_config
        return Snapshots(
            of=f"cluster {cluster.cluster_id}",
            at=self.now(),
            snapshots=list_cluster_snapshots(self._aws, cluster.cluster_id, where),
            copies=look_at_cluster_copies(self._aws, cluster.cluster_id, where, copy) if copy else None,
        )
