"""Whatever acts on the cluster is named, with what to do with it at the cut-over."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.extractors.automation import parse_schedule
from redshift_migrate.extractors.mentions import Mentions
from redshift_migrate.models.automation import EVERY_ONE, Automation
from redshift_migrate.models.base import Unknown
from redshift_migrate.translators.automation import AT_CUT_OVER, PLACES, translate_automation
from redshift_migrate.translators.translation import Translation
from tests.cases.loading import ACCOUNT, CLUSTER, REGION, about, case, choices_of, cluster_of, translated

REPLIES = case("scheduler_pause_resume")
MENTIONS = Mentions(CLUSTER, REGION, ACCOUNT)


def schedules(**changes: Any) -> tuple[Automation, ...]:
    found = [each for reply in REPLIES["GetSchedule"] for each in parse_schedule(reply, MENTIONS)]
    return tuple(each.model_copy(update=changes) for each in found)


def of(*automation: Automation) -> Translation:
    return translate_automation(cluster_of(REPLIES, automation=automation), choices_of(REPLIES))


def a_schedule(operation: str, **members: Any) -> Automation:
    given: dict[str, Any] = {"kind": "schedule", "name": "one", "place": "default", "operation": operation}
    return Automation(**(given | {"when": "rate(1 day)"} | members))


def test_the_case_is_named_like_scheduled_actions_and_to_be_switched_off() -> None:
    assert [each.name for each in schedules()] == ["wh-1-pause", "wh-1-resume"]
    translation = translated(REPLIES, automation=schedules())

    for name in ("wh-1-pause", "wh-1-resume"):
        (finding,) = (each for each in translation.findings if each.setting == f"schedule {name}")
        assert "not needed: an idle workgroup bills no compute" in finding.message
        assert (finding.level, finding.after) == ("warning", AT_CUT_OVER["off"])
    (off,) = about(translation, "at the cut-over switch off", "woken", "billed")
    assert "wh-1-pause" in off.message
    assert "wh-1-resume" in off.message
    rows = [(row.setting, row.after) for row in translation.changes if row.setting.startswith("schedule ")]
    assert rows == [("schedule wh-1-pause", AT_CUT_OVER["off"]), ("schedule wh-1-resume", AT_CUT_OVER["off"])]


def test_what_is_off_already_need_not_be_switched_off() -> None:
    translation = of(*schedules(enabled=False))

    assert about(translation, "at the cut-over switch off") == []
    assert len(about(translation, "switched off today")) == 2


@pytest.mark.parametrize(
    ("operation", "at_cut_over", "word"),
    [
        ("redshift:pausecluster", "off", "not needed"),
        ("redshift:resumecluster", "off", "not needed"),
        ("redshift:resizecluster", "off", "UpdateWorkgroup"),
        ("redshift:rebootcluster", "off", "changes the cluster"),
        ("redshift:modifycluster", "off", "changes the cluster"),
        ("redshift:deletecluster", "off", "look at it now"),
        ("redshift:acallofnextyear", "off", "changes the cluster"),
        ("redshift:createclustersnapshot", "move", "redshiftserverless:createSnapshot"),
        ("redshift:describeclusters", "leave", "only reads"),
        ("redshiftdata:listtables", "move", "WorkgroupName wh-1"),
        ("redshiftdata:cancelstatement", "move", "WorkgroupName wh-1"),
    ],
)
def test_every_call_on_a_schedule_has_its_advice(operation: str, at_cut_over: Any, word: str) -> None:
    (row,) = of(a_schedule(operation)).changes

    assert row.after == AT_CUT_OVER[at_cut_over]
    assert about(of(a_schedule(operation)), "one", word)


@pytest.mark.parametrize(
    ("nodes", "said"), [(4, "baseCapacity=24"), ("4", "baseCapacity=16"), (None, "baseCapacity=16")]
)
def test_a_resize_says_the_capacity_for_its_size(nodes: Any, said: str) -> None:
    resize = a_schedule("redshift:resizecluster", parameters={"ClusterIdentifier": CLUSTER, "NumberOfNodes": nodes})

    assert about(of(resize), said)


OTHERS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "rule", "targets": ("arn:aws:lambda:f",)}, "move", "arn:aws:lambda:f"),
    ({"kind": "rule", "listens": True, "targets": ("arn:aws:sns:t",)}, "leave", "aws.redshift-serverless"),
    ({"kind": "pipe"}, "move", "runs statements"),
    ({"kind": "state machine"}, "move", "definition names the cluster"),
    ({"kind": "function"}, "move", "environment names the cluster"),
    ({"kind": "connection"}, "move", "host of workgroup wh-1"),
]


@pytest.mark.parametrize(("members", "at_cut_over", "word"), OTHERS, ids=[str(members) for members, *_ in OTHERS])
def test_every_kind_has_its_advice(members: dict[str, Any], at_cut_over: Any, word: str) -> None:
    translation = of(Automation(name="one", **members))

    (row,) = translation.changes
    (finding,) = about(translation, word)
    assert row.after == AT_CUT_OVER[at_cut_over]
    assert finding.level == "warning"


def test_a_rule_that_aws_manages_is_said_to_be() -> None:
    managed = Automation(kind="rule", name="one", targets=("t",), managed_by="states.amazonaws.com")

    assert about(of(managed), "managed by states.amazonaws.com")


def test_ten_denied_lists_are_one_finding_that_names_every_action() -> None:
    unread = [
        Automation(kind=kind, name=EVERY_ONE, unread=Unknown(needs_action=f"{number}:List", reason="denied"))
        for number, kind in enumerate(PLACES)
    ]

    translation = of(*unread)

    assert [(row.on_cluster, row.after) for row in translation.changes] == [("unknown", None)]
    (finding,) = translation.findings
    assert finding.level == "warning"
    assert all(place in finding.message for place in PLACES.values())
    assert all(f"needs {number}:List" in finding.message for number in range(len(PLACES)))


def test_what_was_not_read_at_all_is_unknown() -> None:
    cluster = cluster_of(REPLIES, automation=Unknown(needs_action="events:ListRules", reason="it was not asked for"))

    (finding,) = translate_automation(cluster, choices_of(REPLIES)).findings
    assert finding.level == "warning"
    assert "needs events:ListRules" in finding.message


def test_nothing_found_is_nothing_said_and_what_no_list_shows_is_said_once() -> None:
    assert of().findings == ()
    assert [(row.on_cluster, row.after) for row in of().changes] == [("none", "none")]
    assert len(about(translated(REPLIES, automation=()), "listed nowhere")) == 1
