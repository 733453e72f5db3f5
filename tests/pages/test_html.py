"""The HTML page: what the Markdown says, and a picture of the run; foreign text stays text."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import ConfigureSnapshotCopy, SetWorkgroupTrack
from redshift_migrate.pages.contents import run_contents
from redshift_migrate.pages.html import plan_page, run_page
from redshift_migrate.pages.pictures import WHOLE, sides, timeline
from redshift_simulator import SimulatedAccount
from tests.support.browser import CHROMIUM, open_page
from tests.support.earlier import earlier_run
from tests.support.migrating import REGION, approved_run, request_for, resumed

SMALL = request_for("dev-sandbox")
HOSTILE = (
    "<script>document.title='taken'</script><img src=http://evil.example/x onerror=alert(1)> \"' onmouseover=x "
    "</title></style><style>*{display:none}</style> {{ 7 * 7 }} {% raw %} \u202egnp.exe &lt;b&gt; javascript:x"
)
COPY = ConfigureSnapshotCopy(region=REGION, namespace_name="my-namespace", destination_region="us-west-2")
needs_browser = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("CI"), reason="scripts/utils/browser/install has not run, or could not"
)


class Tags(HTMLParser):
    """The elements of a page, its texts, and every attribute."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def page_of(outcome: Outcome) -> str:
    assert outcome.page is not None
    return Path(outcome.page).read_text(encoding="utf-8")


def journal_of(service: MigrationService, outcome: Outcome) -> Journal:
    return service.journal(str(outcome.migration_id))


def with_hostile_names(account: SimulatedAccount) -> None:
    cluster = account.table(REGION, "clusters")["dev-sandbox"]
    cluster["Tags"].append({"Key": HOSTILE[:100], "Value": HOSTILE})


def test_every_run_leaves_one_beside_the_markdown(service: MigrationService) -> None:
    outcome = earlier_run(service, SMALL)
    text, journal = page_of(outcome), journal_of(service, outcome)
    tags = Tags(text)

    assert outcome.page is not None
    assert outcome.page == str(outcome.report).replace(".md", ".html")
    assert Path(outcome.page).stat().st_mode & 0o777 == 0o600
    said = set(tags.texts)
    contents = run_contents(journal)
    assert {step.summary for step in outcome.plan.steps} <= said
    assert {step.request_ids for step in contents.steps if step.request_ids} <= said
    assert {value for name, value in contents.facts if name != "state"} <= said
    assert {row.after for row in outcome.plan.changes if row.after} <= said
    assert {found.code for found in outcome.plan.findings} <= said
    assert set(contents.calls) <= said
    assert tags.elements.count("svg") == len(outcome.plan.steps) + 3  # a bar each, and the legend


def test_it_needs_nothing_but_itself(service: MigrationService) -> None:
    tags = Tags(page_of(earlier_run(service, request_for("prod-db-1"))))

    assert {"script", "img", "link", "iframe", "object", "a", "form"} & set(tags.elements) == set()
    assert {"src", "href", "srcset", "action", "style"} & {name for name, _ in tags.attributes} == set()
    assert [name for name, _ in tags.attributes if name.startswith("on")] == []


def test_the_checklist_on_it_is_ticked_with_the_run(service: MigrationService) -> None:
    outcome = earlier_run(service, request_for("prod-db-1"))
    assert 'class="done"' not in page_of(outcome)
    service.tick("host-name")
    assert page_of(outcome).count('<li class="done">☑') == 1


@given(st.text(min_size=1, max_size=60))
def test_any_name_is_text_on_it(name: str) -> None:
    """Whatever is written in a place of the plan, the elements of the page are the same."""
    assert Tags(plan_page(titled(name))).elements == Tags(plan_page(titled("x"))).elements


def titled(name: str) -> MigrationPlan:
    row = {"subject": "tags", "setting": name, "on_cluster": name, "after": name, "action": "set"}
    found = {"level": "warning", "subject": "tags", "setting": name, "message": name}
    return MigrationPlan.model_validate(
        {
            "account_id": "123456789012",
            "partition": "aws",
            "region": REGION,
            "title": name,
            "request": COPY.as_json(),
            "wish": {"title": name},
            "changes": [row],
            "findings": [found],
        }
    )


# --- pictures --------------------------------------------------------------------------------------------


def test_before_and_after_say_what_the_rows_say(service: MigrationService) -> None:
    today, after = sides(service.prepare(request_for("prod-db-1")))

    assert [box.kind for box in today.boxes] == ["clients", "cluster", "copies", "schedules"]
    assert [box.kind for box in after.boxes] == ["clients", "workgroup", "namespace", "copies", "schedules"]
    assert "base capacity: 2 x ra3.4xlarge" in today.boxes[1].lines
    assert "maximum capacity: 32 RPU" in after.boxes[1].lines
    assert today.boxes[2].name == after.boxes[3].name == "snapshots in us-west-2"


def test_a_change_of_a_namespace_shows_that_namespace(service: MigrationService) -> None:
    before, after = sides(service.prepare(COPY))

    assert [box.kind for box in before.boxes] == ["namespace"]
    assert [box.name for box in after.boxes] == ["my-namespace", "snapshots in us-west-2"]
    track = SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing")
    assert sides(service.prepare(track)) == ()


def test_a_pause_of_days_is_left_out_and_told(service: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")
    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)
    account.clock.advance(timedelta(days=2).total_seconds())
    outcome = resumed(service, stopped.value.data["migration_id"])
    drawn = timeline(journal_of(service, outcome))

    assert drawn is not None
    assert len(drawn.pauses) == 1
    assert drawn.total.endswith(("s", "min"))
    assert "stopped" in {span.kind for bar in drawn.bars for span in bar.spans}
    assert all(0 <= span.start <= span.start + span.length <= WHOLE + 0.1 for bar in drawn.bars for span in bar.spans)
    assert f"Nobody worked at it from {drawn.pauses[0]}" in page_of(outcome)


def test_bars_are_as_long_as_the_steps_took(service: MigrationService) -> None:
    journal = journal_of(service, earlier_run(service, SMALL))
    at, entries = journal.header.started_at, []
    for step in journal.header.plan.steps:  # each calls for one second and waits for nine
        for event, takes_s in (("intent", 1), ("acted", 0), ("waiting", 9), ("done", 0)):
            entries.append(JournalEntry.model_validate({"at": at, "event": event, "step_id": step.id}))
            at += timedelta(seconds=takes_s)
    drawn = timeline(journal.model_copy(update={"entries": tuple(entries)}))

    assert drawn is not None
    assert [bar.took for bar in drawn.bars] == ["10 s"] * 4
    assert [span.start for bar in drawn.bars for span in bar.spans if span.kind == "acting"][::3][0] == 0
    waited = sum(span.length for bar in drawn.bars for span in bar.spans if span.kind == "waiting")
    assert waited == pytest.approx(0.9 * WHOLE, rel=0.01)


def test_a_clock_that_was_set_back_draws_nothing_outside(service: MigrationService) -> None:
    journal = journal_of(service, earlier_run(service, SMALL))
    back = [each.model_copy(update={"at": each.at - timedelta(hours=n)}) for n, each in enumerate(journal.entries)]
    drawn = timeline(journal.model_copy(update={"entries": tuple(back)}))

    assert drawn is not None
    assert all(span.start >= 0 and span.length >= 0 for bar in drawn.bars for span in bar.spans)


# --- in a browser ----------------------------------------------------------------------------------------


@needs_browser
def test_a_browser_shows_it_whole_and_asks_nobody(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    """Names that want out stay text; nothing is fetched, nothing runs, nothing is complained about."""
    with_hostile_names(account)
    outcome = earlier_run(service, SMALL)
    journal = journal_of(service, outcome)
    file = tmp_path / "page.html"
    file.write_text(run_page(journal), encoding="utf-8")

    opened = open_page(file, tmp_path)

    assert opened.console == ()
    assert [line for line in opened.requests if "evil" in line or "file" in line] == []
    seen = Tags(opened.html)
    assert seen.elements == Tags(file.read_text(encoding="utf-8")).elements
    assert any("document.title='taken'" in text for text in seen.texts)
    title = re.search("<title>(.*?)</title>", opened.html)
    assert title is not None
    assert title[1] == outcome.plan.title


@needs_browser
def test_a_browser_says_what_a_page_that_misbehaves_does(tmp_path: Path) -> None:
    """The test above can fail: requests and complaints are heard."""
    file = tmp_path / "bad.html"
    file.write_text("<title>x</title><img src='http://evil.example/x'><script>console.error('no')</script>")
    opened = open_page(file, tmp_path)

    assert any("evil.example" in line for line in opened.requests)
    assert any("no" in line for line in opened.console)


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [400, 1400])
def test_it_fits_the_window_in_both_themes(
    service: MigrationService, tmp_path: Path, *, width: int, dark: bool
) -> None:
    """Nothing is wider than the window: a script of the test, not of the page, measures it."""
    page = plan_page(service.prepare(request_for("prod-db-1")))
    paper, needed = seen_in_a_frame(page, tmp_path, width=width, dark=dark)

    assert needed <= width
    assert paper == ("rgb(18, 22, 29)" if dark else "rgb(255, 255, 255)")


def seen_in_a_frame(page: str, folder: Path, *, width: int, dark: bool) -> tuple[str, int]:
    """The colour behind a page in a frame of that width (a window has a least one), and the width that it needs."""
    measure = (
        "<script>parent.postMessage(`${getComputedStyle(document.body).backgroundColor}|"
        "${document.documentElement.scrollWidth}`, '*')</script></body>"
    )
    inner, outer = folder / "page.html", folder / "frame.html"
    inner.write_text(page.replace("default-src 'none'; ", "").replace("</body>", measure), encoding="utf-8")
    outer.write_text(
        "<title>nothing</title><script>onmessage = said => { document.title = said.data }</script>"
        f'<iframe src="page.html" width="{width}" height="900" style="border:0"></iframe>'
    )
    found = re.search(r"<title>(.*)[|](\d+)</title>", open_page(outer, folder, width=1600, dark=dark).html)
    assert found is not None
    return found[1], int(found[2])
