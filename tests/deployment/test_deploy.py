"""./deploy says what it would do before it does it, and does nothing that was not confirmed."""

from __future__ import annotations

import io

import pytest

from redshift_simulator import SimulatedAccount
from scripts.utils import deploy


@pytest.fixture(autouse=True)
def nobody_at_the_keyboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input is not a terminal."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))


def test_without_a_region_or_credentials_it_says_which(
    monkeypatch: pytest.MonkeyPatch, aws_env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main([]) == 1
    assert "--region" in capsys.readouterr().err

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert aws_env
    assert deploy.main(["--region", "us-east-2"]) == 1
    assert "Sign in" in capsys.readouterr().err


def test_it_tells_what_it_would_make_and_asks(
    aws_env: dict[str, str], account: SimulatedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws_env
    assert deploy.main(["--region", "us-east-2"]) == 1
    assert "--roles" in capsys.readouterr().err
    assert deploy.main(["--region", "us-east-2", "--roles", "redshift/*"]) == 3

    told = capsys.readouterr()
    for part in (
        "EndpointFunction",
        "ApproverFunction",
        "WorkerFunction",
        "StateTable",
        "billed by the hour",
        "--migrate-principals",
    ):
        assert part in told.out
    assert "--yes" in told.err
    assert account.writes() == []


def test_deleting_tells_what_is_kept(
    aws_env: dict[str, str], account: SimulatedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws_env
    assert deploy.main(["--region", "us-east-2", "--delete"]) == 3

    told = capsys.readouterr().out
    assert "Kept" in told
    assert "StateTable" in told
    assert account.writes() == []


def test_what_is_not_said_keeps_its_value() -> None:
    parse = deploy._parser().parse_args

    assert "--parameter-overrides" not in deploy._deploy_arguments(parse([]))
    said = deploy._deploy_arguments(parse(["--regions", "us-east-2,us-west-2", "--no-allow-cut-over"]))
    assert said[-2:] == ["Regions=us-east-2,us-west-2", "AllowCutOver=false"]
