"""What counting exactly would take: on serverless every second is billed, a minute at least. Pure; an estimate.

The figures are assumptions of this program, on the page of what is not verified: a statement on a table takes a
twentieth of a second of planning, and a workgroup reads 30 RPU-seconds a GB; counting rows reads a tenth of that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from redshift_migrate.assessment.telling import usd
from redshift_migrate.models.cost import Price
from redshift_migrate.models.data import CountingCost, DataTable, Method

LEAST_S = 60
"""Source: MG, Billing for Amazon Redshift Serverless."""
TABLE_S = 0.05
RPU_S_A_GB = 30.0
SHARE_OF_COUNTS = 0.1
HOUR_S = 3600


def estimate_counting(
    method: Method, tables: Sequence[DataTable], capacity_rpu: int | None, price: Price | None
) -> CountingCost:
    """For these tables, on a workgroup of that capacity; unknown where the capacity is not known."""
    gb = sum(each.size_mb for each in tables) / 1024
    read = RPU_S_A_GB * gb * (1.0 if method == "values" else SHARE_OF_COUNTS)
    cost = CountingCost(method=method, tables=len(tables))
    if capacity_rpu is None:
        return cost
    seconds = max(LEAST_S, len(tables) * TABLE_S + read / capacity_rpu)
    rpu_seconds = math.ceil(seconds * capacity_rpu)
    return cost.model_copy(
        update={
            "rpu_seconds": rpu_seconds,
            "usd": None if price is None else rpu_seconds / HOUR_S * price.usd,
            "formula": f"{capacity_rpu} RPU x {seconds:,.0f} s for {len(tables)} tables with {gb:,.1f} GB; "
            f"a minute is billed at least",
        }
    )


def tell_counting_cost(cost: CountingCost) -> str:
    """What it takes by the estimate, in a sentence."""
    what = "Counting every row" if cost.method == "counts" else "Counting every row and summing up every column"
    if cost.rpu_seconds is None:
        return (
            f"{what} of {cost.tables} tables wakes the workgroup; what it takes is not known, as its capacity is not."
        )
    money = "; its price here is not known" if cost.usd is None else f", {usd(cost.usd)}"
    return f"{what} is estimated at {cost.rpu_seconds:,} RPU-seconds on serverless{money} ({cost.formula})."
