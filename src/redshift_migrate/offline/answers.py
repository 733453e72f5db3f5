"""Tool answers → the sentences shown. Every value comes from the answer; text in it is shown, never followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.offline.facts import Done, turned_down
from redshift_migrate.offline.replies import what_is_understood
from redshift_migrate.text import visible
from redshift_migrate.tools import TOOLS, Drawing

MARK = "(offline model: answers come from fixed rules, not from an LLM)"
"""Ends every answer."""

_LONGEST_VALUE = 300
_MOST_ITEMS = 50
_KEPT_LINES = 12_000

Result = Mapping[str, Any]


def answer(done: Sequence[Done]) -> str:
    """What the calls brought, in their order, as short Markdown."""
    shown = [each for each, then in zip_longest(done, done[1:]) if not _was_applied(each, then)]
    return "\n\n".join(_one(each) for each in shown)


def _was_applied(made: Done, then: Done | None) -> bool:
    """True for a plan whose application is told next: it is shown there."""
    return made.call.tool == "plan_migration" and then is not None and then.call.tool == "apply_plan"


def _one(done: Done) -> str:
    if turned_down(done):
        return f"Nothing was changed: the plan was not approved.\n{_prose(done.text)}"
    if not done.ok and done.value("error") is None and done.value("status") in ("blocked", "drift"):
        return _draw(done)
    if not done.ok or done.value("status") == "error":
        return _error(done)
    if done.value("status") == "approval_required":
        return _approval_required(done.result)
    if not done.result:
        return _prose(done.text) or f"`{done.call.tool}` answered nothing."
    return _draw(done)


def _draw(done: Done) -> str:
    """The answer as the tool's row says; one of a tool that is not ours field by field."""
    tool = TOOLS.get(done.call.tool)
    return _DRAWINGS["fields" if tool is None else tool.drawing](done.result)


def _error(done: Done) -> str:
    error = done.value("error")
    error = error if isinstance(error, Mapping) else {}
    message = error.get("message") or done.value("message") or done.text or "it gave no reason"
    lines = [f"`{done.call.tool}` did not work: {_prose(str(message))}"]
    if error.get("hint"):
        lines.append(_prose(str(error["hint"])))
    known = {"code", "message", "hint"}
    lines += _fields({key: value for key, value in error.items() if key not in known})
    return "\n".join(lines)


def _approval_required(result: Result) -> str:
    lines = [f"**Approval needed.** {_prose(str(result.get('message', 'Nothing was changed.')))}"]
    lines += [f"{number}. {_prose(str(step))}" for number, step in enumerate(_list(result.get("steps")), 1)]
    if result.get("hint"):
        lines.append(_prose(str(result["hint"])))
    if result.get("plan_digest"):
        lines.append(f"Plan digest: {_code(result['plan_digest'])}")
    return "\n".join(lines + _findings(result))


def _maintenance(result: Result) -> str:
    rows = {
        "Maintenance track": _value(result.get("maintenance_track")),
        "Maintenance window": f"{_value(result.get('maintenance_window'))} (UTC)",
        "Next maintenance window": _value(result.get("next_maintenance_window")),
        "Version upgrades": _upgrade(result.get("allow_version_upgrade")),
        "Cluster version": _value(result.get("cluster_version")),
    }
    known = "cluster_id maintenance_track maintenance_window next_maintenance_window allow_version_upgrade "
    return _titled("Maintenance", result, rows, f"{known} cluster_version region")


def _upgrade(allowed: Any) -> str:
    return "allowed" if allowed is True else "not allowed" if allowed is False else _value(allowed)


def _snapshot_copy(result: Result) -> str:
    known = "cluster_id snapshot_copy_enabled destination_region retention_period_days region retention_meaning "
    known += "manual_snapshot_retention_period_days snapshot_copy_grant_name kms_key_id"
    if not result.get("snapshot_copy_enabled"):
        return _titled("Cross-region snapshot copy", result, {"Enabled": "no"}, known)
    rows = {
        "Enabled": "yes",
        "Destination region": _value(result.get("destination_region")),
        "Retention of automated snapshots": _kept(result.get("retention_period_days")),
        "Retention of manual snapshots": _kept(result.get("manual_snapshot_retention_period_days")),
        "Snapshot copy grant": _value(result.get("snapshot_copy_grant_name")),
        "KMS key": _value(result.get("kms_key_id")),
    }
    return _titled("Cross-region snapshot copy", result, rows, known)


def _serverless(result: Result) -> str:
    workgroup, copy = result.get("workgroup"), result.get("snapshot_copy")
    rows = {"Status": _value(result.get("status"))}
    if isinstance(workgroup, Mapping):
        rows["Workgroup"] = f"{_value(workgroup.get('workgroup_name'))} ({_value(workgroup.get('status'))})"
        rows["Track"] = _value(workgroup.get("track_name"))
        if workgroup.get("pending_track_name"):
            rows["Pending track"] = _value(workgroup["pending_track_name"])
        rows["Base capacity"] = f"{_value(workgroup.get('base_capacity_rpu'))} RPU"
        rows["Version"] = _value(workgroup.get("workgroup_version"))
    else:
        rows["Workgroup"] = "none"
    if isinstance(copy, Mapping):
        rows["Snapshot copy"] = f"to {_value(copy.get('destination_region'))}"
        rows["Retention of copied snapshots"] = _kept(copy.get("retention_period_days"))
        rows["KMS key"] = _key(copy.get("kms_key_id"))
    else:
        rows["Snapshot copy"] = "off"
    known = "namespace_name region status workgroup snapshot_copy snapshot_copy_enabled namespace_arn"
    return _titled("Serverless namespace", result, rows, known)


def _copy_changed(result: Result) -> str:
    rows: dict[str, str] = {}
    if result.get("destination_region"):
        rows["Destination region"] = _value(result["destination_region"])
        rows["Retention of copied snapshots"] = _kept(result.get("retention_period_days"))
        rows["KMS key"] = _key(result.get("kms_key_id"))
    known = "status namespace_name destination_region retention_period_days retention message kms_key_id read_back "
    return _changed(result, rows, known + "snapshot_copy_configuration_id region")


def _track_changed(result: Result) -> str:
    return _changed(result, {}, "status message workgroup_name region")


def _applied(result: Result) -> str:
    return _changed(result, {}, "status message plan_digest")


def _changed(result: Result, rows: Mapping[str, str], known: str) -> str:
    status = str(result.get("status", "done"))
    name = result.get("namespace_name") or result.get("workgroup_name")
    head = f"**{visible(status, 40).capitalize()}**" + (f" for {_code(name)}" if name else "")
    if result.get("message"):
        head += f": {_prose(str(result['message']))}"
    more = _fields({key: value for key, value in result.items() if key not in {*known.split(), "findings"}})
    return "\n".join([head, *(f"- {label}: {value}" for label, value in rows.items()), *more, *_findings(result)])


def _clusters(result: Result) -> str:
    clusters = [each for each in _list(result.get("clusters")) if isinstance(each, Mapping)]
    count = result.get("count", len(clusters))
    where = f" in {_value(result['region'])}" if result.get("region") else ""
    lines = [f"**{count} cluster{'' if count == 1 else 's'}**{where}"]
    for each in clusters[:_MOST_ITEMS]:
        nodes = f"{_value(each.get('number_of_nodes'))} × {_value(each.get('node_type'))}"
        copies = each.get("snapshot_copy_destination_region")
        parts = [_value(each.get("status")), nodes, f"track {_value(each.get('maintenance_track'))}"]
        parts.append(f"snapshots copied to {_value(copies)}" if copies else "no snapshot copy")
        lines.append(f"- {_code(each.get('cluster_id'))}: {', '.join(parts)}")
    hidden = result.get("not_shown") or len(clusters) - len(clusters[:_MOST_ITEMS])
    if hidden:
        lines.append(f"- … and {hidden} more; name a part of the name to see fewer")
    return "\n".join(lines)


def _plan(result: Result) -> str:
    lines = [f"**Plan**: {_prose(str(result.get('message', 'a migration')))}"]
    lines += [f"{number}. {_prose(str(step))}" for number, step in enumerate(_list(result.get("steps")), 1)]
    known = {"message", "status", "steps", "settings", "findings", "plan_digest"}
    lines += [f"- {_prose(str(setting))}" for setting in _list(result.get("settings"))]
    lines += _fields({key: value for key, value in result.items() if key not in known})
    lines += _findings(result)
    if result.get("plan_digest"):
        lines += [f"Plan digest: {_code(result['plan_digest'])}", "Nothing was changed. To go on, say: apply the plan"]
    return "\n".join(lines)


def _status(result: Result) -> str:
    if not result.get("migration_id"):
        return _generic(result)
    lines = [f"**Migration** {_code(result['migration_id'])}: {_value(result.get('state'))}"]
    if result.get("title"):
        lines.append(_prose(str(result["title"])))
    lines += [f"- done: {_prose(str(step))}" for step in _list(result.get("steps_done"))]
    lines += [f"- to do: {_prose(str(step))}" for step in _list(result.get("steps_left"))]
    known = {"migration_id", "state", "title", "steps_done", "steps_left"}
    return "\n".join(lines + _fields({key: value for key, value in result.items() if key not in known}))


def _help(result: Result) -> str:
    topics, text = result.get("topics"), result.get("text")
    if isinstance(topics, Mapping):
        lines = [f"- `help with {visible(str(name), 60)}`: {_prose(str(about))}" for name, about in topics.items()]
        return "\n".join(["**Topics**", *lines, "", what_is_understood()])
    if isinstance(text, str):
        return visible(text, _KEPT_LINES, lines=True).strip() or _generic(result)
    return _generic(result)


def _generic(result: Result) -> str:
    lines = _fields({key: value for key, value in result.items() if key not in ("message", "findings")})
    if result.get("message"):
        lines.insert(0, _prose(str(result["message"])))
    return "\n".join(lines + _findings(result)) or "The tool answered nothing."


def _titled(title: str, result: Result, rows: Mapping[str, str], known: str) -> str:
    name = result.get("cluster_id") or result.get("namespace_name") or ""
    where = f" ({_prose(str(result['region']))})" if result.get("region") else ""
    lines = [f"**{title}** of {_code(name)}{where}", *(f"- {label}: {value}" for label, value in rows.items())]
    more = {key: value for key, value in result.items() if key not in {*known.split(), "findings"}}
    return "\n".join(lines + _fields(more) + _findings(result))


def _findings(result: Result) -> list[str]:
    lines = []
    for finding in _list(result.get("findings")):
        if isinstance(finding, Mapping):
            setting = f" {_prose(str(finding['setting']))}:" if finding.get("setting") else ""
            lines.append(
                f"- {visible(str(finding.get('level', 'info')), 20)}:{setting} {_prose(str(finding.get('message')))}"
            )
    return ["", "**To know**", *lines] if lines else []


def _fields(values: Result, depth: int = 0) -> list[str]:
    """Any JSON object as a list `key: value`, so that a tool nobody wrote a text for can be read."""
    lines: list[str] = []
    indent = "  " * depth
    for key, value in list(values.items())[:_MOST_ITEMS]:
        label = visible(str(key), 60).replace("_", " ")
        if isinstance(value, Mapping) and value and depth < 3:
            lines += [f"{indent}- {label}:", *_fields(value, depth + 1)]
        elif isinstance(value, list) and value and depth < 3:
            lines += [f"{indent}- {label}:", *_items(value, depth + 1)]
        else:
            lines.append(f"{indent}- {label}: {_value(value)}")
    return lines


def _items(values: list[Any], depth: int) -> list[str]:
    lines: list[str] = []
    indent = "  " * depth
    for value in values[:_MOST_ITEMS]:
        if isinstance(value, Mapping) and depth < 3:
            fields = [line.strip().removeprefix("- ") for line in _fields(value, depth + 1)]
            lines.append(f"{indent}- {'; '.join(fields)}")
        else:
            lines.append(f"{indent}- {_value(value)}")
    if len(values) > _MOST_ITEMS:
        lines.append(f"{indent}- … and {len(values) - _MOST_ITEMS} more")
    return lines


def _value(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    return _code(value)


def _kept(days: Any) -> str:
    """A retention in words; nothing and -1 are without end."""
    if days is None or days == KEPT_INDEFINITELY:
        return "kept indefinitely"
    return f"{_value(days)} day{'' if days == 1 else 's'}"


def _key(key: Any) -> str:
    return "owned by AWS" if key is None else _value(key)


def _code(value: Any) -> str:
    """A value as a code span: whatever a stranger put into it stays inside."""
    return f"`{visible(str(value), _LONGEST_VALUE).replace('`', 'ˋ')}`"


def _prose(text: str) -> str:
    """A sentence of a tool: one line, nothing hidden in it."""
    return visible(" ".join(text.split("\n")), 2 * _LONGEST_VALUE).strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_DRAWINGS: dict[Drawing, Callable[[Result], str]] = {
    "fields": _generic,
    "clusters": _clusters,
    "maintenance": _maintenance,
    "snapshot_copy": _snapshot_copy,
    "serverless": _serverless,
    "status": _status,
    "help": _help,
    "plan": _plan,
    "copy_change": _copy_changed,
    "track_change": _track_changed,
    "run": _applied,
}
