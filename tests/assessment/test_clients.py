"""Who was left behind, and what each kind of client changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from redshift_migrate.assessment.clients import IAM_NOTE, advise, by_urgency, mark_left_behind
from redshift_migrate.models.data import Connection

CUT_OVER_AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def client(application: str, **more: str) -> Connection:
    usual = {"user": "bi", "driver": "", "host": "10.0.0.1", "auth": "password", "ssl": "TLSv1.3"}
    return Connection(**{**usual, **more}, application=application, times=1)


@pytest.mark.parametrize(
    ("last", "user", "is_left"),
    [
        ("2026-12-01 12:00:01", "bi", True),
        ("2026-12-01 12:00:00", "bi", False),
        ("2026-11-30 09:00:00", "bi", False),
        ("2026-12-01 12:00:01", "IAM:ana", False),  # whoever asks
    ],
)
def test_who_came_after_the_cut_over_was_left_behind(last: str, user: str, is_left: bool) -> None:
    (found,) = mark_left_behind([client("x", last=last, user=user)], CUT_OVER_AT, "IAM:ana")
    assert found.left_behind is is_left
    (unknown,) = mark_left_behind([client("x", last=last, user=user)], None, "IAM:ana")
    assert not unknown.left_behind


@pytest.mark.parametrize(
    ("application", "driver", "kind"),
    [
        ("Tableau", "Redshift JDBC Driver 2.1.0.30", "JDBC"),
        ("excel", "Amazon Redshift ODBC Driver 1.4.52", "ODBC"),
        ("etl", "Redshift Python Driver 2.1.5", "Python"),
        ("airflow", "Redshift Python Driver 2.1.5", "Airflow"),
        ("dbt", "Redshift Python Driver 2.1.5", "dbt"),
        ("RedshiftDataAPI", "", "Data API"),
        ("psql", "libpq 15", "other"),
    ],
)
def test_each_kind_of_client_is_told_what_it_changes(application: str, driver: str, kind: str) -> None:
    (line,) = advise([client(application, driver=driver, last="2026-12-01 12:00:00")], "wg.example:5439")
    assert line.startswith(f"{kind} ({application}): ")
    assert "{" not in line


def test_who_comes_by_iam_is_another_user_there() -> None:
    last = {"last": "2026-12-01 12:00:00"}
    assert IAM_NOTE in advise([client("x", auth="IAM Authentication", **last)])
    assert advise([]) == ()


def test_those_left_behind_come_first_then_those_that_will_fail() -> None:
    last = {"last": "2026-12-01 12:00:00"}
    plain, fails = client("plain", **last), client("fails", **last).model_copy(update={"problems": ("no SSL",)})
    behind = client("behind", **last).model_copy(update={"left_behind": True})
    assert [each.application for each in by_urgency([plain, fails, behind])] == ["behind", "fails", "plain"]
