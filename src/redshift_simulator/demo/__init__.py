"""The account of the demo."""

from redshift_simulator.demo.account import DURATIONS_S, HOME_REGION, seed

__all__ = ["DURATIONS_S", "HOME_REGION", "seed"]
