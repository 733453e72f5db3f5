"""The simulated account as extractors see it: through the one door, over real boto3."""

from __future__ import annotations

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import open_session
from redshift_migrate.extractors.sections import SECTIONS
from redshift_migrate.models.finding import Subject
from tests.support.patience import PATIENCE_S

HOME = "us-east-2"
SETTINGS = tuple(section for section in SECTIONS if section not in (Subject.SCHEDULED_QUERIES, Subject.AUTOMATION))
"""Everything about the cluster itself. Who acts on it is looked for in other services, call by call."""


@pytest.fixture
def door(aws_env: dict[str, str]) -> Aws:
    """The door to the simulated account."""
    assert aws_env
    return AwsClient(open_session(region=HOME)[0], read_timeout_s=PATIENCE_S)
