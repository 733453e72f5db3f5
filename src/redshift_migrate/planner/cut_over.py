"""Steps that switch scheduled queries over, pair by pair: the old one off, seen to be off, then its copy on.

This is the one plan that touches the source side. At every moment at most one of a pair is on: the copy is switched on
only while a guard sees the old one off, and on the way back the old one only while a guard sees the copy off. Both
guards look at the moment of the call, so a run that was killed and goes on days later is held to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from redshift_migrate.models.base import JsonObject, Value
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import Call, Check, SettingChange, Step, Wait
from redshift_migrate.models.scheduled_query import ScheduledQuery
from redshift_migrate.models.scheduled_query_forms import OFF, ON, rule_parameters, schedule_parameters
from redshift_migrate.planner.building import json_list, make_step
from redshift_migrate.planner.scheduled_queries import (
    Copy,
    call,
    is_off,
    name_members,
    reading_of,
    schedule_check_values,
    targets_of,
    targets_seen,
)

OFF_PREFIX = "cut_over.off."
SwitchState = Literal["switch", "both on", "done", "off", "not copied", "changed", "cannot run", "ended"]


class Switch(Value):
    """A rule or schedule of the cluster, its copy, and what decides whether they are switched over."""

    old: tuple[ScheduledQuery, ...]
    copy_: Copy
    stays: tuple[str, ...] = ()
    """What else the old rule does, so that it cannot simply be switched off."""
    can_run: Literal["yes", "no", "cannot tell"] = "cannot tell"
    """Whether the role of the copy can run it on the workgroup."""

    @property
    def first(self) -> ScheduledQuery:
        """The old query that says what the rule itself is like."""
        return self.old[0]

    @property
    def new(self) -> ScheduledQuery:
        """The copy as it is there, or as it would be."""
        return self.copy_.present[0] if self.copy_.present else self.copy_.first


def state_of(switch: Switch) -> SwitchState:
    """What a cut-over has to do about a pair."""
    if switch.copy_.state not in ("same", "outdated", "cut over"):
        return "not copied"
    if not switch.first.enabled:
        return "done" if switch.new.enabled else "off"
    if switch.new.enabled:
        return "both on"
    if switch.copy_.state == "outdated":
        return "changed"
    if switch.new.has_ended:
        return "ended"
    return "cannot run" if switch.can_run == "no" else "switch"


def plan_cut_over(switches: Sequence[Switch], region: str, cluster_arn: str) -> tuple[Step, ...]:
    """For each pair to be switched: one step off, one step on. A pair that is on twice only gets the first."""
    steps: list[Step] = []
    for switch in switches:
        state = state_of(switch)
        if state in ("switch", "both on"):
            off = _off(switch, region, cluster_arn)
            steps.append(off)
            if state == "switch":
                steps.append(_on(switch, region, off.id))
    return tuple(steps)


def cut_over_rows(switches: Sequence[Switch]) -> tuple[SettingChange, ...]:
    """One row a pair."""
    rows = []
    for switch in switches:
        state = state_of(switch)
        new = "on" if switch.new.enabled else "off" if switch.copy_.present else "not there"
        becomes = {"switch": f"{switch.new.name}: on", "both on": f"{switch.new.name}: on, alone"}
        rows.append(
            SettingChange(
                subject=Subject.SCHEDULED_QUERIES,
                setting=f"{switch.first.home} {switch.first.name}",
                on_cluster="on" if switch.first.enabled else "off",
                now=f"copy {new}",
                after=becomes.get(state, "unchanged"),
                action="set" if state in becomes else "unchanged",
            )
        )
    return tuple(rows)


def cut_over_findings(switches: Sequence[Switch]) -> tuple[Finding, ...]:
    """What the cut-over does to the source side, and every pair that it leaves as it is."""
    found: list[Finding] = []
    if any(state_of(switch) in ("switch", "both on") for switch in switches):
        message = (
            "This switches rules and schedules of the cluster off: it is the one plan that touches the source side. "
            "Each pair is switched by itself, the old one first, so nothing runs twice; what is due in the seconds "
            "between the two is not run. Undoing it switches the copies off and the old ones on again."
        )
        found.append(_finding("warning", "cut-over", message))
    for switch in switches:
        found += _of_pair(switch)
    return tuple(found)


def _of_pair(switch: Switch) -> Iterable[Finding]:
    old, new, state = switch.first, switch.new, state_of(switch)
    name = f"{old.home.capitalize()} {old.name}"
    texts: dict[SwitchState, tuple[Level, str]] = {
        "off": ("info", f"{name} is switched off on the cluster, so its copy stays off too."),
        "done": ("info", f"{name} was cut over already."),
        "both on": ("warning", f"{name} and its copy {new.name} are both on now, so it runs twice today."),
        "not copied": (
            "warning",
            f"{name} has no copy on the workgroup ({switch.copy_.state}), so it stays on the cluster. "
            "Plan the migration again.",
        ),
        "changed": (
            "warning",
            f"{name} is not the same as its copy {new.name} any more, so it stays on the cluster. Plan the migration "
            "again to bring the copy up to date.",
        ),
        "cannot run": (
            "warning",
            f"{name} stays on the cluster: the role of its copy {new.name} cannot run it on the workgroup. Mend the "
            "role as the finding about it says, and ask again.",
        ),
        "ended": ("info", f"{name} will not run again, so it is left as it is."),
    }
    if state in texts:
        yield _finding(texts[state][0], f"{old.home} {old.name}", texts[state][1])
    elif switch.can_run == "cannot tell":
        message = f"Whether the role of {new.name} can run it on the workgroup could not be told."
        yield _finding("warning", f"{old.home} {old.name}", message)


# --- off ---------------------------------------------------------------------------------------------


def _off(switch: Switch, region: str, cluster_arn: str) -> Step:
    old = switch.first
    if old.home == "schedule":
        what, made, check, back = _schedule_off(old, region)
    elif switch.stays:
        what, made, check, back = _targets_out(switch, region, cluster_arn)
    else:
        what, made, check, back = _rule_off(old, region)
    return make_step(
        id=f"{OFF_PREFIX}{old.home}.{old.group}/{old.name}",
        subject=Subject.SCHEDULED_QUERIES,
        summary=f"On the cluster: {what}",
        call=made,
        check=check,
        undo=back,
        undo_guards=(is_off(region, switch.new),),
        interrupts=f"{old.name} does not run on the cluster any more from here on.",
    )


Parts = tuple[str, Call, Check, Call]


def _rule_off(old: ScheduledQuery, region: str) -> Parts:
    check = Check(reading=reading_of(region, old), before={"state": old.enabled_state}, after={"state": OFF})
    made = call(region, "events", "DisableRule", name_members(old))
    return f"switch off rule {old.name}", made, check, _rule_on(old, region)


def _targets_out(switch: Switch, region: str, cluster_arn: str) -> Parts:
    """A rule that does other things as well stays on; only what runs on the cluster is taken out of it."""
    old = switch.first
    ids = [query.target_id or "" for query in switch.old]
    targets = targets_seen(switch.old, cluster_arn)
    which: JsonObject = {"Rule": old.name, "EventBusName": old.group}
    check = Check(reading=targets_of(region, old, ids), before={"targets": targets}, after=None)
    made = call(region, "events", "RemoveTargets", {**which, "Ids": json_list(sorted(ids))})
    back = call(region, "events", "PutTargets", {**which, "Targets": targets})
    what = f"take {', '.join(sorted(ids))} out of rule {old.name}, which goes on for its other targets"
    return what, made, check, back


def _schedule_off(old: ScheduledQuery, region: str) -> Parts:
    made, back, check = _schedule_change(old, region, ON, OFF)
    return f"switch off schedule {old.name} (group {old.group})", made, check, back


# --- on ----------------------------------------------------------------------------------------------


def _on(switch: Switch, region: str, off_id: str) -> Step:
    new = switch.new.model_copy(update={"enabled_state": switch.first.enabled_state})
    if new.home == "schedule":
        made, back, check = _schedule_change(new, region, OFF, ON)
    else:
        made = _rule_on(new, region)
        back = call(region, "events", "DisableRule", name_members(new))
        check = Check(reading=reading_of(region, new), before={"state": OFF}, after={"state": new.enabled_state})
    return make_step(
        id=f"cut_over.on.{new.home}.{new.group}/{new.name}",
        subject=Subject.SCHEDULED_QUERIES,
        summary=f"On the workgroup: switch on {new.home} {new.name}",
        call=made,
        check=check,
        undo=back,
        guards=(_old_is_off(switch, region),),
        needs=(off_id,),
    )


def _old_is_off(switch: Switch, region: str) -> Wait:
    if switch.first.home == "rule" and switch.stays:
        return Wait(
            reading=targets_of(region, switch.first, [query.target_id or "" for query in switch.old]),
            member="targets",
            until=(None,),
            what=f"the targets to be out of rule {switch.first.name}",
        )
    return is_off(region, switch.first)


def _rule_on(query: ScheduledQuery, region: str) -> Call:
    """EnableRule knows one state only; the other has to be put with the whole rule."""
    if query.enabled_state == ON:
        return call(region, "events", "EnableRule", name_members(query))
    return call(region, "events", "PutRule", {**rule_parameters(query), "State": query.enabled_state})


def _schedule_change(query: ScheduledQuery, region: str, before: str, after: str) -> tuple[Call, Call, Check]:
    """There and back. UpdateSchedule replaces the whole schedule, and refuses a start that has passed."""
    given = schedule_parameters(query)
    if query.has_started:
        given.pop("StartDate", None)
    made = call(region, "scheduler", "UpdateSchedule", {**given, "State": after})
    back = call(region, "scheduler", "UpdateSchedule", {**given, "State": before})
    with_start = not query.has_started
    check = Check(
        reading=reading_of(region, query),
        before=schedule_check_values(query, before, with_start=with_start),
        after=schedule_check_values(query, after, with_start=with_start),
    )
    return made, back, check


def _finding(level: Level, setting: str, message: str) -> Finding:
    return Finding(level=level, subject=Subject.SCHEDULED_QUERIES, setting=setting, message=message)
