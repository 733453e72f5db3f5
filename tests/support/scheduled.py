"""Accounts with scheduled queries, and one that watches at every moment that no query is on on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.request import MigrateCluster
from redshift_simulator import Clock, SimulatedAccount, demo

REGION = "us-east-2"
WORKGROUP = "my-workgroup"
CLUSTER_ARN = "arn:aws:redshift:us-east-2:123456789012:cluster:prod-db-1"
MIGRATE = MigrateCluster(
    region=REGION,
    choices=MigrationChoices(
        cluster_id="prod-db-1",
        namespace_name="my-namespace",
        workgroup_name=WORKGROUP,
        data="none",
        only=("scheduled_queries",),
    ),
)
"""Scheduled queries alone, into a workgroup that is there already."""

Sides = dict[str, tuple[bool, bool]]
"""Old name → whether the old one is on, whether its copy is."""


class WatchedAccount(SimulatedAccount):
    """After every request, whoever made it: is any query on on both sides?"""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.twice: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with super().transaction():
            yield
        self.twice += [name for name, (old, new) in sides(self).items() if old and new]


def watched_account() -> WatchedAccount:
    """The demo account, watched, on a clock that only the test moves."""
    account = WatchedAccount(clock=Clock.manual())
    demo.seed(account)
    return account


def keep_only(account: SimulatedAccount, *names: str) -> None:
    """Drop every rule and schedule of the seed but these, so that a matrix has fewer points."""
    for kind in ("event_rules", "schedules"):
        table = account.table(REGION, kind)
        for address in [address for address, each in table.items() if each["Name"] not in names]:
            del table[address]


def sides(account: SimulatedAccount, workgroup: str = WORKGROUP) -> Sides:
    """Which of each pair is on: state and targets of rules, state of schedules."""
    found: Sides = {}
    for kind, is_on in (("event_rules", _rule_is_on), ("schedules", _schedule_is_on)):
        table = account.table(REGION, kind)
        for address, old in table.items():
            if not address.endswith(f"-{workgroup}"):
                new = table.get(f"{address}-{workgroup}")
                found[old["Name"]] = (is_on(old), new is not None and is_on(new))
    return found


def contents(account: SimulatedAccount) -> dict[str, Any]:
    """Every rule and schedule as it is, without the order of targets and the times of change."""
    rules = {
        f"rule {address}": {**rule, "_targets": sorted(rule["_targets"], key=lambda target: str(target["Id"]))}
        for address, rule in account.table(REGION, "event_rules").items()
    }
    times = ("LastModificationDate", "CreationDate", "_client_token")
    schedules = {
        f"schedule {address}": {name: value for name, value in each.items() if name not in times}
        for address, each in account.table(REGION, "schedules").items()
    }
    return rules | schedules


def _rule_is_on(rule: dict[str, Any]) -> bool:
    """Only statements count: a rule that is left on for its other targets runs none."""
    return rule["State"] != "DISABLED" and any("RedshiftDataParameters" in target for target in rule["_targets"])


def _schedule_is_on(schedule: dict[str, Any]) -> bool:
    return str(schedule["State"]) == "ENABLED"
