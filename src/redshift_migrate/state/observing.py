"""What is done with every AWS call after it was made, for `Aws(on_call=…)`."""

from __future__ import annotations

from redshift_migrate.aws.door import Observed
from redshift_migrate.state import audit, metrics


def observe(observed: Observed) -> None:
    """Put it on the trail of whoever makes it, and count it."""
    metrics.aws_called(observed)
    audit.on_call(observed)
