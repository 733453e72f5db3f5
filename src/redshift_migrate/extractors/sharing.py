"""What ties the cluster to others: datashares, integrations, partners, the policy on its namespace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text, texts
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import DataShare, Integration
from redshift_migrate.models.plan import Call

T = TypeVar("T")

NO_NAMESPACE = "DescribeClusters named no namespace ARN for the cluster, and without it AWS cannot be asked"


def extract_data_shares(source: Source) -> tuple[DataShare, ...] | Unknown:
    """The datashares that the cluster produces and those that it consumes."""
    arn = source.namespace_arn
    if arn is None:
        return Unknown(needs_action="redshift:DescribeDataSharesForProducer", reason=NO_NAMESPACE)
    return _ask_all(
        source,
        (
            source.call("redshift", "DescribeDataSharesForProducer", ProducerArn=arn),
            "DataShares",
            partial(parse_data_shares, direction="outbound"),
        ),
        (
            source.call("redshift", "DescribeDataSharesForConsumer", ConsumerArn=arn),
            "DataShares",
            partial(parse_data_shares, direction="inbound"),
        ),
    )


def parse_data_shares(shares: list[Reply], direction: str) -> tuple[DataShare, ...]:
    """The datashares of a reply, by ARN; `direction` is that of the question."""
    return tuple(sorted((_share(share, direction) for share in shares), key=lambda share: share.data_share_arn))


def _share(share: Reply, direction: str) -> DataShare:
    consumers = tuple(sorted(set(texts(share.get("DataShareAssociations"), "ConsumerIdentifier"))))
    return DataShare(
        data_share_arn=require_text(share, "DataShareArn", "DescribeDataShares"),
        direction=direction,
        counterparts=consumers if direction == "outbound" else texts([share], "ProducerArn"),
        managed_by=share.get("ManagedBy"),
        allow_publicly_accessible_consumers=share.get("AllowPubliclyAccessibleConsumers"),
    )


def extract_integrations(source: Source) -> tuple[Integration, ...] | Unknown:
    """What writes into the cluster by itself.

    Inbound integrations are all of them; only those from S3 and DynamoDB are known to Redshift by name as well.
    """
    arn = source.namespace_arn
    if arn is None:
        return Unknown(needs_action="redshift:DescribeInboundIntegrations", reason=NO_NAMESPACE)
    found = _ask_all(
        source,
        (
            source.call("redshift", "DescribeInboundIntegrations", TargetArn=arn),
            "InboundIntegrations",
            lambda items: parse_integrations(items, arn),
        ),
        (
            source.call("redshift", "DescribeIntegrations"),
            "Integrations",
            lambda items: parse_integrations(items, arn),
        ),
    )
    return found if isinstance(found, Unknown) else merge_integrations(found)


def parse_integrations(integrations: list[Reply], target_arn: str) -> tuple[Integration, ...]:
    """The integrations of a reply whose target is this namespace, by ARN."""
    found = (
        Integration(
            integration_arn=require_text(integration, "IntegrationArn", "DescribeIntegrations"),
            name=integration.get("IntegrationName"),
            source_arn=integration.get("SourceArn"),
            status=integration.get("Status"),
        )
        for integration in integrations
        if integration.get("TargetArn") == target_arn
    )
    return tuple(sorted(found, key=lambda integration: integration.integration_arn))


def merge_integrations(integrations: tuple[Integration, ...]) -> tuple[Integration, ...]:
    """Each integration once; the entry that has a name wins."""
    by_arn = {each.integration_arn: each for each in sorted(integrations, key=lambda each: each.name or "")}
    return tuple(by_arn[arn] for arn in sorted(by_arn))


def extract_partners(source: Source) -> tuple[str, ...] | Unknown:
    """The partner integrations of the cluster."""
    call = source.call("redshift", "DescribePartners", AccountId=source.account_id, ClusterIdentifier=source.cluster_id)
    return read_or_unknown(
        call,
        lambda: parse_partners(source.aws.call(call).get("PartnerIntegrationInfoList") or []),
        absent=(),
    )


def parse_partners(partners: list[Reply]) -> tuple[str, ...]:
    """`NAME (database DATABASE)` of each."""
    named = {(partner.get("PartnerName") or "unnamed", partner.get("DatabaseName")) for partner in partners}
    return tuple(sorted(f"{name} (database {database})" if database else name for name, database in named))


def extract_resource_policy(source: Source) -> str | Unknown | None:
    """The policy on the cluster's namespace as JSON text, None when there is none."""
    arn = source.namespace_arn
    if arn is None:
        return Unknown(needs_action="redshift:GetResourcePolicy", reason=NO_NAMESPACE)
    call = source.call("redshift", "GetResourcePolicy", ResourceArn=arn)
    none: str | None = None
    return read_or_unknown(
        call,
        lambda: parse_resource_policy(source.aws.call(call)),
        absent=none,
        absent_codes={"ResourceNotFoundFault", "ResourceNotFound"},
    )


def parse_resource_policy(reply: Reply) -> str | None:
    """The policy of a reply; empty text means none."""
    return (reply.get("ResourcePolicy") or {}).get("Policy") or None


def _ask_all(
    source: Source, *questions: tuple[Call, str, Callable[[list[Reply]], tuple[T, ...]]]
) -> tuple[T, ...] | Unknown:
    """The answers of several lists as one; Unknown if one of them is, for half a list looks like a whole one."""

    def ask(call: Call, member: str, parse: Callable[[list[Reply]], tuple[T, ...]]) -> tuple[T, ...] | Unknown:
        return read_or_unknown(call, lambda: parse(source.aws.pages(call, member)), absent=())

    answers = in_parallel([partial(ask, *question) for question in questions])
    joined: tuple[T, ...] = ()
    for answer in answers:
        if isinstance(answer, Unknown):
            return answer
        joined += answer
    return joined


MEMBERS: Members = {
    "data_shares": Read("redshift:DescribeDataSharesForProducer", extract_data_shares),
    "integrations": Read("redshift:DescribeInboundIntegrations", extract_integrations),
    "partners": Read("redshift:DescribePartners", extract_partners),
    "resource_policy": Read("redshift:GetResourcePolicy", extract_resource_policy),
    "catalog_arn": pick("CatalogArn"),
    "lakehouse_registration_status": pick("LakehouseRegistrationStatus"),
}
