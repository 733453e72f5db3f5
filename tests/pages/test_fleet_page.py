"""The page of a fleet: every cluster in a table that sorts, two plots, and nothing that leaves the file."""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path

import pytest

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.listing import Unreadable
from redshift_migrate.pages.fleet import fleet_page
from redshift_migrate.terminal.fleetview import COLUMNS, as_csv, as_rows
from tests.support.browser import CHROMIUM, open_page
from tests.support.fleets import fleet, member

HOSTILE = "<script>document.title='taken'</script><img src=http://evil.example/x onerror=alert(1)>"
needs_browser = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("CI"), reason="scripts/utils/browser/install has not run, or could not"
)


@pytest.fixture
def page(service: MigrationService) -> str:
    """The page of the demo's home region, with one cost that is known."""
    found = service.fleet("us-east-2")
    service.estimate_cost("prod-db-1")
    return fleet_page(found, found.members, as_rows(found.members, None), service.estimates())


def cells(html: str) -> list[str]:
    """The first column of the table, as it stands."""
    return re.findall(r'<tr>\s*<td data-name="cluster">([^<]*)</td>', html)


def test_it_has_every_cluster_and_what_could_not_be_read(service: MigrationService) -> None:
    found = service.fleet("us-east-2").model_copy(
        update={"unreadable": (Unreadable(region="eu-west-3", reason=HOSTILE),)}
    )
    text = fleet_page(found, found.members, as_rows(found.members, None), ())
    assert cells(text) == [each.cluster.cluster_id for each in found.members]
    assert "eu-west-3" in text
    assert HOSTILE not in text
    assert "/cost CLUSTER" in text


def test_plots_stay_within_their_widths(page: str) -> None:
    widths = [float(each) for each in re.findall(r'<rect class="\w+"(?: x="[\d.]+")? width="([\d.]+)"', page)]
    starts = re.findall(r'<rect class="(?:ready|decide|blocked|unknown)" x="([\d.]+)" width="([\d.]+)"', page)
    assert max(widths) <= 1000
    assert all(float(start) + float(length) <= 1000.2 for start, length in starts)
    assert "USD today" in page


@needs_browser
@pytest.mark.parametrize(("width", "dark"), [(1400, False), (500, True)])
def test_a_browser_opens_it_without_a_request_or_an_error(page: str, tmp_path: Path, width: int, dark: bool) -> None:
    file = tmp_path / "fleet.html"
    file.write_text(page, encoding="utf-8")
    opened = open_page(file, tmp_path, width=width, dark=dark)
    assert opened.console == ()
    assert not [each for each in opened.requests if "127.0.0.1" in each or "evil" in each]
    assert len(cells(opened.html)) == len(cells(page))


@needs_browser
def test_its_own_script_sorts_the_table_and_no_other_script_runs(tmp_path: Path) -> None:
    some = fleet(member("b", number_of_nodes=10), member("a", number_of_nodes=9), member("c", number_of_nodes=100))
    text = fleet_page(some, some.members, as_rows(some.members, None), ())
    refused = tmp_path / "refused.html"
    refused.write_text(text.replace("</body>", "<script>document.title = 'taken'</script></body>"), encoding="utf-8")
    opened = open_page(refused, tmp_path)
    assert "<title>taken" not in opened.html
    assert any("Content Security Policy" in each for each in opened.console)

    clicks = "<script>document.querySelectorAll('th button')[7].click()</script></body>"
    sorted_page = tmp_path / "sorted.html"
    allowed = re.sub(r"script-src '[^']+'", "script-src 'unsafe-inline'", text)
    sorted_page.write_text(allowed.replace("</body>", clicks), encoding="utf-8")
    assert cells(open_page(sorted_page, tmp_path).html) == ["a", "b", "c"]  # 9, 10, 100: as numbers


def test_a_cell_that_a_spreadsheet_would_run_is_made_a_text() -> None:
    some = fleet(member("a", environment="=HYPERLINK(1)"), member("b", environment='say "hi", you'))
    read = list(csv.DictReader(io.StringIO(as_csv(as_rows(some.members, None)))))
    assert tuple(read[0]) == COLUMNS
    assert read[0]["environment"] == "'=HYPERLINK(1)"
    assert read[1]["environment"] == 'say "hi", you'
