"""What moved between two plans of the same request, told to the person who approved the first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.models.plan import MigrationPlan, SettingChange


def what_moved(old: MigrationPlan, new: MigrationPlan) -> list[str]:
    """What differs, one line each."""
    lines = _settings(old.changes, new.changes)
    before = {step.id: step for step in old.steps}
    after = {step.id: step for step in new.steps}
    lines += [f"no longer needed: {step.summary}" for step in old.steps if step.id not in after]
    lines += [f"now needed too: {step.summary}" for step in new.steps if step.id not in before]
    lines += [
        f"other than before: {after[step_id].summary}"
        for step_id in before
        if step_id in after and before[step_id] != after[step_id]
    ]
    return lines or ["the findings of the plan"]


def _settings(old: Sequence[SettingChange], new: Sequence[SettingChange]) -> list[str]:
    def say_moves(rows: Sequence[SettingChange], others: Sequence[SettingChange], setting: str) -> str:
        of_it = [row for row in rows if row.setting == setting and row not in others]
        return "; ".join(f"{row.on_cluster or row.now or 'not set'} -> {row.after or 'not set'}" for row in of_it)

    names = dict.fromkeys(row.setting for row in (*old, *new))
    pairs = ((name, say_moves(old, new, name), say_moves(new, old, name)) for name in names)
    return [
        f"{name}: {then or 'nothing'} when the plan was made, {now or 'nothing'} now"
        for name, then, now in pairs
        if then or now
    ]
