"""Audit logging, which DescribeClusters does not tell."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply, read_or_unknown
from redshift_migrate.extractors.source import Members, Read, Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import LoggingSettings


def extract_logging(source: Source) -> LoggingSettings | Unknown | None:
    """Where the audit logs go; None where the cluster cannot have any."""
    call = source.call("redshift", "DescribeLoggingStatus", ClusterIdentifier=source.cluster_id)
    none: LoggingSettings | None = None
    return read_or_unknown(call, lambda: parse_logging(source.aws.call(call)), absent=none)


def parse_logging(status: Reply) -> LoggingSettings | None:
    """The settings of a reply. AWS leaves the type out for the oldest of the destinations, S3."""
    tables = status.get("S3Tables") or {}
    enabled = bool(status.get("LoggingEnabled"))
    return LoggingSettings(
        enabled=enabled,
        log_destination_type=status.get("LogDestinationType") or ("s3" if enabled else None),
        bucket_name=status.get("BucketName") or None,
        s3_key_prefix=status.get("S3KeyPrefix") or None,
        log_exports=tuple(sorted(status.get("LogExports") or ())),
        s3_tables=tuple(sorted(tables.get("S3Tables") or ())),
        s3_table_namespace=tables.get("S3TableNamespace"),
        s3_table_granularity=tables.get("S3TableGranularity"),
    )


MEMBERS: Members = {
    "logging": Read("redshift:DescribeLoggingStatus", extract_logging, by=("LoggingPublishStatus",)),
}
