"""One simulated AWS account: its resources per region, its time, its faults, and what was asked of it."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redshift_simulator.clock import Clock
from redshift_simulator.exchange import RecordedCall, partition_of
from redshift_simulator.faults import Faults
from redshift_simulator.statefile import StateFile

STATE_VERSION = 2
ACCOUNT_ID = "123456789012"
ROLE_KEY = re.compile(r"ASIA(?P<account>\d{12})(?P<role>\w*)")
"""The access keys that AssumeRole gives. Those of AWS tell the account as well, in a way of their own."""
ID_NAMESPACE = uuid.UUID("6f1f6c5e-2f0b-4d53-9a55-0d1c7f3f6a11")  # any fixed value: the same seed, the same ARNs

DURATIONS_S = {
    "namespace.create": 30.0,
    "namespace.modify": 60.0,
    "namespace.delete": 60.0,
    "workgroup.create": 150.0,
    "workgroup.modify": 120.0,
    "workgroup.delete": 120.0,
    "cluster_snapshot.create": 240.0,
    "cluster.pause": 600.0,
    "cluster.resume": 600.0,
    "cluster.delete": 300.0,
    "snapshot.create": 60.0,
    "restore.unseen": 8.0,  # how long the status may still read AVAILABLE after the call is not known
    "restore": 600.0,
    "statement": 1.0,
    "endpoint.create": 300.0,
    "endpoint.modify": 120.0,
    "endpoint.delete": 180.0,
    "snapshot_copy.modify": 0.0,  # whether a namespace is busy after a change of its copy is not known
}
"""How long each state lasts, about as long as public test runs report; override any of them."""

Seed = Callable[["SimulatedAccount"], None]
Resource = dict[str, Any]
PENDING = "_pending"


class SimulatedAccount:
    """Everything in `state` is plain JSON data, so an account can live in a file between processes."""

    def __init__(
        self,
        account_id: str = ACCOUNT_ID,
        clock: Clock | None = None,
        page_size: int | None = None,
        durations: dict[str, float] | None = None,
    ) -> None:
        self.account_id = account_id
        self.clock = clock or Clock.real()
        self.page_size = page_size
        """Overrides how many results a page holds, so that a test sees pages without making 100 clusters."""
        self.durations = {**DURATIONS_S, **(durations or {})}
        self.faults = Faults()
        self.calls: list[RecordedCall] = []
        self.defects: list[str] = []
        """Replies that did not fit the service model; a test that finds one here found a fault of ours."""
        self.state: dict[str, Any] = {
            "version": STATE_VERSION,
            "clock_offset_s": 0.0,
            "counter": 0,
            "regions": {},
            "settings": {},
            "neighbour_requests": [],
        }
        self.role_name: str | None = None
        """The role that the caller has taken on, None for the demo's user."""
        self._others: dict[str, SimulatedAccount] = {}
        self._file: StateFile | None = None
        self._lock = threading.RLock()

    @classmethod
    def load_or_seed(cls, path: Path, seed: Seed | None = None, **options: Any) -> SimulatedAccount:
        """The account kept in a file; a file that does not exist yet, or is of another version, is seeded.

        Several processes may share one file. Raises StateFileError when the file cannot be read.
        """
        account = cls(**options)
        account._file = StateFile(path)
        with account._lock, account._file.locked():
            if not account._load_if_changed() and seed is not None:
                seed(account)
                account._save()
        return account

    def table(self, region: str, kind: str) -> dict[str, Resource]:
        """The resources of one kind in one region, by name."""
        regions: dict[str, dict[str, dict[str, Resource]]] = self.state["regions"]
        return regions.setdefault(region, {}).setdefault(kind, {})

    def select(self, region: str, kind: str, parameters: Mapping[str, Any], *members: str) -> list[Resource]:
        """As a reply shows them, by name, the resources whose members are as the parameters of the same name say.

        A parameter that is not given says nothing.
        """
        wanted = {member: parameters[member] for member in members if member in parameters}
        found = sorted(self.table(region, kind).items())
        return [public(resource) for _, resource in found if wanted.items() <= resource.items()]

    @property
    def settings(self) -> dict[str, Any]:
        """Switches of the simulation itself, such as `snapshot_copy_disabled_regions`."""
        settings: dict[str, Any] = self.state["settings"]
        return settings

    def account_of(self, access_key: str) -> SimulatedAccount:
        """The account that an access key belongs to: another one for a key that AssumeRole gave.

        Another account begins with the state that `settings["others"]` has of it, and shares clock, faults and list
        of calls.
        """
        found = ROLE_KEY.fullmatch(access_key)
        if found is None or found["account"] == self.account_id:
            return self
        with self._lock:
            if access_key not in self._others:
                other = SimulatedAccount(found["account"], self.clock, self.page_size)
                other.faults, other.calls, other.defects = self.faults, self.calls, self.defects
                other.role_name = found["role"]
                other.state |= self.settings.get("others", {}).get(found["account"], {})
                self._others[access_key] = other
            return self._others[access_key]

    def writes(self) -> list[RecordedCall]:
        """The calls that may have changed something."""
        return [call for call in self.calls if call.mutates]

    def arn(self, service: str, region: str, resource: str) -> str:
        partition = partition_of(region) or "aws"
        return f"arn:{partition}:{service}:{region}:{self.account_id}:{resource}"

    def caller_arn(self, region: str) -> str:
        """Who every access key belongs to."""
        if self.role_name:
            return f"arn:{partition_of(region) or 'aws'}:sts::{self.account_id}:assumed-role/{self.role_name}/fleet"
        return f"arn:{partition_of(region) or 'aws'}:iam::{self.account_id}:user/demo"

    def new_uuid(self) -> str:
        """A new id; the same sequence in every account with the same history."""
        self.state["counter"] += 1
        return str(uuid.uuid5(ID_NAMESPACE, f"{self.account_id}/{self.state['counter']}"))

    def begin(
        self, resource: Resource, duration: str, status: dict[str, str], changes: dict[str, Any] | None = None
    ) -> Resource:
        """Put a resource into a state that ends with the changes, without changes with the resource, after a duration.

        Returns it as the reply shows it: in that state, however short it is.
        """
        resource.update(status)
        shown = public(resource)
        schedule(resource, self.clock.now() + self.durations[duration], changes, delete=changes is None)
        self.settle()
        return shown

    def settle(self) -> None:
        """Let everything happen that is due."""
        now_s = self.clock.now()
        for tables in self.state["regions"].values():
            for table in tables.values():
                for resource in table.values():  # before every request, so without a generator
                    if PENDING in resource:
                        settle(table, now_s)
                        break

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One request at a time, in this process and in every other that shares the file."""
        with self._lock:
            if self._file is None:
                self.settle()
                yield
                return
            with self._file.locked():
                self._load_if_changed()
                before = self.snapshot()
                try:
                    self.settle()
                    yield
                finally:
                    self.state["clock_offset_s"] = self.clock.offset_s
                    if self.snapshot() != before:
                        self._save()

    def snapshot(self) -> str:
        """The state as text, for `restore`."""
        return json.dumps(self.state)

    def restore(self, snapshot: str) -> None:
        """Forget whatever happened since the snapshot was taken."""
        self.state = json.loads(snapshot)

    def _save(self) -> None:
        assert self._file is not None
        self._file.write(self.snapshot())

    def _load_if_changed(self) -> bool:
        """Take over what another process wrote; False when the file holds no state of this version."""
        assert self._file is not None
        text = self._file.read_if_changed()
        if text is None:
            return self._file.seen
        state = self._file.parse(text)
        if state.get("version") != STATE_VERSION:
            return False
        offset_s, kept = state.get("clock_offset_s"), (state.get("regions"), state.get("settings"))
        if not isinstance(offset_s, int | float) or not all(isinstance(each, dict) for each in kept):
            raise self._file.is_none()
        self.state = state
        self.clock.offset_s = max(self.clock.offset_s, offset_s)
        return True


def schedule(resource: Resource, at_s: float, changes: dict[str, Any] | None = None, *, delete: bool = False) -> None:
    """At `at_s` the resource takes these changes (None removes a member) or is gone."""
    entries = resource.setdefault(PENDING, [])
    entries.append({"at_s": at_s, "changes": changes or {}, "delete": delete})
    entries.sort(key=lambda entry: entry["at_s"])


def settle(table: dict[str, Resource], now_s: float) -> None:
    """Let everything happen that was due by now."""
    for name in list(table):
        resource = table[name]
        while resource.get(PENDING) and resource[PENDING][0]["at_s"] <= now_s:
            entry = resource[PENDING].pop(0)
            if entry["delete"]:
                del table[name]
                break
            change(resource, entry["changes"])
        if not resource.get(PENDING):
            resource.pop(PENDING, None)


def change(resource: Resource, changes: dict[str, Any]) -> None:
    """Merge changes into a resource; None removes a member."""
    for key, value in changes.items():
        if value is None:
            resource.pop(key, None)
        else:
            resource[key] = value


def is_changing(resource: Resource) -> bool:
    """Whether something is still to come; a resource may look at rest a moment longer than it is."""
    return bool(resource.get(PENDING))


def public(resource: Resource) -> Resource:
    """The members that a reply shows."""
    return {key: value for key, value in resource.items() if not key.startswith("_")}
