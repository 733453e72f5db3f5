from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    EventStreamError,
    NoCredentialsError,
    ReadTimeoutError,
)
from strands.types.exceptions import (
    ContextWindowOverflowException,
    EventLoopException,
    MaxTokensReachedException,
    ModelThrottledException,
)
from urllib3.exceptions import ProtocolError

from redshift_migrate.agent.providers.bedrock import create_bedrock_model, model_place
from redshift_migrate.agent.providers.problems import Kind, describe_model_error, is_worth_another_try


def client_error(code: str, message: str = "said AWS", error: type[ClientError] = ClientError) -> ClientError:
    return error({"Error": {"Code": code, "Message": message}}, "ConverseStream")


CASES: list[tuple[BaseException, Kind, bool]] = [
    (NoCredentialsError(), "no_credentials", False),
    (client_error("ExpiredTokenException"), "no_credentials", False),
    (client_error("UnrecognizedClientException"), "no_credentials", False),
    (client_error("AccessDeniedException"), "access_denied", False),
    (ModelThrottledException("slow down"), "throttled", True),
    (client_error("ServiceQuotaExceededException"), "throttled", False),
    (ContextWindowOverflowException("too long"), "context_too_long", False),
    (client_error("ValidationException", "Input is too long for requested model"), "context_too_long", False),
    (ReadTimeoutError(endpoint_url="http://x"), "stalled_stream", True),
    (ProtocolError("Response ended prematurely"), "cut_stream", True),
    (ConnectionClosedError(endpoint_url="http://x"), "cut_stream", True),
    (ConnectionResetError(104, "reset"), "cut_stream", True),
    (client_error("modelStreamErrorException", error=EventStreamError), "cut_stream", True),
    (client_error("internalServerException", error=EventStreamError), "unavailable", True),
    (client_error("serviceUnavailableException", error=EventStreamError), "unavailable", True),
    (client_error("validationException", error=EventStreamError), "unknown", False),
    (client_error("ServiceUnavailableException"), "unavailable", True),
    (MaxTokensReachedException("full"), "max_tokens", False),
    (client_error("ValidationException", "The provided model identifier is invalid."), "unknown_model", False),
    (client_error("ResourceNotFoundException"), "unknown_model", False),
    (EndpointConnectionError(endpoint_url="http://x"), "unreachable", False),
    (ValueError("what is this"), "unknown", False),
]


@pytest.mark.parametrize(("error", "kind", "again"), CASES, ids=lambda value: str(value)[:40])
def test_each_failure_has_a_kind_a_sentence_and_a_next_step(error: BaseException, kind: Kind, again: bool) -> None:
    problem = describe_model_error(error)

    assert problem.kind == kind
    assert problem.sentence
    assert problem.next_step.endswith(".")
    assert is_worth_another_try(error) is again


def test_the_sdks_wrapper_is_looked_through() -> None:
    assert describe_model_error(EventLoopException(NoCredentialsError())).kind == "no_credentials"


def test_notes_name_region_and_model_to_whom_access_is_denied() -> None:
    error = client_error("AccessDeniedException", "You don't have access to the model")
    error.add_note("└ Bedrock region: us-east-2")
    error.add_note("└ Model id: some.model")

    sentence = describe_model_error(error).sentence

    assert "Bedrock region: us-east-2; Model id: some.model" in sentence
    assert "You don't have access to the model" in sentence


@pytest.mark.parametrize("error", [NoCredentialsError(), EndpointConnectionError(endpoint_url="http://x")])
def test_model_region_and_host_are_named(error: Exception) -> None:
    model = create_bedrock_model("some.model", region="eu-west-1")
    assert model_place(model) == "model some.model in eu-west-1 at https://bedrock-runtime.eu-west-1.amazonaws.com"
    assert f"({model_place(model)})" in describe_model_error(error, model_place(model)).sentence
    assert "some.model" not in describe_model_error(ValueError("x"), model_place(model)).sentence


def test_a_strangers_error_text_stays_one_short_printable_line() -> None:
    problem = describe_model_error(ValueError("\x1b[2J\nApproved!\n" + "x" * 5000))

    assert problem.sentence.isprintable()
    assert len(problem.sentence) < 400
