"""The control door, through which tests in other processes look in and interfere."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import SimulatedAccount, SimulatedAws
from tests.support.patience import PATIENCE_S


def control(aws: SimulatedAws, method: str, what: str, document: object = None) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", int(aws.endpoint_url.rpartition(":")[2]), timeout=PATIENCE_S)
    try:
        connection.request(method, f"/_simulated/{what}", None if document is None else json.dumps(document))
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


@pytest.fixture
def serverless(aws_env: dict[str, str]) -> Any:
    return boto3.client("redshift-serverless", "us-east-2")


def test_calls_are_shown_and_forgotten(aws: SimulatedAws, serverless: Any) -> None:
    serverless.list_namespaces(maxResults=5)
    shown = control(aws, "GET", "calls")
    control(aws, "DELETE", "calls")

    assert shown == (
        200,
        {
            "calls": [
                {
                    "service": "redshift-serverless",
                    "operation": "ListNamespaces",
                    "region": "us-east-2",
                    "parameters": {"maxResults": 5},
                    "access_key": "AKIASIMULATED0000001",
                    "outcome": "ok",
                }
            ]
        },
    )
    assert control(aws, "GET", "calls") == (200, {"calls": []})


def test_faults_are_added_and_cleared(aws: SimulatedAws, serverless: Any) -> None:
    fault = {"operation": "redshift-serverless:ListNamespaces", "kind": "denied", "times": None}
    control(aws, "POST", "faults", fault)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        serverless.list_namespaces()
    control(aws, "DELETE", "faults")

    assert serverless.list_namespaces()["namespaces"]


def test_the_clock_is_advanced(aws: SimulatedAws, serverless: Any) -> None:
    serverless.create_namespace(namespaceName="slow")
    control(aws, "POST", "clock", {"advance_s": 3_600})

    assert serverless.get_namespace(namespaceName="slow")["namespace"]["status"] == "AVAILABLE"


def test_a_resource_is_changed_by_hand(aws: SimulatedAws, serverless: Any) -> None:
    change = {"region": "us-east-2", "kind": "workgroups", "name": "my-workgroup"}
    status, _ = control(aws, "POST", "set", {**change, "changes": {"baseCapacity": 64, "crossAccountVpcs": None}})
    changed = serverless.get_workgroup(workgroupName="my-workgroup")["workgroup"]

    assert status == 200
    assert changed["baseCapacity"] == 64
    assert "crossAccountVpcs" not in changed


def test_the_state_is_plain_json(aws: SimulatedAws, account: SimulatedAccount) -> None:
    assert control(aws, "GET", "state") == (200, account.state)


@pytest.mark.parametrize(
    ("method", "what", "document"),
    [
        ("GET", "nothing", None),
        ("POST", "faults", {"kind": "fire"}),
        ("POST", "clock", {"advance_s": -1}),
        ("POST", "set", {"region": "us-east-2", "kind": "clusters", "name": "x", "changes": {}}),
        ("POST", "set", {"region": "us-east-2", "kind": "no-such", "name": "x", "changes": {}}),
        ("POST", "set", {}),
    ],
)
def test_nonsense_is_refused(aws: SimulatedAws, method: str, what: str, document: object) -> None:
    status, answer = control(aws, method, what, document)

    assert status == 400
    assert answer["error"]
