"""Base and maximum capacity: memory for memory, on the ladder of values that AWS allows."""

from __future__ import annotations

import math

import redshift_facts as record
from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.regions import either
from redshift_migrate.translators.translation import About, Translation, count, yes_no

_RPU = record.numbers("capacity.rpu")
GIB_PER_RPU, FALLBACK_RPU = _RPU["gib_per_rpu"], _RPU["console_default"]
ALLOWED_RPU: tuple[int, ...] = (
    _RPU["least"],
    *range(8, _RPU["steps_of_8_up_to"] + 1, 8),
    *range(_RPU["steps_of_8_up_to"] + 32, _RPU["steps_of_32_up_to"] + 1, 32),
)
GIB_PER_NODE = record.numbers("capacity.gib_per_node")
UNCONFIRMED_NODES = tuple(
    key for key, fact in record.facts("capacity.gib_per_node").items() if fact.standing != "documented"
)
"""No page of AWS was found that states their memory."""

FOUR_RPU_REGIONS = tuple(record.text("capacity.regions", "least").split())
ABOVE_512_REGIONS = tuple(record.text("capacity.regions", "above_512").split())
"""Of the last two, two pages of AWS name one each, so this only warns: the API decides."""

STORAGE_FLOORS = tuple((int(tb), rpu) for tb, rpu in record.numbers("capacity.storage_floors").items())
"""Above so many TB of data, at least so many RPU."""

_RECOMMENDED = record.numbers("capacity.price_performance")
PRICE_PERFORMANCE_RPU = range(_RECOMMENDED["least"], _RECOMMENDED["most"] + 1)
"""Where AWS recommends scaling by a price-performance target."""

MB_PER_TB = 1024 * 1024

LOCAL_FAMILIES = ("dc2.", "ds2.", "dc1.")
"""Their data is on the disks of the nodes; all later ones have managed storage."""
OLDER_FAMILIES = ("ra3.", *LOCAL_FAMILIES)
RG_SINCE = record.text("capacity.node_families", "rg")

STARTING_POINT = (
    f"1 RPU has {GIB_PER_RPU} GiB of memory: as much memory as the nodes have is a starting point, no promise of the "
    "same speed. Watch the first days; workloads that use less of it may do with less. Name a base capacity to choose "
    "another."
)
"""Source: Management Guide, "Compute capacity for Amazon Redshift Serverless"; it has no rule from nodes to RPU."""

about = About(Subject.CAPACITY)


def keeps_data_on_nodes(node_type: str | None) -> bool:
    """Whether nodes of the type keep the data on their own disks; false where the type is not known."""
    return (node_type or "").startswith(LOCAL_FAMILIES)


class Sizing(Value):
    """A base capacity with the reason for it."""

    base_capacity_rpu: int
    formula: str
    is_known: bool = True
    """False when the memory of the cluster is not known and the value is AWS's own."""


def translate_capacity(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Base capacity, always sent, because AWS decides otherwise, and the maximum asked for or a proposed one.

    SettingsError when one of the user's own values cannot be.
    """
    sizing = size(cluster, choices)
    base = sizing.base_capacity_rpu
    most = _require_maximum(choices, base) or max_capacity_rpu(base)
    settings: dict[str, object] = {"base_capacity_rpu": base, "max_capacity_rpu": most}
    if choices.base_capacity_rpu is not None:  # beside which AWS takes no price-performance target
        settings["price_performance_level"] = 0
    nodes = f"{cluster.number_of_nodes or '?'} x {cluster.node_type or 'unknown node type'}"
    changes = [
        about.row(
            "base capacity",
            nodes,
            f"{base} RPU",
            "set" if choices.base_capacity_rpu else "translated",
            member="base_capacity_rpu",
        ),
        about.row("maximum capacity", None, f"{most} RPU", "set", member="max_capacity_rpu"),
    ]
    extra = cluster.extra_compute_for_automatic_optimization
    if extra is not None:
        settings["extra_compute_for_automatic_optimization"] = extra
        changes.append(
            about.row(
                "extra compute for automatic optimization",
                yes_no(extra),
                yes_no(extra),
                "carried",
                member="extra_compute_for_automatic_optimization",
            )
        )
    findings = (
        _base(cluster, sizing, nodes),
        *_other_nodes(cluster),
        *_storage(cluster, base),
        *_place_on_ladder(cluster, base),
        _maximum(base, most, is_asked=choices.max_capacity_rpu is not None),
        _price_performance(base),
    )
    return Translation(settings=settings, changes=tuple(changes), findings=findings)


def base_capacity_rpu(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> int:
    """The base capacity that the workgroup gets. SettingsError when the user's own value is not allowed."""
    return size(cluster, choices).base_capacity_rpu


def size(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Sizing:
    """The user's value, or all memory of the cluster divided by 16 GiB, rounded up to an allowed value."""
    asked = choices.base_capacity_rpu
    if asked is not None:
        check_base_capacity(asked, cluster.region)
        return Sizing(base_capacity_rpu=asked, formula=f"{asked} RPU as asked for")
    gib = GIB_PER_NODE.get(cluster.node_type or "")
    nodes, memory = cluster.number_of_nodes, memory_gib(cluster)
    if memory is None or nodes is None:
        return Sizing(base_capacity_rpu=FALLBACK_RPU, formula=f"{FALLBACK_RPU} RPU, AWS's own default", is_known=False)
    exact = memory / GIB_PER_RPU
    rpu = rounded_up(exact, cluster.region)
    formula = f"{count(nodes, 'node')} x {gib} GiB / {GIB_PER_RPU} GiB = {exact:g} RPU"
    if rpu != exact:
        formula += f", {'rounded up to' if rpu > exact else 'capped at'} {rpu}"
    floor = storage_floor_rpu(_stored_mb(cluster))
    if floor > rpu:
        rpu, formula = floor, f"{formula}, raised to {floor} for {_tb(_stored_mb(cluster))} TB of data"
    return Sizing(base_capacity_rpu=rpu, formula=formula)


def memory_gib(cluster: ProvisionedClusterConfig) -> int | None:
    """The memory of all nodes; None where that of the type, or how many there are, is not known."""
    gib, nodes = GIB_PER_NODE.get(cluster.node_type or ""), cluster.number_of_nodes
    return gib * nodes if gib is not None and nodes is not None and nodes >= 1 else None


def rounded_up(rpu: float, region: str) -> int:
    """The smallest value that AWS allows in the region and that is no less; the largest one for more than that."""
    return next((allowed for allowed in _ladder(region) if allowed >= rpu), ALLOWED_RPU[-1])


def max_capacity_rpu(base_rpu: int) -> int:
    """Twice the base, on the same ladder: above 1024 nothing is documented, so nothing higher is proposed."""
    return next((allowed for allowed in ALLOWED_RPU if allowed >= 2 * base_rpu), ALLOWED_RPU[-1])


def _require_maximum(choices: MigrationChoices, base_rpu: int) -> int | None:
    asked, largest = choices.max_capacity_rpu, _RPU["largest_max_capacity"]
    if asked is not None and not base_rpu <= asked <= largest:
        raise SettingsError(
            f"A maximum capacity of {asked} RPU cannot be: the base capacity is {base_rpu} RPU. Nothing was changed.",
            hint=f"Name {base_rpu} to {largest} RPU, or another base capacity too.",
        )
    return asked


def storage_floor_rpu(stored_mb: int | None) -> int:
    """The least base capacity for that much data; 0 when there is no floor."""
    return next((rpu for tb, rpu in STORAGE_FLOORS if (stored_mb or 0) > tb * MB_PER_TB), 0)


def check_base_capacity(rpu: int, region: str) -> None:
    """SettingsError with the nearest allowed values unless AWS takes the value in that region."""
    ladder = _ladder(region)
    if rpu in ladder:
        return
    below = [allowed for allowed in ladder if allowed < rpu][-1:]
    above = [allowed for allowed in ladder if allowed > rpu][:1]
    nearest = [str(allowed) for allowed in below + above]
    why = " (4 RPU is not offered there)" if rpu in ALLOWED_RPU else ""
    raise SettingsError(
        f"A base capacity of {rpu} RPU is not allowed in {region}{why}. Nothing was changed.",
        hint=f"Nearest: {either(nearest)}. Allowed are 4 (in some regions), 8 to 512 in steps of 8, and 512 to 1024 "
        "in steps of 32.",
        nearest_rpu=below + above,
    )


def _stored_mb(cluster: ProvisionedClusterConfig) -> int | None:
    return None if isinstance(cluster.stored_mb, Unknown) else cluster.stored_mb


def _ladder(region: str) -> tuple[int, ...]:
    return ALLOWED_RPU if region in FOUR_RPU_REGIONS else ALLOWED_RPU[1:]


def _base(cluster: ProvisionedClusterConfig, sizing: Sizing, nodes: str) -> Finding:
    after = f"{sizing.base_capacity_rpu} RPU"
    if not sizing.is_known:
        return about.warning(
            "base capacity",
            f"The memory of {nodes} is not known here, so the base is {sizing.formula}. It may cost more than is "
            f"needed, or be too little: name a base capacity to choose (memory in GiB / {GIB_PER_RPU})."
            f"{f' {_both_zones(cluster)}' if cluster.multi_az else ''}",
            nodes,
            after,
        )
    message = f"{sizing.formula}. {STARTING_POINT}"
    if cluster.multi_az:
        return about.warning(
            "base capacity", f"{message} {_both_zones(cluster)}", f"{nodes} in each of two zones", after
        )
    if cluster.node_type in UNCONFIRMED_NODES and "as asked for" not in sizing.formula:
        return about.warning(
            "base capacity", f"{message} The memory of {cluster.node_type} is assumed: check it.", nodes, after
        )
    return about.info("base capacity", message, nodes, after)


def _both_zones(cluster: ProvisionedClusterConfig) -> str:
    """Source: Management Guide, "Multi-AZ deployment": the number of nodes is that of one zone, both take queries."""
    second = "The second zone of this Multi-AZ cluster has as many nodes again and serves queries too"
    gib, nodes = GIB_PER_NODE.get(cluster.node_type or ""), cluster.number_of_nodes
    if gib is None or nodes is None or nodes < 1:
        return f"{second}; how much memory that is, is not known here."
    one, both = (rounded_up(zones * nodes * gib / GIB_PER_RPU, cluster.region) for zones in (1, 2))
    return (
        f"{second}: by memory the nodes of one zone come to {one} RPU, those of both to {both} RPU. Name {both} where "
        "the cluster needs both zones at its peaks. A workgroup spreads over its zones by itself at either size."
    )


def _other_nodes(cluster: ProvisionedClusterConfig) -> list[Finding]:
    """Source: Management Guide, "Amazon Redshift clusters"; what a move need not be must be said before it."""
    node_type = cluster.node_type or ""
    if not node_type.startswith(OLDER_FAMILIES):
        return []
    message = (
        f"RG nodes (general availability {RG_SINCE}) are another way on from {node_type}: a provisioned cluster with "
        "WLM, maintenance window and reservations as they are. Worth a look where the cluster is busy most of the day: "
        "serverless bills what runs, nodes bill every hour."
    )
    return [about.info("RG nodes", message, node_type, "not looked into")]


def _storage(cluster: ProvisionedClusterConfig, base: int) -> list[Finding]:
    stored_floor = storage_floor_rpu(_stored_mb(cluster))
    if base < stored_floor:
        return [
            about.blocker(
                "base capacity",
                f"The cluster holds {_tb(_stored_mb(cluster))} TB of data, for which AWS asks for at least "
                f"{stored_floor} RPU. Name {stored_floor} or more.",
                f"{_tb(_stored_mb(cluster))} TB",
                f"{base} RPU",
            )
        ]
    if isinstance(cluster.stored_mb, Unknown):
        floors = ", ".join(f"more than {tb} TB at least {rpu} RPU" for tb, rpu in reversed(STORAGE_FLOORS))
        consequence = f"For much data AWS asks for a larger base: {floors}. Name one where that is so."
        return [about.unknown("warning", "amount of data", cluster.stored_mb, consequence)]
    possible_floor = storage_floor_rpu(cluster.total_storage_mb)
    if _stored_mb(cluster) is None and base < possible_floor:
        tb = next(tb for tb, rpu in STORAGE_FLOORS if rpu == possible_floor)
        return [
            about.warning(
                "base capacity",
                f"The cluster may store up to {_tb(cluster.total_storage_mb)} TB; how much it does hold was not read. "
                f"If it holds more than {tb} TB, AWS asks for at least {possible_floor} RPU: name that then.",
                f"{_tb(cluster.total_storage_mb)} TB of storage capacity",
                f"{base} RPU",
            )
        ]
    return []


def _place_on_ladder(cluster: ProvisionedClusterConfig, base: int) -> list[Finding]:
    if base == ALLOWED_RPU[0]:
        return [
            about.warning(
                "base capacity",
                "4 RPU is meant for tables of at most 100 columns, has no VACUUM boost, and a workgroup that was "
                "raised above 4 never returns to it. Name 8 to avoid that.",
                after="4 RPU",
            )
        ]
    if base > 512 and cluster.region not in ABOVE_512_REGIONS:
        return [
            about.warning(
                "base capacity",
                f"More than 512 RPU is not listed for {cluster.region}; AWS may refuse it.",
                after=f"{base} RPU",
            )
        ]
    return []


def _maximum(base: int, most: int, *, is_asked: bool) -> Finding:
    if is_asked:
        message = f"{most} RPU is the ceiling, as asked for. Queries wait rather than scale past it."
        return about.info("maximum capacity", message, None, f"{most} RPU")
    capped = " More than that is not documented, so there is little or no room to scale." if most < 2 * base else ""
    return about.warning(
        "maximum capacity",
        f"Serverless scales up by itself and bills what it uses. {most} RPU is proposed as the ceiling, twice the "
        f"base; without one there is none.{capped} Queries wait rather than scale past it.",
        None,
        f"{most} RPU",
    )


def _price_performance(base: int) -> Finding:
    message = (
        "A price-performance target is not asked for: base and maximum capacity decide. A workgroup that has one is "
        "shown as it is. "
    )
    if base in PRICE_PERFORMANCE_RPU:
        message += (
            "AWS recommends one for this base capacity; it may use more than the cluster did. It can be switched on "
            "later, at the level Balanced to begin with."
        )
    else:
        message += "AWS recommends one for 32 to 512 RPU of base capacity."
    return about.info("price-performance target", message, None, "not asked for")


def _tb(megabytes: int | None) -> str:
    return f"{math.ceil((megabytes or 0) / MB_PER_TB * 10) / 10:g}"
