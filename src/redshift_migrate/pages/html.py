"""One HTML file a plan or a run: it needs nothing but itself, runs nothing, and foreign text in it stays text."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from redshift_migrate.models.catalogue import GROUPS
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.pages.contents import NOTHING, Contents, plan_contents, run_contents, stays
from redshift_migrate.text import visible


def plan_page(plan: MigrationPlan, done: Collection[str] = ()) -> str:
    """The page of a plan, with what of its checklist is done."""
    return _page(plan_contents(plan, done))


def run_page(journal: Journal, done: Collection[str] = (), check: DataCheck | None = None) -> str:
    """The page of a run, finished or not. Pure, like the Markdown of the same run."""
    return _page(run_contents(journal, done, check))


def _page(contents: Contents) -> str:
    return render("page.html", page=contents, stays=stays, groups=GROUPS, nothing=NOTHING)


def render(template: str, **values: object) -> str:
    """The template, filled with the values."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    """Whatever a template prints is made visible and escaped; a name that is not there is an error, not a gap."""
    return Environment(
        loader=PackageLoader(str(__package__)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalize(value: object) -> object:
    return visible(value, None) if isinstance(value, str) and not isinstance(value, Markup) else value
