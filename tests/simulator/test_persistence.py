"""One account in a file, used by several accounts objects and processes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, StateFileError, demo
from tests.support.patience import PATIENCE_S


def with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}


@contextmanager
def process(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The simulated account as a process; its endpoint."""
    command = [sys.executable, "-m", "redshift_simulator", "--exit-with-stdin", *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=with_source()
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            assert line.startswith("endpoint=http://127.0.0.1:")
            yield line.strip().removeprefix("endpoint="), child
        finally:
            child.stdin.close()
            assert child.wait(timeout=PATIENCE_S) == 0


def client(service: str, endpoint_url: str, region: str = "us-east-2") -> Any:
    return boto3.client(service, region, endpoint_url=endpoint_url)


def open_account(path: Path, clock: Clock | None = None) -> SimulatedAccount:
    return SimulatedAccount.load_or_seed(path, demo.seed, clock=clock or Clock.manual())


def test_what_one_account_wrote_the_other_reads(tmp_path: Path, aws_env: dict[str, str]) -> None:
    path = tmp_path / "deep" / "state.json"
    one, other = open_account(path), open_account(path)
    with SimulatedAws(one) as first, SimulatedAws(other) as second:
        client("redshift-serverless", first.endpoint_url).create_namespace(namespaceName="made-by-one")
        client("redshift-serverless", second.endpoint_url).create_namespace(namespaceName="made-by-other")
        listed = client("redshift-serverless", first.endpoint_url).list_namespaces()["namespaces"]

    assert [item["namespaceName"] for item in listed] == ["made-by-one", "made-by-other", "my-namespace"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(item.name for item in path.parent.iterdir()) == ["state.json", "state.json.lock"]


def test_the_time_that_passed_in_one_account_has_passed_in_the_next(tmp_path: Path, aws_env: dict[str, str]) -> None:
    path = tmp_path / "state.json"
    with SimulatedAws(open_account(path)) as aws:
        serverless = client("redshift-serverless", aws.endpoint_url)
        serverless.create_namespace(namespaceName="slow")
        aws.account.clock.advance(20)
        serverless.list_namespaces()
    with SimulatedAws(open_account(path)) as aws:
        serverless = client("redshift-serverless", aws.endpoint_url)
        before = serverless.get_namespace(namespaceName="slow")["namespace"]["status"]
        aws.account.clock.advance(10)
        after = serverless.get_namespace(namespaceName="slow")["namespace"]["status"]

    assert (before, after) == ("MODIFYING", "AVAILABLE")


def test_the_same_seed_gives_the_same_arns(tmp_path: Path) -> None:
    one, other = open_account(tmp_path / "one.json"), open_account(tmp_path / "other.json")

    assert one.snapshot() == other.snapshot()


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("my diary")
    with pytest.raises(StateFileError, match=r"state\.json is not the state of a simulated account"):
        open_account(path)

    assert path.read_text() == "my diary"


def test_a_file_of_another_version_is_seeded_anew(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"version": 0}')

    assert "prod-db-1" in open_account(path).table("us-east-2", "clusters")


def test_two_processes_share_one_file(tmp_path: Path, aws_env: dict[str, str]) -> None:
    state = ("--state", str(tmp_path / "state.json"), "--time-scale", "0")
    with process(*state) as (first, _), process(*state) as (second, _):
        for number in range(10):
            endpoint = (first, second)[number % 2]
            client("redshift-serverless", endpoint).create_namespace(namespaceName=f"shared-{number}")
        seen = [client("redshift-serverless", endpoint).list_namespaces()["namespaces"] for endpoint in (first, second)]
    with process(*state) as (third, _):
        seen.append(client("redshift-serverless", third).list_namespaces()["namespaces"])

    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 11
    assert {item["status"] for item in seen[0]} == {"AVAILABLE"}


def test_of_many_who_create_the_same_copy_at_once_one_succeeds(tmp_path: Path, aws_env: dict[str, str]) -> None:
    path = tmp_path / "state.json"
    accounts = [open_account(path), open_account(path)]

    def create(serverless: Any) -> str:
        try:
            serverless.create_snapshot_copy_configuration(namespaceName="my-namespace", destinationRegion="us-west-2")
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    with SimulatedAws(accounts[0]) as first, SimulatedAws(accounts[1]) as second, ThreadPoolExecutor(8) as pool:
        clients = [client("redshift-serverless", (first, second)[number % 2].endpoint_url) for number in range(8)]
        outcomes = sorted(pool.map(create, clients))

    assert outcomes == ["ConflictException"] * 7 + ["ok"]


def test_the_process_outlives_ctrl_c_and_ends_on_terminate(tmp_path: Path, aws_env: dict[str, str]) -> None:
    with process() as (endpoint, child):
        child.send_signal(signal.SIGINT)
        identity = client("sts", endpoint).get_caller_identity()
        child.send_signal(signal.SIGTERM)
        code = child.wait(timeout=PATIENCE_S)

    assert (identity["Account"], code) == ("123456789012", 0)


def test_a_process_with_an_unreadable_state_says_so(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("[]")
    ended = subprocess.run(
        [sys.executable, "-m", "redshift_simulator", "--state", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env=with_source(),
    )

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "delete it to start again" in ended.stderr


def test_the_neighbours_survive_too(tmp_path: Path, aws_env: dict[str, str]) -> None:
    state = ("--state", str(tmp_path / "state.json"))
    with process(*state) as (endpoint, _):
        client("events", endpoint).put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
        made = client("kms", endpoint).create_key(Description="mine")["KeyMetadata"]["KeyId"]
        subnets = client("ec2", endpoint).describe_subnets()["Subnets"]
    with process(*state) as (endpoint, _):
        rules = client("events", endpoint).list_rules()["Rules"]
        key = client("kms", endpoint).describe_key(KeyId=made)["KeyMetadata"]
        again = client("ec2", endpoint).describe_subnets()["Subnets"]

    assert "nightly" in [rule["Name"] for rule in rules]
    assert key["Description"] == "mine"
    assert [item["SubnetId"] for item in again] == [item["SubnetId"] for item in subnets]


def test_an_account_without_a_file_is_gone_with_its_process(aws_env: dict[str, str]) -> None:
    with process("--seed", "empty") as (endpoint, _):
        assert client("redshift", endpoint).describe_clusters()["Clusters"] == []
        client("redshift-serverless", endpoint).create_namespace(namespaceName="short-lived")
    with process("--seed", "empty") as (endpoint, _):
        assert client("redshift-serverless", endpoint).list_namespaces()["namespaces"] == []


def test_the_clock_can_start_at_a_given_moment(aws_env: dict[str, str]) -> None:
    with process("--now", "2027-01-01T00:00:00Z") as (endpoint, _):
        (cluster,) = client("redshift", endpoint).describe_clusters(ClusterIdentifier="prod-db-1")["Clusters"]

    assert cluster["NextMaintenanceWindowStartTime"].isoformat() == "2027-01-03T05:00:00+00:00"
