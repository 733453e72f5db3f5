from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given

from redshift_migrate.agent.providers.spec import DEFAULT_MODEL_IDS, PROVIDERS, ModelSpec, parse_model_spec
from redshift_migrate.errors import SettingsError
from tests.support.any_text import any_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ModelSpec("bedrock", DEFAULT_MODEL_IDS["bedrock"])),
        ("bedrock", ModelSpec("bedrock", DEFAULT_MODEL_IDS["bedrock"])),
        (" Bedrock: ", ModelSpec("bedrock", DEFAULT_MODEL_IDS["bedrock"])),
        ("bedrock:us.anthropic.claude-x-v1:0", ModelSpec("bedrock", "us.anthropic.claude-x-v1:0")),
        ("bedrock:arn:aws:bedrock:us-east-1:1:x/y", ModelSpec("bedrock", "arn:aws:bedrock:us-east-1:1:x/y")),
        ("offline", ModelSpec("offline", "offline")),
        ("anthropic", ModelSpec("anthropic", "claude-sonnet-4-6")),
        ("openai:gpt-x", ModelSpec("openai", "gpt-x")),
        ("openai:m@http://127.0.0.1:8000/v1/", ModelSpec("openai", "m", "http://127.0.0.1:8000/v1")),
        ("ollama:qwen3:8b", ModelSpec("ollama", "qwen3:8b")),
        ("ollama:qwen3:8b@https://host", ModelSpec("ollama", "qwen3:8b", "https://host")),
        ("llamacpp", ModelSpec("llamacpp", "default")),
        ("llamacpp@http://127.0.0.1:9", ModelSpec("llamacpp", "default", "http://127.0.0.1:9")),
    ],
)
def test_a_spec_is_provider_id_and_url(text: str, expected: ModelSpec) -> None:
    assert parse_model_spec(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("bedrok", "Did you mean bedrock?"),
        ("antropic:x", "Did you mean anthropic?"),
        ("zzz", "Known providers: bedrock, offline, anthropic, openai, ollama, llamacpp."),
        ("us.anthropic.claude-x-v1:0", "--model bedrock:us.anthropic.claude-x-v1:0"),
        ("arn:aws:bedrock:us-east-1:1:inference-profile/x", "--model bedrock:arn:aws:bedrock"),
        ("openai", "openai:MODEL"),
        ("ollama:", "ollama:MODEL"),
        ("bedrock:x@http://127.0.0.1", "A URL can follow openai, ollama"),
    ],
)
def test_a_wrong_spec_says_what_would_be_right(text: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_model_spec(text)

    assert hint in caught.value.hint
    assert caught.value.message.endswith("Nothing was started.")


@given(any_text(60))
def test_any_text_is_a_spec_or_a_settings_error(text: str) -> None:
    try:
        spec = parse_model_spec(text)
    except SettingsError:
        return
    assert spec.provider in PROVIDERS
    assert spec.model_id
    assert parse_model_spec(str(spec)) == spec


def test_reading_a_spec_does_not_import_the_agent_sdk() -> None:
    code = "import sys; from redshift_migrate.agent.providers import spec, problems; print('strands' in sys.modules)"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)

    assert done.stdout.strip() == "False"
