"""The generated blocks of the migration guide: one migration from plan to undo, and tables made from the rules."""

from __future__ import annotations

import itertools

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.plan import Call
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Calls
from redshift_migrate.offline.reader import read_request
from redshift_migrate.translators.capacity import (
    ALLOWED_RPU,
    GIB_PER_NODE,
    GIB_PER_RPU,
    STORAGE_FLOORS,
    UNCONFIRMED_NODES,
)
from scripts.docs.blocks import filled, table
from scripts.docs.demo_program import REGION, Demo
from scripts.docs.field_table import field_table, unused_members
from scripts.docs.permission_table import permission_table
from scripts.docs.quoted import require_messages
from scripts.docs.transcripts import Story, block

PHRASES = (
    "migrate prod-db-1 to serverless",
    "plan the migration of prod-db-1",
    "migrate prod-db-1 as namespace sales and workgroup sales-wg",
    "migrate prod-db-1 with 32 RPU",
    "migrate prod-db-1 without data",
    "migrate archive-paused from snapshot before-the-move",
    "migrate prod-db-1 except tags and scheduled queries",
    "migrate prod-db-1 including wlm without tags",
    "migrate prod-db-1 with 32 RPU, at most 128 RPU",
    "only the snapshot copy and tags of prod-db-1 to namespace my-namespace",
)
"""Each with other choices; the guide shows what plan_migration is called with."""


def generate(present: str) -> str:
    """The guide with its blocks as the program is now."""
    with Demo() as demo:
        blocks = _story(demo, Story(demo))
    with Demo() as demo:
        blocks |= {"blocked": block(_blocked(Story(demo))), "field table": field_table(demo)}
    blocks |= {
        "phrases": _phrases(),
        "unused members": unused_members(),
        "node memory": _node_memory(),
        "capacity values": _capacity_values(),
        "read permissions": permission_table(writes=False),
        "write permissions": permission_table(writes=True),
    }
    return require_messages(filled(present, blocks))


# --- one migration ---------------------------------------------------------------------------------------


def _story(demo: Demo, story: Story) -> dict[str, str]:
    blocks = {"plan": block(_planned(story))}
    digest = story.newest_digest()
    demo.account.faults.add("redshift-serverless:CreateUsageLimit", kind="expired")
    blocks["apply"] = block(_stopped(story, digest))
    migration = story.newest_migration()
    blocks["status"] = block(story.shown("/status", only=STATUS))
    blocks["resume"] = block(_resumed(story, digest, migration))
    blocks["report"] = block(story.file(f"reports/{migration}.md", lines=11))
    verified = story.shown("/verify")
    _somebody_changes_a_setting(demo)
    blocks["verify"] = block(verified, f"{SOMEBODY}\n\n{story.shown('/verify', exit_code=1)}")
    blocks["cut over"] = block(_cut_over_planned(story, migration))
    blocks["undo"] = block(_undo_planned(story, migration))
    blocks["check"] = block(story.shown("/check", only=CHECK))  # last: how long it waits is not the same every time
    return blocks


CHECK = ("^Data of", "^Tables:", "^Will break", "f_parse_url", "^The data of")
"""Without the rows of a table that grows: how many there are depends on the second."""
STATUS = ("^Migrate", "^  (run|state|step|because|approved|next)")


def _planned(story: Story) -> str:
    return story.shown(
        "migrate prod-db-1 to serverless",
        only=("^(?!Digest|  \\*\\*Approval|  \\d+\\. |  Approve exactly this plan with: |  Plan digest|  \\(offline)",),
        exit_code=3,
    )


def _stopped(story: Story, digest: str) -> str:
    begun = r"^step \d+/\d+: "
    some_waits = r"^step 4/\d+, \d+ min \d+ s: waiting for namespace \S+ to be AVAILABLE \(now MODIFYING\), usually"
    return story.shown(
        "/approve", digest, only=(begun, some_waits, "failed: ", "resume migration"), progress=True, exit_code=1
    )


def _resumed(story: Story, digest: str, migration: str) -> str:
    return story.shown(
        "--approve",
        digest,
        f"resume migration {migration}",
        only=(r"^step (8|9|10|24)/\d+: ", "all .* steps are done", "^  - report"),
        progress=True,
    )


SOMEBODY = "$ aws redshift-serverless update-workgroup --workgroup-name prod-db-1 --max-capacity 512   # somebody else"


def _somebody_changes_a_setting(demo: Demo) -> None:
    parameters: JsonObject = {"workgroupName": "prod-db-1", "maxCapacity": 512}
    demo.somebody_else(
        Call(service="redshift-serverless", region=REGION, operation="UpdateWorkgroup", parameters=parameters)
    )


def _cut_over_planned(story: Story, migration: str) -> str:
    return story.shown(
        f"cut over the scheduled queries of migration {migration}",
        only=(
            "^Plan [0-9a-f]+:", "^setting ", "^(rule|schedule) ", "^Steps", "^ +[1-4] +O", "^Nothing was", "^  ./chat",
        ),
        exit_code=3,
    )  # fmt: skip


def _undo_planned(story: Story, migration: str) -> str:
    return story.shown(
        f"undo migration {migration}",
        only=(
            "^Plan [0-9a-f]+:",
            "^[0-9]+ steps",
            "^(Decide|Do by hand|Works)",
            "^Steps",
            r"^ +(1|15|18|19) +Take back",
            "^Nothing was changed",
            "^  ./chat",
        ),
        exit_code=3,
    )


def _blocked(story: Story) -> str:
    return story.shown(
        "migrate payroll-hsm to serverless", only=("cannot be applied", "^  \\*\\*Stops it", "^  - "), exit_code=1
    )


# --- tables ----------------------------------------------------------------------------------------------


def _phrases() -> str:
    return table(("say", "what is planned"), [(f"`{phrase}`", _understood(phrase)) for phrase in PHRASES])


def _understood(phrase: str) -> str:
    """The arguments with which the offline model calls plan_migration for the phrase."""
    meaning = read_request(phrase, History())
    calls = meaning.calls if isinstance(meaning, Calls) else ()
    if [each.tool for each in calls] != ["plan_migration"]:
        raise ValueError(f"{phrase!r} means {meaning}")
    given = {name: value for name, value in calls[0].arguments.items() if value is not None}
    return ", ".join(f"`{name}`: {_named(value)}" for name, value in given.items())


def _named(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _node_memory() -> str:
    rows = [
        (f"`{node}`", f"{gib} GiB", f"{gib / GIB_PER_RPU:g} RPU", "not confirmed" if node in UNCONFIRMED_NODES else "")
        for node, gib in GIB_PER_NODE.items()
    ]
    return table(("node type", "memory a node", "for one node", ""), rows)


def _capacity_values() -> str:
    first, second, last = ALLOWED_RPU[0], ALLOWED_RPU[1], ALLOWED_RPU[-1]
    wide = next(upper for lower, upper in itertools.pairwise(ALLOWED_RPU) if upper - lower > 8)
    floors = ", and ".join(f"at least {rpu} for more than {tb} TB" for tb, rpu in reversed(STORAGE_FLOORS))
    return (
        f"Allowed values are {first}, then {second} to {wide - 32} in steps of 8, then {wide} to {last} in steps "
        f"of 32.\nMuch data needs a minimum: {floors}."
    )
