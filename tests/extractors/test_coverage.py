"""Every member that AWS can send about a cluster has a fate, and has the one that the table says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session
from redshift_migrate.extractors.coverage import CLUSTER, Carried, Elsewhere, Ignored
from redshift_migrate.extractors.provisioned import parse_cluster
from redshift_migrate.extractors.sections import READS, SECTIONS
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
    "PendingModifiedValues": {"MaintenanceTrackName": "trailing"},
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


def test_every_member_of_a_cluster_has_a_row() -> None:
    assert set(cluster_shape().members) - set(CLUSTER) == set(), "decide what becomes of these members"
    assert set(CLUSTER) - set(cluster_shape().members) == set(), "these members do not exist any more"


def test_rows_name_fields_and_operations_that_exist() -> None:
    for member, row in CLUSTER.items():
        match row:
            case Carried(fields):
                assert fields, member
                assert set(fields) <= FIELDS, member
            case Elsewhere(field, operation):
                assert field in READS, member
                assert operation in OPERATIONS, member
            case Ignored(reason):
                assert len(reason.split()) > 3, f"{member}: say why"


@pytest.mark.parametrize("member", [member for member, row in CLUSTER.items() if isinstance(row, Carried)])
def test_a_carried_member_changes_its_fields_and_no_others(member: str) -> None:
    row = CLUSTER[member]
    assert isinstance(row, Carried)
    without, with_it = parsed({}), parsed({member: sample(member)})
    changed = {field for field in FIELDS if without[field] != with_it[field]}

    assert changed == set(row.fields)


def test_every_field_is_in_a_section_and_every_read_in_one_that_can_be_asked_for() -> None:
    in_sections = {field for fields in SECTIONS.values() for field in fields}

    assert in_sections == FIELDS
    assert set(READS) <= in_sections
    assert {read.action for read in READS.values()} <= set(OPERATIONS)
