"""The deployment's own table and bucket, in the simulated account."""

from __future__ import annotations

from redshift_migrate.aws.own_parts import SessionBucket, state_table
from redshift_migrate.aws.session import PinnedSession
from redshift_migrate.aws.state_table import StateTable
from redshift_simulator import SimulatedAws

REGION, TABLE, BUCKET = "us-east-2", "state", "sessions-123456789012"


def own_parts(aws: SimulatedAws) -> tuple[StateTable, SessionBucket]:
    """An empty table and an empty bucket, made as template.yaml makes them."""
    session = PinnedSession(aws.endpoint_url, REGION)
    keys = [("group", "HASH"), ("name", "RANGE")]
    session.client("dynamodb", region_name=REGION).create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
    )
    session.client("s3", region_name=REGION).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return state_table(session, TABLE, REGION), SessionBucket(session, BUCKET, REGION)
