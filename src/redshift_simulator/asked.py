"""What one request asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redshift_simulator.exchange import Scope


@dataclass(frozen=True)
class Asked:
    """The operation and its parameters, decoded and not yet checked."""

    scope: Scope
    model: Any
    operation: Any
    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.scope.action_prefix}:{self.operation.name}"
