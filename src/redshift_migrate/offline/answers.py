"""What is said: the answers of tools as sentences, what was not understood, what can be asked.

Every value comes from the answer; text in it is shown, never followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.models.listing import ALL_REGIONS
from redshift_migrate.offline.history import Done
from redshift_migrate.offline.meaning import NotUnderstood
from redshift_migrate.text import visible
from redshift_migrate.tools import TOOLS, Drawing

MARK = "(offline model: answers come from fixed rules, not from an LLM)"
"""Ends every answer."""
_LONGEST_VALUE = 300
_MOST_ITEMS = 50
_LONGEST_TEXT = 12_000
_DEEPEST = 3

Result = Mapping[str, Any]

_CHANGE = "**{status:title}**[ for {namespace_name:code}][ for {workgroup_name:code}][: {message:prose}]"
_COPY_CHANGE = f"""{_CHANGE}
destination_region? - Destination region: {{destination_region}}
destination_region? - Retention of copied snapshots: {{retention_period_days:days}}
destination_region? - KMS key: {{kms_key_id:key}}
# retention retention_period_days kms_key_id snapshot_copy_configuration_id region"""

_LAYOUTS: dict[Drawing, str] = {
    "clusters": """**{count:clusters}**[ of {of:word}][ in {region:place}]
clusters?\x20
clusters? | cluster | region | status | nodes | track | snapshots copied to |
clusters? |---|---|---|---|---|---|
clusters* | {cluster_id:cell} | {region:cell} | {status:cell} | {number_of_nodes:cell} x {node_type:cell} | \
{maintenance_track:cell} | {snapshot_copy_destination_region:cell} |
unreadable?\x20
unreadable? **Not read, so not known**
unreadable* - {key:word}: {each:prose}
not_shown? - … and {not_shown} more; name a part of the name to see fewer
# *""",
    "maintenance": """**Maintenance** of {cluster_id:code}[ ({region:prose})]
- Maintenance track: {maintenance_track}
- Maintenance window: {maintenance_window} (UTC)
- Next maintenance window: {next_maintenance_window}
- Version upgrades: {allow_version_upgrade:allowed}
- Cluster version: {cluster_version}""",
    "snapshot_copy": """**Cross-region snapshot copy** of {cluster_id:code}[ ({region:prose})]
snapshot_copy_enabled? - Enabled: yes
snapshot_copy_enabled! - Enabled: no
snapshot_copy_enabled? - Destination region: {destination_region}
snapshot_copy_enabled? - Retention of automated snapshots: {retention_period_days:days}
snapshot_copy_enabled? - Retention of manual snapshots: {manual_snapshot_retention_period_days:days}
snapshot_copy_enabled? - Snapshot copy grant: {snapshot_copy_grant_name}
snapshot_copy_enabled? - KMS key: {kms_key_id}
# retention_meaning""",
    "serverless": """**Serverless namespace** of {namespace_name:code}[ ({region:prose})]
- Status: {status}
workgroup? - Workgroup: {workgroup.workgroup_name} ({workgroup.status})
workgroup! - Workgroup: none
workgroup? - Version: {workgroup.workgroup_version}
settings* - {each:prose}
# snapshot_copy snapshot_copy_enabled namespace_arn""",
    "status": """message? {message:prose}
migration_id? **Migration** {migration_id:code}: {state}
title? {title:prose}
steps_done* - done: {each:prose}
steps_left* - to do: {each:prose}""",
    "help": """topics? **Topics**
topics* - `help with {key:word}`: {each:prose}
topics? {topics:examples}
text? {text:lines}
# *""",
    "plan": """**Plan**: {message:prose}
figures? - {figures:prose}
settings? - Settings: {settings:prose}
changes* - {setting:prose}: {after:prose}
# status title read_on more_to_know plan_digest apply
...
steps?\x20
steps? **Steps**
steps* {each:prose}
plan_digest?\x20
plan_digest? Plan digest: {plan_digest:code}
apply? Nothing was changed. To go on, say: apply the plan""",
    "copy_change": _COPY_CHANGE,
    "track_change": f"{_CHANGE}\n# region",
    "run": f"{_CHANGE}\nruns* - {{title:prose}}: {{status:word}}[, run {{migration_id:code}}][. {{message:prose}}]"
    f"[ {{hint:prose}}]\n# plan_digest\n...\nnext? \nnext? Next: {{next:prose}}",
    "fleet": """**{clusters:clusters}**[ of {of:word}]
readiness* - {key:word}: {each:word}
by_region?\x20
by_region? **By region**
by_region* - {key:word}: {each:prose}
why?\x20
why? **Why not at once** (codes of findings, and how many clusters have them)
why* - {key:word}: {each:word}
would_fail_controls?\x20
would_fail_controls? **Security Hub controls that would fail**
would_fail_controls* - {key:word}: {each:word}
unreadable?\x20
unreadable? **Not read, so not known**
unreadable* - {key:word}: {each:prose}
first.blocked?\x20
first.blocked? **Blocked**
first.blocked* - {each:prose}
first.unknown? **Unknown**
first.unknown* - {each:prose}
room_for_namespaces?\x20
room_for_namespaces? **Room for namespaces**
room_for_namespaces* - {key:word}: {each:word}
datashares_between_clusters?\x20
datashares_between_clusters? Datashares between these clusters: {datashares_between_clusters}
looked_at?\x20
looked_at? Looked at: {looked_at:prose}
waves? {planned_clusters:value} clusters of {waves} waves have a plan.
# *""",
    "waves": """waves? **Waves**
waves* - {each:prose}
waves_not_shown? - … and {waves_not_shown} more: `/fleet waves`
in_no_wave?\x20
in_no_wave? **In no wave**
in_no_wave* - {key:prose}: {each:word}
left_out? Left out, as decided: {left_out:names}
about? **Wave {wave:word}**: {about:prose}[, about {minutes:word} min]
decisions* - to decide: {each:prose}
plans?\x20
plans? **Plans**
plans* - {key:word}: {each:code}
not_planned? **Not planned**
not_planned* - {key:word}: {each:prose}
unreadable?\x20
unreadable? **Not read, so not known**
unreadable* - {key:word}: {each:prose}
next?\x20
next? Next: {next:prose}
# *""",
    "cost": """**{cluster_id:code}** ({nodes:prose} in {region:word}): {today_a_month:prose} a month today, \
{serverless_a_month:prose} on serverless at {base_capacity_rpu} RPU
- Active: {active:prose}
break_even_active_share? - Compute costs the same at an active share of {break_even_active_share:word}
most_an_hour? - At most {most_an_hour:prose} an hour
usage_limit_rpu_hours_for_todays_cost? - A usage limit of {usage_limit_rpu_hours_for_todays_cost} RPU-hours a month \
keeps compute at today's cost
today?\x20
today? **Today**
today* - {each:prose}
serverless? **Serverless**
serverless* - {each:prose}
once? **Once**
once* - {each:prose}
advice?\x20
advice? **What to think of it**
advice* - {each:prose}
left_out? Left out: {left_out:names}
note? {note:prose}
# *""",
    "data_check": """**{status:title}**: {message:prose}
tables* - {key:word}: {each:word}
differences?\x20
differences? **Tables that differ**
differences* - {each:prose}
missing? **Missing on serverless**
missing* - {each:prose}
will_break? **Will break**
will_break* - {each:prose}
expected? **Differs by any move**
expected* - {each:prose}
counting? {counting:prose}
unknown? **Not read**
unknown* - {each:prose}
# *""",
    "connections": """**{count:value} clients** of {of:code}, {with_problems:value} of them with something to mend
left_behind? **{left_behind:value} of them still came after the cut-over**
connections* - {each:prose}
not_shown? - … and {not_shown} more
to_change?\x20
to_change? **What they change for serverless**
to_change* - {each:prose}
seen? ({seen:prose})
# *""",
    "snapshots": """**Snapshots** of {of:prose}: {count:value}
{copies:prose}
snapshots* - {name:word}: {kind:word}, {status:word}, {created:prose}
# *""",
    "fields": "message? {message:prose}",
}
"""How the answers of tools are drawn, line by line.

`{path:how}` is a value of the answer, drawn by `_DRAWN`; what is in brackets is left out where its value is missing.
`key? ` and `key! ` begin a line that is there with and without that value, `key* ` a line for each item. At `...`, or
at the end, follows what no line has told: the other keys but those after `# `, and the findings.
"""

_APPROVAL = """**Approval needed.** {message:prose}
hint? {hint:prose}
plan_digest? Plan digest: {plan_digest:code}
# *"""
_ERROR = "message? {message:prose}\nhint? {hint:prose}\n# code"

_PLAN = ("findings", "steps", "changes")
_LINE = re.compile(r"(?:(?P<key>[\w.]+)(?P<when>[?!*]) )?(?P<text>.*)", re.DOTALL)
_SLOT = re.compile(r"\{([\w.]+)(?::(\w+))?\}")
_OPTIONAL = re.compile(r"\[([^\]]*\{([\w.]+)[^\]]*)\]")

EXAMPLES = {
    "Read": """list clusters in us-east-2
get maintenance and snapshot settings for prod-db-1 in us-east-2
show serverless settings of namespace my-namespace
which clusters are ready for serverless
what does prod-db-1 cost""",
    "Change (each change is planned, shown and needs an approval)": """\
configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention
update snapshot copy for namespace my-namespace to 30 day retention
remove the snapshot copy of namespace my-namespace
set the track of workgroup my-workgroup to trailing
set the same on namespace my-namespace""",
    "Migrations": """migrate prod-db-1 to serverless as namespace my-namespace with 64 RPU
plan the waves
plan wave 1
verify the migration of prod-db-1 to namespace my-namespace
status""",
    "Help": "help\nhelp with snapshot copy",
}
"""Requests that are understood, by kind, one a line. The tests read every one of them."""


def _what_is_understood() -> str:
    """The examples, as short Markdown."""
    lines = ["**What I understand** (names and regions are yours to fill in)"]
    for kind, examples in EXAMPLES.items():
        lines += [f"- {kind}:", *(f"  - `{example}`" for example in examples.splitlines())]
    return "\n".join(lines)


def say_not_understood(meaning: NotUnderstood) -> str:
    """That nothing was understood and nothing was called, and what would be."""
    quoted = f": {_code(meaning.part.strip())}" if meaning.part.strip() else "."
    why = f"\nThe reason: {visible(meaning.why, 200)}." if meaning.why else ""
    return f"I did not understand this, so nothing was called{quoted}{why}\n\n{_what_is_understood()}"


def say_not_offered(tools: tuple[str, ...], *, read_only: bool) -> str:
    """That a request was understood but its tool is not there."""
    names = ", ".join(f"`{name}`" for name in tools)
    if read_only:
        return f"This run is read-only: changes are not offered ({names}). Nothing was called."
    return f"This needs {names}, which is not offered here. Nothing was called."


def answer(done: Sequence[Done], *, can_apply: bool = True) -> str:
    """What the calls brought, in their order, as short Markdown. A plan that is applied next is shown there.

    `can_apply`: whether plans can be applied here, which is then said of each.
    """
    pairs = zip_longest((each.call.tool for each in done), (then.call.tool for then in done[1:]))
    shown = [each for each, pair in zip(done, pairs, strict=True) if pair != ("plan_migration", "apply_plan")]
    return "\n\n".join(_draw_one(each, can_apply=can_apply) for each in shown)


def _draw_one(done: Done, *, can_apply: bool) -> str:
    tool, status, error = done.call.tool, done.value("status"), done.value("error")
    if done.was_refused:
        return f"Nothing was changed: the plan was not approved.\n{_prose(done.text)}"
    if status == "error" or (not done.ok and (error is not None or status not in ("blocked", "drift"))):
        said = {"message": done.value("message") or done.text or "it gave no reason"}
        return f"`{tool}` did not work: {_draw(_ERROR, said | dict(error if isinstance(error, Mapping) else {}))}"
    if not done.result:
        return _prose(done.text) or f"`{tool}` answered nothing."
    layout = _LAYOUTS[TOOLS[tool].drawing if tool in TOOLS else "fields"]
    if status == "approval_required":  # the plan itself was shown by the program
        return _draw(_APPROVAL, {name: value for name, value in done.result.items() if name not in _PLAN})
    if layout == _LAYOUTS["plan"]:
        return _draw(layout, {**done.result, "apply": can_apply and status == "planned"})
    return _draw(layout, done.result) or _draw(_LAYOUTS["fields"], done.result) or "The tool answered nothing."


def _draw(layout: str, result: Result) -> str:
    told = {"findings", "left_to_do", *re.findall(r"[{\n](\w+)", f"\n{layout}")}
    lines: list[str] = []
    for line in [*layout.split("\n"), *([] if "\n..." in layout else ["..."])]:
        if line.startswith("# "):
            told |= set(line.split())
        elif line != "...":
            lines += _lines_of(line, result)
        else:
            lines += [] if "*" in told else _fields({key: result[key] for key in result if key not in told})
            lines += _findings(result)
    return "\n".join(_align(lines)).strip()


def _align(lines: list[str]) -> Iterator[str]:
    """The lines, with the columns of a table below each other, so that it can be read where nothing draws it."""
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for line in lines:
        if line.startswith("|"):
            cells = line.strip("|").split("|")
            pad = "-" if line.startswith("|-") else " "
            line = f"|{'|'.join(cell.ljust(width, pad) for cell, width in zip(cells, widths, strict=True))}|"
        yield line


def _cell(value: Any) -> str:
    """A value in a table: what would end its column or style it is shown as something that does not."""
    return "-" if value is None else _word(value).translate(_INERT)


_INERT = str.maketrans({"|": "¦", "`": "ˋ", "*": "∗", "[": "⟦", "<": "‹"})


def _lines_of(line: str, result: Result) -> list[str]:
    """The line of a layout as it is for this answer: none, one, or one for each item."""
    match = _LINE.fullmatch(line)
    key, when, text = match.group("key", "when", "text") if match else (None, None, line)
    value = _at(result, key) if key else None
    if when == "*":
        items = value.items() if isinstance(value, Mapping) else enumerate(value if isinstance(value, list) else [], 1)
        named = [({"key": name, "each": item}, item if isinstance(item, Mapping) else {}) for name, item in items]
        return [_fill(text, {**item, **each}) for each, item in named[:_MOST_ITEMS] if item or "{each" in text]
    return [] if (when == "?" and not value) or (when == "!" and value) else [_fill(text, result)]


def _fill(text: str, values: Result) -> str:
    there = _OPTIONAL.sub(lambda part: part[1] if _at(values, part[2]) else "", text)
    return _SLOT.sub(lambda slot: _DRAWN[slot[2] or "value"](_at(values, slot[1])), there)


def _findings(result: Result) -> list[str]:
    told = result.get("findings") or result.get("left_to_do")
    if isinstance(told, Mapping):  # by heading
        groups = [(_word(heading), lines) for heading, lines in told.items() if isinstance(lines, list)]
        return [
            line
            for heading, lines in groups
            for line in ("", f"**{heading}**", *(f"- {_prose(each)}" for each in lines))
        ]
    lines = _lines_of("findings* - {level:word}:[ {setting:prose}:] {message:prose}", result)
    return ["", "**To know**", *lines] if lines else []


def _fields(values: Result, depth: int = 0) -> list[str]:
    """Any JSON object as a list `key: value`, so that a tool nobody wrote a text for can be read."""
    lines: list[str] = []
    for key, value in list(values.items())[:_MOST_ITEMS]:
        label = f"{'  ' * depth}- {_word(key).replace('_', ' ')}:"
        if isinstance(value, Mapping | list) and value and depth < _DEEPEST:
            inner = _fields(value, depth + 1) if isinstance(value, Mapping) else _items(value, depth + 1)
            lines += [label, *inner]
        else:
            lines.append(f"{label} {_value(value)}")
    return lines


def _items(values: list[Any], depth: int) -> list[str]:
    shown = [
        "; ".join(line.strip().removeprefix("- ") for line in _fields(value, depth + 1))
        if isinstance(value, Mapping) and depth < _DEEPEST
        else _value(value)
        for value in values[:_MOST_ITEMS]
    ]
    more = [f"… and {len(values) - _MOST_ITEMS} more"] if len(values) > _MOST_ITEMS else []
    return [f"{'  ' * depth}- {item}" for item in (*shown, *more)]


def _value(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | float) else _code(value)


def _days(days: Any) -> str:
    """A retention in words; nothing and -1 are without end."""
    if days is None or days == KEPT_INDEFINITELY:
        return "kept indefinitely"
    return f"{_value(days)} day{'' if days == 1 else 's'}"


def _code(value: Any) -> str:
    """A value as a code span: whatever a stranger put into it stays inside."""
    return f"`{visible(str(value), _LONGEST_VALUE).replace('`', 'ˋ')}`"


def _prose(text: Any) -> str:
    """A sentence of a tool: one line, nothing hidden in it."""
    return "" if text is None else visible(" ".join(str(text).split("\n")), 2 * _LONGEST_VALUE).strip()


def _word(value: Any) -> str:
    return visible(str(value), 60)


def _at(result: Result, path: str) -> Any:
    found: Any = result
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


_DRAWN: dict[str, Callable[[Any], str]] = {
    "value": _value,
    "days": _days,
    "code": _code,
    "prose": _prose,
    "word": _word,
    "lines": lambda text: visible(str(text), _LONGEST_TEXT, lines=True).strip(),
    "title": lambda status: _word(status or "done").capitalize(),
    "key": lambda key: "owned by AWS" if key is None else _value(key),
    "allowed": lambda allowed: {"True": "allowed", "False": "not allowed"}.get(str(allowed)) or _value(allowed),
    "clusters": lambda count: f"{_value(count)} cluster{'' if count == 1 else 's'}",
    "cell": _cell,
    "place": lambda region: "all regions that could be read" if region == ALL_REGIONS else _code(region),
    "names": lambda names: _prose(", ".join(map(str, names)) if isinstance(names, list) else names),
    "examples": lambda _: f"\n{_what_is_understood()}",
}
