"""The app where it is deployed: identity, state and worker are those that template.yaml names in the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redshift_migrate.endpoint.serving import serve
from redshift_migrate.errors import SettingsError
from redshift_migrate.telemetry import log_as_json

if TYPE_CHECKING:
    from redshift_migrate.endpoint.backend import Backend
    from redshift_migrate.endpoint.health import Health
    from redshift_migrate.endpoint.identity import IdentityProvider

BEHIND_ADAPTER, IN_CONTAINER = "127.0.0.1:8080", "0.0.0.0:8080"  # nothing but AgentCore is before it


@dataclass(frozen=True)
class Deployment:
    """What the environment says."""

    region: str
    table: str
    bucket: str
    worker: str
    """Empty where approvals are not taken."""
    model: str
    """Empty where nobody is talked to."""
    approve_at: str
    turns_per_day: int
    tokens_per_day: int
    migrate_principals: tuple[str, ...]
    on_agentcore: bool


def deployment(environ: Mapping[str, str]) -> Deployment:
    """SettingsError names what is missing."""
    names = {
        "region": "AWS_REGION",
        "table": "REDSHIFT_AGENT_TABLE",
        "bucket": "REDSHIFT_AGENT_BUCKET",
    }
    parts = {"worker": "REDSHIFT_AGENT_WORKER", "model": "REDSHIFT_AGENT_MODEL"}
    missing = [variable for variable in names.values() if not environ.get(variable)]
    if not any(environ.get(variable) for variable in parts.values()):
        missing += parts.values()
    if missing:
        raise SettingsError(f"The deployment does not set {', '.join(missing)}.", hint="template.yaml does.")
    listed = environ.get("REDSHIFT_AGENT_MIGRATE_PRINCIPALS", "").split(",")
    return Deployment(
        **{name: environ.get(variable, "") for name, variable in (names | parts).items()},
        approve_at=environ.get("REDSHIFT_AGENT_APPROVER_URL", "").rstrip("/"),
        turns_per_day=int(environ.get("REDSHIFT_AGENT_TURNS_PER_DAY") or 0),
        tokens_per_day=int(environ.get("REDSHIFT_AGENT_TOKENS_PER_DAY") or 0),
        migrate_principals=tuple(each.strip() for each in listed if each.strip()),
        on_agentcore=environ.get("REDSHIFT_AGENT_IDENTITY") == "agentcore",
    )


def identity_of(parts: Deployment) -> IdentityProvider:
    """Who vouches for callers there."""
    from redshift_migrate.endpoint.identity import agentcore_identity, function_url_identity

    return agentcore_identity if parts.on_agentcore else function_url_identity(parts.migrate_principals)


def load(parts: Deployment, health: Health) -> Backend:
    """The backend over the deployment's table, bucket and worker."""
    from redshift_migrate.agent.providers.factory import create_model
    from redshift_migrate.agent.tracing import start_tracing
    from redshift_migrate.aws.client import AwsClient
    from redshift_migrate.aws.door import MeteredAws
    from redshift_migrate.aws.own_parts import SessionBucket, WorkerFunction, state_table
    from redshift_migrate.aws.session import open_session, region_catalog
    from redshift_migrate.clock import Clock
    from redshift_migrate.endpoint.backend import Backend, Parts
    from redshift_migrate.endpoint.runs import WorkerRunner
    from redshift_migrate.state.cloud import CloudKeeper
    from redshift_migrate.state.quota import Limits, Quota

    start_tracing()
    session, _ = open_session(region=parts.region)
    clock = Clock()
    table, bucket = state_table(session, parts.table, parts.region), SessionBucket(session, parts.bucket, parts.region)
    return Backend(
        Parts(
            aws=MeteredAws(AwsClient(session)),
            regions=region_catalog(),
            keeper=CloudKeeper(table, bucket, clock),
            runner=WorkerRunner(WorkerFunction(session, parts.worker, parts.region)) if parts.worker else None,
            new_model=(lambda: create_model(parts.model, region=parts.region)) if parts.model else None,
            model=parts.model,
            approve_at=parts.approve_at,
            quota=Quota(table, Limits(parts.turns_per_day, parts.tokens_per_day), clock),
            default_region=parts.region,
            clock=clock,
        ),
        health,
    )


def main() -> int:
    """Serve until stopped."""
    log_as_json()
    try:
        parts = deployment(os.environ)
        address = IN_CONTAINER if parts.on_agentcore else BEHIND_ADAPTER
        address = os.environ.get("REDSHIFT_AGENT_ADDRESS", address)
        serve(address, lambda: identity_of(parts), lambda health: load(parts, health), behind_gateway=True)
    except SettingsError as error:
        sys.stderr.write(f"{error.message} {error.hint}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
