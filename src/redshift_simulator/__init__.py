"""A simulated AWS account that answers real boto3 over HTTP on this machine, for the demo and the tests."""

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.clock import Clock
from redshift_simulator.exchange import RecordedCall
from redshift_simulator.faults import Fault, FaultKind
from redshift_simulator.server import SimulatedAws
from redshift_simulator.statefile import StateFileError

__all__ = [
    "Clock",
    "Fault",
    "FaultKind",
    "RecordedCall",
    "SimulatedAccount",
    "SimulatedAws",
    "StateFileError",
]
