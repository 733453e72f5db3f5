"""A simulated AWS account that answers real boto3 over HTTP on this machine, for the demo and the tests."""

from redshift_migrate.simulated.account import SimulatedAccount
from redshift_migrate.simulated.calls import RecordedCall
from redshift_migrate.simulated.clock import Clock
from redshift_migrate.simulated.faults import Fault, FaultKind
from redshift_migrate.simulated.server import SimulatedAws
from redshift_migrate.simulated.statefile import StateFileError

__all__ = [
    "Clock",
    "Fault",
    "FaultKind",
    "RecordedCall",
    "SimulatedAccount",
    "SimulatedAws",
    "StateFileError",
]
