"""Usage limits of a cluster."""

from __future__ import annotations

from redshift_migrate.errors import AwsError
from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text
from redshift_migrate.extractors.source import Members, Read, Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ClusterUsageLimit

OPERATION = "DescribeUsageLimits"


def extract_usage_limits(source: Source) -> tuple[ClusterUsageLimit, ...] | Unknown:
    """Every usage limit, all pages."""
    call = source.call("redshift", OPERATION, ClusterIdentifier=source.cluster_id)
    return read_or_unknown(call, lambda: parse_usage_limits(source.aws.pages(call, "UsageLimits")), absent=())


def parse_usage_limits(limits: list[Reply]) -> tuple[ClusterUsageLimit, ...]:
    """The limits of a reply, by feature and id."""
    return tuple(sorted(map(_limit, limits), key=lambda limit: (limit.feature_type, limit.usage_limit_id)))


def _limit(limit: Reply) -> ClusterUsageLimit:
    amount = limit.get("Amount")
    if amount is None:
        raise AwsError(f"AWS answered {OPERATION} with a limit that has no Amount.", operation=OPERATION)
    return ClusterUsageLimit(
        usage_limit_id=require_text(limit, "UsageLimitId", OPERATION),
        feature_type=require_text(limit, "FeatureType", OPERATION),
        limit_type=require_text(limit, "LimitType", OPERATION),
        amount=amount,
        period=limit.get("Period") or "monthly",  # what CreateUsageLimit takes when none is given
        breach_action=limit.get("BreachAction") or "log",  # the same
    )


MEMBERS: Members = {"usage_limits": Read(f"redshift:{OPERATION}", extract_usage_limits)}
