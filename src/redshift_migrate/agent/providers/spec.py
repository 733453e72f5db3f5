"""`--model PROVIDER[:ID][@URL]` as a value. Nothing here imports the agent SDK, so it can be checked at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.regions import either, similar

Provider = Literal["bedrock", "offline", "anthropic", "openai", "ollama", "llamacpp"]

PROVIDERS: tuple[Provider, ...] = get_args(Provider)
"""The providers of `--model`, the default first."""

DEFAULT_MODEL_IDS: dict[Provider, str] = {
    "bedrock": "global.anthropic.claude-sonnet-4-6",
    "offline": "offline",
    "anthropic": "claude-sonnet-4-6",
    "llamacpp": "default",  # such a server holds one model and does not look at its name
}
"""What a provider without an id means. The others need an id: what is there differs from server to server."""

_TAKES_URL: tuple[Provider, ...] = ("openai", "ollama", "llamacpp")
_URL = re.compile(r"@(?P<url>https?://\S+)$", re.IGNORECASE)


@dataclass(frozen=True)
class ModelSpec:
    """Which model to talk to. `base_url` is None where the provider's own address applies."""

    provider: Provider
    model_id: str
    base_url: str | None = None

    def __str__(self) -> str:
        url = f"@{self.base_url}" if self.base_url else ""
        return f"{self.provider}:{self.model_id}{url}" if self.provider != "offline" else "offline"


def parse_model_spec(spec: str) -> ModelSpec:
    """The value of `PROVIDER[:ID][@URL]`; an empty text is the default provider.

    Only the first colon separates: ids have colons of their own (`ollama:qwen3:8b`, `bedrock:…-v1:0`).
    Raises SettingsError for an unknown provider, a missing id, or a URL that the provider does not take.
    """
    text = spec.strip()
    url_match = _URL.search(text)
    base_url = url_match["url"].rstrip("/") if url_match else None
    head = text[: url_match.start()] if url_match else text
    name, _, model_id = head.partition(":")
    provider = _provider(name.strip() or "bedrock", head)
    model_id = model_id.strip() or DEFAULT_MODEL_IDS.get(provider, "")
    if not model_id:
        raise SettingsError(
            f"--model {provider} needs the name of a model. Nothing was started.",
            hint=f"Write it as {provider}:MODEL.",
        )
    if base_url and provider not in _TAKES_URL:
        raise SettingsError(
            f"--model {provider} takes no URL. Nothing was started.",
            hint=f"A URL can follow {either(_TAKES_URL)}, as in openai:MODEL@http://127.0.0.1:8000/v1.",
        )
    return ModelSpec(provider=provider, model_id=model_id, base_url=base_url)


def _provider(name: str, whole: str) -> Provider:
    wanted = name.lower()
    for provider in PROVIDERS:
        if wanted == provider:
            return provider
    known = f"Known providers: {', '.join(PROVIDERS)}."
    if "." in name or name == "arn":  # a Bedrock model id or inference profile, without its provider
        raise SettingsError(
            f"{whole!r} names no model provider. Nothing was started.",
            hint=f"Did you mean --model bedrock:{whole}? {known}",
        )
    near = similar(wanted, PROVIDERS)
    raise SettingsError(
        f"There is no model provider called {name!r}. Nothing was started.",
        hint=f"Did you mean {either(near)}? {known}" if near else known,
    )
