"""The scripted Bedrock, for the tests of the models."""

from __future__ import annotations

from tests.support.fake_bedrock import fake_bedrock

__all__ = ["fake_bedrock"]
