"""What no botocore client would send, over raw HTTP."""

from __future__ import annotations

import json
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any

import pytest

from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.errors import SimulatedError
from redshift_simulator.exchange import is_mutating
from redshift_simulator.neighbours.log import LeftToNeighbourError
from redshift_simulator.registry import HANDLERS
from redshift_simulator.wire.service import find_operation, service_model
from tests.support.patience import PATIENCE_S


def post(aws: SimulatedAws, service: str, body: str, target: str | None = None, **headers: str) -> tuple[int, str]:
    """Send one signed request; the status and text of the reply."""
    credential = f"AKIASIMULATED/20260101/us-east-2/{service}/aws4_request"
    given = {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"}
    if target is not None:
        given["X-Amz-Target"] = target
    connection = HTTPConnection("127.0.0.1", int(aws.endpoint_url.rpartition(":")[2]), timeout=PATIENCE_S)
    try:
        connection.request("POST", "/", body, given | headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def serverless(aws: SimulatedAws, operation: str, **parameters: object) -> tuple[int, str]:
    return post(aws, "redshift-serverless", json.dumps(parameters), f"RedshiftServerless.{operation}")


@pytest.mark.parametrize("unknown", ["retentionPeriod", "snapshotCopyGrantName"])
def test_a_parameter_that_does_not_exist_is_refused(aws: SimulatedAws, account: SimulatedAccount, unknown: str) -> None:
    status, text = serverless(
        aws,
        "CreateSnapshotCopyConfiguration",
        namespaceName="my-namespace",
        destinationRegion="us-west-2",
        **{unknown: 7},
    )

    assert status == 400
    assert "SerializationException" in text
    assert unknown in text
    assert account.table("us-east-2", "snapshot_copy_configurations") == {}


@pytest.mark.parametrize("value", ["7", True, 7.5, [7]])
def test_a_parameter_of_a_wrong_type_is_refused(aws: SimulatedAws, value: object) -> None:
    status, text = serverless(
        aws,
        "CreateSnapshotCopyConfiguration",
        namespaceName="my-namespace",
        destinationRegion="us-west-2",
        snapshotRetentionPeriod=value,
    )

    assert (status, json.loads(text)["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"namespaceName": "Upper"}, "regular expression pattern"),
        ({"namespaceName": "ab"}, "between 3 and 64"),
        ({"namespaceName": "fine", "logExports": ["everything"]}, "enum value set"),
    ],
)
def test_limits_patterns_and_enums_of_the_model_hold(
    aws: SimulatedAws, parameters: dict[str, object], says: str
) -> None:
    status, text = serverless(aws, "CreateNamespace", **parameters)

    assert (status, json.loads(text)["__type"]) == (400, "ValidationException")
    assert says in text


def test_a_missing_parameter_is_refused_and_null_counts_as_missing(aws: SimulatedAws) -> None:
    for parameters in ({}, {"namespaceName": None}):
        status, text = serverless(aws, "GetNamespace", **parameters)

        assert status == 400
        assert 'Missing required parameter in input: \\"namespaceName\\"' in text


@pytest.mark.parametrize("body", ["[1]", "{", '"text"'])
def test_a_body_that_is_no_object_is_refused(aws: SimulatedAws, body: str) -> None:
    status, text = post(aws, "redshift-serverless", body, "RedshiftServerless.ListNamespaces")

    assert (status, json.loads(text)["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ("Action=DescribeClusters&Version=2012-12-01&Cluster=x", "MalformedInput", "Cluster"),
        ("Action=DescribeClusters&Version=2012-12-01&MaxRecords=many", "MalformedInput", "MaxRecords"),
        ("Action=DescribeClustres&Version=2012-12-01", "InvalidAction", "DescribeClustres"),
        ("", "InvalidAction", ""),
    ],
)
def test_the_query_protocol_is_as_strict(aws: SimulatedAws, body: str, code: str, says: str) -> None:
    status, text = post(aws, "redshift", body)

    assert status == 400
    assert f"<Code>{code}</Code>" in text
    assert says in text


def test_an_unknown_target_or_service_is_refused(aws: SimulatedAws) -> None:
    assert "UnknownOperationException" in serverless(aws, "CopyEverything")[1]
    assert "UnknownOperationException" in post(aws, "redshift-serverless", "{}", "Other.ListNamespaces")[1]
    assert "NotSimulated" in post(aws, "no-such-service", "{}")[1]


def test_an_unsigned_request_is_refused(aws: SimulatedAws) -> None:
    status, text = post(aws, "redshift", "Action=DescribeClusters", Authorization="none")

    assert status == 403
    assert "MissingAuthenticationToken" in text


def test_a_reply_that_does_not_fit_the_model_is_our_defect_and_changes_nothing(
    account: SimulatedAccount,
) -> None:
    account.table("us-east-2", "namespaces")["my-namespace"]["status"] = "SLEEPY"
    with SimulatedAws(account) as aws:
        status, text = serverless(aws, "GetNamespace", namespaceName="my-namespace")

    assert (status, json.loads(text)["__type"]) == (501, "SimulationDefect")
    assert len(account.defects) == 1
    assert "SLEEPY" in account.defects[0]


WHICH = {  # what reads of one thing ask for
    "ClusterIdentifier": "prod-db-1",
    "EndTime": 120,
    "KeyId": "not-of-the-seed",
    "MetricDataQueries": [],
    "Name": "QS2-nightly-sales-rollup",
    "NamespaceName": "my-namespace",
    "ParameterGroupName": "prod-db-1-parameters",
    "PolicyName": "run-queries",
    "RoleName": "ScheduledQueryRole",
    "Rule": "QS2-nightly-sales-rollup",
    "ServiceCode": "redshift-serverless",
    "StartTime": 0,
    "namespaceName": "my-namespace",
    "trackName": "current",
    "workgroupName": "my-workgroup",
}
READS = sorted(key for key in HANDLERS if not is_mutating(key[1]))


@pytest.mark.parametrize(("service", "name"), READS)
def test_a_read_changes_nothing(account: SimulatedAccount, service: str, name: str) -> None:
    """Whatever it finds: a refused read is not taken back, as a refused change is."""
    model = find_operation(service_model(service), name)
    assert model is not None
    needed = model.input_shape.required_members if model.input_shape is not None else []
    before = resources(account)

    with suppress(SimulatedError, LeftToNeighbourError):
        HANDLERS[service, name](account, "us-east-2", {member: WHICH.get(member, "x") for member in needed})

    assert resources(account) == before


def resources(account: SimulatedAccount) -> dict[str, Any]:
    """The account without the tables that a look has opened and left empty."""
    state = json.loads(account.snapshot())
    state["regions"] = {
        region: {kind: table for kind, table in tables.items() if table}
        for region, tables in state["regions"].items()
        if any(tables.values())
    }
    return dict(state)
