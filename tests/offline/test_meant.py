"""What a request refers to without its name is looked up, on the simulated account: never guessed, never dropped."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.events import Answer, ToolCall
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.agent.providers.offline import OfflineModel
from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.errors import AccessDenied, ApplyError, ClusterNotFound, SettingsError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.offline.places import CITIES
from redshift_simulator import SimulatedAccount
from redshift_simulator.demo.account import FLEET
from tests.agent.test_gate import Person
from tests.support.earlier import earlier_run
from tests.support.migrating import approved_run, request_for

SMALL = request_for("dev-sandbox")


def say(service: MigrationService, *lines: str, approves: bool = False) -> tuple[list[str], str]:
    """The tools that the last line called, and the answer to it."""

    async def talk() -> tuple[list[str], str]:
        agent = create_agent(service, OfflineModel(), approver=Person(approves))
        conversation = Conversation(agent, Meanwhile(service))
        events: list[Any] = []
        for line in lines:
            events = [event async for event in conversation.turn(line)]
        called = [event.name for event in events if isinstance(event, ToolCall)]
        return called, next(event.text for event in events if isinstance(event, Answer))

    return asyncio.run(talk())


def test_the_stopped_run_is_looked_up_and_gone_on_with(service: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")
    with pytest.raises(ApplyError):
        approved_run(service, SMALL)

    called, answer = say(service, "resume the stopped run", approves=True)
    assert called == ["get_migration_status", "resume_migration"]
    assert "all 4 steps are done" in answer


def test_the_last_migration_is_looked_up_and_taken_back(service: MigrationService) -> None:
    earlier_run(service, SMALL)
    called, answer = say(service, "undo the last migration", approves=True)
    assert called == ["get_migration_status", "undo_migration"]
    assert "Undo migration" in answer


def test_where_there_is_none_nothing_else_is_called(service: MigrationService, account: SimulatedAccount) -> None:
    assert say(service, "undo the last migration")[0] == ["get_migration_status"]
    assert say(service, "apply the saved plan")[0] == ["get_plan"]
    assert account.writes() == []


def test_the_saved_plan_is_looked_up_and_asked_about(service: MigrationService, account: SimulatedAccount) -> None:
    service.prepare(SMALL)
    called, _ = say(service, "apply the saved plan", approves=False)
    assert called == ["get_plan", "apply_plan"]
    assert account.writes() == []


def test_an_addition_keeps_what_the_plan_had(service: MigrationService) -> None:
    called, answer = say(
        service, "plan the migration of prod-db-1 with 64 rpu", "also with wlm", "and without the tags"
    )
    plan = service.newest_plan()
    assert plan is not None
    choices = plan.request.choices  # type: ignore[union-attr]  # it is a migration
    assert called == ["plan_migration"]
    assert (choices.base_capacity_rpu, choices.also, choices.exclude) == (64, ("wlm",), ("tags",))
    assert answer


# --- a bare name is what the account says it is -----------------------------------------------------------


def test_a_namespace_that_was_taken_for_a_cluster_is_shown_as_what_it_is(service: MigrationService) -> None:
    called, answer = say(service, "show my-namespace")
    assert called == ["get_cluster_config", "get_serverless_settings"]
    assert "**Serverless namespace** of `my-namespace`" in answer


def test_the_two_names_of_a_comparison_may_stand_either_way_round(service: MigrationService) -> None:
    toolbox = Toolbox(service)
    one = toolbox.verify_migration("prod-db-1", "my-namespace")
    other = toolbox.verify_migration("my-namespace", "prod-db-1")
    assert other["message"] == one["message"]
    assert other["drift"] == one["drift"]


def test_a_name_that_is_neither_stays_not_found(service: MigrationService) -> None:
    for call in (
        lambda: service.cluster("no-such"),
        lambda: Toolbox(service).verify_migration("no-such", "prod-db-1"),
        lambda: Toolbox(service).plan_migration("no-such"),
    ):
        with pytest.raises(ClusterNotFound) as missing:
            call()
        assert "is_namespace" not in missing.value.data
    with pytest.raises(ClusterNotFound, match="no cluster 'my-namespace'") as named:
        Toolbox(service).plan_migration("my-namespace")
    assert named.value.hint == "my-namespace is a serverless namespace there, not a cluster."


NICKNAMES = {"são paulo", "northern virginia", "n. california", "northern california", "montreal", "dublin"}
NICKNAMES |= {"virginia", "calgary", "uae", "tel aviv"}
"""What botocore calls by another name."""


# --- where, which and how many ----------------------------------------------------------------------------


def test_who_and_where_one_is_is_told(service: MigrationService) -> None:
    _, answer = say(service, "which account am i in?")
    assert "account 123456789012; default region us-east-2" in answer


def test_our_own_account_may_be_named(service: MigrationService) -> None:
    called, _ = say(service, "show arn:aws:redshift:us-east-2:123456789012:cluster:prod-db-1")
    assert called == ["get_cluster_config"]
    assert say(service, "list clusters in account 123456789012")[0] == ["list_clusters"]
    called, answer = say(service, "list clusters in account 210987654321")
    assert called == []
    assert "I work in the account of this run (123456789012) alone" in answer


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        (["status=paused"], lambda c: c.status == "paused"),
        (["status!=paused"], lambda c: c.status != "paused"),
        (["node_type=ra3"], lambda c: str(c.node_type).startswith("ra3.")),
        (["copies_to=none"], lambda c: c.snapshot_copy_destination_region is None),
        (
            ["copies_to!=none", "track=current"],
            lambda c: c.snapshot_copy_destination_region and c.maintenance_track == "current",
        ),
        (["nodes=2"], lambda c: c.number_of_nodes == 2),
        (["name!=prod-db-1"], lambda c: c.cluster_id != "prod-db-1"),
    ],
)
def test_a_list_is_filtered_exactly_and_counted(service: MigrationService, filters: list[str], fits: Any) -> None:
    every = service.clusters()
    wanted = [cluster.cluster_id for cluster in every if fits(cluster)]
    result = Toolbox(service).list_clusters(filters=filters)

    assert [cluster["cluster_id"] for cluster in result["clusters"]] == wanted
    assert result["count"] == len(wanted)
    assert 0 < len(wanted) < len(every) == result["of"]
    assert all(sum(values.values()) == len(wanted) for values in result.get("counts", {}).values())


@pytest.mark.parametrize("wrong", ["paused", "color=red", "status>paused", "=x", ""])
def test_what_is_no_filter_is_refused(service: MigrationService, account: SimulatedAccount, wrong: str) -> None:
    with pytest.raises(SettingsError, match="no filter of a list of clusters") as refused:
        Toolbox(service).list_clusters(filters=[wrong])
    assert "Columns: name, account, region, status, track" in refused.value.hint


def test_cities_are_where_botocore_says_they_are() -> None:
    import botocore.loaders

    partitions = botocore.loaders.create_loader().load_data("endpoints")["partitions"]
    told = {name: each["description"].lower() for part in partitions for name, each in part["regions"].items()}
    strange = [city for city, region in CITIES.items() if city not in NICKNAMES and city not in told[region]]
    assert strange == []
    assert set(CITIES.values()) <= set(told)


# --- all regions ------------------------------------------------------------------------------------------


def test_all_regions_are_read_and_one_that_cannot_be_is_named(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add("redshift:DescribeClusters", kind="denied", region="us-east-1", times=None)
    account.faults.add("redshift:DescribeClusters", kind="not_enabled", region="eu-west-3", times=None)
    result = Toolbox(service).list_clusters("all", filters=["status=available"])

    assert set(result["unreadable"]) == {"us-east-1", "eu-west-3"}
    assert "redshift:DescribeClusters" in result["unreadable"]["us-east-1"]
    assert "not enabled" in result["unreadable"]["eu-west-3"]
    assert result["regions_read"] > 20
    assert set(result["counts"]["region"]) == {"us-east-2", *FLEET}
    assert result["counts"]["region"]["us-east-2"] == len(service.clusters()) - 2


def test_where_no_region_can_be_read_that_is_the_answer(service: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("redshift:DescribeClusters", kind="denied", times=None)
    with pytest.raises(AccessDenied):
        Toolbox(service).list_clusters("all")


def test_clusters_of_several_regions_are_told_apart(service: MigrationService) -> None:
    result = Toolbox(service).list_clusters("ALL")
    assert {"us-east-1", "us-east-2"} <= set(result["counts"]["region"])
    assert sum(result["counts"]["region"].values()) == result["count"]
    some = Toolbox(service).list_clusters("all", filters=["region!=us-east-2"])
    assert set(some["counts"]["region"]) == set(result["counts"]["region"]) - {"us-east-2"}


def test_a_detail_said_afterwards_keeps_the_account_in_mind(service: MigrationService) -> None:
    asked = "configure snapshot copy for namespace my-namespace in account 123456789012"
    assert say(service, asked, "us-west-2")[0] == ["configure_serverless_snapshot_copy"]
