"""Every setting of a namespace, of a workgroup and of what belongs to them: one row each.

Whoever reads a setting, sends it, compares it or tells it to people goes by its row: observers, the create call, the
update call, the check of a step, the table of a plan, drift. What a setting is where nobody set it is in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from redshift_facts import facts
from redshift_migrate.models import spelling
from redshift_migrate.models.base import Json, JsonObject, Value, at_path
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.scheduled_query import ScheduledQuery
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, UsageLimit
from redshift_migrate.models.spelling import Spelling

RESTARTS = "Running queries may be cancelled and connections dropped while the workgroup changes."


@dataclass(frozen=True)
class Setting:
    """One setting. A path names a member inside of members: `schedule.cron`."""

    member: str
    """Its name in our values, and in the checks of steps."""
    sent: str
    """The path at which calls take it."""
    words: str
    """Its name for people, the same in tables and in sentences."""
    subject: Subject
    spelled: Spelling = spelling.PLAIN
    seen: tuple[str, ...] = ()
    """The paths at which a reply may have it, the first that is there counts; empty: where calls take it."""
    fresh: Json = None
    """What it is where nobody set it, and where a reply does not name it."""
    by_silence: bool = False
    """True: that value is asked for at creation by saying nothing, and by no other word."""
    step_id: str = ""
    """The step that changes it alone; empty: it is changed with another, or never."""
    interrupts: str = ""
    """What a change of it interrupts."""
    interrupts_at: tuple[Json, ...] = ()
    """The new values that interrupt; empty: all."""

    def read(self, reply: Mapping[str, Any]) -> Json:
        """Its value in a reply."""
        paths = self.seen or (self.sent,)
        said = next((found for path in paths if (found := at_path(reply, path)) is not None), None)
        return self.form(said)

    def form(self, value: Any) -> Json:
        """A wished or answered value in our one form."""
        found = self.spelled.read(value)
        return self.fresh if found is None else found

    def of(self, values: Value) -> Json:
        """Its value in a namespace, a workgroup or whatever has it; None where that leaves it open."""
        value = getattr(values, self.member)
        return None if value is None else self.form(list(value) if isinstance(value, tuple) else value)

    def send(self, value: Json) -> JsonObject:
        """The parameters that ask for it."""
        return _nested(self.sent.split("."), self.spelled.send(value))

    def is_said_by_silence(self, value: Json) -> bool:
        """Whether a create call asks for that value by not naming it."""
        return self.by_silence and value == self.fresh

    def tell(self, value: Json) -> str:
        """The value in words."""
        return self.spelled.tell(value)

    def interruption(self, value: Json) -> str:
        """What is interrupted when it becomes that value."""
        return self.interrupts if not self.interrupts_at or value in self.interrupts_at else ""


def read_all(rows: Iterable[Setting], reply: Mapping[str, Any]) -> JsonObject:
    """The value of each row in a reply, by member."""
    return {row.member: row.read(reply) for row in rows}


def values_of(rows: Iterable[Setting], values: Value) -> JsonObject:
    """The value of each row that is not left open, by member."""
    found = {row.member: row.of(values) for row in rows}
    return {member: value for member, value in found.items() if value is not None}


def send_all(rows: Iterable[Setting], values: Mapping[str, Json], *, creates: bool = True) -> JsonObject:
    """The parameters that ask for these values; a create call leaves out what it says by silence."""
    parameters: JsonObject = {}
    for row in rows:
        value = values.get(row.member)
        silent = row.is_said_by_silence(value) if creates else False
        if row.member in values and not silent and (value is not None or row.fresh is not None):
            parameters = joined(parameters, row.send(value))
    return parameters


def _nested(path: list[str], value: Json) -> JsonObject:
    return {path[0]: value if len(path) == 1 else _nested(path[1:], value)}


def joined(one: JsonObject, other: JsonObject) -> JsonObject:
    """Both sets of parameters, member by member."""
    both = dict(one)
    for name, value in other.items():
        there = both.get(name)
        both[name] = joined(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return both


def _fresh(kind: str, member: str) -> Json:
    return facts(f"{kind}.settings")[member].value


# --- the namespace ---------------------------------------------------------------------------------------

DB_NAME = Setting("db_name", "dbName", "database name", Subject.NAMESPACE, fresh=_fresh("namespace", "db_name"))
ADMIN_USERNAME = Setting("admin_username", "adminUsername", "admin user", Subject.IDENTITY)
ADMIN_PASSWORD = Setting(
    "manage_admin_password",
    "manageAdminPassword",
    "admin password",
    Subject.IDENTITY,
    spelling.MANAGED,
    seen=("adminPasswordSecretArn",),
    step_id="identity.managed_password",
    interrupts="Whoever signs in with the admin password has to take the new one from Secrets Manager.",
)
ADMIN_PASSWORD_KEY = Setting(
    "admin_password_secret_kms_key_id",
    "adminPasswordSecretKmsKeyId",
    "key of the admin password",
    Subject.IDENTITY,
    spelling.KEY,
)
KMS_KEY = Setting(
    "kms_key_id",
    "kmsKeyId",
    "encryption key",
    Subject.ENCRYPTION,
    spelling.KEY,
    fresh=_fresh("namespace", "kms_key_id"),
    by_silence=True,
    step_id="encryption.kms_key",
)
IAM_ROLES = Setting(
    "iam_roles",
    "iamRoles",
    "IAM roles",
    Subject.IDENTITY,
    spelling.ROLES,
    fresh=[],
    by_silence=True,
    step_id="identity.iam_roles",
)
DEFAULT_ROLE = Setting(
    "default_iam_role_arn",
    "defaultIamRoleArn",
    "default IAM role",
    Subject.IDENTITY,
    spelling.ROLE,
    fresh=_fresh("namespace", "default_iam_role_arn"),
    by_silence=True,
)
LOG_EXPORTS = Setting(
    "log_exports",
    "logExports",
    "log exports",
    Subject.LOGGING,
    spelling.SET,
    fresh=[],
    by_silence=True,
    step_id="logging.log_exports",
)
NAMESPACE = (
    DB_NAME,
    ADMIN_USERNAME,
    ADMIN_PASSWORD,
    ADMIN_PASSWORD_KEY,
    KMS_KEY,
    IAM_ROLES,
    DEFAULT_ROLE,
    LOG_EXPORTS,
)

# --- the workgroup ---------------------------------------------------------------------------------------


def _of_workgroup(
    member: str,
    sent: str,
    words: str,
    step_id: str,
    spelled: Spelling = spelling.PLAIN,
    interrupts: str = RESTARTS,
    **more: Any,
) -> Setting:
    subject = {"capacity": Subject.CAPACITY, "network": Subject.NETWORK, "maintenance": Subject.MAINTENANCE}
    fresh = _fresh("workgroup", member) if member in facts("workgroup.settings") else None
    more = {"fresh": fresh, "step_id": step_id, "interrupts": interrupts, **more}
    return Setting(member, sent, words, subject[step_id.partition(".")[0]], spelled, **more)


BASE_CAPACITY = _of_workgroup("base_capacity_rpu", "baseCapacity", "base capacity", "capacity.base", spelling.RPU)
MAX_CAPACITY = _of_workgroup(
    "max_capacity_rpu", "maxCapacity", "maximum capacity", "capacity.max", spelling.RPU, "", by_silence=True
)
PRICE_PERFORMANCE = _of_workgroup(
    "price_performance_level",
    "pricePerformanceTarget",
    "price-performance target",
    "capacity.price_performance",
    spelling.LEVEL,
    "",
    fresh=0,  # as the record has it for a workgroup with a base capacity, and ours are made with one
    by_silence=True,
)
EXTRA_COMPUTE = _of_workgroup(
    "extra_compute_for_automatic_optimization",
    "extraComputeForAutomaticOptimization",
    "extra compute for automatic optimization",
    "capacity.extra_compute",
    spelling.SWITCH,
    "",
)
SUBNETS = _of_workgroup("subnet_ids", "subnetIds", "subnets", "network.subnets", spelling.SET)
SECURITY_GROUPS = _of_workgroup(
    "security_group_ids", "securityGroupIds", "security groups", "network.security_groups", spelling.SET
)
ROUTING = _of_workgroup(
    "enhanced_vpc_routing",
    "enhancedVpcRouting",
    "enhanced VPC routing",
    "network.enhanced_vpc_routing",
    spelling.SWITCH,
)
IP_ADDRESS_TYPE = _of_workgroup("ip_address_type", "ipAddressType", "IP address type", "network.ip_address_type")
PUBLIC = _of_workgroup(
    "publicly_accessible", "publiclyAccessible", "public access", "network.publicly_accessible", spelling.SWITCH
)
PORT = _of_workgroup("port", "port", "port", "network.port", seen=("port", "endpoint.port"))
TRACK = _of_workgroup(
    "track_name",
    "trackName",
    "maintenance track",
    "maintenance.track",
    seen=("pendingTrackName", "trackName"),  # the track that it is on its way to, which may take weeks
    interrupts="The upgrade may make the endpoint briefly unavailable.",
    interrupts_at=("current",),
)
WORKGROUP = (
    BASE_CAPACITY,
    MAX_CAPACITY,
    PRICE_PERFORMANCE,
    EXTRA_COMPUTE,
    SUBNETS,
    SECURITY_GROUPS,
    ROUTING,
    IP_ADDRESS_TYPE,
    PUBLIC,
    PORT,
    TRACK,
)
"""All but the parameters, which have no fixed names."""


def parameter_member(key: str) -> str:
    """How a check names a parameter among the values of a workgroup."""
    return f"config_parameters.{key}"


# --- what belongs to them --------------------------------------------------------------------------------


def _part(
    subject: Subject, member: str, sent: str, words: str, spelled: Spelling = spelling.PLAIN, **more: Any
) -> Setting:
    return Setting(member, sent, words, subject, spelled, **more)


USAGE_LIMIT = (
    _part(Subject.USAGE_LIMITS, "usage_type", "usageType", "usage type"),
    _part(Subject.USAGE_LIMITS, "amount", "amount", "amount"),
    _part(Subject.USAGE_LIMITS, "period", "period", "period", fresh="monthly"),
    _part(Subject.USAGE_LIMITS, "breach_action", "breachAction", "breach action", spelling.BREACH, fresh="log"),
)
SNAPSHOT_COPY = (
    _part(Subject.SNAPSHOT_COPY, "destination_region", "destinationRegion", "copy destination"),
    _part(
        Subject.SNAPSHOT_COPY,
        "snapshot_retention_period_days",
        "snapshotRetentionPeriod",
        "copy retention",
        spelling.DAYS,
    ),
    _part(
        Subject.SNAPSHOT_COPY,
        "destination_kms_key_id",
        "destinationKmsKeyId",
        "copy key",
        spelling.KEY,
        fresh=AWS_OWNED_KMS_KEY,
        by_silence=True,
    ),
)
SCHEDULED_SNAPSHOT = (
    _part(Subject.SNAPSHOTS, "scheduled_action_name", "scheduledActionName", "name"),
    _part(Subject.SNAPSHOTS, "schedule", "schedule.cron", "schedule"),
    _part(
        Subject.SNAPSHOTS,
        "snapshot_name_prefix",
        "targetAction.createSnapshot.snapshotNamePrefix",
        "prefix of the snapshots",
    ),
    _part(
        Subject.SNAPSHOTS,
        "retention_period_days",
        "targetAction.createSnapshot.retentionPeriod",
        "retention",
        spelling.DAYS,
    ),
    _part(Subject.SNAPSHOTS, "role_arn", "roleArn", "role", fresh=""),
    _part(Subject.SNAPSHOTS, "enabled", "enabled", "switched on", spelling.ACTIVE, seen=("state",)),
)
ENDPOINT = (
    _part(Subject.ENDPOINTS, "endpoint_name", "endpointName", "name"),
    _part(Subject.ENDPOINTS, "subnet_ids", "subnetIds", "subnets", spelling.SET),
    _part(
        Subject.ENDPOINTS,
        "vpc_security_group_ids",
        "vpcSecurityGroupIds",
        "security groups",
        spelling.GROUPS,
        seen=("vpcSecurityGroups",),
        fresh=[],
        by_silence=True,
    ),
)
RESOURCE_POLICY = Setting(
    "resource_policy",
    "Policy",
    "resource policy",
    Subject.SHARING,
    spelling.DOCUMENT,
    seen=("ResourcePolicy.Policy",),
    step_id="sharing.resource_policy",
)

Pairs = tuple[tuple[str, str], ...]


def tag_pairs(tags: Iterable[Mapping[str, Any]]) -> Pairs:
    """Tags by key, without those that AWS itself sets."""
    pairs = ((tag["key"], tag.get("value", "")) for tag in tags)
    return tuple(sorted(pair for pair in pairs if not pair[0].startswith("aws:")))


def tag_list(tags: Iterable[tuple[str, str]]) -> list[Json]:
    """Tags as serverless takes them."""
    return [{"key": key, "value": value} for key, value in tags]


def query_member(query: ScheduledQuery) -> str:
    """How rows name a rule or schedule of scheduled queries."""
    return f"scheduled_queries.{query.home}.{query.group}/{query.name}"


def limit_member(limit: UsageLimit) -> str:
    """How rows name a usage limit."""
    return f"usage_limits.{tell_limit(limit)}"


def tell_limit(limit: UsageLimit) -> str:
    """A usage limit in words."""
    unit = "RPU-hours" if limit.usage_type == "serverless-compute" else "TB"
    return f"{limit.usage_type}: {limit.amount} {unit} {limit.period}, then {limit.breach_action}"
