from __future__ import annotations

import importlib.util
import warnings

import pytest
from strands.models.llamacpp import LlamaCppModel

from redshift_migrate.agent.providers import factory
from redshift_migrate.agent.providers.bedrock import CancelSafeBedrock
from redshift_migrate.agent.providers.factory import create_model
from redshift_migrate.agent.providers.offline import OfflineModel
from redshift_migrate.agent.providers.spec import ModelSpec
from redshift_migrate.errors import SettingsError


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(("given", "used"), [("eu-west-1", "eu-west-1"), (None, "us-west-2")])
def test_bedrock_is_the_default_and_takes_the_region(given: str | None, used: str) -> None:
    model = create_model("", region=given)

    assert isinstance(model, CancelSafeBedrock)
    assert model.client.meta.region_name == used
    assert model.get_config()["model_id"] == "global.anthropic.claude-sonnet-4-6"
    assert model.client.meta.config.read_timeout == 60
    assert model.client.meta.config.connect_timeout == 5
    assert model.client.meta.config.retries["total_max_attempts"] == 1


def test_an_unknown_profile_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="no AWS profile"):
        create_model("bedrock", profile="not-there")


def test_offline_needs_nothing() -> None:
    assert isinstance(create_model("offline"), OfflineModel)


def test_llamacpp_talks_to_the_url() -> None:
    model = create_model("llamacpp:tiny@http://127.0.0.1:9")

    assert isinstance(model, LlamaCppModel)
    assert model.base_url == "http://127.0.0.1:9"
    assert model.get_config()["model_id"] == "tiny"


@pytest.mark.parametrize("provider", ["anthropic", "openai", "ollama"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(provider: str) -> None:
    if importlib.util.find_spec(provider):
        pytest.skip(f"{provider} is installed")
    with pytest.raises(SettingsError) as caught:
        create_model(f"{provider}:m", environ={"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"})

    assert caught.value.hint == f"Install it with: .venv/bin/pip install {provider}"


def test_what_the_sdk_only_warns_about_is_an_error() -> None:
    def build() -> LlamaCppModel:
        return LlamaCppModel(model_id="m", no_such_setting=1)  # type: ignore[call-arg]

    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as in a normal run, where pytest does not make it an error
        with pytest.raises(SettingsError, match="no_such_setting"):
            factory._strictly(ModelSpec("llamacpp", "m"), build)
