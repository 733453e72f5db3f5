"""The lists of actions in template.yaml are written from the table of operations."""

from __future__ import annotations

import pytest

from redshift_migrate.permissions import OPERATIONS, Grant, Operation
from scripts.utils.template_actions import STATEMENTS, generate, template_lists
from tests.deployment.policies import TEMPLATE


def test_the_template_is_what_would_be_written() -> None:
    present = TEMPLATE.read_text()

    assert generate(present) == present, "bring it up to date with scripts/docs/check --write"


@pytest.mark.parametrize(
    ("name", "operation", "statement"),
    [
        ("redshift:DescribeNews", Operation((Grant("redshift:DescribeNews"),)), "ReadLists"),
        ("redshift:GetNews", Operation((Grant("redshift:GetNews", "{ResourceArn}"),)), "ReadOneByOne"),
        (
            "redshift-serverless:UpdateNews",
            Operation((Grant("redshift-serverless:UpdateNews"),), True),
            "ChangeWithout",
        ),
        ("scheduler:DeleteNews", Operation((Grant("scheduler:DeleteNews", "arn"),), True), "SwitchScheduledQueries"),
    ],
)
def test_a_new_operation_is_written_into_the_policy_that_it_belongs_to(
    monkeypatch: pytest.MonkeyPatch, name: str, operation: Operation, statement: str
) -> None:
    monkeypatch.setitem(OPERATIONS, name, operation)

    before, after = generate(TEMPLATE.read_text()).partition(f"- {name}\n")[::2]

    assert before.rpartition("# generated: ")[2].startswith(statement)
    assert after.count(name) == 0
    assert generate(TEMPLATE.read_text()) != TEMPLATE.read_text()


def test_an_operation_that_is_no_longer_made_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OPERATIONS, "ec2:DescribeSubnets")

    assert "ec2:DescribeSubnets" not in template_lists()["ReadLists"]
    assert "ec2:DescribeSubnets" in template_lists()["SeeNetworkOfWorkgroup"], "serverless asks in the caller's name"


@pytest.mark.parametrize("sid", [sid for statements in STATEMENTS.values() for sid in statements])
def test_a_statement_without_marks_is_told(sid: str) -> None:
    with pytest.raises(ValueError, match=sid):
        generate(TEMPLATE.read_text().replace(f"# end: {sid}\n", ""))
