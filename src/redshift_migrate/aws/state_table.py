"""The deployment's own state table: items with a body, conditions that make one of two writers lose, and leases."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from redshift_migrate.errors import AwsError, Unreachable

_REFUSED = "ConditionalCheckFailedException"
LARGEST_ITEM = 390_000
"""Bytes of a compressed body; DynamoDB takes 400 KB with keys and attributes."""


@dataclass(frozen=True)
class Item:
    """One item: its keys, its body, and attributes that conditions may look at."""

    group: str
    name: str
    body: str = ""
    attributes: Mapping[str, str | int] = field(default_factory=dict)


class StateTable:
    """A DynamoDB table with the keys `group` and `name`, and `expires_at` as its time to live."""

    def __init__(self, client: Any, table_name: str) -> None:
        self._client, self._table = client, table_name

    def get(self, group: str, name: str) -> Item | None:
        """The item as it is now."""
        reply = self._call("GetItem", Key=_key(group, name), ConsistentRead=True)
        return _item(reply["Item"]) if "Item" in reply else None

    def put(self, item: Item, *, new: bool = False, expires_at: datetime | None = None) -> bool:
        """Write the item. With `new`, False and nothing written if it is there already."""
        condition = {"ConditionExpression": "attribute_not_exists(#g)", "ExpressionAttributeNames": {"#g": "group"}}
        return self._write("PutItem", Item=_document(item, expires_at), **(condition if new else {}))

    def items(self, group: str, prefix: str, *, bodies: bool = True) -> list[Item]:
        """Every item whose name begins so, by name."""
        more: dict[str, Any] = {} if bodies else {"ProjectionExpression": "#g, #n, saved_at"}
        found: list[Item] = []
        while True:
            reply = self._query(group, prefix, **more)
            found += [_item(one) for one in reply["Items"]]
            if "LastEvaluatedKey" not in reply:
                return found
            more["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    def last(self, group: str, prefix: str) -> Item | None:
        """The item with the greatest of these names."""
        reply = self._query(group, prefix, ScanIndexForward=False, Limit=1)
        return _item(reply["Items"][0]) if reply["Items"] else None

    def _query(self, group: str, prefix: str, **more: Any) -> dict[str, Any]:
        return self._call(
            "Query",
            KeyConditionExpression="#g = :g AND begins_with(#n, :p)",
            ExpressionAttributeNames={"#g": "group", "#n": "name"},
            ExpressionAttributeValues={":g": {"S": group}, ":p": {"S": prefix}},
            ConsistentRead=True,
            **more,
        )

    def set_once(self, group: str, name: str, attribute: str, value: str) -> bool:
        """Give an item that is there an attribute that it does not have. Of two at once only one succeeds."""
        return self._write(
            "UpdateItem",
            Key=_key(group, name),
            UpdateExpression="SET #a = :v",
            ConditionExpression="attribute_exists(#g) AND attribute_not_exists(#a)",
            ExpressionAttributeNames={"#a": attribute, "#g": "group"},
            ExpressionAttributeValues={":v": {"S": value}},
        )

    def add(self, group: str, name: str, amounts: Mapping[str, int], *, expires_at: datetime) -> dict[str, int]:
        """Add to an item's numbers, in one go with everybody else who does. What they are then."""
        reply = self._call(
            "UpdateItem",
            Key=_key(group, name),
            UpdateExpression="ADD " + ", ".join(f"#{each} :{each}" for each in amounts) + " SET #e = :e",
            ExpressionAttributeNames={"#e": "expires_at", **{f"#{each}": each for each in amounts}},
            ExpressionAttributeValues={
                ":e": _number(expires_at),
                **{f":{each}": {"N": str(amount)} for each, amount in amounts.items()},
            },
            ReturnValues="ALL_NEW",
        )
        return {each: int(reply["Attributes"][each]["N"]) for each in amounts}

    def take(self, group: str, name: str, holder: str, now: datetime, lasts: timedelta) -> Item | None:
        """Take or renew a lease, kept in the item's `holder` and `held_until`. None while somebody else has it."""
        try:
            reply = self._request(
                "UpdateItem",
                Key=_key(group, name),
                UpdateExpression="SET #h = :h, #u = :u",
                ConditionExpression="attribute_not_exists(#h) OR #h = :h OR #u < :now",
                ExpressionAttributeNames={"#h": "holder", "#u": "held_until"},
                ExpressionAttributeValues={
                    ":h": {"S": holder},
                    ":u": _number(now + lasts),
                    ":now": _number(now),
                },
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if _code(error) == _REFUSED:
                return None
            raise _tell_failure("UpdateItem", error) from error
        return _item(reply["Attributes"])

    def release(self, group: str, name: str, holder: str) -> bool:
        """Give a lease back. False if it is somebody else's by now."""
        return self._write(
            "UpdateItem",
            Key=_key(group, name),
            UpdateExpression="REMOVE #h, #u",
            ConditionExpression="#h = :h",
            ExpressionAttributeNames={"#h": "holder", "#u": "held_until"},
            ExpressionAttributeValues={":h": {"S": holder}},
        )

    def set_held(self, item: Item, holder: str, expires_at: datetime) -> bool:
        """Set the attributes of a leased item. False if the lease is somebody else's by now."""
        values = {**{name: _value(value) for name, value in item.attributes.items()}, "expires_at": _number(expires_at)}
        return self._write(
            "UpdateItem",
            Key=_key(item.group, item.name),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ConditionExpression="#holder = :holder",
            ExpressionAttributeNames={"#holder": "holder", **{f"#{name}": name for name in values}},
            ExpressionAttributeValues={":holder": {"S": holder}, **{f":{name}": each for name, each in values.items()}},
        )

    def _write(self, operation: str, **request: Any) -> bool:
        try:
            self._request(operation, **request)
        except ClientError as error:
            if _code(error) == _REFUSED:
                return False
            raise _tell_failure(operation, error) from error
        return True

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        try:
            return self._request(operation, **request)
        except ClientError as error:
            raise _tell_failure(operation, error) from error

    def _request(self, operation: str, **request: Any) -> dict[str, Any]:
        methods = {
            "GetItem": self._client.get_item,
            "PutItem": self._client.put_item,
            "Query": self._client.query,
            "UpdateItem": self._client.update_item,
        }
        try:
            reply: dict[str, Any] = methods[operation](TableName=self._table, **request)
        except BotoCoreError as error:
            raise Unreachable(
                f"The state table got no answer to {operation}: {type(error).__name__}.",
                hint="Try again in a moment.",
                operation=f"dynamodb:{operation}",
            ) from error
        return reply


def _tell_failure(operation: str, error: ClientError) -> AwsError:
    request_id = str(error.response.get("ResponseMetadata", {}).get("RequestId", ""))
    return AwsError(
        f"The state table of this deployment refused {operation} ({_code(error)}).",
        hint="Look at the deployment: its table and the role of its functions belong together.",
        operation=f"dynamodb:{operation}",
        aws_code=_code(error),
        request_id=request_id,
    )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _key(group: str, name: str) -> dict[str, Any]:
    return {"group": {"S": group}, "name": {"S": name}}


def _number(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}


def _value(value: str | int) -> dict[str, str]:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _document(item: Item, expires_at: datetime | None) -> dict[str, Any]:
    body = zlib.compress(item.body.encode())
    if len(body) > LARGEST_ITEM:
        raise AwsError(f"{item.name[:40]} is too large to be kept ({len(body):,} bytes). Nothing was done.")
    document: dict[str, Any] = {**_key(item.group, item.name), "body": {"B": body}}
    document |= {name: _value(value) for name, value in item.attributes.items()}
    return document | ({"expires_at": _number(expires_at)} if expires_at else {})


def _item(document: Mapping[str, Any]) -> Item:
    attributes: dict[str, str | int] = {}
    for name, value in document.items():
        if name not in ("group", "name", "body"):
            attributes[name] = int(value["N"]) if "N" in value else str(value["S"])
    body = zlib.decompress(document["body"]["B"]).decode() if "body" in document else ""
    return Item(document["group"]["S"], document["name"]["S"], body, attributes)
