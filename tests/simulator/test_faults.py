"""Each fault as botocore's standard retries meet it."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from redshift_simulator import SimulatedAccount, SimulatedAws
from tests.support.patience import PATIENCE_S, until

CREATE = "redshift-serverless:CreateSnapshotCopyConfiguration"
GET = "redshift-serverless:GetNamespace"


def client(service: str, attempts: int = 2, *, kind: str = "") -> Any:
    """Short of patience only where the fault is that nothing comes."""
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    read_timeout = 1 if kind == "hang" else PATIENCE_S
    return boto3.client(service, "us-east-2", config=Config(retries=retries, read_timeout=read_timeout))


def create(serverless: Any) -> Any:
    return serverless.create_snapshot_copy_configuration(
        namespaceName="my-namespace", destinationRegion="us-west-2", snapshotRetentionPeriod=7
    )


def outcomes(account: SimulatedAccount) -> list[str]:
    return [call.outcome for call in account.calls]


def copies(account: SimulatedAccount) -> int:
    return len(account.table("us-east-2", "snapshot_copy_configurations"))


@pytest.mark.parametrize(
    ("kind", "first"),
    [("throttle", "ThrottlingException"), ("500", "InternalServerException"), ("reset", "reset"), ("hang", "hang")],
)
def test_a_fault_that_passes_is_retried_and_applied_once(
    aws_env: dict[str, str], account: SimulatedAccount, kind: Any, first: str
) -> None:
    account.faults.add(CREATE, kind=kind)
    create(client("redshift-serverless", kind=kind))

    assert outcomes(account) == [first, "ok"]
    assert copies(account) == 1


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("throttle", ClientError, "ThrottlingException.*Rate exceeded"),
        ("500", ClientError, "InternalServerException"),
        ("reset", ConnectionClosedError, "closed"),
        ("hang", ReadTimeoutError, "Read timeout"),
    ],
)
def test_a_fault_that_stays_ends_the_retries_with_nothing_applied(
    aws_env: dict[str, str], account: SimulatedAccount, kind: Any, error: type[Exception], says: str
) -> None:
    account.faults.add("*", kind=kind, times=None)
    with pytest.raises(error, match=says):
        create(client("redshift-serverless", kind=kind))

    assert len(account.calls) == 2
    assert copies(account) == 0


def test_a_lost_reply_is_retried_into_a_conflict_with_our_own_copy(
    aws_env: dict[str, str], account: SimulatedAccount
) -> None:
    account.faults.add(CREATE, kind="lost_reply")
    serverless = client("redshift-serverless")
    with pytest.raises(serverless.exceptions.ConflictException, match="already exists"):
        create(serverless)

    assert outcomes(account) == ["ok", "ConflictException"]
    assert copies(account) == 1


@pytest.mark.parametrize(
    ("service", "call", "code", "resource"),
    [
        (
            "redshift",
            lambda aws: aws.describe_clusters(ClusterIdentifier="prod-db-1"),
            "AccessDenied",
            "arn:aws:redshift:us-east-2:123456789012:cluster:prod-db-1",
        ),
        ("redshift-serverless", create, "AccessDeniedException", "arn:aws:redshift-serverless:us-east-2:.*namespace/"),
        ("iam", lambda aws: aws.list_roles(), "AccessDenied", r"\*"),
        ("scheduler", lambda aws: aws.list_schedules(), "AccessDeniedException", r"\*"),
        ("ec2", lambda aws: aws.describe_subnets(), "AccessDenied", r"\*"),
    ],
)
def test_a_denial_names_identity_action_and_resource_and_is_not_retried(
    aws_env: dict[str, str], account: SimulatedAccount, service: str, call: Any, code: str, resource: str
) -> None:
    account.faults.add("*", kind="denied", times=None)
    with pytest.raises(ClientError) as caught:
        call(client(service))

    name = account.calls[0].name
    assert caught.value.response["Error"]["Code"] == code
    assert caught.match(f"User: arn:aws:iam::123456789012:user/demo is not authorized to perform: {name} on resource: ")
    assert caught.match(f"on resource: {resource}.* because no identity-based policy allows the {name} action")
    assert len(account.calls) == 1
    assert copies(account) == 0


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("redshift", lambda aws: aws.describe_clusters(), "ExpiredToken"),
        ("redshift-serverless", create, "ExpiredTokenException"),
    ],
)
def test_expired_credentials_are_not_retried(
    aws_env: dict[str, str], account: SimulatedAccount, service: str, call: Any, code: str
) -> None:
    account.faults.add("*", kind="expired", times=None)
    with pytest.raises(ClientError) as caught:
        call(client(service))

    assert caught.value.response["Error"]["Code"] == code
    assert len(account.calls) == 1


def test_a_fault_counts_only_the_calls_it_is_meant_for(aws_env: dict[str, str], account: SimulatedAccount) -> None:
    account.faults.add(GET, kind="denied", nth=2)
    serverless = client("redshift-serverless")
    serverless.get_namespace(namespaceName="my-namespace")
    serverless.list_namespaces()
    with pytest.raises(ClientError, match="GetNamespace"):
        serverless.get_namespace(namespaceName="my-namespace")
    serverless.get_namespace(namespaceName="my-namespace")

    assert outcomes(account) == ["ok", "ok", "AccessDeniedException", "ok"]


@pytest.mark.parametrize(("kind", "applied"), [("kill_before", 0), ("kill_after", 1)])
def test_a_process_can_be_killed_around_a_call(
    aws_env: dict[str, str], account: SimulatedAccount, kind: Any, applied: int
) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    account.faults.add(CREATE, kind=kind, pid=child.pid)
    with suppress(ConnectionClosedError):  # this process lives on, and hears nothing after kill_before
        create(client("redshift-serverless", attempts=1))

    assert child.wait(PATIENCE_S) == -9
    assert copies(account) == applied


def test_stopping_the_server_ends_a_call_that_hangs(account: SimulatedAccount, aws_env: dict[str, str]) -> None:
    account.faults.add("*", kind="hang")
    with SimulatedAws(account) as server:
        patient = boto3.client(
            "sts",
            "us-east-2",
            endpoint_url=server.endpoint_url,
            config=Config(read_timeout=PATIENCE_S, retries={"total_max_attempts": 1}),
        )
        ended: list[Exception] = []

        def ask() -> None:
            try:
                patient.get_caller_identity()
            except ConnectionClosedError as error:
                ended.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: account.calls)
    asking.join(PATIENCE_S)

    assert len(ended) == 1


def test_a_fault_that_makes_no_sense_is_refused(account: SimulatedAccount) -> None:
    with pytest.raises(ValueError, match="unknown kind of fault"):
        account.faults.add(kind="fire")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="count from 1"):
        account.faults.add(kind="reset", nth=0)
    with pytest.raises(ValueError, match="needs the pid"):
        account.faults.add(kind="kill_before")
