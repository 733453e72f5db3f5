"""The gate before the cluster: may it be moved now, and what of it has no place on serverless at all."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.translators.scope import restores_data, takes_snapshot
from redshift_migrate.translators.translation import About, Translation, cite, count, yes_no

READY = "available"
"""The only status in which a cluster takes a snapshot. Source: API reference, CreateClusterSnapshot."""

LEAVING = ("deleting", "final-snapshot")
PENDING_ELSEWHERE = ("MaintenanceTrackName",)
"""Pending changes that their own subject speaks of."""

about = About(Subject.SOURCE)


def translate_source(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Blockers for what cannot be moved now, and what stays behind whatever is done.

    Source: Management Guide, "Migrating a provisioned cluster to Amazon Redshift Serverless".
    """
    return Translation(
        changes=() if choices.only else _rows(cluster),
        findings=(
            *_state(cluster, choices),
            *_availability(cluster),
            *_pending(cluster),
            *_hsm(cluster, choices),
            *_places(cluster),
            *_elastic_ip(cluster),
            *_reserved_nodes(cluster),
        ),
    )


def _state(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> list[Finding]:
    status = cluster.status
    if status == READY and not cluster.is_resizing:
        return []
    shown = "resizing" if status == READY else status
    if takes_snapshot(choices):
        return [about.blocker("cluster status", _not_ready(cluster, shown), shown, READY)]
    if shown == "paused":
        message = f"Cluster {cluster.cluster_id} is paused. That is no obstacle: no snapshot of it is to be taken now."
        return [about.info("cluster status", message, shown)]
    if shown in LEAVING:
        message = (
            f"Cluster {cluster.cluster_id} is being deleted, and its automated snapshots go with it. Only a manual "
            "snapshot can still be restored; what was read of its settings cannot be read again."
        )
        return [about.warning("cluster status", message, shown)]
    message = (
        f"Cluster {cluster.cluster_id} is {shown}; its settings may be about to change. Plan again once it is {READY}."
    )
    return [about.warning("cluster status", message, shown)]


def _not_ready(cluster: ProvisionedClusterConfig, status: str) -> str:
    cluster_id = cluster.cluster_id
    if status == "paused":
        return (
            f"Cluster {cluster_id} is paused, and a paused cluster takes no snapshot. Resume it, which starts the "
            "billing of its nodes again, or name an existing snapshot of it as the data to move."
        )
    if status in LEAVING:
        return f"Cluster {cluster_id} is being deleted and takes no snapshot. Name an existing manual snapshot of it."
    sizes = f" {_sizes(cluster)}" if cluster.is_resizing else ""
    return (
        f"Cluster {cluster_id} is {status}{sizes}, and a snapshot needs it to be {READY}. Wait until it is, or name an "
        "existing snapshot of it as the data to move."
    )


def _sizes(cluster: ProvisionedClusterConfig) -> str:
    nodes, kind = cluster.pending_number_of_nodes, cluster.pending_node_type
    before = f"from {cluster.number_of_nodes or '?'} x {cluster.node_type or '?'}"
    if nodes is None and kind is None:
        return f"{before} (to what, tells: aws redshift describe-resize --cluster-identifier {cluster.cluster_id})"
    return f"{before} to {nodes or cluster.number_of_nodes or '?'} x {kind or cluster.node_type or '?'}"


def _availability(cluster: ProvisionedClusterConfig) -> list[Finding]:
    findings = []
    availability = cluster.availability_status
    if cluster.status == READY and availability not in (None, "Available"):
        message = f"The cluster is {READY}, and AWS calls its availability {availability}; a snapshot may have to wait."
        findings.append(about.warning("cluster availability", message, availability))
    if cluster.restore_status not in (None, "completed"):
        message = (
            f"The cluster is itself the result of a restore that is {cluster.restore_status}: a snapshot of it may "
            "have to wait, and its figures are not final."
        )
        findings.append(about.warning("restore of the cluster", message, cluster.restore_status))
    return findings


def _pending(cluster: ProvisionedClusterConfig) -> list[Finding]:
    findings = []
    changes = sorted(set(cluster.pending_changes) - set(PENDING_ELSEWHERE))
    if changes:
        message = (
            f"Changes of {cite(changes)} are pending on the cluster. This plan was made from the values before them; "
            "plan again once they are applied."
        )
        findings.append(about.warning("pending changes", message, cite(changes)))
    if cluster.pending_actions:
        actions = cite(cluster.pending_actions)
        message = f"These operations wait to be started on the cluster: {actions}. They may change what was planned."
        findings.append(about.warning("pending operations", message, actions))
    return findings


def _hsm(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> list[Finding]:
    if not cluster.hsm_status:
        return []
    message = (
        "The cluster is encrypted through a hardware security module, and serverless has none. Whether such a "
        "snapshot can be restored there is not documented. Move the cluster to a KMS key first."
    )
    word = about.blocker if restores_data(choices) else about.warning
    return [word("HSM", message, cluster.hsm_status, "KMS")]


def _places(cluster: ProvisionedClusterConfig) -> list[Finding]:
    message = (
        "Serverless spreads a workgroup over the zones of its subnets by itself: zone, relocation and Multi-AZ cannot "
        "be chosen."
    )
    if not cluster.multi_az:
        return [about.info("availability zone", message, cluster.availability_zone, "chosen by AWS")]
    return [
        about.warning(
            "Multi-AZ",
            f"The cluster runs in two zones at once. {message} No setting promises the same recovery time.",
            "yes",
            "no such setting",
        )
    ]


def _elastic_ip(cluster: ProvisionedClusterConfig) -> list[Finding]:
    if not cluster.elastic_ip:
        return []
    message = (
        f"The elastic address {cluster.elastic_ip} cannot be given to a workgroup. Firewalls and clients that know "
        "the cluster by its address need the new host name."
    )
    return [about.warning("elastic IP", message, cluster.elastic_ip, "none")]


def _reserved_nodes(cluster: ProvisionedClusterConfig) -> list[Finding]:
    nodes = cluster.reserved_nodes
    if isinstance(nodes, Unknown):
        return [
            about.unknown(
                "warning", "reserved nodes", nodes, "Reserved nodes that are still paid for go on billing after a move."
            )
        ]
    paid = [node for node in nodes if node.node_type == cluster.node_type and node.state not in ("retired", "expired")]
    if not paid:
        return []
    told = cite(f"{node.node_count} x {node.node_type} until {node.ends_at or 'an unknown date'}" for node in paid)
    message = (
        f"Reserved nodes go on billing to the end of their term, whatever runs: {told}. They cannot be turned into "
        "serverless capacity. Serverless reservations exist, but they commit to spending for a year and are never "
        "bought by this program."
    )
    return [about.warning("reserved nodes", message, count(len(paid), "reservation"), "not transferable")]


def _rows(cluster: ProvisionedClusterConfig) -> tuple[SettingChange, ...]:
    version = about.row("engine version", cluster.cluster_version, "that of the workgroup's track", "not carried")
    rows = [
        about.row("availability zone", cluster.availability_zone, "chosen by AWS", "not carried"),
        about.row("Multi-AZ", yes_no(cluster.multi_az), "no such setting", "not carried"),
        version,
    ]
    if cluster.availability_zone_relocation_status:
        status = cluster.availability_zone_relocation_status
        rows.append(about.row("zone relocation", status, "no such setting", "not carried"))
    if cluster.elastic_ip:
        rows.append(about.row("elastic IP", cluster.elastic_ip, "none", "not carried"))
    return tuple(rows)
