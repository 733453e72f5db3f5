"""What becomes of each scheduled query: its copy, its name, and the sentences about what cannot be carried."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.role_access import PolicyDocument, RoleAccess
from redshift_migrate.models.scheduled_query import EVERYTHING, NAMESPACE_SECRET, ScheduledQuery
from redshift_migrate.translators.query_names import LONGEST, new_names
from redshift_migrate.translators.scheduled_queries import Pair, pair_queries, translate_scheduled_queries
from redshift_migrate.translators.translation import Translation

ROLE = "arn:aws:iam::123456789012:role/team/Queries"
MANAGED = "arn:aws:secretsmanager:us-east-2:123456789012:secret:redshift!prod-db-1-awsuser-AbCdEf"
DENIED = Unknown(needs_action="scheduler:ListSchedules", reason="may not")
CHOICES = migration_choices("prod-db-1", namespace_name="my-namespace", workgroup_name="my-workgroup")


def access(service: str = "events.amazonaws.com", action: Any = "*") -> RoleAccess:
    trust = {"Statement": {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}}
    policy = {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}
    return RoleAccess(role_arn=ROLE, trust_policy=trust, policies=(PolicyDocument(name="inline", document=policy),))


def a_rule(name: str = "nightly", target_id: str = "1", **members: Any) -> ScheduledQuery:
    given: dict[str, Any] = {
        "home": "rule",
        "name": name,
        "group": "default",
        "target_id": target_id,
        "arn": f"arn:aws:events:us-east-2:123456789012:rule/{name}",
        "cluster_id": "prod-db-1",
        "enabled": True,
        "schedule_expression": "rate(1 day)",
        "database": "dev",
        "db_user": "etl",
        "role_arn": ROLE,
        "role": access(),
        "sql": "select 1",
    }
    return ScheduledQuery(**(given | members))


def a_schedule(name: str = "nightly", **members: Any) -> ScheduledQuery:
    arn = f"arn:aws:scheduler:us-east-2:123456789012:schedule/default/{name}"
    target = "arn:aws:scheduler:::aws-sdk:redshiftdata:executeStatement"
    given = {"home": "schedule", "target_id": None, "arn": arn, "target_arn": target, "raw_input": "{}"}
    return a_rule(name, **(given | {"role": access("scheduler.amazonaws.com")} | members))


def a_cluster(*queries: ScheduledQuery, **members: Any) -> ProvisionedClusterConfig:
    return ProvisionedClusterConfig(
        cluster_id="prod-db-1",
        region="us-east-2",
        account_id="123456789012",
        partition="aws",
        status="available",
        master_password_secret_arn=MANAGED,
        **({"scheduled_queries": queries} | members),
    )


def translated(*queries: ScheduledQuery) -> Translation:
    return translate_scheduled_queries(a_cluster(*queries), CHOICES)


def pair(*queries: ScheduledQuery) -> Pair:
    return pair_queries(a_cluster(*queries), "my-workgroup")[0]


def warnings(translation: Translation) -> str:
    return "\n".join(finding.message for finding in translation.findings if finding.level == "warning")


def test_the_copy_differs_only_in_what_a_workgroup_needs() -> None:
    old = a_rule(with_event=True, retry_policy={"MaximumRetryAttempts": 3}, extra={"InputPath": "$.detail"})
    new = pair(old).new

    changed = {name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)}
    assert changed == {"name", "arn", "cluster_id", "workgroup", "db_user", "statement_name", "role"}
    assert (new.name, new.statement_name, new.workgroup) == (
        "nightly-my-workgroup",
        "nightly-my-workgroup",
        "my-workgroup",
    )


def test_a_schedules_statement_keeps_its_name() -> None:
    assert pair(a_schedule(statement_name="x")).new.statement_name == "x"
    assert pair(a_schedule()).new.statement_name is None


def test_several_statements_of_one_rule_stay_apart() -> None:
    one, two, three = (
        a_rule(target_id="1", statement_name="nightly"),
        a_rule(target_id="2", statement_name="purge"),
        a_rule(target_id="3"),
    )
    names = [pair.new.statement_name for pair in pair_queries(a_cluster(one, two, three), "my-workgroup")]

    assert names == ["nightly-my-workgroup", "purge", "nightly-my-workgroup"]


LEFT_OUT = [
    (a_rule(managed_by="states.amazonaws.com"), "managed by states.amazonaws.com"),
    (a_schedule(input_is_plain=False), "not a plain JSON object"),
    (a_rule(role_arn=None), "has no role"),
    (a_rule(sql=None), "has no statement"),
    (a_rule(unread=DENIED), "needs scheduler:ListSchedules"),
]


@pytest.mark.parametrize(("query", "says"), LEFT_OUT, ids=[says for _, says in LEFT_OUT])
def test_what_cannot_be_carried_is_said(query: ScheduledQuery, says: str) -> None:
    translation = translated(query)

    assert translation.settings == {}
    assert says in warnings(translation)
    assert [row.action for row in translation.changes] == ["not carried"]


def test_one_that_has_ended_is_only_mentioned() -> None:
    translation = translated(a_schedule(has_ended=True))

    assert translation.settings == {}
    assert any("has ended" in finding.message and finding.level == "info" for finding in translation.findings)


def test_a_place_that_could_not_be_listed_is_no_row_and_a_warning() -> None:
    place = a_schedule(EVERYTHING, group=EVERYTHING, unread=DENIED)
    translation = translated(place, a_rule())

    assert "There may be more: schedules, group all: unknown: needs scheduler:ListSchedules" in warnings(translation)
    assert [row.setting for row in translation.changes] == ["scheduled query nightly (1)"]


def test_queries_that_could_not_be_read_at_all_are_unknown() -> None:
    translation = translate_scheduled_queries(a_cluster(scheduled_queries=DENIED), CHOICES)

    assert translation.settings == {}
    assert "unknown: needs scheduler:ListSchedules" in warnings(translation)


def test_without_any_the_question_about_other_places_is_still_asked() -> None:
    translation = translated()

    assert any("Does anything else run SQL" in finding.message for finding in translation.findings)
    assert warnings(translation) == ""


def test_the_managed_secret_becomes_the_namespaces_and_any_other_stays() -> None:
    assert pair(a_rule(secret_arn=MANAGED)).new.secret_arn == NAMESPACE_SECRET
    assert "goes with the cluster" in warnings(translated(a_rule(secret_arn=MANAGED)))
    own = MANAGED.replace("redshift!prod-db-1-awsuser", "etl")
    assert pair(a_rule(secret_arn=own)).new.secret_arn == own
    assert any("RedshiftDataFullAccess" in finding.message for finding in translated(a_rule(secret_arn=own)).findings)


def test_a_start_that_has_passed_is_not_sent_again() -> None:
    begun = a_schedule(start_date="2026-01-01T00:00:00Z", has_started=True)

    assert pair(begun).new.start_date is None
    assert any("counts its rate from" in finding.message for finding in translated(begun).findings)
    assert pair(a_schedule(start_date="2099-01-01T00:00:00Z")).new.start_date == "2099-01-01T00:00:00Z"


def test_who_waits_for_the_statements_name_is_warned() -> None:
    assert "Rules that wait for the old name" in warnings(translated(a_rule(with_event=True, statement_name="nightly")))
    assert "Rules that wait" not in warnings(translated(a_rule(with_event=False, statement_name="nightly")))


def test_an_event_pattern_that_names_the_cluster_is_said() -> None:
    pattern = '{"detail": {"SourceIdentifier": ["prod-db-1"]}}'
    query = a_rule(schedule_expression=None, event_pattern=pattern)

    assert "waits for events that name the cluster" in warnings(translated(query))
    assert "waits for events" not in warnings(
        translated(a_rule(schedule_expression=None, event_pattern='{"a": ["b"]}'))
    )


# --- roles ----------------------------------------------------------------------------------------------


def test_a_role_that_can_run_it_still_needs_grants() -> None:
    said = warnings(translated(a_rule()))

    assert "cannot run" not in said
    assert 'GRANT USAGE ON SCHEMA your_schema TO "IAMR:Queries"' in said
    assert "run as etl;" in said


def test_with_a_secret_no_grants_are_needed() -> None:
    assert "IAMR" not in warnings(
        translated(a_rule(secret_arn="arn:aws:secretsmanager:us-east-2:123456789012:secret:a"))
    )


def test_a_role_that_lacks_permission_is_told_with_the_exact_statement() -> None:
    said = warnings(translated(a_rule(role=access(action="redshift-data:ExecuteStatement"))))

    assert f"Role {ROLE} cannot run nightly-my-workgroup" in said
    assert '{"Effect": "Allow", "Action": ["redshift-serverless:GetCredentials"], "Resource": ' in said
    assert '"arn:aws:redshift-serverless:us-east-2:123456789012:workgroup/*"}' in said


def test_a_list_of_statements_needs_another_action() -> None:
    said = warnings(translated(a_rule(sql=None, sqls=("a", "b"), role=access(action="s3:*"))))

    assert "redshift-data:BatchExecuteStatement" in said
    assert "redshift-data:ExecuteStatement" not in said


def test_a_role_that_trusts_another_service_is_told_with_the_exact_statement() -> None:
    said = warnings(translated(a_schedule(role=access("events.amazonaws.com"))))

    assert (
        '{"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}' in said
    )


def test_a_trust_policy_that_names_the_old_rule_does_not_let_the_new_one_in() -> None:
    role = access()
    assert isinstance(role.trust_policy, dict)
    statement = role.trust_policy["Statement"]
    assert isinstance(statement, dict)
    only_old = {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-2:123456789012:rule/nightly"}}
    narrow = role.model_copy(update={"trust_policy": {"Statement": {**statement, "Condition": only_old}}})

    assert "does not trust events.amazonaws.com" in warnings(translated(a_rule(role=narrow)))


def test_a_role_that_could_not_be_read_cannot_be_told() -> None:
    unread = Unknown(needs_action="iam:GetRole", reason="may not")
    said = warnings(translated(a_rule(role=unread)))

    assert "may not be able to run" in said
    assert "needs iam:GetRole" in said


# --- names ----------------------------------------------------------------------------------------------

NAME = st.text("abz019._-", min_size=1, max_size=64)


@given(names=st.lists(st.tuples(st.sampled_from(["default", "other"]), NAME), unique=True, max_size=12), data=st.data())
def test_new_names_fit_never_clash_and_do_not_depend_on_the_order(names: list[tuple[str, str]], data: Any) -> None:
    queries = [a_rule(name, group=group, arn=f"arn:{group}/{name}") for group, name in names]
    given_names = new_names(queries, "my-workgroup")
    shuffled = data.draw(st.permutations(queries))

    addresses = [(group, given_names[("rule", group, name)]) for group, name in names]
    assert len({*addresses, *names}) == 2 * len(names), "a new name is no old one, and no other new one"
    assert all(len(name) <= LONGEST for _, name in addresses)
    assert new_names(shuffled, "my-workgroup") == given_names


def test_names_keep_the_consoles_prefix_and_long_ones_stay_apart() -> None:
    long = "QS2-" + "x" * 60
    names = new_names([a_rule(long), a_rule(long[:-1] + "y"), a_rule("QS2-short")], "my-workgroup")

    assert names["rule", "default", "QS2-short"] == "QS2-short-my-workgroup"
    assert len(set(names.values())) == 3
    assert all(name.startswith("QS2-") for name in names.values())


def test_a_name_that_is_taken_by_another_query_is_not_used() -> None:
    names = new_names([a_rule("a"), a_rule("a-my-workgroup")], "my-workgroup")

    assert names["rule", "default", "a"] != "a-my-workgroup"
    assert len({*names.values(), "a", "a-my-workgroup"}) == 4
