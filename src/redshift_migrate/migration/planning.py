"""One way to a plan: the wish, what is there, the steps between, the rows that tell them, and what could go wrong."""

from __future__ import annotations

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.migration.preflight import preflight
from redshift_migrate.migration.wishes import wish_of
from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Finding, Subject, by_level
from redshift_migrate.models.journal import stopped_of
from redshift_migrate.models.plan import MigrationPlan, Step, Wish, references, resolve
from redshift_migrate.models.regions import RegionCatalog
from redshift_migrate.models.request import PlanRequest
from redshift_migrate.observers.readings import probe
from redshift_migrate.observers.scheduled_queries import with_scheduled_queries
from redshift_migrate.observers.target import observe_namespace, observe_target, require_ready
from redshift_migrate.planner.data import SNAPSHOT_ID
from redshift_migrate.planner.difference import Difference, Seen, difference, wished_members
from redshift_migrate.state.store import Store

RECENT = 20
"""How many earlier runs are looked at."""


class Planner:
    """Makes the plan of a request. The same request on the same account state gives the same plan."""

    def __init__(self, aws: Aws, regions: RegionCatalog, store: Store, clock: Clock | None = None) -> None:
        self._aws, self._regions, self._store, self._clock = aws, regions, store, clock or Clock()

    def prepare(self, request: PlanRequest) -> MigrationPlan:
        """The plan, saved under its digest unless nothing is to be done. Changes nothing in the account."""
        plan = self.plan(request)
        if not plan.is_empty:
            self._store.save_plan(plan)
        return plan

    def plan(self, request: PlanRequest) -> MigrationPlan:
        """The plan, checked by botocore's own validator. SettingsError or TargetError when there cannot be one."""
        wish = self.wish(request)
        return self.between(request, wish, self.observe(wish, request.region))

    def wish(self, request: PlanRequest) -> Wish:
        """What the request wants now. SettingsError, SourceError or TargetError when that cannot be."""
        self._regions.require(request.region)
        return wish_of(self._aws, self._regions, self._store, request, self._clock)

    def observe(self, wish: Wish, region: str) -> Seen:
        """What there is of what is wished, and no more. TargetError when that cannot be where it is wished."""
        goals: dict[str, JsonObject | None] = {goal.id: probe(self._aws, goal.check, {}).value for goal in wish.goals}
        if wish.settings is None:
            return Seen(goals=goals)
        names = (wish.settings.namespace_name, wish.settings.workgroup_name)
        members = wished_members(wish.settings)
        if wish.source is None:
            return Seen(observe_namespace(self._aws, *names, region, members), goals)
        target = observe_target(self._aws, *names, region, members)
        return Seen(with_scheduled_queries(self._aws, wish.settings, target), goals)

    def between(self, request: PlanRequest, wish: Wish, seen: Seen) -> MigrationPlan:
        """The plan from what was seen to what is wished. TargetNotReady while somebody is changing the target."""
        if seen.target is not None:
            require_ready(seen.target)
        made, identity = difference(wish, seen), self._aws.identity(request.region)
        for step in made.steps:
            self._validate(step)
        findings = (
            *_earlier_run(self._store, request, made, identity.account_id),
            *made.findings,
            *preflight(self._aws, self._regions, request.region, wish, seen.target, made.steps),
        )
        return MigrationPlan(
            account_id=identity.account_id,
            partition=identity.partition,
            region=request.region,
            title=wish.title,
            request=request,
            wish=wish,
            changes=made.rows,
            steps=made.steps,
            findings=by_level(findings),
        )

    def _validate(self, step: Step) -> None:
        """InvalidRequest if botocore would refuse the call. It knows only real values, so references get one."""
        known = dict.fromkeys(references(step.call.parameters), "an-output-of-an-earlier-step")
        self._aws.validate(step.call.model_copy(update={"parameters": resolve(step.call.parameters, known)}))


def _earlier_run(store: Store, request: PlanRequest, made: Difference, account_id: str) -> tuple[Finding, ...]:
    """A warning if a run of the same request has not come to its end, and to begin anew takes another snapshot."""
    if not any(step.id == SNAPSHOT_ID for step in made.steps):
        return ()
    recent = [journal for journal in store.journals(RECENT) if journal.header.account_id == account_id]
    left = [journal.migration_id for journal in stopped_of(recent) if journal.header.plan.request == request]
    if not left:
        return ()
    return (
        Finding(
            level="warning",
            subject=Subject.SOURCE,
            setting="earlier run",
            message=f"Migration {left[0]} of the same cluster has not come to its end. Go on with it instead: "
            f"resume migration {left[0]}. This plan would take another snapshot.",
        ),
    )
