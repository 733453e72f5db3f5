"""The one door: what AWS says comes out as our errors, with the facts a person needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    DataNotFoundError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
    TokenRetrievalError,
)

from redshift_migrate.aws.client import WIRE_ATTEMPTS, AwsClient
from redshift_migrate.aws.door import Answer, Aws, Door, Observed, WatchingDoor, next_page
from redshift_migrate.aws.errors import translate_error
from redshift_migrate.aws.session import PinnedSession, open_session, region_catalog
from redshift_migrate.errors import (
    AccessDenied,
    AwsError,
    CredentialsProblem,
    InvalidRequest,
    RedshiftMigrateError,
    ResourceNotFound,
    SettingsError,
    Throttled,
    Unreachable,
)
from redshift_migrate.models.plan import Call
from redshift_migrate.permissions import CLIENTS, OPERATIONS
from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.faults import FaultKind
from tests.support.patience import PATIENCE_S

REGION = "us-east-2"
DESCRIBE = Call(service="redshift", region=REGION, operation="DescribeClusters")
NAMESPACE = Call(
    service="redshift-serverless",
    region=REGION,
    operation="GetNamespace",
    parameters={"namespaceName": "my-namespace"},
)


SERVICE_MODELS = botocore.session.Session()
JSON_KINDS = {"structure", "list", "map", "string", "character", "boolean", "integer", "long", "float", "double"}
JSON_KINDS |= {"timestamp"}  # spelled as text at the door
ME = "arn:aws:iam::123456789012:user/a"


class Watched(WatchingDoor):
    """Keeps what it sees."""

    def __init__(self, door: Aws) -> None:
        super().__init__(door)
        self.told: list[Observed] = []

    def saw(self, observed: Observed) -> None:
        self.told.append(observed)


class Endless(Door):
    """Every page leads to itself."""

    def ask(self, call: Call) -> Answer:
        return Answer({"Clusters": [call.name], "Marker": "again"}, "r-1")

    def validate(self, call: Call) -> None:
        raise NotImplementedError


def paginator_of(name: str) -> Any:
    """What botocore knows about the pages of an operation, None when it has none."""
    service, operation = name.split(":")
    try:
        return SERVICE_MODELS.get_paginator_model(CLIENTS.get(service, service)).get_paginator(operation)
    except (DataNotFoundError, ValueError):
        return None


def _kinds(shape: Any, seen: set[str]) -> Iterator[str]:
    """The kinds of value in a shape."""
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    yield shape.type_name
    members = shape.members.values() if shape.type_name == "structure" else ()
    inner = {"list": "member", "map": "value"}.get(shape.type_name)
    for each in (*members, *([getattr(shape, inner)] if inner else ())):
        yield from _kinds(each, seen)


@pytest.fixture
def door(aws_env: dict[str, str]) -> Aws:
    """The door."""
    assert aws_env
    session, _ = open_session(region=REGION)
    return AwsClient(session, read_timeout_s=PATIENCE_S)


@pytest.mark.parametrize("call", [DESCRIBE, NAMESPACE], ids=lambda call: call.operation)
@pytest.mark.parametrize(
    ("kind", "expected", "wire_calls"),
    [
        ("throttle", Throttled, WIRE_ATTEMPTS),
        ("500", Unreachable, WIRE_ATTEMPTS),
        ("reset", Unreachable, WIRE_ATTEMPTS),
        ("lost_reply", Unreachable, WIRE_ATTEMPTS),
        ("denied", AccessDenied, 1),
        ("expired", CredentialsProblem, 1),
    ],
)
def test_a_lasting_fault_is_named_and_costs_at_most_four_wire_calls(
    door: Aws,
    account: SimulatedAccount,
    call: Call,
    kind: FaultKind,
    expected: type[AwsError],
    wire_calls: int,
) -> None:
    account.faults.add(operation=call.name, kind=kind, times=None)

    with pytest.raises(expected) as raised:
        door.call(call)

    assert raised.value.operation == call.name
    assert raised.value.message.count(". ") <= 3
    assert len(account.calls) == wire_calls


@pytest.mark.parametrize("kind", ["throttle", "500", "reset", "hang", "lost_reply"])
def test_a_passing_fault_is_not_even_noticed(
    aws_env: dict[str, str], account: SimulatedAccount, kind: FaultKind
) -> None:
    door = AwsClient(open_session(region=REGION)[0], read_timeout_s=1 if kind == "hang" else PATIENCE_S)
    account.faults.add(operation=DESCRIBE.name, kind=kind)

    assert door.call(DESCRIBE)["Clusters"]


def test_a_denied_call_names_action_identity_and_the_smallest_statement(door: Aws, account: SimulatedAccount) -> None:
    account.faults.add(operation=NAMESPACE.name, kind="denied")

    with pytest.raises(AccessDenied) as raised:
        door.call(NAMESPACE)

    error = raised.value
    assert error.data["action"] == "redshift-serverless:GetNamespace"
    assert error.data["identity"].startswith("arn:aws:iam::123456789012:")
    named = account.table("us-east-2", "namespaces")[str(NAMESPACE.parameters["namespaceName"])]["namespaceArn"]
    assert error.data["statement"] == {
        "Effect": "Allow",
        "Action": ["redshift-serverless:GetNamespace"],
        "Resource": [named],
    }
    assert "redshift-serverless:GetNamespace" in error.message
    assert "smallest IAM statement" in error.hint


def test_the_resource_that_aws_named_is_in_the_sentence_and_in_the_statement() -> None:
    named = "arn:aws:redshift-serverless:us-east-2:123456789012:namespace/0f1e"
    said = f"User: {ME} is not authorized to perform: {NAMESPACE.name} on resource: {named} because of this"
    error = ClientError({"Error": {"Code": "AccessDeniedException", "Message": said}}, "GetNamespace")

    denied = translate_error(NAMESPACE, error, None)

    assert f"may not {NAMESPACE.name} on {named} in" in denied.message
    assert denied.data["statement"]["Resource"] == [named]
    assert denied.data["resource"] == named


def test_missing_credentials_are_a_sentence(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    session, _ = open_session(region=REGION)

    with pytest.raises(CredentialsProblem, match="no AWS credentials") as raised:
        AwsClient(session).call(DESCRIBE)

    assert "--demo" in raised.value.hint


def test_a_missing_thing_is_resource_not_found_in_both_protocols(door: Aws) -> None:
    for call in (
        DESCRIBE.model_copy(update={"parameters": {"ClusterIdentifier": "nobody"}}),
        NAMESPACE.model_copy(update={"parameters": {"namespaceName": "nobody"}}),
    ):
        with pytest.raises(ResourceNotFound):
            door.call(call)


def test_a_call_outside_the_table_never_leaves(door: Aws, account: SimulatedAccount) -> None:
    for operation in ("ModifyCluster", "DeleteTags"):
        with pytest.raises(RedshiftMigrateError, match="not among the calls"):
            door.call(Call(service="redshift", region=REGION, operation=operation))

    assert account.calls == []


def test_wrong_parameters_are_refused_before_anything_is_sent(door: Aws, account: SimulatedAccount) -> None:
    call = Call(
        service="redshift-serverless",
        region=REGION,
        operation="CreateSnapshotCopyConfiguration",
        parameters={"namespaceName": "n", "destinationRegion": "us-west-2", "retentionPeriod": 7},
    )

    with pytest.raises(InvalidRequest, match="retentionPeriod"):
        door.validate(call)
    with pytest.raises(InvalidRequest, match="retentionPeriod"):
        door.call(call)

    assert account.calls == []


def test_every_page_is_read(door: Aws, account: SimulatedAccount) -> None:
    account.page_size = 2

    names = [each["ClusterIdentifier"] for each in door.pages(DESCRIBE, "Clusters")]

    assert len(names) == len(set(names)) > 5


def test_every_call_is_told_with_its_request_id(aws_env: dict[str, str]) -> None:
    session, _ = open_session(region=REGION)
    door = Watched(AwsClient(session))

    door.call(DESCRIBE)

    assert aws_env
    assert door.told[0].call.name == "redshift:DescribeClusters"
    assert len(door.told[0].request_id) > 10


def test_every_page_is_told(door: Aws, account: SimulatedAccount) -> None:
    account.page_size = 2
    watched = Watched(door)

    watched.pages(DESCRIBE, "Clusters")

    assert [call.name for call in account.calls] == [seen.call.name for seen in watched.told]
    assert len({seen.request_id for seen in watched.told}) == len(watched.told) > 2


def test_a_refusal_is_told_with_its_code(door: Aws, account: SimulatedAccount) -> None:
    account.faults.add(operation=DESCRIBE.name, kind="denied")
    watched = Watched(door)

    with pytest.raises(AccessDenied):
        watched.call(DESCRIBE)

    assert [(seen.error_code, bool(seen.request_id)) for seen in watched.told] == [("AccessDenied", True)]


def test_a_page_that_leads_to_itself_is_an_error() -> None:
    """What would go on for ever is stopped, though no page was refused."""
    with pytest.raises(AwsError, match="twice"):
        Endless().pages(DESCRIBE, "Clusters")


PAGED = [name for name in OPERATIONS if paginator_of(name)]


def test_some_operations_have_pages() -> None:
    assert len(PAGED) > 20


@pytest.mark.parametrize("name", PAGED)
def test_the_next_page_is_asked_for_as_botocore_would(name: str) -> None:
    """Source: the paginator model of each service, as botocore ships it."""
    model = paginator_of(name)
    service, operation = name.split(":")
    call = Call(service=service, region=REGION, operation=operation)
    token_in, token_out, more = model["input_token"], model["output_token"], model.get("more_results")

    following = next_page(call, {token_out: "t"} | ({more: True} if more else {}))

    assert following is not None
    assert following.parameters == {token_in: "t"}
    assert next_page(call, {}) is None
    assert more is None or next_page(call, {token_out: "t", more: False}) is None


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_operation_answers_bytes(name: str) -> None:
    """A reply is made of JSON values and moments; anything else would have to be spelled at the door first."""
    service, operation = name.split(":")
    shape = SERVICE_MODELS.get_service_model(CLIENTS.get(service, service)).operation_model(operation).output_shape

    found = [kind for kind in _kinds(shape, set()) if kind not in JSON_KINDS]
    # A column of bytes would come as a blob; none of our statements selects one.
    assert found == (["blob"] if name == "redshift-data:GetStatementResult" else [])


def test_moments_are_text_in_utc(door: Aws) -> None:
    cluster = door.call(DESCRIBE)["Clusters"][0]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", cluster["ClusterCreateTime"])
    assert json.loads(json.dumps(cluster)) == cluster


def test_the_pinned_session_does_not_care_about_the_environment(
    aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--demo must never reach a real account, whatever profile or endpoint is set."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_REDSHIFT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")

    clusters = AwsClient(PinnedSession(aws.endpoint_url, REGION)).call(DESCRIBE)["Clusters"]

    assert clusters


def test_an_unknown_profile_is_refused_with_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")

    with pytest.raises(SettingsError, match="no AWS profile called 'prod'"):
        open_session(profile="prod")


@pytest.mark.parametrize(
    ("argument", "environ", "expected"),
    [
        ("eu-west-1", {"AWS_REGION": "us-east-1"}, "eu-west-1"),
        (None, {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-west-2"}, "us-east-1"),
        (None, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        (None, {}, None),
    ],
)
def test_the_region_is_found_as_the_aws_cli_does(
    monkeypatch: pytest.MonkeyPatch, argument: str | None, environ: dict[str, str], expected: str | None
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    assert open_session(region=argument, environ=environ)[1] == expected


def test_the_catalogue_knows_every_partition() -> None:
    catalog = region_catalog()

    assert catalog.partition_of("us-gov-west-1") == "aws-us-gov"
    assert catalog.partition_of("cn-north-1") == "aws-cn"
    assert "us-east-2" in catalog.serverless["aws"]


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        TokenRetrievalError(provider="sso", error_msg="expired"),
        ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "GetNamespace"),
    ],
)
def test_the_profile_to_sign_in_with_is_named(error: Exception) -> None:
    assert "aws sso login --profile audit" in translate_error(NAMESPACE, error, None, "audit").hint
    assert "--profile" not in translate_error(NAMESPACE, error, None, "default").hint


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EndpointConnectionError(endpoint_url="https://x.example"), "https://x.example: it cannot be reached"),
        (ReadTimeoutError(endpoint_url="https://x.example"), "https://x.example: it did not answer in time"),
        (SSLError(endpoint_url="https://x.example", error="CERTIFICATE_VERIFY_FAILED"), "certificate is not trusted"),
        (TokenRetrievalError(provider="sso", error_msg="boom"), "single sign-on has expired"),
        (CredentialRetrievalError(provider="process", error_msg="boom"), "that hands them out failed"),
    ],
)
def test_what_botocore_says_is_told_in_our_words(error: Exception, told: str) -> None:
    message = translate_error(NAMESPACE, error, None).message
    assert told in message
    assert "boom" not in message
    assert str(error) not in message
