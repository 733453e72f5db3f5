"""What the terminal needs of the program that it talks for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the prompt must not wait for any of these
    from redshift_migrate.agent.approver import Approver
    from redshift_migrate.agent.events import TurnEvent
    from redshift_migrate.migration.executor import Listener
    from redshift_migrate.migration.many import Ended
    from redshift_migrate.migration.running import Outcome
    from redshift_migrate.migration.status import MigrationStatus
    from redshift_migrate.models.approval import Channel, Consent
    from redshift_migrate.models.cluster import ClusterSummary
    from redshift_migrate.models.cost import Estimate
    from redshift_migrate.models.data import Connection, DataCheck, Method
    from redshift_migrate.models.fleet import Fleet, FleetPlan
    from redshift_migrate.models.listing import Everywhere
    from redshift_migrate.models.place import Place
    from redshift_migrate.models.plan import MigrationPlan
    from redshift_migrate.models.regions import Identity
    from redshift_migrate.models.snapshot import Snapshots
    from redshift_migrate.models.verification import Verification
    from redshift_migrate.settings import Settings
    from redshift_migrate.state.store import KeptReport


class Talk(Protocol):
    """A conversation with a model."""

    notice: str
    """What the user must be told before the first turn, such as that a session goes on."""

    @property
    def history(self) -> Sequence[Any]:
        """Everything said so far, to go on in another conversation."""

    def turn(self, prompt: str) -> AsyncIterator[TurnEvent]:
        """One prompt and all that follows; the last event is an Answer or a TurnFailed."""

    def cancel(self) -> None:
        """End the turn that runs."""

    def close(self) -> None:
        """Let others open the session."""


class Service(Protocol):
    """What the terminal asks directly, without a model. An endpoint answers some of it; the rest it says it cannot."""

    @property
    def default_region(self) -> str | None:
        """The region used when a request names none."""

    def region(self, region: str | None = None) -> str:
        """The region meant: the one given, or the default."""

    def region_names(self) -> tuple[str, ...]:
        """The regions with Redshift Serverless."""

    def place(self) -> Place:
        """Account and region, as far as they can be found out."""

    def named_place(self) -> Place:
        """The same, with the account's alias where it can be read."""

    def identity(self) -> Identity:
        """Who calls, and in which account."""

    def clusters(self, region: str | None = None, name_contains: str | None = None) -> tuple[ClusterSummary, ...]:
        """The region's clusters, by name."""

    def clusters_everywhere(self, name_contains: str | None = None) -> Everywhere:
        """The clusters of every region that can be read."""

    def namespace_names(self, region: str | None = None) -> tuple[str, ...]:
        """The region's serverless namespaces, by name."""

    def plan(self, digest: str) -> MigrationPlan:
        """A saved plan, by digest or prefix."""

    def newest_plan(self) -> MigrationPlan | None:
        """The plan that was saved last."""

    def note_shown(self, plan: MigrationPlan, shown_to: str, channel: Channel) -> None:
        """Our rendering of the plan reached somebody."""

    def was_shown(self, digest: str) -> bool:
        """True if somebody has seen the plan of exactly that digest."""

    def apply(self, digest: str, consent: Consent | None = None) -> Outcome:
        """Apply a saved plan with a person's consent."""

    def apply_each(self, digests: Sequence[str], consent: Consent | None = None) -> tuple[Ended, ...]:
        """Apply several saved plans with a person's consent, side by side."""

    def fleet(self, region: str | None = None) -> Fleet:
        """How ready each cluster is, of one region or of all."""

    def fleet_plan(self) -> FleetPlan | None:
        """The order of a fleet that was made last."""

    def plan_fleet(
        self,
        region: str | None = None,
        filters: Sequence[str] = (),
        left_out: Collection[str] | None = None,
        wave: int | None = None,
    ) -> FleetPlan:
        """The order in which a fleet moves; with a wave the plans of its clusters."""

    def estimate_cost(
        self,
        cluster_id: str,
        region: str | None = None,
        base_capacity_rpu: int | None = None,
        max_capacity_rpu: int | None = None,
        *,
        by_queries: bool = False,
    ) -> Estimate:
        """What a cluster costs, and what serverless may."""

    def estimates(self) -> tuple[Estimate, ...]:
        """The estimates that were made."""

    def check_data(
        self, migration_id: str | None = None, *, method: Method = "estimates", up_to_rpu_seconds: int | None = None
    ) -> DataCheck:
        """Whether the data of a run is on serverless, by default the newest run's; every row only if it may cost."""

    def data_check_of(self, migration_id: str | None = None) -> DataCheck | None:
        """What the last comparison of a run's data found."""

    def connections(
        self, cluster_id: str | None = None, workgroup_name: str | None = None, region: str | None = None
    ) -> tuple[Connection, ...]:
        """Who connected to a cluster or a workgroup in the last days."""

    def snapshots(
        self, cluster_id: str | None = None, namespace_name: str | None = None, region: str | None = None
    ) -> Snapshots:
        """The snapshots of a cluster or of a namespace."""

    def estimate_of(self, plan: MigrationPlan) -> Estimate | None:
        """What the cluster of a plan was estimated to cost; None where it was not."""

    def states_of_plans(self) -> dict[str, str]:
        """By digest how far the run of a plan is."""

    def status(self, migration_id: str | None = None) -> MigrationStatus | None:
        """How far a run is, the newest one by default; None when there was none."""

    def migration_ids(self) -> tuple[str, ...]:
        """All runs, oldest first."""

    def verify_run(self, migration_id: str | None = None) -> Verification | None:
        """Whether what a run asked for is still so, by default the newest migration's; None when there was no run."""

    def plan_undo(self, migration_id: str | None = None) -> MigrationPlan:
        """The saved plan that takes back what a run made, by default the newest."""

    def plan_cut_over(self, migration_id: str | None = None, *, fresh_data: bool = False) -> MigrationPlan:
        """The saved plan that leads all of a run's cluster to serverless, by default the newest migration's."""

    def plan_decommission(
        self,
        cluster_id: str,
        quiet_days: int | None = None,
        snapshot_retention_days: int | None = None,
        region: str | None = None,
    ) -> MigrationPlan:
        """The saved plan that pauses a cluster nobody needs any more, or deletes it after its quiet days."""

    def checklist(self, name: str | None = None) -> tuple[MigrationPlan, tuple[str, ...]]:
        """A plan, and the codes of its checklist that are done; by default the newest."""

    def tick(self, code: str, name: str | None = None, *, is_done: bool = True) -> MigrationPlan:
        """Mark what is done, or is not after all."""

    def report(self, migration_id: str | None = None) -> tuple[KeptReport, str]:
        """Where a run's page is, and what it says; by default the newest run's."""

    def steps_done(self, digest: str) -> tuple[str, ...]:
        """What a run of exactly that plan, which stopped, has behind it."""

    def stopped_run(self, migration_id: str | None = None) -> MigrationStatus:
        """A run that stopped; without an id the only one."""

    def listen(self, listener: Listener) -> None:
        """From now on tell progress to this listener."""


class Program(Protocol):
    """The parts of one run, each made when it is first asked for."""

    @property
    def settings(self) -> Settings:
        """What the user said at the start, or has changed since."""

    @property
    def state_folder(self) -> Path:
        """Where plans, approvals, journals, sessions and history are kept."""

    @property
    def service(self) -> Service:
        """The migration service. SettingsError when it cannot be made."""

    def conversation(self, approver: Approver, history: Sequence[Any] = ()) -> Talk:
        """A conversation whose changes that approver decides about. SettingsError for a model that cannot be used."""

    def start(self) -> None:
        """Begin what takes a while, without waiting for it."""

    def use(self, settings: Settings) -> None:
        """Go on with these settings."""
