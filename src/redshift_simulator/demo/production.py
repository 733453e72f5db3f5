"""Everything that hangs on prod-db-1, the cluster of the founding example."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.neighbours.ec2 import security_group_of, subnet_of
from redshift_simulator.neighbours.single_reads import alarm_of
from redshift_simulator.redshift.clusters import KIND
from redshift_simulator.redshift.groups import parameter_group_of, subnet_group_of
from redshift_simulator.redshift.monitoring import event_subscription_of, reserved_node_of, s3_logging_of
from redshift_simulator.redshift.schedules import scheduled_action_of, snapshot_schedule_of
from redshift_simulator.redshift.snapshots import snapshot_of
from redshift_simulator.redshift.usage_limits import usage_limit_of

CLUSTER = "prod-db-1"
SUBNETS = {"subnet-0d1a2b3c4d5e6f701": 251, "subnet-0d1a2b3c4d5e6f702": 247, "subnet-0d1a2b3c4d5e6f703": 198}
"""Subnet → free addresses; one in each of three zones."""
SECURITY_GROUPS = ("sg-0d1a2b3c4d5e6f711", "sg-0d1a2b3c4d5e6f712")

WLM: list[dict[str, Any]] = [
    {
        "name": "etl",
        "query_group": ["etl", "load"],
        "query_group_wild_card": 0,
        "user_group": ["etl_users"],
        "user_group_wild_card": 0,
        "queue_type": "auto",
        "auto_wlm": True,
        "priority": "high",
        "concurrency_scaling": "off",
        "rules": [
            {
                "rule_name": "etl_runs_long",
                "predicate": [{"metric_name": "query_execution_time", "operator": ">", "value": 7200}],
                "action": "log",
            }
        ],
    },
    {
        "name": "dashboards",
        "query_group": ["bi_*"],
        "query_group_wild_card": 1,
        "user_group": ["bi_users"],
        "user_group_wild_card": 0,
        "user_role": ["dashboard_reader"],
        "user_role_wild_card": 0,
        "queue_type": "auto",
        "auto_wlm": True,
        "priority": "highest",
        "concurrency_scaling": "auto",
        "rules": [
            {
                "rule_name": "dashboard_scans_all",
                "predicate": [
                    {"metric_name": "scan_row_count", "operator": ">", "value": 1_000_000_000},
                    {"metric_name": "query_execution_time", "operator": ">", "value": 120},
                ],
                "action": "abort",
            },
            {
                "rule_name": "dashboard_hogs_cpu",
                "predicate": [{"metric_name": "query_cpu_time", "operator": ">", "value": 3600}],
                "action": "change_query_priority",
                "value": "low",
            },
        ],
    },
    {"queue_type": "auto", "auto_wlm": True, "priority": "normal", "concurrency_scaling": "off"},
    {"short_query_queue": True},
]

PARAMETERS = {  # neither SSL nor a query time is set: there a fresh workgroup is not like the cluster
    "enable_case_sensitive_identifier": "true",
    "enable_user_activity_logging": "true",
    "max_concurrency_scaling_clusters": "4",
    "search_path": "$user, public, analytics",
    "wlm_json_configuration": json.dumps(WLM, separators=(",", ":")),
}


def cluster_members() -> dict[str, Any]:
    """What DescribeClusters shows of it beyond the founding values."""
    return {
        "ClusterSubnetGroupName": f"{CLUSTER}-subnets",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in SECURITY_GROUPS],
        "ClusterParameterGroups": [
            {
                "ParameterGroupName": f"{CLUSTER}-parameters",
                "ParameterApplyStatus": "in-sync",
                "ClusterParameterStatusList": [
                    {"ParameterName": name, "ParameterApplyStatus": "in-sync"} for name in sorted(PARAMETERS)
                ],
            }
        ],
        "AutomatedSnapshotRetentionPeriod": 7,
        "TotalStorageCapacityInMegaBytes": 256_000_000,
    }


def seed_production(account: SimulatedAccount, region: str) -> None:
    """Put what hangs on the cluster into the account, where the cluster is already."""
    _network(account, region)
    parameter_group_of(account, region, f"{CLUSTER}-parameters", dict(PARAMETERS))
    s3_logging_of(account, region, CLUSTER, "example-audit-logs", f"redshift/{CLUSTER}/")
    usage_limit_of(account, region, CLUSTER, "concurrency-scaling", 60, period="daily")
    usage_limit_of(account, region, CLUSTER, "spectrum", 10, breach_action="emit-metric")
    usage_limit_of(account, region, CLUSTER, "cross-region-datasharing", 5, period="weekly", breach_action="disable")
    snapshot_schedule_of(account, region, "twice-a-day", ["rate(12 hours)"], CLUSTER)
    automated = snapshot_of(account, region, f"rs:{CLUSTER}-2026-11-30-17-00-00", account.table(region, KIND)[CLUSTER])
    automated.update({"SnapshotType": "automated", "TotalBackupSizeInMegaBytes": 1_843_200.0})
    scheduler = f"{account.caller_arn(region).rpartition(':')[0]}:role/RedshiftSchedulerRole"
    weekend, monday = "cron(0 22 ? * FRI *)", "cron(0 4 ? * MON *)"
    scheduled_action_of(account, region, f"{CLUSTER}-pause-friday", "PauseCluster", CLUSTER, weekend, scheduler)
    scheduled_action_of(account, region, f"{CLUSTER}-resume-monday", "ResumeCluster", CLUSTER, monday, scheduler)
    topic = account.arn("sns", region, "data-platform-alerts")
    event_subscription_of(account, region, f"{CLUSTER}-events", topic, source_type="cluster", sources=[CLUSTER])
    dimensions = {"ClusterIdentifier": CLUSTER}
    alarm_of(account, region, f"{CLUSTER}-disk", "PercentageDiskSpaceUsed", dimensions=dimensions, topic=topic)
    reserved_node_of(account, region, "ri-2026-data-platform", "ra3.4xlarge", 2)


def _network(account: SimulatedAccount, region: str) -> None:
    for number, (zone, (subnet, free)) in enumerate(zip("abc", SUBNETS.items(), strict=True), start=1):
        subnet_of(account, region, subnet, zone=zone, free_addresses=free, cidr=f"10.0.{10 + number}.0/24")
    for group, name in zip(SECURITY_GROUPS, ("prod-db-1-clients", "prod-db-1-etl"), strict=True):
        security_group_of(account, region, group, name)
    subnet_group_of(account, region, f"{CLUSTER}-subnets", list(SUBNETS))
