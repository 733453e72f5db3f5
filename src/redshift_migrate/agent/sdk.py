"""The SDK's types that other rooms have to name, so that only this room imports it."""

from __future__ import annotations

from strands.models import Model
from strands.types.content import Message

__all__ = ["Message", "Model"]
