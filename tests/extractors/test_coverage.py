"""Every member that AWS can send about a cluster has a fate, and has the one that the extractors declare."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session
from redshift_migrate.extractors.provisioned import parse_cluster
from redshift_migrate.extractors.sections import IGNORED, READS, SECTIONS, TOLD
from redshift_migrate.extractors.source import Source
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.permissions import OPERATIONS

NOW = "2026-12-01T00:00:00Z"
FIELDS = set(ProvisionedClusterConfig.model_fields)

SAMPLES: dict[str, Any] = {
    "ClusterVersion": "1.0",
    "ClusterRevisionNumber": "137427",
    "Endpoint": {"Address": "a.example.com", "Port": 5439},
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
    "ClusterParameterGroups": [{"ParameterGroupName": "group"}],
    "PendingModifiedValues": {"NumberOfNodes": 7, "NodeType": "text", "MaintenanceTrackName": "trailing"},
    "RestoreStatus": {"Status": "restoring"},
    "DataTransferProgress": {"Status": "active"},
    "HsmStatus": {"Status": "active"},
    "ClusterSnapshotCopyStatus": {"DestinationRegion": "us-west-2", "RetentionPeriod": 7},
    "ElasticIpStatus": {"ElasticIp": "198.51.100.7"},
    "Tags": [{"Key": "Team", "Value": "data"}],
    "IamRoles": [{"IamRoleArn": "arn:aws:iam::123456789012:role/r"}],
    "PendingActions": ["reboot"],
    "DeferredMaintenanceWindows": [{"DeferMaintenanceIdentifier": "d"}],
    "NextMaintenanceWindowStartTime": NOW,
    "ResizeInfo": {"ResizeType": "ElasticResize"},
    "LoggingPublishStatus": {"LogDestinationType": "cloudwatch"},
    "MultiAZ": "Enabled",
    "ExtraComputeForAutomaticOptimization": "true",
}
"""Values of members that are not plain texts, numbers or booleans, or whose text matters."""


def cluster_shape() -> Any:
    model = ServiceModel(Loader().load_service_model("redshift", "service-2"))
    return model.shape_for("Cluster")


def sample(member: str) -> Any:
    simple = {"string": "text", "integer": 7, "long": 7, "boolean": True}
    return SAMPLES[member] if member in SAMPLES else simple[cluster_shape().members[member].type_name]


def parsed(cluster: dict[str, Any]) -> dict[str, Any]:
    aws = AwsClient(open_session(region="us-east-2")[0])
    name = cluster.get("ClusterIdentifier", "asked-for")
    source = Source(aws, name, "us-east-2", account_id="123456789012", partition="aws", cluster=cluster)
    return parse_cluster(source, {}).model_dump()


def fields_told_by(member: str) -> set[str]:
    return {field for field, each in (TOLD | READS).items() if member in each.by}


MEMBERS = sorted({member for each in (TOLD | READS).values() for member in each.by})
ANNOUNCED = {"SnapshotScheduleIdentifier", "SnapshotScheduleState", "LoggingPublishStatus"}
"""What is told in full by another operation alone, so that its field stays unknown until that is asked."""


def test_every_member_of_a_cluster_is_read_or_ignored_for_a_reason() -> None:
    known = {*MEMBERS, *IGNORED}

    assert set(cluster_shape().members) - known == set(), "decide what becomes of these members"
    assert known - set(cluster_shape().members) == set(), "these members do not exist any more"
    assert set(MEMBERS) & set(IGNORED) == set()
    assert [member for member, reason in IGNORED.items() if len(reason.split()) < 4] == [], "say why"


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_changes_the_fields_that_it_is_said_to_tell_and_no_others(member: str) -> None:
    without, with_it = parsed({}), parsed({member: sample(member)})
    changed = {field for field in FIELDS if without[field] != with_it[field]}

    assert changed == (set() if member in ANNOUNCED else fields_told_by(member))


def test_every_field_is_in_a_section_and_every_read_in_one_that_can_be_asked_for() -> None:
    assert {field for fields in SECTIONS.values() for field in fields} == FIELDS
    assert {read.action for read in READS.values()} <= set(OPERATIONS)
