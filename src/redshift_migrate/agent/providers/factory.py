"""From `--model` to a model the agent can talk to."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from strands.models import Model

from redshift_migrate.agent.providers.bedrock import MAX_TOKENS, create_bedrock_model
from redshift_migrate.agent.providers.offline import OfflineModel
from redshift_migrate.agent.providers.spec import ModelSpec, Provider, parse_model_spec
from redshift_migrate.errors import SettingsError

_OLLAMA_URL = "http://127.0.0.1:11434"
_LLAMACPP_URL = "http://127.0.0.1:8080"


def create_model(
    spec: str, *, region: str | None = None, profile: str | None = None, environ: Mapping[str, str] = os.environ
) -> Model:
    """The model that `PROVIDER[:ID][@URL]` names. Makes no call.

    `region` and `profile` matter to Bedrock only. Raises SettingsError for an unknown provider, a provider whose
    package is not installed (with the command that installs it), a missing key, or a setting the SDK refuses.
    """
    wanted = parse_model_spec(spec)
    if wanted.provider == "bedrock":
        return _strictly(wanted, lambda: create_bedrock_model(wanted.model_id, region=region, profile=profile))
    if wanted.provider == "offline":
        return OfflineModel()
    build = _BUILDERS[wanted.provider]
    return _strictly(wanted, lambda: build(wanted, environ))


def _strictly(wanted: ModelSpec, build: Callable[[], Model]) -> Model:
    """The SDK only warns about settings it does not know, and then runs without them: here that is an error."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Invalid configuration parameters")
            return build()
    except UserWarning as warning:
        raise SettingsError(
            f"The installed agent SDK refuses a setting of --model {wanted}: {str(warning).splitlines()[0]}",
            hint="Install the locked requirements again, or choose another model.",
        ) from warning
    except ModuleNotFoundError as error:
        missing = error.name or wanted.provider
        raise SettingsError(
            f"--model {wanted.provider} needs the Python package {missing!r}, which is not installed.",
            hint=f"Install it with: .venv/bin/pip install {wanted.provider}",
        ) from error


def _anthropic(wanted: ModelSpec, environ: Mapping[str, str]) -> Model:
    from strands.models.anthropic import AnthropicModel

    key = _key("ANTHROPIC_API_KEY", wanted, environ)
    return AnthropicModel(client_args={"api_key": key}, model_id=wanted.model_id, max_tokens=MAX_TOKENS)


def _openai(wanted: ModelSpec, environ: Mapping[str, str]) -> Model:
    from strands.models.openai import OpenAIModel

    base_url = wanted.base_url or environ.get("OPENAI_BASE_URL") or None
    if base_url is None:
        client_args: dict[str, Any] = {"api_key": _key("OPENAI_API_KEY", wanted, environ)}
    else:  # a server of one's own mostly asks for no key, but the client insists on sending one
        client_args = {"base_url": base_url, "api_key": environ.get("OPENAI_API_KEY") or "none"}
    return OpenAIModel(client_args=client_args, model_id=wanted.model_id)


def _ollama(wanted: ModelSpec, environ: Mapping[str, str]) -> Model:
    from strands.models.ollama import OllamaModel

    return OllamaModel(wanted.base_url or environ.get("OLLAMA_HOST") or _OLLAMA_URL, model_id=wanted.model_id)


def _llamacpp(wanted: ModelSpec, environ: Mapping[str, str]) -> Model:
    from strands.models.llamacpp import LlamaCppModel

    base_url = wanted.base_url or environ.get("LLAMACPP_BASE_URL") or _LLAMACPP_URL
    return LlamaCppModel(base_url=base_url, model_id=wanted.model_id, timeout=120.0)


_BUILDERS: dict[Provider, Callable[[ModelSpec, Mapping[str, str]], Model]] = {
    "anthropic": _anthropic,
    "openai": _openai,
    "ollama": _ollama,
    "llamacpp": _llamacpp,
}


def _key(variable: str, wanted: ModelSpec, environ: Mapping[str, str]) -> str:
    key = environ.get(variable, "").strip()
    if not key:
        raise SettingsError(
            f"--model {wanted.provider} needs an API key. Nothing was started.",
            hint=f"Set {variable}, or choose another model: --model offline needs none.",
        )
    return key
