"""Imports every module that registers the reads of an extraction."""

from __future__ import annotations

from redshift_simulator.around import cloudwatch, ec2, iam, kms, secretsmanager, servicequotas
from redshift_simulator.redshift import (
    endpoints,
    logging,
    monitoring,
    parameter_groups,
    scheduled_actions,
    sharing,
    snapshot_schedules,
    subnet_groups,
    usage_limits,
)

__all__ = [
    "cloudwatch",
    "ec2",
    "endpoints",
    "iam",
    "kms",
    "logging",
    "monitoring",
    "parameter_groups",
    "scheduled_actions",
    "secretsmanager",
    "servicequotas",
    "sharing",
    "snapshot_schedules",
    "subnet_groups",
    "usage_limits",
]
