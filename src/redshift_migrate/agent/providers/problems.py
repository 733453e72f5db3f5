"""What a failed model call means for the person at the prompt, and whether it is worth another try.

Looks at an exception's type names, error code and notes only, so it needs none of the SDKs that raise them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "no_credentials",
    "access_denied",
    "throttled",
    "context_too_long",
    "stalled_stream",
    "cut_stream",
    "max_tokens",
    "unknown_model",
    "unreachable",
    "unavailable",
    "unknown",
]


@dataclass(frozen=True)
class ModelProblem:
    """Why the model did not answer: for programs, as one sentence, and what to do next."""

    kind: Kind
    sentence: str
    next_step: str


_CODES: dict[str, Kind] = {
    "AccessDenied": "access_denied",
    "AccessDeniedException": "access_denied",
    "UnrecognizedClientException": "no_credentials",
    "InvalidClientTokenId": "no_credentials",
    "InvalidSignatureException": "no_credentials",
    "ExpiredToken": "no_credentials",
    "ExpiredTokenException": "no_credentials",
    "ThrottlingException": "throttled",
    "throttlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "ServiceQuotaExceededException": "throttled",
    "ResourceNotFoundException": "unknown_model",
    "InternalServerException": "unavailable",
    "internalServerException": "unavailable",
    "InternalFailure": "unavailable",
    "ServiceUnavailableException": "unavailable",
    "serviceUnavailableException": "unavailable",
    "ModelNotReadyException": "unavailable",
    "ModelTimeoutException": "unavailable",
    "ModelErrorException": "unavailable",
    "modelStreamErrorException": "cut_stream",
    "ModelStreamErrorException": "cut_stream",
}

_TYPES: dict[str, Kind] = {
    "NoCredentialsError": "no_credentials",
    "PartialCredentialsError": "no_credentials",
    "CredentialRetrievalError": "no_credentials",
    "TokenRetrievalError": "no_credentials",
    "SSOError": "no_credentials",
    "AuthenticationError": "no_credentials",
    "PermissionDeniedError": "access_denied",
    "ModelThrottledException": "throttled",
    "RateLimitError": "throttled",
    "ContextWindowOverflowException": "context_too_long",
    "MaxTokensReachedException": "max_tokens",
    "ReadTimeoutError": "stalled_stream",
    "ReadTimeout": "stalled_stream",
    "APITimeoutError": "stalled_stream",
    "ProtocolError": "cut_stream",
    "RemoteProtocolError": "cut_stream",
    "ResponseStreamingError": "cut_stream",
    "IncompleteReadError": "cut_stream",
    "ConnectionClosedError": "cut_stream",
    "ConnectionResetError": "cut_stream",
    "NotFoundError": "unknown_model",
    "EndpointConnectionError": "unreachable",
    "ConnectTimeoutError": "unreachable",
    "ConnectTimeout": "unreachable",
    "ConnectError": "unreachable",
    "APIConnectionError": "unreachable",
    "ConnectionError": "unreachable",
    "InternalServerError": "unavailable",
}

_UNKNOWN_MODEL_WORDS = ("model identifier is invalid", "on-demand throughput")
_CONTEXT_WORDS = ("input is too long", "prompt is too long", "exceed context limit", "maximum context length")

_SENTENCES: dict[Kind, tuple[str, str]] = {
    "no_credentials": (
        "The model could not be called: there are no valid credentials for it.",
        "Sign in (`aws sso login` or `aws configure`) or name a profile with --profile; for another provider set "
        "its API key. `--model offline` answers plain requests without a model.",
    ),
    "access_denied": (
        "The model could not be called: this identity may not use it.",
        "Allow bedrock:InvokeModelWithResponseStream on the model and its inference profile, and enable access to "
        "the model in that region; or choose another with --model.",
    ),
    "throttled": (
        "The model is asked too often at the moment, and several tries did not get through.",
        "Wait a minute and ask again; if it happens often, raise the Bedrock quota or choose another model.",
    ),
    "context_too_long": (
        "The conversation has become longer than this model can read.",
        "Start a new one (another --session name); saved plans, approvals and migrations are kept and can be named "
        "there.",
    ),
    "stalled_stream": (
        "The model stopped sending: nothing came until the time limit.",
        "Ask again. Plans and migrations are safe; `/status` shows what was done.",
    ),
    "cut_stream": (
        "The answer was cut off in the middle.",
        "Ask again. Plans and migrations are safe; `/status` shows what was done.",
    ),
    "max_tokens": (
        "The answer grew longer than allowed and was stopped.",
        "Ask for less at once, for one cluster or one subject.",
    ),
    "unknown_model": (
        "There is no such model in this place.",
        "Check the id after --model; in Bedrock most models need an inference profile such as "
        "bedrock:global.anthropic.claude-sonnet-4-6, and a region that offers it.",
    ),
    "unreachable": (
        "The model's address could not be reached.",
        "Check the network, the region, proxies and AWS_ENDPOINT_URL_BEDROCK_RUNTIME (or the server's URL); "
        "`--model offline` needs no network.",
    ),
    "unavailable": (
        "The model's service failed inside, and several tries did not help.",
        "Ask again in a minute, or choose another model with --model.",
    ),
    "unknown": (
        "The model could not answer.",
        "Ask again; if it fails the same way, choose another model with --model.",
    ),
}

_SAY_WHERE: frozenset[Kind] = frozenset(
    {"no_credentials", "access_denied", "unknown_model", "unreachable", "unavailable"}
)
"""Problems of a place: which model was asked where is half of the answer."""
_RETRYABLE: frozenset[Kind] = frozenset({"throttled", "unavailable", "stalled_stream", "cut_stream"})


def describe_model_error(exc: BaseException, about: str = "") -> ModelProblem:
    """What went wrong with the model, for a person; never raises. `about` says which model, and where it is asked."""
    error = _innermost(exc)
    kind = _kind(error)
    sentence, next_step = _SENTENCES[kind]
    details = [note.strip("└ ").strip() for note in getattr(error, "__notes__", ())]
    if kind == "unknown":
        details.insert(0, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    elif kind in ("access_denied", "unknown_model", "unavailable"):
        details.insert(0, _message(error))
    if kind in _SAY_WHERE and not getattr(error, "__notes__", ()):  # notes of the SDK say the same
        details.insert(0, about)
    detail = "; ".join(_plain(text) for text in details if text)
    return ModelProblem(kind, f"{sentence} ({detail})" if detail else sentence, next_step)


def is_worth_another_try(exc: BaseException) -> bool:
    """True when the same request may well work the next time, and nothing was changed by the failed one.

    A quota that is used up stays used up, and a connection that cannot be made at all mostly means a wrong address.
    """
    error = _innermost(exc)
    return _kind(error) in _RETRYABLE and _code(error) != "ServiceQuotaExceededException"


def _innermost(exc: BaseException) -> BaseException:
    """The error inside the agent SDK's wrapper."""
    inner = getattr(exc, "original_exception", None)
    return _innermost(inner) if isinstance(inner, BaseException) and inner is not exc else exc


def _kind(error: BaseException) -> Kind:
    code = _code(error)
    text = str(error).lower()
    if any(words in text for words in _UNKNOWN_MODEL_WORDS):
        return "unknown_model"
    if code.lower() == "validationexception" and any(words in text for words in _CONTEXT_WORDS):
        return "context_too_long"
    if code in _CODES:
        return _CODES[code]
    for ancestor in type(error).__mro__:
        if ancestor.__name__ in _TYPES:
            return _TYPES[ancestor.__name__]
    return "unknown"


def _error_part(error: BaseException) -> Mapping[str, object]:
    response = getattr(error, "response", None)
    part = response.get("Error") if isinstance(response, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _code(error: BaseException) -> str:
    return str(_error_part(error).get("Code", ""))


def _message(error: BaseException) -> str:
    return str(_error_part(error).get("Message", "")) or str(error)


def _plain(text: str) -> str:
    """One printable line of bounded length: error texts are written by strangers."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= 300 else f"{line[:299]}…"
