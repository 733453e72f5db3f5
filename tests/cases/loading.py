"""Cases from the field: what AWS answered of one cluster, as the extractors would have read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from redshift_migrate.aws.door import Aws
from redshift_migrate.extractors.identity import parse_iam_roles
from redshift_migrate.extractors.parameters import parse_parameters
from redshift_migrate.extractors.provisioned import parse_cluster
from redshift_migrate.extractors.source import Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import FRESH_SNAPSHOT, MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding
from redshift_migrate.translators.all import translate
from redshift_migrate.translators.translation import Translation

CLUSTER, REGION, ACCOUNT = "wh-1", "us-east-1", "111122223333"
NOBODY_SAYS = Unknown(needs_action="iam:GetRole", reason="not part of the case")
READ_AS_NONE = (
    "subnets",
    "reserved_nodes",
    "scheduled_actions",
    "usage_limits",
    "snapshot_schedules",
    "endpoint_access",
    "endpoint_authorizations",
    "data_shares",
    "integrations",
    "partners",
    "event_subscriptions",
    "alarms",
    "scheduled_queries",
    "automation",
)
"""What a case does not speak of was read, and there is none."""


def case(name: str) -> dict[str, Any]:
    """One case: AWS's replies by operation, as far as they matter."""
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "data" / f"{name}.json").read_text())
    return loaded


def cluster_of(replies: dict[str, Any], **members: Any) -> ProvisionedClusterConfig:
    """The cluster of a case; `members` are what other reads gave."""
    reply = replies["DescribeClusters"]
    nobody = cast(Aws, None)  # parsing asks nothing
    source = Source(nobody, CLUSTER, REGION, ACCOUNT, "aws", reply)
    read: dict[str, Any] = dict.fromkeys(READ_AS_NONE, ())
    read |= {"logging": None, "resource_policy": None, "stored_mb": None, "snapshot_copy_config": None}
    read["iam_roles"] = parse_iam_roles(reply, NOBODY_SAYS)
    read["parameters"] = parse_parameters(replies.get("DescribeClusterParameters_user", []), {})
    return parse_cluster(source, read | members)


def choices_of(replies: dict[str, Any]) -> MigrationChoices:
    """What the user of a case chose."""
    chosen = replies.get("choices", {})
    named = {"also": tuple(chosen.get("by_name", ())), "data": chosen.get("data", FRESH_SNAPSHOT)}
    names = {"cluster_id": CLUSTER, "namespace_name": CLUSTER, "workgroup_name": CLUSTER}
    return MigrationChoices.model_validate(names | named)


def translated(replies: dict[str, Any], **members: Any) -> Translation:
    """Everything about the cluster of a case."""
    return translate(cluster_of(replies, **members), choices_of(replies))


def with_changes(replies: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The case, with these members of DescribeClusters instead."""
    return {**replies, "DescribeClusters": replies["DescribeClusters"] | changes}


def parameter(translation: Translation, key: str) -> str | None:
    """What the workgroup's parameter is to be; None when nothing is sent."""
    return dict(translation.settings.get("config_parameters", ())).get(key)


def about(translation: Translation, *words: str) -> list[Finding]:
    """The findings that have all of these words, whatever the case."""
    return [
        finding
        for finding in translation.findings
        if all(word.lower() in f"{finding.setting} {finding.message}".lower() for word in words)
    ]
