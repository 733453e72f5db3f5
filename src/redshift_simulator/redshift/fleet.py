"""Clusters by the hundred, made anew from their names whenever somebody asks: what is generated need not be kept.

`settings["fleet"]` says how many there are, by region. The same account and region always have the same clusters.
"""

from __future__ import annotations

import uuid
from functools import cache
from random import Random
from typing import Any

from redshift_simulator.account import ID_NAMESPACE, Resource, SimulatedAccount
from redshift_simulator.exchange import partition_of
from redshift_simulator.redshift.listing import tags

TEAMS = ("orders", "billing", "web", "ads", "risk", "people", "supply", "science", "crm", "ops")
PURPOSES = ("events", "ledger", "reports", "staging", "archive", "features", "sessions", "metrics")
NODES = (  # node type, how many nodes there may be, how many clusters of a hundred have it
    ("ra3.xlplus", (2, 3, 4), 38),
    ("ra3.large", (1, 2, 3), 18),
    ("ra3.4xlarge", (2, 2, 4, 6), 20),
    ("ra3.16xlarge", (2, 4), 3),
    ("dc2.large", (1, 2, 4, 8), 14),
    ("dc2.8xlarge", (2,), 2),
    ("rg.xlarge", (2, 4), 5),
)
ENVIRONMENTS = (("production", 40), ("staging", 20), ("development", 28), ("", 12))
STATUSES = (("available", 91), ("paused", 7), ("resizing", 2))
GROUPS = (("default.redshift-1.0", 55), ("default.redshift-2.0", 25), ("fleet-ssl", 12), ("fleet-wlm", 8))
COPIES = {"us-west-2": "us-east-1", "us-east-1": "us-west-2", "eu-west-1": "eu-central-1", "eu-central-1": "eu-west-1"}
TERABYTE_MB = 1_000_000


def fleet_of(account: SimulatedAccount, region: str) -> dict[str, Resource]:
    """The generated clusters of a region, by name. They are shared, so nobody may change them."""
    many = account.settings.get("fleet", {}).get(region, 0)
    return _generate(account.account_id, region, many) if many else {}


def namespace_arn_of(account: SimulatedAccount, region: str, number: int) -> str:
    """The namespace of the cluster of that number."""
    return str(list(fleet_of(account, region).values())[number]["ClusterNamespaceArn"])


@cache
def _generate(account_id: str, region: str, many: int) -> dict[str, Resource]:
    made = (_cluster(account_id, region, number) for number in range(many))
    return {cluster["ClusterIdentifier"]: cluster for cluster in made}


def _cluster(account_id: str, region: str, number: int) -> Resource:
    chance = Random(f"{account_id}/{region}/{number}")  # nothing secret is drawn
    node_type, sizes, _ = chance.choices(NODES, [weight for *_, weight in NODES])[0]
    nodes = chance.choice(sizes)
    name = f"{TEAMS[number % len(TEAMS)]}-{PURPOSES[number // len(TEAMS) % len(PURPOSES)]}-{number:03}"
    environment, status = _draw(chance, ENVIRONMENTS), _draw(chance, STATUSES)
    partition = partition_of(region) or "aws"
    namespace = uuid.uuid5(ID_NAMESPACE, f"{account_id}/{region}/{name}")
    cluster: Resource = {
        "ClusterIdentifier": name,
        "ClusterNamespaceArn": f"arn:{partition}:redshift:{region}:{account_id}:namespace:{namespace}",
        "NodeType": node_type,
        "NumberOfNodes": nodes,
        "ClusterStatus": status,
        "ClusterAvailabilityStatus": {"available": "Available", "paused": "Paused"}.get(status, "Modifying"),
        "ClusterCreateTime": 1_650_000_000.0 + number * 86_400,
        "MasterUsername": chance.choice(("awsuser", "admin", f"{name.partition('-')[0]}_admin")),
        "DBName": chance.choice(("dev", "dev", "warehouse")),
        "Endpoint": {"Address": f"{name}.c{account_id[-8:]}.{region}.redshift.amazonaws.com", "Port": 5439},
        "AutomatedSnapshotRetentionPeriod": chance.choice((1, 1, 7, 35)),
        "ManualSnapshotRetentionPeriod": -1,
        "TotalStorageCapacityInMegaBytes": nodes * 16 * TERABYTE_MB,
        "Tags": tags(Team=TEAMS[number % len(TEAMS)], **({"Environment": environment} if environment else {})),
        "ClusterParameterGroups": [{"ParameterGroupName": _draw(chance, GROUPS), "ParameterApplyStatus": "in-sync"}],
        "PendingModifiedValues": {},
        "PendingActions": [],
        "MultiAZ": "Disabled",
        "IamRoles": [],
        **_maintenance(chance),
        **_network(chance, region),
        **_protection(chance, partition, region, account_id),
    }
    if status == "resizing":
        cluster["ResizeInfo"] = {"ResizeType": "ElasticResize", "AllowCancelResize": False}
    return cluster


def _maintenance(chance: Random) -> Resource:
    track = _draw(chance, (("current", 84), ("trailing", 16)))
    day, hour = chance.choice(("mon", "wed", "sat", "sun")), chance.randrange(0, 23)
    return {
        "MaintenanceTrackName": track,
        "PreferredMaintenanceWindow": f"{day}:{hour:02}:00-{day}:{hour:02}:30",
        "AllowVersionUpgrade": True,
        "ClusterVersion": "1.0",
        "ClusterRevisionNumber": "137427" if track == "current" else "135622",
        "DeferredMaintenanceWindows": [],
    }


def _network(chance: Random, region: str) -> Resource:
    return {
        "ClusterSubnetGroupName": "default",
        "VpcId": "vpc-0a1b2c3d4e5f60718",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-0a1b2c3d4e5f60718", "Status": "active"}],
        "ClusterSecurityGroups": [],
        "AvailabilityZone": f"{region}{chance.choice('abc')}",
        "PubliclyAccessible": chance.random() < 0.1,
        "EnhancedVpcRouting": chance.random() < 0.25,
        "IpAddressType": "ipv4",
    }


def _protection(chance: Random, partition: str, region: str, account_id: str) -> Resource:
    encrypted = chance.random() < 0.8
    key = f"arn:{partition}:kms:{region}:{account_id}:key/0f1e2d3c-fleet" if chance.random() < 0.3 else None
    members: dict[str, Any] = {"Encrypted": encrypted}
    if encrypted:
        members["KmsKeyId"] = key or "AWS_OWNED_KMS_KEY"
    if chance.random() < 0.3 and region in COPIES:
        members["ClusterSnapshotCopyStatus"] = {
            "DestinationRegion": COPIES[region],
            "RetentionPeriod": 7,
            "ManualSnapshotRetentionPeriod": -1,
        }
    return members


def _draw(chance: Random, choices: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([value for value, _ in choices], [weight for _, weight in choices])[0]
