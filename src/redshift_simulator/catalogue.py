"""Imports every module that registers handlers."""
# ruff: noqa: F401

from __future__ import annotations

import redshift_simulator.data.api
import redshift_simulator.events
import redshift_simulator.neighbours.automation
import redshift_simulator.neighbours.ec2
import redshift_simulator.neighbours.iam
import redshift_simulator.neighbours.metrics
import redshift_simulator.neighbours.prices
import redshift_simulator.neighbours.single_reads
import redshift_simulator.neighbours.tokens
import redshift_simulator.redshift.clusters
import redshift_simulator.redshift.endpoints
import redshift_simulator.redshift.groups
import redshift_simulator.redshift.monitoring
import redshift_simulator.redshift.schedules
import redshift_simulator.redshift.sharing
import redshift_simulator.redshift.snapshots
import redshift_simulator.redshift.usage_limits
import redshift_simulator.scheduler
import redshift_simulator.serverless.endpoints
import redshift_simulator.serverless.namespaces
import redshift_simulator.serverless.resources
import redshift_simulator.serverless.scheduled_actions
import redshift_simulator.serverless.snapshot_copy
import redshift_simulator.serverless.snapshots
import redshift_simulator.serverless.usage_limits
import redshift_simulator.serverless.workgroups
