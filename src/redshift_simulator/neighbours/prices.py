"""The Price List of the simulated account: real shapes, and figures of its own record, for some regions only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.pages import Paging
from redshift_simulator.registry import Parameters, operation

SERVICE_CODE = "AmazonRedshift"
EFFECTIVE = "2026-10-01T00:00:00Z"
REGIONS = {"us-east-1": ("USE1", 0.375), "us-east-2": ("USE2", 0.36), "us-west-2": ("USW2", 0.36)}
"""Region → how usage types begin, and the price of an RPU-hour. Other regions have no price list here."""
NODE_HOURS = {
    "ra3.large": 0.543,
    "ra3.xlplus": 1.086,
    "ra3.4xlarge": 3.26,
    "ra3.16xlarge": 13.04,
    "dc2.large": 0.25,
    "dc2.8xlarge": 4.8,
    "rg.xlarge": 0.7602,
}
STORAGE_GB_MONTH = 0.024
RESERVED_RPU = 0.3
PAGES = Paging("MaxResults", "NextToken", lambda message: SimulatedError("InvalidNextTokenException", message))


@operation("pricing", "GetProducts")
def get_products(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if parameters["ServiceCode"] != SERVICE_CODE:
        raise SimulatedError("NotFoundException", f"There is no service {parameters['ServiceCode']}.")
    wanted = {each["Field"]: each["Value"] for each in parameters.get("Filters", [])}
    found = [
        json.dumps(product)
        for product in _products()
        if all(
            product["product"]["attributes"].get(field, product["product"].get(field)) == value
            for field, value in wanted.items()
        )
    ]
    return {"FormatVersion": "aws_v1", **PAGES.page(account, parameters, "PriceList", found)}


def _products() -> Iterator[dict[str, Any]]:
    for region, (prefix, rpu) in REGIONS.items():
        yield _product(region, "Serverless", f"{prefix}-Redshift:ServerlessUsage", rpu, "RPU-Hr")
        yield _product(region, "Serverless", f"{prefix}-Redshift:ServerlessUsage-CR-1YR-NU", RESERVED_RPU, "RPU-Hr")
        yield _product(region, "Redshift Managed Storage", f"{prefix}-RMS:ra3.4xlarge", STORAGE_GB_MONTH, "GB-Mo")
        yield _product(region, "Redshift Managed Storage", f"{prefix}-RMS:Serverless", STORAGE_GB_MONTH, "GB-Mo")
        for node_type, price in NODE_HOURS.items():
            usage = f"{prefix}-Node:{node_type}"
            yield _product(region, "Compute Instance", usage, price, "Hrs", instanceType=node_type)


def _product(region: str, family: str, usage: str, price: float, unit: str, **more: str) -> dict[str, Any]:
    dimension = {"unit": unit, "pricePerUnit": {"USD": f"{price:.10f}"}, "description": f"{price} per {unit}"}
    return {
        "product": {
            "productFamily": family,
            "attributes": {"regionCode": region, "usagetype": usage, "servicecode": SERVICE_CODE, **more},
            "sku": usage,
        },
        "serviceCode": SERVICE_CODE,
        "terms": {"OnDemand": {usage: {"effectiveDate": EFFECTIVE, "priceDimensions": {"1": dimension}}}},
        "publicationDate": EFFECTIVE,
    }
