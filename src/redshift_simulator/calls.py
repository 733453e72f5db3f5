"""What was asked of the simulated account."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

READ_PREFIXES = ("Describe", "List", "Get", "Simulate")


@dataclass(frozen=True)
class RecordedCall:
    """One request as it arrived, retries included."""

    service: str
    operation: str
    region: str
    parameters: dict[str, Any]
    access_key: str
    outcome: str
    """`ok`, the error code of the reply, or the fault that kept the call from being applied (`reset`, `hang` …)."""

    @property
    def name(self) -> str:
        """Such as `redshift:DescribeClusters`, as IAM writes an action."""
        return f"{self.service}:{self.operation}"

    @property
    def mutates(self) -> bool:
        return is_mutating(self.operation)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def is_mutating(operation: str) -> bool:
    """Whether an operation may change the account; unknown verbs count as changing."""
    return not operation.startswith(READ_PREFIXES)


def without_secrets(value: Any) -> Any:
    """The same parameters with every password replaced: a record of calls must never hold one."""
    if isinstance(value, dict):
        return {
            key: "***" if _is_password(key) and isinstance(item, str) else without_secrets(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def _is_password(key: str) -> bool:
    return key.lower().endswith(("password", "secretstring", "secretbinary"))
