"""What the guides show is what the program prints, and a guide that says something else is told apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.docs.blocks import filled
from scripts.docs.demo_program import Demo
from scripts.docs.quoted import require_messages
from scripts.docs.transcripts import LEFT_OUT, WIDTH, Story

CHANGE = "configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo() as account:
        yield account


@pytest.fixture
def story(demo: Demo) -> Story:
    return Story(demo)


def test_the_same_command_is_shown_the_same_way_in_another_account(story: Story) -> None:
    shown = story.shown(CHANGE, exit_code=3)

    with Demo() as other:
        assert Story(other).shown(CHANGE, exit_code=3) == shown
    assert shown.startswith(f'$ ./chat --demo "{CHANGE}"\nPlan ')
    assert shown.endswith("$ echo $?\n3")


def test_long_lines_are_folded_and_nothing_of_them_is_lost(demo: Demo, story: Story) -> None:
    shown = story.shown("/help approval").split("\n", 1)[1]

    assert max(map(len, shown.splitlines())) <= WIDTH
    assert shown.split() == demo.run("/help approval").stdout.split()


def test_left_out_lines_are_marked(story: Story) -> None:
    shown = story.shown("/clusters", only=("^cluster ", "^prod-db-1 "))

    assert [line.split(" ")[0] for line in shown.splitlines()] == [
        "$",
        LEFT_OUT,
        "cluster",
        LEFT_OUT,
        "prod-db-1",
        LEFT_OUT,
    ]


def test_a_line_that_the_guide_needs_and_is_not_there_is_an_error(story: Story) -> None:
    with pytest.raises(ValueError, match="no line matches '\\^no-such-cluster'"):
        story.shown("/clusters", only=("^no-such-cluster",))


def test_another_exit_code_than_the_guide_says_is_an_error(story: Story) -> None:
    with pytest.raises(ValueError, match="exit code 0, not 3"):
        story.shown("/clusters", exit_code=3)


def test_who_ran_it_is_not_shown(story: Story) -> None:
    story.shown("--yes", "set the track of workgroup my-workgroup to trailing")

    assert "approved by  you with --yes (command line)" in story.shown("/status")


def test_a_block_without_marks_is_an_error() -> None:
    with pytest.raises(ValueError, match="no marks for the block 'plan'"):
        filled("# A guide\n", {"plan": "…"})


def test_a_quoted_message_has_to_be_the_programs() -> None:
    table = "| you see | it means | do |\n|---|---|---|\n| `{}` | something | something |\n"

    assert require_messages(table.format("There is no cluster … in …"))
    with pytest.raises(ValueError, match="the program does not say"):
        require_messages(table.format("There is no such thing as a cluster"))
