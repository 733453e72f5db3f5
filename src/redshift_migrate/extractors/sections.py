"""The parts in which a cluster can be asked for; what is in each is what its extractor declares."""

from __future__ import annotations

from collections.abc import Collection

from redshift_migrate.errors import SettingsError
from redshift_migrate.extractors import (
    automation,
    capacity,
    encryption,
    endpoints,
    identity,
    logging,
    maintenance,
    monitoring,
    network,
    parameters,
    scheduled_queries,
    sharing,
    snapshot_copy,
    snapshots,
    source,
    tags,
    usage_limits,
)
from redshift_migrate.extractors.source import Members, Read, Told
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.regions import either, similar

SECTIONS: dict[str, Members] = {
    Subject.SOURCE: source.MEMBERS,
    Subject.CAPACITY: capacity.MEMBERS,
    Subject.NETWORK: network.MEMBERS,
    Subject.ENCRYPTION: encryption.MEMBERS,
    Subject.IDENTITY: identity.MEMBERS,
    Subject.PARAMETERS: parameters.MEMBERS,
    Subject.WLM: parameters.MEMBERS,
    Subject.LOGGING: logging.MEMBERS,
    Subject.USAGE_LIMITS: usage_limits.MEMBERS,
    Subject.SNAPSHOTS: snapshots.MEMBERS,
    Subject.SNAPSHOT_COPY: snapshot_copy.MEMBERS,
    Subject.MAINTENANCE: maintenance.MEMBERS,
    Subject.TAGS: tags.MEMBERS,
    Subject.ENDPOINTS: endpoints.MEMBERS,
    Subject.SHARING: sharing.MEMBERS,
    Subject.SCHEDULED_QUERIES: scheduled_queries.MEMBERS,
    Subject.AUTOMATION: automation.MEMBERS,
    Subject.MONITORING: monitoring.MEMBERS,
}
"""Section → the members of ProvisionedClusterConfig in it. What DescribeClusters tells is filled in any section."""

TOLD = {name: each for part in SECTIONS.values() for name, each in part.items() if isinstance(each, Told)}
READS = {name: each for part in SECTIONS.values() for name, each in part.items() if isinstance(each, Read)}

IGNORED = {
    "ModifyStatus": "ClusterStatus and PendingModifiedValues say what is being modified",
    "ClusterCreateTime": "when the cluster was made is no setting",
    "ClusterSecurityGroups": "EC2-Classic was retired; VPC security groups took their place",
    "ClusterPublicKey": "belongs to the nodes (for COPY over SSH); a workgroup has none that could be set",
    "ClusterNodes": "addresses of nodes; a workgroup shows none",
    "ElasticResizeNumberOfNodeOptions": "how the cluster could be resized, not how it is set",
    "ExpectedNextSnapshotScheduleTime": "moves by itself; the schedule is what is set",
    "ExpectedNextSnapshotScheduleTimeStatus": "moves by itself; the schedule is what is set",
    "AquaConfiguration": "a retired feature that AWS decides about by itself",
    "ReservedNodeExchangeStatus": "about a reservation; DescribeReservedNodes tells what still bills",
    "CustomDomainCertificateExpiryDate": "a property of the certificate, whose ARN is carried",
    "MultiAZSecondary": "zone and nodes of the second half; that there is one is in MultiAZ",
}
"""Members of DescribeClusters that say nothing that a migration could carry, translate or report, and why not."""


def members_of(sections: Collection[str] | None) -> frozenset[str]:
    """The members in these sections, in all of them for None. SettingsError for a section that does not exist."""
    names = SECTIONS if sections is None else [name.strip().lower().replace("-", "_") for name in sections]
    for name in names:
        if name not in SECTIONS:
            near = similar(name, list(SECTIONS)) or sorted(SECTIONS)
            raise SettingsError(
                f"There is no section {name!r} of a cluster's configuration. Nothing was read.",
                hint=f"Sections: {either(near)}.",
            )
    return frozenset(member for name in names for member in SECTIONS[name])
