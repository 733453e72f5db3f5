"""What Tab offers."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import NoReturn

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from redshift_migrate.errors import AccessDenied
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.place import Place
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.completion import ChatCompleter, Names
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.prompt import toolbar_text
from tests.support.patience import PATIENCE_S
from tests.terminal.played import PlayedProgram

TYPED, TAB = CompleteEvent(text_inserted=True), CompleteEvent(completion_requested=True)


@pytest.fixture
def desk(service: MigrationService, tmp_path: Path) -> Desk:
    return Desk(PlayedProgram(service, tmp_path, Settings()), "terminal")


@pytest.fixture
def completer(desk: Desk) -> ChatCompleter:
    """With names as an account may have them, one of them hostile."""
    names = Names(desk, lambda: None)
    names.clusters, names.namespaces = ("prod-db-1", "staging-prod", "evil\x1b[2J"), ("my-namespace",)
    names.regions, names.topics = ("us-east-2", "us-west-2"), ("tracks", "permissions")
    return ChatCompleter(desk, names)


def offered(completer: ChatCompleter, text: str, event: CompleteEvent = TAB) -> list[str]:
    return [each.text for each in completer.get_completions(Document(text), event)]


def test_commands_are_offered_while_they_are_typed(completer: ChatCompleter) -> None:
    assert offered(completer, "/st", TYPED) == ["status"]
    assert "clusters" in offered(completer, "/", TYPED)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("/help t", ["tracks", "permissions"][:1]),
        ("/region us-w", ["us-west-2"]),
        ("/clusters prod", ["prod-db-1", "staging-prod"]),
        ("/model off", ["offline"]),
        ("/cost x", []),
    ],
)
def test_arguments_are_offered_by_command(completer: ChatCompleter, text: str, names: list[str]) -> None:
    assert offered(completer, text, TYPED) == names


def test_names_from_the_account_come_on_tab_only(completer: ChatCompleter) -> None:
    assert offered(completer, "get settings for prod", TYPED) == []
    assert offered(completer, "get settings for prod") == ["prod-db-1", "staging-prod"]
    assert offered(completer, "copy of my-n") == ["my-namespace"]
    assert offered(completer, "look at evil") == ["evil\\u{1b}[2J"]


def test_saved_plans_are_offered_by_digest_the_newest_first(completer: ChatCompleter, tmp_path: Path) -> None:
    for number, name in enumerate(("a" * 64, "b" * 64)):
        file = tmp_path / "plans" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.touch()
        file.chmod(0o600)
        os.utime(file, (number, number))

    assert offered(completer, "/approve ") == ["b" * 12, "a" * 12]


def test_names_are_read_aside(desk: Desk) -> None:
    changed = threading.Event()
    names = Names(desk, changed.set)
    names.refresh()

    assert changed.wait(PATIENCE_S)
    assert "prod-db-1" in names.clusters
    assert "my-namespace" in names.namespaces
    assert names.place is not None
    assert names.place.account_id == "123456789012"
    assert "123456789012" in toolbar_text(desk, names)


def test_the_toolbar_says_in_words_why_no_account_is_known(
    desk: Desk, service: MigrationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AccessDenied("The token of profile prod has expired. Nothing was read.")

    monkeypatch.setattr(service, "identity", refuse)
    monkeypatch.setattr(service, "clusters", refuse)
    changed = threading.Event()
    names = Names(desk, changed.set)
    names.refresh()

    assert changed.wait(PATIENCE_S)
    assert "account unknown | The token of profile prod has expired | bedrock" in toolbar_text(desk, names)


def test_the_toolbar_of_an_endpoint_is_about_the_endpoint(desk: Desk) -> None:
    desk.program.use(desk.settings._replace(endpoint="agent.example.com", region=None, model="offline"))
    names = Names(desk, lambda: None)
    place = {
        "region": "eu-west-1",
        "account_id": "210987654321",
        "simulated": True,
        "read_only": True,
        "model": "bedrock:m",
    }
    names.place = Place.model_validate(place)

    assert toolbar_text(desk, names) == (
        " SIMULATED | endpoint agent.example.com | read-only | eu-west-1 | 210987654321 | bedrock:m"
    )


def test_first_words_are_offered_on_tab_alone(completer: ChatCompleter) -> None:
    assert offered(completer, "mig")[0] == "migrate"
    assert "plan the migration of" in offered(completer, "pl")
    assert offered(completer, "mig", TYPED) == []
    assert "migrate" not in offered(completer, "show mig")
