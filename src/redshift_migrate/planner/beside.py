"""What a namespace that exists keeps beside what a cluster brings: nobody asked to take it away. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import SettingChange, Wish
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.models.settings import (
    ADMIN_PASSWORD,
    ADMIN_PASSWORD_KEY,
    ADMIN_USERNAME,
    DEFAULT_ROLE,
    IAM_ROLES,
    LOG_EXPORTS,
    PRICE_PERFORMANCE,
    Setting,
)
from redshift_migrate.planner.data import plans_restore

LEFT = "left as it is"
_LISTS = (IAM_ROLES, LOG_EXPORTS)
"""Settings that are lists, of which what is there stays."""
_PASSWORD = (ADMIN_PASSWORD, ADMIN_PASSWORD_KEY, ADMIN_USERNAME)


def fit(wish: Wish, target: ServerlessTarget | AbsentTarget) -> Wish:
    """The wish of a migration as it is for that target; any other wish, and that for a new namespace, is itself.

    Roles and log exports stay beside the new ones, a default role stays unless roles were asked for by name, and the
    admin password is that of the namespace unless a restore brings another.
    """
    if wish.source is None or wish.settings is None or isinstance(target, AbsentTarget):
        return wish
    wanted, now = wish.settings, target.config
    other: dict[str, Any] = {}
    for row in _LISTS:
        other |= _with_present(row, wanted, now)
    if now.default_iam_role_arn and wanted.default_iam_role_arn and Subject.IDENTITY not in wish.asked_for:
        other[DEFAULT_ROLE.member] = None
    keeps_password = not plans_restore(target, wish.source)
    if keeps_password:
        other |= dict.fromkeys((row.member for row in _PASSWORD), None)
    fitted = wanted.model_copy(update=other)
    rows = tuple(_row(row, fitted, now, other, keeps_password=keeps_password) for row in wish.rows)
    findings = [each for each in wish.findings if not (keeps_password and each.setting == ADMIN_PASSWORD.words)]
    return wish.model_copy(
        update={
            "settings": fitted,
            "rows": (*rows, *_scaling_row(fitted, now)),
            "findings": (*findings, *_findings(wanted, fitted, now, keeps_password=keeps_password)),
        }
    )


def _with_present(row: Setting, wanted: ServerlessConfig, now: ServerlessConfig) -> dict[str, Any]:
    wished, there = getattr(wanted, row.member), getattr(now, row.member)
    if wished is None or not there:
        return {}
    return {row.member: tuple(sorted({*there, *wished}))}


def _row(
    row: SettingChange,
    fitted: ServerlessConfig,
    now: ServerlessConfig,
    other: Mapping[str, Any],
    *,
    keeps_password: bool,
) -> SettingChange:
    """The row of the wish with what becomes of it here."""
    if keeps_password and row.member == ADMIN_PASSWORD.member:
        return row.model_copy(update={"after": LEFT, "action": "unchanged"})
    if row.member == DEFAULT_ROLE.member and row.member in other:
        return row.model_copy(update={"after": now.default_iam_role_arn, "action": "unchanged"})
    for each in _LISTS:
        if row.member == each.member and row.member in other:
            return row.model_copy(update={"after": each.tell(each.of(fitted))})
    return row


def _scaling_row(fitted: ServerlessConfig, now: ServerlessConfig) -> Iterator[SettingChange]:
    """A price-performance target that nobody spoke of decides all the same, so it is shown."""
    if now.price_performance_level and fitted.price_performance_level is None:
        told = PRICE_PERFORMANCE.tell(now.price_performance_level)
        yield SettingChange(
            subject=Subject.CAPACITY,
            setting=PRICE_PERFORMANCE.words,
            member=PRICE_PERFORMANCE.member,
            now=told,
            after=told,
            action="unchanged",
        )


def _findings(
    wanted: ServerlessConfig, fitted: ServerlessConfig, now: ServerlessConfig, *, keeps_password: bool
) -> Iterator[Finding]:
    for row in _LISTS:
        wished, there = getattr(wanted, row.member) or (), getattr(now, row.member) or ()
        stay = sorted(set(there) - set(wished))
        if wished and stay:
            message = f"What the namespace has stays beside what the cluster brings: {', '.join(stay)}."
            yield _info(row, message, row.tell(row.of(fitted)))
    wished_default, default = wanted.default_iam_role_arn, now.default_iam_role_arn
    if wished_default and fitted.default_iam_role_arn is None and wished_default != default:
        message = (
            f"The namespace's default role {default} stays. That of the cluster, {wished_default}, becomes its default "
            "only if identity is named in also or only."
        )
        yield _info(DEFAULT_ROLE, message, default)
    if keeps_password and wanted.manage_admin_password:
        message = "The admin user and its password stay those of the namespace; no run replaces them without a restore."
        yield _info(ADMIN_PASSWORD, message, LEFT)


def _info(row: Setting, message: str, after: str | None) -> Finding:
    return Finding(level="info", subject=row.subject, setting=row.words, message=message, after=after)
