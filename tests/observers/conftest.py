"""The door to the simulated account."""

from __future__ import annotations

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import open_session
from tests.support.patience import PATIENCE_S


@pytest.fixture
def door(aws_env: dict[str, str]) -> Aws:
    assert aws_env
    session, _ = open_session(region="us-east-2")
    return AwsClient(session, read_timeout_s=PATIENCE_S)
