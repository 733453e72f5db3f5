"""An extraction takes at most four times as long as its slowest call."""

from __future__ import annotations

import threading
import time
from typing import Any

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.models.base import Unknown
from redshift_simulator import SimulatedAccount
from redshift_simulator.neighbours.iam import iam_role
from tests.extractors.conftest import HOME

DELAYS_S = (0.3, 1.0, 3.0, 10.0)
"""A thread that a busy machine lets wait begins late, which looks like one more round; a longer hold tells."""


class SlowWire:
    """Holds every request back for a while, and remembers when."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.lock: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def __call__(self, **_: Any) -> None:
        start_s = time.monotonic()
        time.sleep(self.delay_s)
        with self._lock:
            self.lock.append((start_s, time.monotonic()))

    def rounds(self) -> int:
        """The most requests of which each was held only after the one before had gone."""
        count, free_s = 0, 0.0
        for start_s, end_s in sorted(self.lock, key=lambda held: held[1]):
            if start_s >= free_s:
                count, free_s = count + 1, end_s
        return count


def test_reads_that_do_not_need_each_other_go_at_once(account: SimulatedAccount, aws_env: dict[str, str]) -> None:
    roles = [iam_role(account, f"Role{number}", "redshift.amazonaws.com") for number in range(20)]
    account.table(HOME, "clusters")["prod-db-1"]["IamRoles"] = [{"IamRoleArn": role} for role in roles]
    wire = SlowWire()
    session, _ = open_session(region=HOME)
    session.events.register("before-send", wire)
    door = AwsClient(session)
    extract_cluster(door, "prod-db-1", HOME)  # makes the clients, which takes longer than any call here
    for delay_s in DELAYS_S:
        wire.delay_s, wire.lock = delay_s, []
        cluster = extract_cluster(door, "prod-db-1", HOME)
        if wire.rounds() <= 4:
            break

    assert not any(isinstance(role.trusted_services, Unknown) for role in cluster.iam_roles)
    assert len(wire.lock) > 40
    assert wire.rounds() <= 4
