"""What becomes of every setting, from the translators' own rows for the clusters of the demo."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.extractors.sections import IGNORED
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.translators.all import TRANSLATORS, translate
from scripts.docs.blocks import table
from scripts.docs.demo_program import REGION, Demo

OPT_IN = {Subject.WLM: "prod-db-1", Subject.SNAPSHOTS: "prod-db-1"}
"""Subjects that are carried in full only when they are named, and a cluster that has something to carry."""

FIRST = ("prod-db-1", "sales-shared", "finance-encrypted", "analytics-trailing", "preview-lab")
"""Where an example is taken from first; all other clusters of the demo follow."""

_NAMED = re.compile(r"^(scheduled query|managed VPC endpoint) .*")
_LONGEST_CELL = 90


def field_table(demo: Demo) -> str:
    """One row for each setting and each thing that can become of it. ValueError for a subject without a row."""
    rows: dict[tuple[Subject, str, str], tuple[str, ...]] = {}
    for change in _changes(demo):
        setting = _NAMED.sub(r"\1", change.setting)
        key = (change.subject, setting, change.action)
        if not (change.on_cluster or "").startswith(("0 ", "none found")):
            rows.setdefault(key, (setting, _cell(change.on_cluster), _cell(change.after), change.action))
    order = list(dict.fromkeys(subject for subject, _ in TRANSLATORS))
    missing = [subject.value for subject in order if subject not in {key[0] for key in rows}]
    if missing:
        raise ValueError(f"no cluster of the demo shows a setting of {missing}")
    found = sorted(rows.items(), key=lambda item: order.index(item[0][0]))
    columns = ("subject", "setting", "on the cluster, for example", "on serverless", "what happens")
    return table(columns, [(f"`{subject.value}`", *cells) for (subject, _, _), cells in found])


def unused_members() -> str:
    """What DescribeClusters sends and no migration needs, with the reason."""
    rows = [(f"`{member}`", reason) for member, reason in IGNORED.items()]
    return table(("member of DescribeClusters", "why nothing is done with it"), rows)


def _changes(demo: Demo) -> Iterator[SettingChange]:
    program = demo.program()
    service: MigrationService = program.service
    names = [cluster.cluster_id for cluster in service.clusters()]
    for name in (*FIRST, *(name for name in names if name not in FIRST)):
        yield from translate(extract_cluster(program.aws, name, REGION), migration_choices(name)).changes
    for subject, name in OPT_IN.items():
        choices = migration_choices(name, also=(subject.value,))
        cluster = extract_cluster(program.aws, name, REGION)
        yield from (change for change in translate(cluster, choices).changes if change.subject is subject)


def _cell(value: str | None) -> str:
    if value is None:
        return "–"
    return value if len(value) <= _LONGEST_CELL else f"{value[: _LONGEST_CELL - 1]}…"
