"""The page for the change ticket: everything of the run is on it, and no text of strangers gets out of its cell."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_simulator import SimulatedAccount
from tests.support.earlier import earlier_run
from tests.support.migrating import REGION, approved_run, request_for, resumed, undone

SMALL = request_for("dev-sandbox")


def page(outcome: Outcome) -> str:
    assert outcome.report is not None
    return Path(outcome.report).read_text(encoding="utf-8")


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, as a Markdown reader sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text.partition(f"## {heading}\n")[2].partition("\n## ")[0])
    found: list[list[str]] = []
    for token, content in pairwise(tokens):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("td_open", "th_open"):
            found[-1].append(plain(content))
    return found


def plain(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def test_it_has_plan_approval_calls_with_request_ids_and_what_aws_answered(
    service: MigrationService, account: SimulatedAccount
) -> None:
    outcome = earlier_run(service, SMALL)
    text = page(outcome)
    assert outcome.migration_id is not None
    acted = [entry for entry in service.journal(outcome.migration_id).entries if entry.event == "acted"]

    assert outcome.report is not None
    assert Path(outcome.report).name == f"{outcome.migration_id}.md"
    assert Path(outcome.report).stat().st_mode & 0o777 == 0o600
    assert outcome.plan.digest in text
    assert "tester (program, 2026-12-01 12:00:00)" in text
    assert "| state | finished |" in text
    head, *calls = rows(text, "Calls")
    assert head == ["step", "call", "request id", "result", "read back from AWS"]
    assert [call[0] for call in calls] == [step.summary for step in outcome.plan.steps]
    assert [call[2] for call in calls] == [entry.request_id for entry in acted]
    assert [call[3] for call in calls] == ["done"] * 4
    assert calls[3][4] == "admin user: awsuser"
    assert "| base capacity |" in text
    assert "- [ ] Do by hand, before: **system-tables**" in text


def test_the_literal_calls_are_those_that_were_made(service: MigrationService, account: SimulatedAccount) -> None:
    text = page(earlier_run(service, SMALL))
    snapshot = next(name for name in account.table(REGION, "cluster_snapshots") if "dev-sandbox" in name)

    assert "$output" not in text
    assert f"snapshot:dev-sandbox/{snapshot}" in text.partition("restore-from-snapshot")[2]


def test_a_run_that_failed_has_one_too_and_a_resume_replaces_it(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")

    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)
    failed = Path(stopped.value.data["report"]).read_text(encoding="utf-8")
    outcome = resumed(service, stopped.value.data["migration_id"])

    assert "| state | stopped: " in failed
    assert "may not redshift-serverless:CreateWorkgroup" in failed
    assert [call[3] for call in rows(failed, "Calls")[1:]] == ["done", "done", "failed", "not done"]
    assert outcome.report == stopped.value.data["report"]
    assert [call[3] for call in rows(page(outcome), "Calls")[1:]] == ["done"] * 4
    assert page(outcome).count("tester (program") == 2


def test_a_step_that_needed_no_call_says_so(service: MigrationService) -> None:
    """The restore left log exports, roles and key as they were: nothing was set again."""
    calls = rows(page(earlier_run(service, request_for("prod-db-1"))), "Calls")[1:]

    assert [call[3] for call in calls if call[0].startswith("See that")] == ["was so already, nothing was called"] * 3
    assert {call[2] for call in calls if call[0].startswith("See that")} == {"–"}


def test_an_undo_has_a_page_of_its_own(service: MigrationService) -> None:
    outcome = earlier_run(service, SMALL)
    back = undone(service, outcome)

    assert back.report != outcome.report
    assert page(back).startswith(f"# Undo migration {outcome.migration_id}")
    assert "delete-namespace" in page(back)


HOSTILE = (
    "a|b\n| forged | row |\n<script>x</script> [click](http://evil.example) ![](http://evil.example/x) \\[c](d) ``` "
    "http://evil.example www.evil.example mail@evil.example <http://evil.example> HTTPS://EVIL.EXAMPLE x|http://e.x|y"
)


def test_text_of_strangers_stays_in_its_cell(service: MigrationService, account: SimulatedAccount) -> None:
    tag = {"Key": "Owner", "Value": HOSTILE}
    account.table(REGION, "clusters")["dev-sandbox"]["Tags"].append(tag)
    outcome = earlier_run(service, SMALL)
    tokens = MarkdownIt("commonmark").enable("table").parse(page(outcome))
    inline = [child for token in tokens for child in token.children or ()]
    settings = rows(page(outcome), "Settings")

    assert {len(row) for row in settings} == {5}
    assert any("| forged | row |" in cell for row in settings for cell in row)
    assert {token.type for token in [*tokens, *inline]} & {"link_open", "image", "html_inline", "html_block"} == set()
    bare = " ".join(child.content for child in inline if child.type == "text")
    assert re.search(r"://|www\.|@", bare, re.IGNORECASE) is None
    assert "http://evil.example" in " ".join(child.content for child in inline if child.type == "code_inline")
    assert [token.type for token in tokens].count("fence") == 1
    assert tokens[-1].type == "fence"


@pytest.mark.parametrize("attempt", ["apply", "resume"])
def test_that_no_page_can_be_written_changes_nothing_about_the_run(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, attempt: str
) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    outcome: Any = None
    if attempt == "apply":
        outcome = approved_run(service, SMALL)
    else:
        account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")
        with pytest.raises(ApplyError) as stopped:
            approved_run(service, SMALL)
        assert "report" not in stopped.value.data
        outcome = resumed(service, stopped.value.data["migration_id"])

    assert (outcome.status, outcome.report) == ("applied", None)
    assert service.prepare(SMALL).is_empty
