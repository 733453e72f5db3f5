"""Faults on demand: which call goes wrong, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

FaultKind = Literal[
    "throttle",  # refused with the throttling code of the service
    "500",  # refused with the internal error of the service
    "reset",  # connection reset, nothing applied
    "hang",  # no answer for longer than any client waits, nothing applied
    "lost_reply",  # applied, then the connection closes without a reply
    "denied",  # refused as IAM refuses
    "expired",  # refused because the credentials have expired
    "not_enabled",  # refused as in a region that is not enabled, where the credentials are not known
    "kill_before",  # the process `pid` is killed, the call is not applied
    "kill_after",  # the call is applied, then the process `pid` is killed
]


@dataclass(frozen=True)
class Fault:
    """Goes off on the `nth` matching call after it was added, and on the `times - 1` after that one."""

    operation: str
    """`service:Operation`, or `*` for every call."""
    kind: FaultKind
    nth: int = 1
    times: int | None = 1
    """None: from the nth call on, for ever."""
    pid: int | None = None
    """The process that the kill kinds end."""
    region: str = ""
    """Only calls to that region; empty: to any."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(get_args(FaultKind))}")
        if self.nth < 1 or (self.times is not None and self.times < 1):
            raise ValueError("nth and times count from 1")
        if self.kind.startswith("kill_") and self.pid is None:
            raise ValueError(f"{self.kind} needs the pid of the process to kill")

    def matches(self, name: str, region: str = "") -> bool:
        return self.operation in ("*", name) and self.region in ("", region)

    def fires_on(self, count: int) -> bool:
        return count >= self.nth and (self.times is None or count < self.nth + self.times)


@dataclass
class Faults:
    """The faults of one account, each with its own count of matching calls."""

    _counted: list[tuple[Fault, list[int]]] = field(default_factory=list)

    def add(
        self,
        operation: str = "*",
        *,
        kind: FaultKind,
        nth: int = 1,
        times: int | None = 1,
        pid: int | None = None,
        region: str = "",
    ) -> Fault:
        fault = Fault(operation, kind, nth, times, pid, region)
        self._counted.append((fault, [0]))
        return fault

    def add_json(self, document: dict[str, Any]) -> Fault:
        """Add a fault that arrived as JSON; raises TypeError or ValueError when it is not one."""
        return self.add(**document)

    def __len__(self) -> int:
        return len(self._counted)

    def clear(self) -> None:
        self._counted.clear()

    def take(self, name: str, region: str = "") -> Fault | None:
        """Count this call for every fault, and return the first one that goes off."""
        fired: Fault | None = None
        for fault, count in self._counted:
            if fault.matches(name, region):
                count[0] += 1
                if fired is None and fault.fires_on(count[0]):
                    fired = fault
        return fired
