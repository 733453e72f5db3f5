"""Any day after a run: is everything still as it was asked for? Reads only, and asks every kind of run the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from redshift_migrate.assessment.data_check import tell_check
from redshift_migrate.errors import ClusterNotFound, RedshiftMigrateError, TargetError
from redshift_migrate.migration.data_checks import data_check_of
from redshift_migrate.migration.planning import Planner
from redshift_migrate.models.choices import NO_DATA
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import SettingChange, Wish
from redshift_migrate.models.request import MigrateCluster, PlanRequest
from redshift_migrate.models.verification import Drift, Verification
from redshift_migrate.planner.data import RESTORE_ID
from redshift_migrate.planner.difference import Seen, difference
from redshift_migrate.planner.rows import changes_of, net
from redshift_migrate.state.store import Store
from redshift_migrate.translators.left_out import only_named

CLUSTER_NOW = "the cluster as it is now"
CLUSTER_GONE = "what the migration wrote down; the cluster is gone"
AS_ASKED = "what was asked for"


def verify_run(planner: Planner, store: Store, journal: Journal) -> Verification:
    """Compare what a run wished with what is there. A cluster that is still there says anew what is wished."""
    plan = journal.header.plan
    wish, against = plan.wish, AS_ASKED
    if isinstance(plan.request, MigrateCluster):
        try:
            wish, against = planner.wish(plan.request), CLUSTER_NOW
        except ClusterNotFound:
            against = CLUSTER_GONE
    return _compare(planner, store, plan.request, wish, against, journal)


def verify_cluster(planner: Planner, store: Store, request: MigrateCluster, account_id: str) -> Verification:
    """The same for the newest run of that cluster and namespace; without one, for what the cluster would wish now."""
    journal = newest_migration(store, request, account_id)
    if journal is not None:
        return verify_run(planner, store, journal)
    choices = request.choices.model_copy(update={"data": NO_DATA})
    asked = request.model_copy(update={"choices": choices})
    return _compare(planner, store, asked, planner.wish(asked), CLUSTER_NOW, None)


def newest_migration(store: Store, request: MigrateCluster, account_id: str) -> Journal | None:
    """The newest run for the same cluster and namespace in that account: one state folder may know several."""
    for journal in store.journals():
        earlier = journal.header.plan.request
        if journal.header.account_id != account_id or not isinstance(earlier, MigrateCluster):
            continue
        if _pair(earlier) == _pair(request):
            return journal
    return None


def _pair(request: MigrateCluster) -> tuple[str, str, str]:
    return request.region, request.choices.cluster_id, request.choices.namespace_name


def _compare(
    planner: Planner, store: Store, request: PlanRequest, wish: Wish, against: str, journal: Journal | None
) -> Verification:
    about = {
        "title": wish.title,
        "region": request.region,
        "against": against,
        "coverage": _coverage(request, data_check_of(store, journal) if journal else None),
        "migration_id": journal.migration_id if journal else None,
    }
    try:
        seen = planner.observe(wish, request.region)
        made = difference(wish, seen)
    except TargetError as error:  # what the wish is about is not there any more
        return Verification(**about, drift=(Drift(setting=_what(wish), asked="there", found=error.message),))
    drift = tuple(_drift(wish, seen))
    return Verification(
        **about,
        settings=made.rows,
        drift=drift,
        pending=tuple(_pending(made.rows)),
        findings=_open_findings(made.findings, journal),
        plan_digest=_mending(planner, store, request, wish, seen) if drift and against != CLUSTER_GONE else None,
    )


def _coverage(request: PlanRequest, check: DataCheck | None) -> str:
    """Settings and data apart: what was compared here, and what the last comparison of the data said."""
    if not isinstance(request, MigrateCluster):
        return "Compared are the settings of this change alone, and no data."
    choices = request.choices
    settings = only_named(choices) if choices.only else "the settings"
    left = ", ".join(each.words for each in choices.exclude)
    without = f", without what was left out as chosen ({left})" if left and not choices.only else ""
    data = f"at {check.at}: {tell_check(check)}" if check else "not compared yet; check_data does that (/check)."
    return f"Compared: {settings}{without}. Data, apart: {data}" + (
        " Everything else was left alone and not looked at." if choices.only else ""
    )


def _what(wish: Wish) -> str:
    """The namespace, or the workgroup, that a wish is about."""
    settings = wish.settings
    if settings is None:
        return wish.title
    return f"workgroup {settings.workgroup_name}" if settings.workgroup_name else f"namespace {settings.namespace_name}"


def _drift(wish: Wish, seen: Seen) -> Iterator[Drift]:
    """Each setting of which a step would be needed, once, however many steps that takes."""
    made = difference(wish.model_copy(update={"goals": ()}), seen).steps
    left = [(step, step.check.before) for step in made]
    left += [(goal, seen.goals[goal.id]) for goal in wish.goals if seen.goals[goal.id] != goal.check.after]
    changes = [(step, change) for step, now in left for change in changes_of(step, now)]
    last = {(change.member, change.setting): step for step, change in changes}
    for change in net(change for _, change in changes):
        step = last[change.member, change.setting]
        yield Drift(
            setting=change.setting,
            asked=change.after,
            found=change.now,
            step_id=step.id,
            summary=step.summary,
        )


def _pending(rows: Iterable[SettingChange]) -> Iterator[Drift]:
    for row in rows:
        if row.action == "pending":
            yield Drift(setting=row.setting, asked=row.after, found=row.now)


def _open_findings(findings: tuple[Finding, ...], journal: Journal | None) -> tuple[Finding, ...]:
    """Without those about moving the data, once it is moved: the cluster may be paused, the namespace is in use."""
    if journal is None or RESTORE_ID not in journal.done_steps():
        return findings
    return tuple(
        finding for finding in findings if finding.subject != Subject.DATA and finding.setting != "cluster status"
    )


def _mending(planner: Planner, store: Store, request: PlanRequest, wish: Wish, seen: Seen) -> str | None:
    """The plan that brings it about again, if asking the same again means the same."""
    try:
        plan = planner.between(request, wish, seen) if wish.source else planner.plan(request)
    except RedshiftMigrateError:  # that it cannot be mended now is no reason not to say what is wrong
        return None
    if plan.is_empty or plan.wish.settings != wish.settings:
        return None
    store.save_plan(plan)
    return plan.digest
