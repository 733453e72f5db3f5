"""A cluster of the demo that was moved, and what is known of its switch."""

from __future__ import annotations

from typing import Any

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.request import CutOverMigration, DecommissionCluster
from redshift_simulator import SimulatedAccount
from tests.support.earlier import earlier_check, earlier_run
from tests.support.migrating import REGION, request_for
from tests.support.scheduled import keep_only

CLUSTER, DOMAIN = "prod-db-1", "warehouse.example.com"
QUERIES = ("QS2-nightly-sales-rollup", "morning-report")
"""A rule and a schedule whose roles can run them on a workgroup."""
DAY_S = 86_400.0


def keep_only_what_can_run(account: SimulatedAccount) -> None:
    """Without the queries whose roles cannot run them on a workgroup, which a person would have to mend."""
    keep_only(account, *QUERIES)


def moved(service: MigrationService, account: SimulatedAccount, *, checked: bool = True) -> str:
    """The cluster moved, with two scheduled queries, and its data compared. The id of the run."""
    keep_only_what_can_run(account)
    migration_id = earlier_run(service, request_for(CLUSTER)).migration_id
    assert migration_id
    if checked:
        earlier_check(service, migration_id)
    return migration_id


def cut_over(service: MigrationService, migration_id: str) -> str:
    """Everything led to serverless. The id of the run."""
    return str(earlier_run(service, CutOverMigration(region=REGION, migration_id=migration_id)).migration_id)


def end_of(cluster_id: str = CLUSTER, **more: Any) -> DecommissionCluster:
    """The request for its end."""
    return DecommissionCluster(region=REGION, cluster_id=cluster_id, **more)


def leads_to(account: SimulatedAccount) -> tuple[bool, bool]:
    """Whether the custom domain leads to the cluster, and whether to the workgroup."""
    cluster = account.table(REGION, "clusters").get(CLUSTER, {})
    workgroup = account.table(REGION, "workgroups").get(CLUSTER, {})
    return cluster.get("CustomDomainName") == DOMAIN, workgroup.get("customDomainName") == DOMAIN


def actions_on(account: SimulatedAccount) -> set[str]:
    """The states of the cluster's scheduled actions."""
    return {each["State"] for each in account.table(REGION, "cluster_scheduled_actions").values()}


def everybody_left(account: SimulatedAccount, days_ago: float = 8) -> None:
    """Nobody has connected to the cluster for so long."""
    cluster = account.table(REGION, "clusters")[CLUSTER]
    for client in (*cluster["_contents"]["connections"], *cluster.get("_clients", [])):
        client["until_s"] = account.clock.now() - days_ago * DAY_S
