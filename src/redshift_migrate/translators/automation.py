"""What else acts on the cluster: named one by one, with what to do at the cut-over (switch off, move, or leave)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from redshift_migrate.models.automation import EVERY_ONE, Automation, Kind
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig, ScheduledAction
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.translators.scheduled_actions import becomes_of_action
from redshift_migrate.translators.translation import About, Translation, cite

CutOver = Literal["off", "move", "leave"]

AT_CUT_OVER: dict[CutOver, str] = {
    "off": "to be switched off",
    "move": "to be pointed at the workgroup",
    "leave": "left as it is",
}
PLACES: dict[Kind, str] = {
    "schedule": "EventBridge Scheduler schedules",
    "rule": "EventBridge rules",
    "pipe": "EventBridge pipes",
    "state machine": "Step Functions state machines",
    "function": "Lambda functions",
    "connection": "Glue connections",
}
"""What was looked through, in the order in which it is told."""

SERVERLESS_EVENTS = "aws.redshift-serverless"
"""Source: Management Guide, "Monitoring Amazon Redshift Serverless events with Amazon EventBridge"."""

_READS = ("redshift:describe", "redshift:get", "redshift:list")
_ACTIONS = {
    "redshift:pausecluster": "PauseCluster",
    "redshift:resumecluster": "ResumeCluster",
    "redshift:resizecluster": "ResizeCluster",
}

about = About(Subject.AUTOMATION)


class Advice(NamedTuple):
    """What to do with one thing at the cut-over, and why."""

    at_cut_over: CutOver
    why: str


def translate_automation(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Findings alone: what is somebody else's is never changed here."""
    found = cluster.automation
    if isinstance(found, Unknown):
        consequence = "Whatever wakes, feeds or watches the cluster goes on with it."
        return Translation(findings=(about.unknown("warning", "what else acts on the cluster", found, consequence),))
    known = [(each, advice(each, cluster, choices)) for each in found if each.unread is None]
    what = "what else acts on the cluster"
    nothing = about.row(what, "unknown", None, "not carried") if found else about.row(what, "none", "none", "carried")
    return Translation(
        changes=tuple(_row(each, said) for each, said in known) or (nothing,),
        findings=(
            *(_finding(each, said) for each, said in known),
            *_switch_off([each for each, said in known if said.at_cut_over == "off" and each.enabled]),
            *_unread([each for each in found if each.unread is not None]),
        ),
    )


def advice(each: Automation, cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Advice:
    """Off, move or leave. What cannot go on without the cluster's name is moved by hand, never by this program."""
    workgroup, namespace = choices.workgroup_name, choices.namespace_name
    if each.kind == "schedule":
        return _of_schedule(each, cluster, workgroup, namespace)
    if each.kind == "rule" and each.listens:
        return Advice(
            "leave",
            f"Events of the cluster set it off, and it hears nothing of serverless. Make a second rule for source "
            f"{SERVERLESS_EVENTS} with the same targets ({cite(each.targets)}); this one goes with the cluster.",
        )
    if each.kind == "rule":
        return Advice("move", f"Its targets name the cluster: {cite(each.targets)}. Give them {_new_name(workgroup)}.")
    if each.kind == "pipe":
        return Advice("move", f"It runs statements on the cluster. Make its target {_new_name(workgroup)}, no DbUser.")
    if each.kind == "state machine":
        return Advice("move", f"Its definition names the cluster. Give it {_new_name(workgroup)}, no DbUser.")
    if each.kind == "function":
        return Advice("move", f"Its environment names the cluster. Give it {_new_name(workgroup)} or its host.")
    return Advice("move", f"Jobs that use it connect to the cluster. Give it the host of workgroup {workgroup}.")


def _new_name(workgroup: str) -> str:
    return f"WorkgroupName {workgroup} instead of the cluster"


def _of_schedule(each: Automation, cluster: ProvisionedClusterConfig, workgroup: str, namespace: str) -> Advice:
    operation = each.operation or ""
    if operation in _ACTIONS:
        return Advice("off", becomes_of_action(_as_action(each), cluster))
    if operation.startswith(_READS):
        return Advice("leave", "It only reads; it fails once the cluster is deleted.")
    if operation == "redshift:createclustersnapshot":
        return Advice(
            "move",
            "Snapshots of the workgroup's data are another call: redshiftserverless:createSnapshot with NamespaceName "
            f"{namespace}.",
        )
    if operation == "redshift:deletecluster":
        return Advice("off", "It deletes the cluster, which must stay until the move is accepted: look at it now.")
    if operation.startswith("redshiftdata:"):
        return Advice("move", f"It uses the Data API on the cluster. Give it {_new_name(workgroup)}, no DbUser.")
    return Advice("off", "It changes the cluster, and a workgroup has no such call of that name.")


def _as_action(each: Automation) -> ScheduledAction:
    node_type, nodes = each.parameters.get("NodeType"), each.parameters.get("NumberOfNodes")
    return ScheduledAction(
        name=each.name,
        action=_ACTIONS[each.operation or ""],
        schedule=each.when or "",
        state="ACTIVE" if each.enabled else "DISABLED",
        node_type=node_type if isinstance(node_type, str) else None,
        number_of_nodes=nodes if isinstance(nodes, int) and not isinstance(nodes, bool) else None,
    )


def _finding(each: Automation, said: Advice) -> Finding:
    off = "" if each.enabled else " It is switched off today."
    managed = f" It is managed by {each.managed_by}, which alone may change it." if each.managed_by else ""
    message = f"{_say(each)}: {said.why}{off}{managed}"
    tell = about.info if said.at_cut_over == "leave" and not each.listens else about.warning
    return tell(_setting(each), message, _does(each), AT_CUT_OVER[said.at_cut_over])


def _switch_off(found: list[Automation]) -> Iterable[Finding]:
    if found:
        names = cite(_say(each) for each in found)
        message = f"At the cut-over switch off: {names}; or the old cluster is woken, changed and billed again."
        yield about.warning("schedules on the cluster", message, names, AT_CUT_OVER["off"])


def _unread(found: list[Automation]) -> Iterable[Finding]:
    """One sentence for all that was not looked through, so that ten denied lists are no wall of text."""
    parts = [
        f"{PLACES[each.kind]}{f' of {each.place}' if each.place else ''}"
        f"{'' if each.name == EVERY_ONE else f' ({each.name})'}: {each.unread.sentence()}"
        for each in found
        if each.unread is not None
    ]
    if parts:
        message = f"There may be more that names the cluster. Not looked through: {'; '.join(parts)}."
        yield about.warning("what else acts on the cluster", message, "unknown", None)


def _row(each: Automation, said: Advice) -> SettingChange:
    return about.row(_setting(each), _does(each), AT_CUT_OVER[said.at_cut_over], "not carried")


def _setting(each: Automation) -> str:
    return f"{each.kind} {each.name}"


def _say(each: Automation) -> str:
    return f"{each.kind.capitalize()} {each.name}{f' ({each.place})' if each.place else ''}"


def _does(each: Automation) -> str:
    what = each.operation or ("on events of the cluster" if each.listens else cite(each.targets) or "names the cluster")
    return f"{what}{f' {each.when}' if each.when else ''}{'' if each.enabled else ', off'}"
