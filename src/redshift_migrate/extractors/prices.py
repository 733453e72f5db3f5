"""Prices: those of the Price List where it may be asked, else those of the dated record, else none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import redshift_facts as record
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import AwsError
from redshift_migrate.models.cost import Price, Prices
from redshift_migrate.models.plan import Call

GOOD_FOR = timedelta(hours=24)
SERVICE = "AmazonRedshift"
ASKED_IN = "us-east-1"
"""The Price List has few endpoints, and tells of every region at each."""
SERVERLESS, NODES, STORAGE = "Serverless", "Compute Instance", "Redshift Managed Storage"
"""Product families."""
OTHER_NODES = ("rg.xlarge", "rg.4xlarge")


class Product(NamedTuple):
    """One product of the list, with its first price on demand."""

    usage_type: str
    node_type: str
    price: Price


class PriceTags:
    """Prices that were read within a day are not read again."""

    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws, self._clock = aws, clock
        self._read: dict[tuple[str, str | None], tuple[datetime, Prices]] = {}

    def of(self, region: str, node_type: str | None) -> Prices:
        """The prices of that region and node type."""
        key, now = (region, node_type), self._clock.now()
        at, prices = self._read.get(key, (None, None))
        if at is None or prices is None or now - at > GOOD_FOR:
            prices = read_prices(self._aws, region, node_type)
            if not prices.note:  # what could not be asked is asked again
                self._read[key] = now, prices
        return prices


def read_prices(aws: Aws, region: str, node_type: str | None) -> Prices:
    """The prices of that region. Where the list may not be asked, or does not answer, the note says why."""
    try:
        serverless, nodes, storage = (_products(aws, region, family) for family in (SERVERLESS, NODES, STORAGE))
    except AwsError as error:
        note = f"The Price List could not be asked ({error.message}); prices are of the dated record."
        return known_prices(region, node_type).model_copy(update={"note": note})
    listed = Prices(
        region=region,
        rpu_hour=_first(each.price for each in serverless if each.usage_type.endswith("Redshift:ServerlessUsage")),
        node_hour=_first(each.price for each in nodes if each.node_type == node_type),
        storage_gb_month=_first(each.price for each in storage),
        other_node_hours={each.node_type: each.price for each in nodes if each.node_type in OTHER_NODES},
    )
    known = known_prices(region, node_type)
    missing = {
        name: getattr(known, name)
        for name in ("rpu_hour", "node_hour", "storage_gb_month")
        if getattr(listed, name) is None
    }
    return listed.model_copy(update=missing)


def known_prices(region: str, node_type: str | None) -> Prices:
    """The prices of the dated record; what it does not know of this region is None."""
    return Prices(
        region=region,
        rpu_hour=_price_of_record("rpu_hour", region, "RPU-hour"),
        node_hour=_price_of_record("node_hour", f"{region} {node_type}", "node-hour"),
        storage_gb_month=_price_of_record("storage_gb_month", region, "GB-month"),
        other_node_hours={
            other: price
            for other in OTHER_NODES
            if (price := _price_of_record("node_hour", f"{region} {other}", "node-hour"))
        },
    )


def _price_of_record(table: str, key: str, unit: str) -> Price | None:
    fact = record.facts(f"prices.{table}").get(key)
    amount = record.amounts(f"prices.{table}").get(key)
    if fact is None or amount is None:
        return None
    return Price(usd=amount, unit=unit, source=fact.source, date=fact.date)


def _products(aws: Aws, region: str, family: str) -> list[Product]:
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in (("regionCode", region), ("productFamily", family))
    ]
    call = Call(
        service="pricing",
        region=ASKED_IN,
        operation="GetProducts",
        parameters={"ServiceCode": SERVICE, "Filters": filters},
    )
    return [product for text in aws.pages(call, "PriceList") for product in parse_product(text)]


def parse_product(text: str) -> Iterator[Product]:
    """The product in one item of the list, which is JSON as text; nothing where it has no price in USD."""
    item = _json(text)
    attributes = item.get("product", {}).get("attributes", {})
    for term in item.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term.get("priceDimensions", {}).values():
            usd = dimension.get("pricePerUnit", {}).get("USD")
            if usd is not None and float(usd) > 0:
                date = str(term.get("effectiveDate") or item.get("publicationDate") or "")[:10]
                price = Price(usd=float(usd), unit=str(dimension.get("unit")), source="AWS Price List", date=date)
                yield Product(str(attributes.get("usagetype", "")), str(attributes.get("instanceType", "")), price)
                return


def _json(text: str) -> dict[str, Any]:
    """The object in the text; an empty one where there is none."""
    try:
        item = json.loads(text)
    except ValueError:
        return {}
    return item if isinstance(item, dict) else {}


def _first(prices: Iterator[Price]) -> Price | None:
    return next(prices, None)
