"""How the client behind a Bedrock model waits and retries: botocore's settings live in this room only."""

from __future__ import annotations

from botocore.config import Config


def model_client_config(*, read_timeout_s: float, connect_timeout_s: float) -> Config:
    """Settings for a client that is asked once: whoever calls the model decides about another try."""
    return Config(
        read_timeout=read_timeout_s,
        connect_timeout=connect_timeout_s,
        retries={"total_max_attempts": 1},
        user_agent_extra="redshift-migrate",
    )
