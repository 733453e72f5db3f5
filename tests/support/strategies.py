"""Random clusters and choices: mostly what AWS may answer, and now and then what it never should."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from redshift_migrate.models.automation import Automation
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import (
    Alarm,
    ClusterUsageLimit,
    DataShare,
    DeferredMaintenanceWindow,
    EndpointAccess,
    EndpointAuthorization,
    EventSubscription,
    IamRole,
    Integration,
    LoggingSettings,
    Parameter,
    ProvisionedClusterConfig,
    ReservedNode,
    ScheduledAction,
    SnapshotCopySettings,
    SnapshotSchedule,
    Subnet,
)
from redshift_migrate.models.finding import Subject
from redshift_migrate.translators.automation import PLACES
from redshift_migrate.translators.capacity import ALLOWED_RPU, GIB_PER_NODE
from redshift_migrate.translators.wlm_queues import METRICS

words = st.text(max_size=40).filter(lambda text: "None" not in text)
"""Without that word, so that it can only come from us."""
names = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
regions = st.sampled_from(("us-east-1", "us-east-2", "eu-central-1", "cn-north-1", "us-gov-west-1", "me-south-1"))
unknowns = st.builds(Unknown, needs_action=st.just("redshift:DescribeSomething"), reason=words)
days = st.one_of(st.none(), st.integers(-1, 4000))
roles = st.builds("arn:aws:iam::123456789012:role/{}".format, names)
numbers = st.one_of(st.integers(-10, 10**16), st.floats(), words, st.none(), st.booleans())
metrics = st.one_of(st.sampled_from([*METRICS, "query_cpu_time", "io_skew", "query_priority"]), words)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Or nothing."""
    return st.one_of(st.none(), strategy)


def several(strategy: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    """A tuple of a few."""
    return st.lists(strategy, max_size=most).map(tuple)


def readable(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Or unknown."""
    return st.one_of(strategy, strategy, strategy, unknowns)


predicates = st.fixed_dictionaries(
    {}, optional={"metric_name": metrics, "operator": st.sampled_from((">", "<", "=", "!")), "value": numbers}
)
rules = st.one_of(
    words,
    st.fixed_dictionaries(
        {},
        optional={
            "rule_name": st.one_of(words, st.just("same_name"), st.none()),
            "predicate": st.one_of(st.lists(predicates, max_size=5), words),
            "action": st.sampled_from(("abort", "log", "hop", "change_query_priority", "", "ABORT")),
            "value": words,
        },
    ),
)
queues = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(words, st.just("same name"), st.integers()),
        "query_group": st.one_of(st.lists(words, max_size=4), words),
        "query_group_wild_card": st.sampled_from((0, 1, "1", True)),
        "user_group": st.lists(st.one_of(words, st.just("dba*")), max_size=4),
        "user_group_wild_card": st.sampled_from((0, 1)),
        "user_role": st.lists(words, max_size=4),
        "user_role_wild_card": st.sampled_from((0, 1)),
        "rules": st.lists(rules, max_size=30),
        "max_execution_time": numbers,
        "query_concurrency": st.integers(1, 50),
        "memory_percent_to_use": st.integers(1, 100),
        "priority": st.sampled_from(("low", "high")),
        "concurrency_scaling": st.sampled_from(("auto", "off")),
        "auto_wlm": st.booleans(),
        "short_query_queue": st.booleans(),
        "something_new": words,
    },
)
good_rules = st.builds(
    lambda name, metric, value, action: {
        "rule_name": name,
        "predicate": [{"metric_name": metric, "operator": ">", "value": value}],
        "action": action,
    },
    st.sampled_from(("slow", "big", "x" * 40)),
    st.sampled_from(list(METRICS)),
    st.integers(0, 80_000),
    st.sampled_from(("abort", "log")),
)
good_queues = st.fixed_dictionaries(
    {"query_group": st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=20)},
    optional={
        "rules": st.lists(good_rules, max_size=12),
        "max_execution_time": st.integers(0, 10**9),
        "user_group": st.lists(st.text(min_size=1, max_size=60), max_size=3),
    },
)
wlm_texts = st.one_of(
    st.lists(queues, max_size=12).map(json.dumps), st.lists(good_queues, max_size=12).map(json.dumps), words
)

parameters = st.one_of(
    st.builds(
        Parameter,
        name=st.sampled_from(("auto_mv", "datestyle", "search_path", "require_ssl", "extra_float_digits", "new_one")),
        value=maybe(words),
        pending_reboot=st.booleans(),
    ),
    st.builds(
        Parameter,
        name=st.just("statement_timeout"),
        value=st.one_of(st.integers(-1, 10**12).map(str), maybe(words)),
    ),
    st.builds(Parameter, name=st.just("wlm_json_configuration"), value=wlm_texts, pending_reboot=st.booleans()),
)
definitions = st.one_of(
    st.builds("rate({} hours)".format, st.integers(0, 30)),
    st.builds(
        "cron({} {} {})".format,
        st.one_of(st.integers(0, 70), st.just("*")),
        st.sampled_from(("*", "9,17", "0/6", "*/4", "14-20/1", "25", "12/4")),
        st.sampled_from(("*", "?", "MON-FRI", "sat,sun", "2", "6L", "3#2", "XYZ")),
    ),
    words,
)
subnets = st.builds(
    Subnet,
    subnet_id=st.sampled_from([f"subnet-{index}" for index in range(40)]),
    availability_zone_id=maybe(st.sampled_from(("az1", "az2", "az3", "az4"))),
    available_ip_address_count=maybe(st.integers(0, 300)),
    has_ipv6=maybe(st.booleans()),
)
limits = st.builds(
    ClusterUsageLimit,
    usage_limit_id=names,
    feature_type=st.sampled_from(
        (
            "spectrum",
            "concurrency-scaling",
            "cross-region-datasharing",
            "extra-compute-for-automatic-optimization",
            "new",
        )
    ),
    limit_type=st.sampled_from(("time", "data-scanned")),
    amount=st.integers(-1, 10**9),
    period=st.sampled_from(("daily", "weekly", "monthly", "yearly")),
    breach_action=st.sampled_from(("log", "emit-metric", "disable", "explode")),
)
iam_roles = st.builds(
    IamRole,
    iam_role_arn=roles,
    apply_status=st.sampled_from((None, "in-sync", "adding", "removing")),
    trusted_services=readable(
        several(
            st.sampled_from(
                (
                    "redshift.amazonaws.com",
                    "redshift-serverless.amazonaws.com",
                    "scheduler.redshift.amazonaws.com",
                )
            )
        )
    ),
    trust_conditions=several(words, 2),
)

clusters = st.builds(
    ProvisionedClusterConfig,
    cluster_id=names,
    region=regions,
    account_id=st.just("123456789012"),
    partition=st.sampled_from(("aws", "aws-cn", "aws-us-gov")),
    status=st.one_of(st.sampled_from(("available", "paused", "deleting", "modifying", "resizing")), words),
    availability_status=maybe(words),
    cluster_namespace_arn=maybe(st.just("arn:aws:redshift:us-east-2:123456789012:namespace:abc")),
    db_name=maybe(st.one_of(names, words)),
    pending_changes=several(words),
    pending_actions=several(words),
    is_resizing=st.booleans(),
    restore_status=st.sampled_from((None, "completed", "restoring")),
    total_storage_mb=maybe(st.integers(0, 10**9)),
    stored_mb=maybe(readable(st.integers(0, 10**9))),
    node_type=st.one_of(st.sampled_from(list(GIB_PER_NODE)), maybe(words)),
    number_of_nodes=maybe(st.integers(-1, 200)),
    cluster_version=maybe(words),
    multi_az=st.booleans(),
    extra_compute_for_automatic_optimization=maybe(st.booleans()),
    reserved_nodes=readable(
        several(
            st.builds(
                ReservedNode,
                reserved_node_id=names,
                node_type=st.sampled_from(list(GIB_PER_NODE)),
                node_count=st.just(2),
            )
        )
    ),
    encrypted=maybe(st.booleans()),
    kms_key_id=maybe(words),
    hsm_status=maybe(words),
    cluster_subnet_group_name=maybe(names),
    subnets=readable(several(subnets, 40)),
    vpc_id=maybe(names),
    vpc_security_group_ids=several(names, 40),
    availability_zone=maybe(words),
    port=maybe(st.integers(0, 65535)),
    publicly_accessible=maybe(st.booleans()),
    enhanced_vpc_routing=maybe(st.booleans()),
    ip_address_type=st.sampled_from((None, "ipv4", "dualstack", "ipv6")),
    elastic_ip=maybe(words),
    endpoint_access=readable(
        several(
            st.builds(
                EndpointAccess,
                endpoint_name=st.one_of(names, words),
                subnet_ids=several(names),
                vpc_security_group_ids=several(names),
                resource_owner=st.sampled_from((None, "123456789012", "999999999999")),
            )
        )
    ),
    endpoint_authorizations=readable(several(st.builds(EndpointAuthorization, grantee=names))),
    custom_domain_name=maybe(words),
    iam_roles=several(iam_roles, 12),
    default_iam_role_arn=maybe(roles),
    master_username=maybe(words),
    master_password_secret_arn=maybe(words),
    master_password_secret_kms_key_id=maybe(words),
    parameters=readable(several(parameters, 6)),
    logging=maybe(
        readable(
            st.builds(
                LoggingSettings,
                enabled=st.booleans(),
                log_destination_type=st.sampled_from((None, "s3", "cloudwatch", "s3table")),
                log_exports=several(st.sampled_from(("userlog", "connectionlog", "useractivitylog", "newlog"))),
            )
        )
    ),
    tags=several(st.tuples(st.one_of(words, st.just("aws:x")), words), 60),
    maintenance_track=st.sampled_from((None, "current", "trailing", "preview_2026")),
    pending_maintenance_track=st.sampled_from((None, "current", "trailing")),
    deferred_maintenance_windows=several(st.builds(DeferredMaintenanceWindow, identifier=names)),
    allow_version_upgrade=maybe(st.booleans()),
    snapshot_copy_config=maybe(
        st.builds(
            SnapshotCopySettings,
            destination_region=regions,
            retention_period_days=days,
            manual_snapshot_retention_period_days=days,
            snapshot_copy_grant_name=maybe(names),
            kms_key_id=maybe(readable(words)),
        )
    ),
    automated_snapshot_retention_period_days=days,
    manual_snapshot_retention_period_days=days,
    snapshot_schedules=readable(
        several(st.builds(SnapshotSchedule, identifier=names, definitions=several(definitions)))
    ),
    scheduled_actions=readable(
        several(
            st.builds(
                ScheduledAction,
                name=names,
                action=st.sampled_from(("PauseCluster", "ResumeCluster", "ResizeCluster")),
                schedule=words,
                number_of_nodes=maybe(st.integers(-1, 100)),
            )
        )
    ),
    usage_limits=readable(several(limits, 8)),
    data_shares=readable(
        several(st.builds(DataShare, data_share_arn=words, direction=st.sampled_from(("inbound", "outbound"))))
    ),
    integrations=readable(several(st.builds(Integration, integration_arn=words))),
    partners=readable(several(words)),
    resource_policy=maybe(readable(words)),
    event_subscriptions=readable(several(st.builds(EventSubscription, name=names))),
    automation=readable(
        several(
            st.builds(
                Automation,
                kind=st.sampled_from(tuple(PLACES)),
                name=names,
                operation=maybe(st.sampled_from(("redshift:pausecluster", "redshift:resizecluster", "redshiftdata:x"))),
                listens=st.booleans(),
                enabled=st.booleans(),
                unread=st.sampled_from((None, Unknown(needs_action="events:ListRules", reason="denied"))),
            )
        )
    ),
    alarms=readable(several(st.builds(Alarm, name=names, metric=words))),
    scheduled_queries=st.one_of(st.just(()), unknowns),
)

choices = st.builds(
    MigrationChoices,
    cluster_id=names,
    namespace_name=st.sampled_from(("analytics", "a" * 63, "a--b")),
    workgroup_name=st.sampled_from(("analytics", "w" * 63)),
    base_capacity_rpu=st.one_of(st.none(), st.none(), st.sampled_from(ALLOWED_RPU), st.sampled_from((0, 12, 2000))),
    max_capacity_rpu=st.one_of(st.none(), st.none(), st.sampled_from((0, 512, 5632, 9999))),
    only=st.one_of(st.just(()), st.just(tuple(Subject)), several(st.sampled_from(list(Subject)))),
    also=several(st.sampled_from(list(Subject))),
    exclude=several(st.sampled_from(list(Subject))),
    data=st.sampled_from(("snapshot", "none", "before-the-move")),
)
