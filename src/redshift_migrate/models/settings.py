"""Every setting of a namespace, of a workgroup and of what belongs to them: one row each.

Whoever reads a setting, sends it, compares it or tells it to people goes by its row: observers, the create call, the
update call, the check of a step, the table of a plan, drift. What a setting is where nobody set it is in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from redshift_facts import facts, sent_as
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
        return _nest(self.sent.split("."), self.spelled.send(value))

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
            parameters = join_parameters(parameters, row.send(value))
    return parameters


def _nest(path: list[str], value: Json) -> JsonObject:
    return {path[0]: value if len(path) == 1 else _nest(path[1:], value)}


def join_parameters(one: JsonObject, other: JsonObject) -> JsonObject:
    """Both sets of parameters, member by member."""
    both = dict(one)
    for name, value in other.items():
        there = both.get(name)
        both[name] = join_parameters(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return both


def _row(subject: Subject, member: str, words: str, spelled: Spelling = spelling.PLAIN, **more: Any) -> Setting:
    """`sent` is said only where the API has another name than ours."""
    return Setting(member, more.pop("sent", "") or sent_as(member), words, subject, spelled, **more)


def _of(kind: str, subject: Subject, member: str, *words_and_spelling: Any, **more: Any) -> Setting:
    """The same for what the record knows of a fresh namespace or workgroup."""
    recorded = facts(f"{kind}.settings").get(member)
    return _row(subject, member, *words_and_spelling, **({"fresh": recorded.value} if recorded else {}) | more)


# --- the namespace ---------------------------------------------------------------------------------------

_of_namespace = partial(_of, "namespace")
DB_NAME = _of_namespace(Subject.NAMESPACE, "db_name", "database name")
ADMIN_USERNAME = _row(Subject.IDENTITY, "admin_username", "admin user")
ADMIN_PASSWORD = _row(
    Subject.IDENTITY,
    "manage_admin_password",
    "admin password",
    spelling.MANAGED,
    seen=("adminPasswordSecretArn",),
    step_id="identity.managed_password",
    interrupts="Whoever signs in with the admin password has to take the new one from Secrets Manager.",
)
ADMIN_PASSWORD_KEY = _row(
    Subject.IDENTITY, "admin_password_secret_kms_key_id", "key of the admin password", spelling.KEY
)
KMS_KEY = _of_namespace(
    Subject.ENCRYPTION, "kms_key_id", "encryption key", spelling.KEY, by_silence=True, step_id="encryption.kms_key"
)
IAM_ROLES = _row(
    Subject.IDENTITY, "iam_roles", "IAM roles", spelling.ROLES, fresh=[], by_silence=True, step_id="identity.iam_roles"
)
DEFAULT_ROLE = _of_namespace(
    Subject.IDENTITY, "default_iam_role_arn", "default IAM role", spelling.ROLE, by_silence=True
)
LOG_EXPORTS = _row(
    Subject.LOGGING,
    "log_exports",
    "log exports",
    spelling.SET,
    fresh=[],
    by_silence=True,
    step_id="logging.log_exports",
)
NAMESPACE = (DB_NAME, ADMIN_USERNAME, ADMIN_PASSWORD, ADMIN_PASSWORD_KEY, KMS_KEY, IAM_ROLES, DEFAULT_ROLE, LOG_EXPORTS)

# --- the workgroup ---------------------------------------------------------------------------------------

_of_capacity = partial(_of, "workgroup", Subject.CAPACITY)
_of_network = partial(_of, "workgroup", Subject.NETWORK, interrupts=RESTARTS)
BASE_CAPACITY = _of_capacity(
    "base_capacity_rpu",
    "base capacity",
    spelling.RPU,
    sent="baseCapacity",
    step_id="capacity.base",
    interrupts=RESTARTS,
)
MAX_CAPACITY = _of_capacity(
    "max_capacity_rpu", "maximum capacity", spelling.RPU, sent="maxCapacity", by_silence=True, step_id="capacity.max"
)
PRICE_PERFORMANCE = _of_capacity(
    "price_performance_level",
    "price-performance target",
    spelling.LEVEL,
    sent="pricePerformanceTarget",
    fresh=0,  # as the record has it for a workgroup with a base capacity, and ours are made with one
    by_silence=True,
    step_id="capacity.price_performance",
)
EXTRA_COMPUTE = _of_capacity(
    "extra_compute_for_automatic_optimization",
    "extra compute for automatic optimization",
    spelling.SWITCH,
    step_id="capacity.extra_compute",
)
SUBNETS = _of_network("subnet_ids", "subnets", spelling.SET, step_id="network.subnets")
SECURITY_GROUPS = _of_network("security_group_ids", "security groups", spelling.SET, step_id="network.security_groups")
ROUTING = _of_network(
    "enhanced_vpc_routing", "enhanced VPC routing", spelling.SWITCH, step_id="network.enhanced_vpc_routing"
)
IP_ADDRESS_TYPE = _of_network("ip_address_type", "IP address type", step_id="network.ip_address_type")
PUBLIC = _of_network("publicly_accessible", "public access", spelling.SWITCH, step_id="network.publicly_accessible")
PORT = _of_network("port", "port", seen=("port", "endpoint.port"), step_id="network.port")
TRACK = _of(
    "workgroup",
    Subject.MAINTENANCE,
    "track_name",
    "maintenance track",
    seen=("pendingTrackName", "trackName"),  # the track that it is on its way to, which may take weeks
    step_id="maintenance.track",
    interrupts="The upgrade may make the endpoint briefly unavailable.",
    interrupts_at=("current",),
)
WORKGROUP = (
    *(BASE_CAPACITY, MAX_CAPACITY, PRICE_PERFORMANCE, EXTRA_COMPUTE),
    *(SUBNETS, SECURITY_GROUPS, ROUTING, IP_ADDRESS_TYPE, PUBLIC, PORT),
    TRACK,
)
"""All but the parameters, which have no fixed names."""


def parameter_member(key: str) -> str:
    """How a check names a parameter among the values of a workgroup."""
    return f"config_parameters.{key}"


# --- what belongs to them --------------------------------------------------------------------------------

_of_limit = partial(_row, Subject.USAGE_LIMITS)
USAGE_LIMIT = (
    _of_limit("usage_type", "usage type"),
    _of_limit("amount", "amount"),
    _of_limit("period", "period", fresh="monthly"),
    _of_limit("breach_action", "breach action", spelling.BREACH, fresh="log"),
)
_of_copy = partial(_row, Subject.SNAPSHOT_COPY)
SNAPSHOT_COPY = (
    _of_copy("destination_region", "copy destination"),
    _of_copy("snapshot_retention_period_days", "copy retention", spelling.DAYS, sent="snapshotRetentionPeriod"),
    _of_copy("destination_kms_key_id", "copy key", spelling.KEY, fresh=AWS_OWNED_KMS_KEY, by_silence=True),
)
_MADE = "targetAction.createSnapshot"
_of_schedule = partial(_row, Subject.SNAPSHOTS)
SCHEDULED_SNAPSHOT = (
    _of_schedule("scheduled_action_name", "name"),
    _of_schedule("schedule", "schedule", sent="schedule.cron"),
    _of_schedule("snapshot_name_prefix", "prefix of the snapshots", sent=f"{_MADE}.snapshotNamePrefix"),
    _of_schedule("retention_period_days", "retention", spelling.DAYS, sent=f"{_MADE}.retentionPeriod"),
    _of_schedule("role_arn", "role", fresh=""),
    _of_schedule("enabled", "switched on", spelling.ACTIVE, seen=("state",)),
)
_of_endpoint = partial(_row, Subject.ENDPOINTS)
ENDPOINT = (
    _of_endpoint("endpoint_name", "name"),
    _of_endpoint("subnet_ids", "subnets", spelling.SET),
    _of_endpoint(
        "vpc_security_group_ids",
        "security groups",
        spelling.GROUPS,
        seen=("vpcSecurityGroups",),
        fresh=[],
        by_silence=True,
    ),
)
RESOURCE_POLICY = _row(
    Subject.SHARING,
    "resource_policy",
    "resource policy",
    spelling.DOCUMENT,
    sent="Policy",
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
