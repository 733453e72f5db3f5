"""Which regions exist, in which partition, and what a region name may be a misspelling of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Value


class Identity(Value):
    """Who calls, and where."""

    account_id: str
    arn: str
    partition: str

    @property
    def database_user(self) -> str:
        """As whom the identity comes to a database by IAM: `IAM:name` or `IAMR:role`. Source: MG, Data API, roles."""
        kind, _, rest = self.arn.rpartition(":")[2].partition("/")
        return f"IAMR:{rest.partition('/')[0]}" if kind == "assumed-role" else f"IAM:{rest.rpartition('/')[2] or kind}"


class RegionCatalog(Value):
    """Regions by partition, as botocore's endpoint data lists them."""

    regions: dict[str, tuple[str, ...]]
    serverless: dict[str, tuple[str, ...]]
    """Of those, the ones with Redshift Serverless."""

    def partition_of(self, region: str) -> str | None:
        """The partition a region lies in, None for an unknown region."""
        for partition, names in self.regions.items():
            if region in names:
                return partition
        return None

    def require(self, region: str, *, what: str = "region") -> str:
        """The region's partition; SettingsError with the nearest names for an unknown region."""
        partition = self.partition_of(region)
        if partition is not None:
            return partition
        known = sorted(name for names in self.regions.values() for name in names)
        near = similar(region, known)
        hint = f"Did you mean {either(near)}?" if near else "Region names look like us-east-2 or eu-west-1."
        raise SettingsError(f"There is no AWS {what} called {region!r}. Nothing was called.", hint=hint, similar=near)


def check_copy_destination(catalog: RegionCatalog, source: str, destination: str) -> None:
    """SettingsError unless snapshots of `source` can be copied to `destination`: known, other, same partition."""
    partition = catalog.require(source)
    destination_partition = catalog.require(destination, what="destination region")
    if destination == source:
        raise SettingsError(
            f"The destination region must differ from the namespace's own region, and both are {source}. "
            "Nothing was changed.",
            hint="Name another region; a copy in the same region protects against nothing.",
        )
    if destination_partition != partition:
        others = [name for name in catalog.serverless[partition] if name != source]
        raise SettingsError(
            f"{destination} is in partition {destination_partition}, {source} in {partition}: snapshots cannot "
            "be copied across partitions. Nothing was changed.",
            hint=f"In {partition} you can copy to {either(others)}."
            if others
            else f"{partition} has no other region with Redshift Serverless.",
            regions=others,
        )


def similar(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that look like `name`, best first."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=most, cutoff=0.6)
    if len(near) < most and len(name) >= 3:
        parts = [other for other in names if name.lower() in other.lower() or other.lower() in name.lower()]
        near += [other for other in parts if other not in near]
    return near[:most]


def either(names: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
