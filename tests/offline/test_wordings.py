"""Several hundred wordings with what each means, and the forms held to the tools that they call."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.offline.forms import FORMS, Form
from redshift_migrate.offline.history import Done, History, Turn
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, Say
from redshift_migrate.offline.reader import read_request
from redshift_migrate.tools import TOOLS

LINES = (Path(__file__).parent / "wordings.txt").read_text(encoding="utf-8").splitlines()

DIGEST = "ab12" * 16
COPY = {
    "snapshot_copy_enabled": True,
    "destination_region": "us-west-2",
    "manual_snapshot_retention_period_days": 30,
    "snapshot_copy_grant_name": "my-kms-grant",
}
WAITS = {"status": "approval_required", "plan_digest": DIGEST}
ANSWERS: dict[str, dict[str, dict[str, Any]]] = {
    "get maintenance and snapshot settings for prod-db-1 in us-east-2": {
        "get_cluster_maintenance_settings": {"maintenance_track": "trailing"},
        "get_cluster_snapshot_copy_settings": COPY,
    },
    "configure snapshot copy for namespace n1 to us-west-2": {"configure_serverless_snapshot_copy": WAITS},
    "configure snapshot copy for namespace n1 to us-west-2 with 7 day retention in us-east-2": {
        "configure_serverless_snapshot_copy": {"status": "success", "migration_id": "m-9"}
    },
    "show namespace n1": {"get_serverless_settings": {"workgroup": {"workgroup_name": "w1"}}},
    "plan the migration of prod-db-1 as namespace n1 in us-east-2": {
        "plan_migration": {"status": "planned", "plan_digest": DIGEST}
    },
}
"""What the tools answered to the requests that others follow."""


def wordings() -> list[tuple[str, str, str]]:
    """Each request with the one before it, empty at the start, and its meaning."""
    rows, before = [], ""
    for line in LINES:
        if line.startswith("after:"):
            before = line.removeprefix("after:").strip()
        elif line and not line.startswith("#"):
            text, _, meaning = line.rpartition(" > ")
            rows.append((before, text, meaning))
    return rows


WORDINGS = wordings()


def history_after(text: str) -> History:
    if not text:
        return History()
    meaning = read_request(text, History())
    assert isinstance(meaning, Calls)
    answers = ANSWERS.get(text, {})
    return History(
        (Turn(text, tuple(Done(each, ok=True, result=answers.get(each.tool, {})) for each in meaning.calls)),)
    )


def in_short(meaning: Meaning) -> str:
    if isinstance(meaning, Calls):
        return " + ".join(map(call_in_short, meaning.calls))
    if isinstance(meaning, Ask):
        return f"asks for the {meaning.missing}"
    return "says why not" if isinstance(meaning, Say) else "is not understood"


def call_in_short(call: Call) -> str:
    values = {name: ",".join(value) if isinstance(value, list) else value for name, value in call.arguments.items()}
    return " ".join([f"{call.tool}{'!' * call.then_apply}", *(f"{name}={value}" for name, value in values.items())])


@pytest.mark.parametrize(("before", "text", "meaning"), WORDINGS)
def test_a_wording_means_what_the_table_says(before: str, text: str, meaning: str) -> None:
    assert in_short(read_request(text, history_after(before))) == meaning


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_can_be_asked_for_in_plain_words(tool: str) -> None:
    called = {each.removesuffix("!") for _, _, meaning in WORDINGS for each in meaning.replace(" + ", " ").split(" ")}

    assert tool in called


def declared(tool: str) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(getattr(Toolbox, tool)).parameters
    return {name: parameter for name, parameter in parameters.items() if name != "self"}


@pytest.mark.parametrize("form", [form for form in FORMS if not form.refusal], ids=lambda form: form.tool)
def test_a_form_takes_the_arguments_of_its_tool_and_asks_for_those_it_must_have(form: Form) -> None:
    arguments = declared(form.tool)
    slots = [slot.argument for slot in reversed(form.slots)]
    must_have = {name for name, parameter in arguments.items() if parameter.default is inspect.Parameter.empty}

    assert [name for name in arguments if name in slots] == slots
    assert must_have <= {slot.argument for slot in form.slots if slot.ask}


@pytest.mark.parametrize(("before", "text", "meaning"), WORDINGS)
def test_a_call_fits_its_tool(before: str, text: str, meaning: str) -> None:
    understood = read_request(text, history_after(before))

    for call in understood.calls if isinstance(understood, Calls) else ():
        arguments = declared(call.tool)
        assert set(call.arguments) <= set(arguments)
        assert {name for name, each in arguments.items() if each.default is inspect.Parameter.empty} <= set(
            call.arguments
        )
