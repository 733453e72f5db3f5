"""A service that sees two accounts, and clusters made up for what is pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redshift_migrate.aws.accounts import Accounts
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.accounts import Account
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.fleet import Fleet, Member
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAws
from redshift_simulator.demo.account import READER, SECOND_ACCOUNT

HOME, REGION = "123456789012", "us-east-2"
SECOND = Account(name="analytics", account_id=SECOND_ACCOUNT, role_arn=READER.format(account=SECOND_ACCOUNT))


def accounts_of(aws: SimulatedAws, home: Aws, *allowed: Account) -> Accounts:
    """The home account and those that are allowed, all served there."""

    def with_keys(key: str, secret: str, token: str) -> Aws:
        return AwsClient(PinnedSession(aws.endpoint_url, REGION, (key, secret, token)))

    return Accounts(home, allowed, with_keys=with_keys)


def wide_service(aws: SimulatedAws, clock: Clock, folder: Path, *allowed: Account) -> MigrationService:
    """A service that may look at the second account too, or at those that are given."""
    home = AwsClient(PinnedSession(aws.endpoint_url, REGION))
    return MigrationService(
        aws=home,
        regions=region_catalog(),
        store=FileStore(folder),
        clock=clock,
        default_region=REGION,
        accounts=accounts_of(aws, home, *(allowed or (SECOND,))),
    )


def cluster(name: str = "a-cluster", **members: Any) -> ProvisionedClusterConfig:
    """A plain cluster, with these members."""
    given: dict[str, Any] = {
        "cluster_id": name,
        "region": "us-east-1",
        "account_id": HOME,
        "partition": "aws",
        "status": "available",
        "node_type": "ra3.4xlarge",
        "number_of_nodes": 2,
        "parameter_group_name": "default.redshift-2.0",
    }
    return ProvisionedClusterConfig(**given | members)


def member(name: str, **members: Any) -> Member:
    """One cluster of a fleet; what ClusterSummary has goes there."""
    of_cluster = {key: members.pop(key) for key in list(members) if key in ClusterSummary.model_fields}
    summary = ClusterSummary(**{"cluster_id": name, "region": REGION, "status": "available"} | of_cluster)
    given: dict[str, Any] = {"account_id": HOME, "readiness": "ready", "memory_gib": 64, "namespace_arn": f"arn:{name}"}
    return Member(cluster=summary, **given | members)


def fleet(*members: Member, **more: Any) -> Fleet:
    """A fleet of these."""
    return Fleet(at="2026-11-26T00:00:00Z", members=members, **more)
