"""Regions and partitions, from the data that botocore ships."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.loaders import Loader


@cache
def _partitions() -> list[dict[str, Any]]:
    document: dict[str, Any] = Loader().load_data("partitions")
    return list(document["partitions"])


@cache
def partition_of(region: str) -> str | None:
    """The partition that has this region (`aws`, `aws-us-gov`, `aws-cn` …), or None for an unknown region."""
    for partition in _partitions():
        if region in partition["regions"]:
            return str(partition["id"])
    return None


@cache
def dns_suffix(region: str) -> str:
    """The domain of the region's partition, such as `amazonaws.com`."""
    for partition in _partitions():
        if region in partition["regions"]:
            return str(partition["outputs"]["dnsSuffix"])
    return "amazonaws.com"
