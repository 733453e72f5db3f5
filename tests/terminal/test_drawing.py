"""How values come out on a screen and in a pipe, hostile ones included."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, MigrationPlan, Reading, SettingChange, Step, Wish
from redshift_migrate.models.request import RemoveSnapshotCopy
from redshift_migrate.terminal.markdown import render_markdown, split_finished
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.planview import literal_calls, section
from redshift_migrate.terminal.screen import Screen, wants_plain
from redshift_migrate.terminal.shown import (
    Data,
    Listing,
    PlanShown,
    Problem,
    Several,
    Shown,
    Table,
    Words,
    as_json,
    has_problem,
)
from tests.support.migrating import request_for

HOSTILE = "a\x1b]52;c;eA==\x07b\u202ec\x9bd\u2028e[red]f[/x][link=http://x]g"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2028]")
READ = Reading(name="namespace", region="us-east-2")


def drawn(shown: Shown, width: int = 100) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, markup=False, emoji=False, highlight=False, color_system=None)
    Screen(console).show(shown)
    return stream.getvalue()


def a_plan(text: str = "my-namespace") -> MigrationPlan:
    """A plan with that text wherever a stranger's text can stand."""
    step = Step(
        id="one",
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Remove the copy of {text}",
        call=Call(
            service="redshift-serverless",
            region="us-east-2",
            operation="DeleteSnapshotCopyConfiguration",
            parameters={"snapshotCopyConfigurationId": text},
        ),
        check=Check(reading=READ, after={"x": None}),
        no_undo=text,
    )
    return MigrationPlan(
        account_id="123456789012",
        partition="aws",
        region="us-east-2",
        title=f"Remove the copy of {text}",
        request=RemoveSnapshotCopy(region="us-east-2", namespace_name="my-namespace"),
        wish=Wish(title="Do it"),
        changes=(SettingChange(subject=Subject.SNAPSHOT_COPY, setting=text, now=text, after=None, action="removed"),),
        steps=(step,),
        findings=(
            Finding(level="info", subject=Subject.TAGS, setting="later", message=text),
            Finding(level="warning", subject=Subject.TAGS, setting="first", message=text),
        ),
    )


SHOWN: list[Shown] = [
    Words(HOSTILE),
    Words(f"# {HOSTILE}\n\n```\n{HOSTILE}\n```\n| {HOSTILE} | b |\n|---|---|\n| `{HOSTILE}` | <b>{HOSTILE}</b> |"),
    Table(("a", HOSTILE), ((HOSTILE, HOSTILE),), title=HOSTILE, note=HOSTILE),
    Data({HOSTILE: [HOSTILE]}, title=HOSTILE),
    Problem(HOSTILE, HOSTILE),
    PlanShown(a_plan(HOSTILE), HOSTILE),
    section(a_plan(HOSTILE), "all"),
    Listing(HOSTILE, ((HOSTILE, HOSTILE), ("", HOSTILE))),
    Several((Words(HOSTILE), Problem(HOSTILE))),
]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: type(shown).__name__)
@pytest.mark.parametrize("width", [20, 100])
def test_nothing_a_stranger_wrote_is_drawn_raw(shown: Shown, width: int) -> None:
    for text in (drawn(shown, width), render_text(shown)):
        assert not CONTROL.search(text)
        assert "]52;c;" in text.replace("\n", "").replace(" ", "")  # nothing is swallowed either


def test_markup_of_rich_is_text_and_html_stays_visible() -> None:
    text = drawn(Words("use <region> and [bold]this[/bold] <!-- not hidden -->"))

    assert "use <region> and [bold]this[/bold] <!-- not hidden -->" in text


def test_entities_cannot_smuggle_controls_in() -> None:
    assert "a\\u{202e}b" in drawn(Words("a&#x202e;b"))


def test_a_link_shows_where_it_leads() -> None:
    assert "http://elsewhere" in drawn(Words("[aws.amazon.com](http://elsewhere)"))


def test_a_plan_is_told_in_one_screen_and_in_all_its_parts() -> None:
    for text in (
        render_text(PlanShown(a_plan(), "./chat /approve x")),
        drawn(PlanShown(a_plan(), "./chat /approve x")),
    ):
        for part in ("on the cluster", "removed", "cannot be undone", "./chat /approve x", "1 more to know"):
            assert part in text
        assert "later" not in text  # only good to know
    assert a_plan().digest in render_text(PlanShown(a_plan()))
    for text in (render_text(section(a_plan(), "all")), drawn(section(a_plan(), "all"))):
        assert text.index("first") < text.index("later")
        assert "aws redshift-serverless delete-snapshot-copy-configuration" in text.replace("\n", " ")
    assert "not a part" not in render_text(section(a_plan(), "later"))
    assert has_problem(section(a_plan(), "nonsense"))


def test_json_tells_of_each_finding_what_its_kind_says() -> None:
    told = as_json(PlanShown(a_plan()))["plan"]["findings"]

    assert [(each["code"], each["group"], each["who"]) for each in told] == [
        ("later", "know", "nobody"),
        ("first", "differs", "nobody"),
    ]
    assert all(each["source"] for each in told)


def test_in_a_narrow_window_rows_become_records() -> None:
    text = drawn(Table(("setting", "on the cluster", "now"), (("track", "current", "-"),)), width=20)

    assert "setting: track\non the cluster:" in text


def test_problems_are_found_in_parts_and_keep_their_facts_as_json() -> None:
    shown = Several((Words("fine"), Problem("no", "so", "code", {"fact": 1})))

    assert has_problem(shown)
    assert as_json(shown)[1] == {"code": "code", "message": "no", "hint": "so", "fact": 1}
    assert as_json(Table(("a",), (("b",),)))["rows"] == [{"a": "b"}]


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("one\n\ntwo", "one\n\n"),
        ("one\ntwo", ""),
        ("```\ncode\n\nmore", ""),
        ("```\ncode\n\n```\n\nafter", "```\ncode\n\n```\n\n"),
        ("~~~~\n```\n\n~~~\n~~~~\n\nx", "~~~~\n```\n\n~~~\n~~~~\n\n"),
        ("", ""),
    ],
)
def test_only_what_cannot_change_any_more_is_finished(text: str, finished: str) -> None:
    assert split_finished(text) == (finished, text.removeprefix(finished))


def test_growing_texts_are_drawn_without_an_error() -> None:
    text = "# Head\n\n- a\n- b `c`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```json\n{}\n```\nend"
    for end in range(len(text)):
        assert render_markdown(text[:end]) is not None


@pytest.mark.parametrize(
    ("environ", "is_plain"),
    [({"TERM": "xterm"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, True), ({"TERM": "dumb"}, True), ({}, True)],
)
def test_no_color_and_dumb_terminals_get_plain_output(environ: dict[str, str], is_plain: bool) -> None:
    assert wants_plain(environ) is is_plain


@pytest.mark.parametrize("width", [40, 100])
def test_what_is_to_be_copied_is_not_broken(service: MigrationService, width: int) -> None:
    """Calls and policies: each line of them is one line, whatever the window; a terminal folds without breaking."""
    plan = service.prepare(request_for("prod-db-1"))
    policy = {"Resource": [f"arn:aws:redshift-serverless:us-east-2:123456789012:namespace/{'x' * 120}"]}
    out = io.StringIO()
    screen = Screen(Console(file=out, width=width, color_system=None))
    screen.show(section(plan, "calls"))
    screen.show(Data(policy, title="A policy"))

    lines = [line.strip() for line in out.getvalue().splitlines()]
    assert set(literal_calls(plan)) <= set(lines)
    assert f'"{policy["Resource"][0]}"' in lines
