"""Values for tests, complete and plausible; a test names only what it is about."""

from __future__ import annotations

import json
from typing import Any

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import IamRole, Parameter, ProvisionedClusterConfig, Subnet
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.translation import Translation

ACCOUNT = "123456789012"
NAMESPACE_ARN = f"arn:aws:redshift:us-east-2:{ACCOUNT}:namespace:11111111-2222-3333-4444-555555555555"
SERVERLESS_TRUST = ("redshift-serverless.amazonaws.com", "redshift.amazonaws.com")


def a_cluster(**members: Any) -> ProvisionedClusterConfig:
    """A healthy cluster of two ra3.4xlarge nodes in us-east-2, with these members instead."""
    usual: dict[str, Any] = {
        "cluster_id": "prod-db-1",
        "region": "us-east-2",
        "account_id": ACCOUNT,
        "partition": "aws",
        "status": "available",
        "cluster_namespace_arn": NAMESPACE_ARN,
        "db_name": "dev",
        "node_type": "ra3.4xlarge",
        "number_of_nodes": 2,
        "vpc_id": "vpc-1",
        "cluster_subnet_group_name": "main",
        "subnets": some_subnets(3),
        "vpc_security_group_ids": ("sg-1",),
        "port": 5439,
        "publicly_accessible": False,
        "enhanced_vpc_routing": False,
        "master_username": "awsuser",
        "maintenance_track": "current",
        "automated_snapshot_retention_period_days": 1,
        "manual_snapshot_retention_period_days": -1,
    }
    return ProvisionedClusterConfig.model_validate(usual | members)


def some_choices(**members: Any) -> MigrationChoices:
    """A migration of that cluster under its own name, with these choices instead."""
    usual = {"cluster_id": "prod-db-1", "namespace_name": "prod-db-1", "workgroup_name": "prod-db-1"}
    return MigrationChoices.model_validate(usual | members)


def with_everything(**members: Any) -> MigrationChoices:
    """Everything, and the subjects that are opt-in named as well."""
    return some_choices(also=(Subject.WLM, Subject.SNAPSHOTS), **members)


def some_subnets(number: int, *, free_ips: int | None = 200) -> tuple[Subnet, ...]:
    """So many subnets, each in a zone of its own."""
    return tuple(
        Subnet(
            subnet_id=f"subnet-{index}",
            availability_zone=f"us-east-2{'abcdef'[index % 6]}",
            availability_zone_id=f"use2-az{index + 1}",
            available_ip_address_count=free_ips,
            vpc_id="vpc-1",
            has_ipv6=True,
        )
        for index in range(number)
    )


def a_role(name: str = "spectrum", *trusted: str, **members: Any) -> IamRole:
    """A role attached to the cluster that trusts these services, by default also serverless."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return IamRole(iam_role_arn=arn, trusted_services=trusted or SERVERLESS_TRUST, **members)


def some_parameters(**values: str) -> tuple[Parameter, ...]:
    """Parameters that differ from the default."""
    return tuple(Parameter(name=name, value=value, source="user") for name, value in values.items())


def a_wlm(*queues: dict[str, Any]) -> tuple[Parameter, ...]:
    """A parameter group with these WLM queues."""
    return some_parameters(wlm_json_configuration=json.dumps(list(queues)))


def a_rule(name: str = "slow", action: str = "abort", **values: Any) -> dict[str, Any]:
    """A query monitoring rule whose predicates are `metric > value`."""
    predicate = [{"metric_name": metric, "operator": ">", "value": value} for metric, value in values.items()]
    return {"rule_name": name, "predicate": predicate, "action": action}


def denied(action: str) -> Unknown:
    """What a read is that was not allowed."""
    return Unknown(needs_action=action, reason="AWS said no.")


def levels(translation: Translation, setting: str) -> list[str]:
    """The levels of the findings about one setting."""
    return [finding.level for finding in translation.findings if finding.setting == setting]


def the_finding(translation: Translation, setting: str) -> Finding:
    """The one finding about a setting."""
    (finding,) = (finding for finding in translation.findings if finding.setting == setting)
    return finding


def after(translation: Translation, setting: str) -> list[tuple[str | None, str]]:
    """What the table says about one setting: its value after, and the action."""
    return [(row.after, row.action) for row in translation.changes if row.setting == setting]
