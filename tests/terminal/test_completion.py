"""What Tab offers."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.completion import ChatCompleter, Names
from redshift_migrate.terminal.desk import Desk
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
    assert names.identity == "123456789012"
