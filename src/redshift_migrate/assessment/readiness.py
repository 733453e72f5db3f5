"""How ready a cluster is for its move, as far as a quick look tells: the same rules and codes as those of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.finding import UNKNOWN, Finding, Subject
from redshift_migrate.models.fleet import Fleet, Look, Member, Readiness
from redshift_migrate.models.listing import Unreadable
from redshift_migrate.translators.all import translate
from redshift_migrate.translators.capacity import memory_gib
from redshift_migrate.translators.translation import Translation

LOOKED_AT = frozenset(
    {
        Subject.SOURCE,
        Subject.CAPACITY,
        Subject.NETWORK,
        Subject.ENCRYPTION,
        Subject.IDENTITY,
        Subject.PARAMETERS,
        Subject.WLM,
        Subject.MAINTENANCE,
    }
)
"""The subjects that the few reads of a quick look tell enough about. The rest waits for the plan."""

_URGENT = ("stops", "decide", "before")
_FIRST = ("cluster-status", "dc2-nodes")
"""Codes that are said before all others: what the cluster is at all."""

_DEFAULT_ADMINS = ("admin", "awsuser")
_DEFAULT_DATABASE = "dev"


def assess(summary: ClusterSummary, cluster: ProvisionedClusterConfig) -> Member:
    """The cluster with its readiness, codes and controls."""
    member = Member(
        cluster=summary,
        account_id=cluster.account_id,
        readiness="unknown",
        namespace_arn=cluster.cluster_namespace_arn,
        memory_gib=memory_gib(cluster),
        controls=failed_controls(cluster),
    )
    if isinstance(cluster.parameters, Unknown):
        return member.model_copy(update={"not_known": (cluster.parameters.needs_action,)})
    try:
        translation = _translate(cluster)
    except RedshiftMigrateError as error:  # a name that no namespace can have
        return member.model_copy(update={"readiness": "blocked", "codes": (error.code,)})
    found = [each for each in translation.findings if _counts(each)]
    capacity = translation.settings.get("base_capacity_rpu")
    return member.model_copy(
        update={
            "readiness": _readiness(found),
            "codes": tuple(dict.fromkeys(each.code for each in sorted(found, key=_order))),
            "base_capacity_rpu": capacity if isinstance(capacity, int) else None,
        }
    )


def fleet_of(at: str, looks: Iterable[Look], unreadable: Iterable[Unreadable], accounts: tuple[str, ...]) -> Fleet:
    """All that was found as one value; the clusters by account, region and name."""
    looks = tuple(looks)
    members = (assess(one, other) for look in looks for one, other in look.clusters)
    return Fleet(
        at=at,
        members=tuple(sorted(members, key=lambda each: (each.account_id, each.cluster.region, each.key))),
        unreadable=(*unreadable, *(gap for look in looks for gap in _unread_shares(look))),
        regions_read=len(looks),
        accounts=accounts,
        shares=tuple(share for look in looks if not isinstance(look.shares, Unknown) for share in look.shares),
        rooms=tuple(look.room for look in looks if look.room is not None),
    )


def _unread_shares(look: Look) -> Iterator[Unreadable]:
    """Without its datashares the order of a region's waves may be wrong, so that is told like a region not read."""
    if isinstance(look.shares, Unknown):
        reason = f"datashares {look.shares.sentence()}; the order of waves takes none into account"
        yield Unreadable(region=look.region, account=look.account, reason=reason)


def failed_controls(cluster: ProvisionedClusterConfig) -> tuple[str, ...]:
    """The Security Hub controls for serverless that the cluster's settings, carried over, would fail.

    Source: Security Hub controls for Redshift Serverless (.1 routing, .3 public, .4 key, .5 admin name, .7 database).
    .2 (SSL) is what a new workgroup has by itself, .6 (log exports) is not told by a quick look.
    """
    failed = {
        ".1": cluster.enhanced_vpc_routing is False,
        ".3": cluster.publicly_accessible is True,
        ".4": not (cluster.kms_key_id or "").startswith("arn:"),
        ".5": cluster.master_username in _DEFAULT_ADMINS,
        ".7": cluster.db_name == _DEFAULT_DATABASE,
    }
    return tuple(f"RedshiftServerless{number}" for number, fails in failed.items() if fails)


def _translate(cluster: ProvisionedClusterConfig) -> Translation:
    return translate(cluster, migration_choices(cluster.cluster_id))


def _counts(finding: Finding) -> bool:
    """True for what is to be known of this cluster; not for what was not read, or is so for every cluster."""
    return (
        finding.group in _URGENT
        and finding.subject in LOOKED_AT
        and finding.on_cluster != UNKNOWN
        and finding.code not in _of_every_cluster()
    )


def _readiness(found: list[Finding]) -> Readiness:
    groups = {each.group for each in found}
    return "blocked" if "stops" in groups else "decide" if groups else "ready"


def _order(finding: Finding) -> tuple[bool, int]:
    return finding.code not in _FIRST, _URGENT.index(finding.group)


@cache
def _of_every_cluster() -> frozenset[str]:
    """What a plan says of the plainest cluster that there can be."""
    plain = ProvisionedClusterConfig(
        cluster_id="plain",
        region="us-east-1",
        account_id="0" * 12,
        partition="aws",
        status="available",
        node_type="ra3.4xlarge",
        number_of_nodes=2,
        parameter_group_name="default.redshift-2.0",
    )
    return frozenset(each.code for each in _translate(plain).findings if each.group in _URGENT)
