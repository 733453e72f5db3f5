"""Which subjects a migration is about."""

from __future__ import annotations

from redshift_migrate.models.choices import FRESH_SNAPSHOT, NO_DATA, MigrationChoices
from redshift_migrate.models.finding import Subject

ALWAYS = (Subject.SOURCE,)
"""The gate before the cluster cannot be left out: it wishes nothing and only warns or blocks."""


def in_scope(subject: Subject, choices: MigrationChoices) -> bool:
    """True unless the subject is excluded, or others are included and it is not."""
    if subject in ALWAYS:
        return True
    return subject not in choices.exclude and (not choices.include or subject in choices.include)


def asked_for(subject: Subject, choices: MigrationChoices) -> bool:
    """True when the subject is named: what cannot be taken back, or makes something new, is only done then."""
    return (subject in choices.include or subject in choices.opt_in) and in_scope(subject, choices)


def takes_snapshot(choices: MigrationChoices) -> bool:
    """True when the migration makes a fresh snapshot of the cluster."""
    return choices.data == FRESH_SNAPSHOT and in_scope(Subject.DATA, choices)


def restores_data(choices: MigrationChoices) -> bool:
    """True when a snapshot, fresh or existing, is restored into the namespace."""
    return choices.data != NO_DATA and in_scope(Subject.DATA, choices)
