"""What a comparison of data found, who connects, and snapshots → the compact JSON that tools answer with."""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.agent.plan_results import Result
from redshift_migrate.assessment.breaking import tell_breaking
from redshift_migrate.assessment.clients import advise, by_urgency
from redshift_migrate.assessment.data_check import tell_check, tell_counting, tell_row
from redshift_migrate.assessment.restoring import tell_copies
from redshift_migrate.models.data import Connection, DataCheck
from redshift_migrate.models.snapshot import Snapshots

MOST_ROWS = 20


def data_check_result(check: DataCheck) -> Result:
    """Counts by verdict first; then what differs, what is missing, and what will break."""
    return {
        "status": {"equal": "success", "differs": "drift", "unknown": "unknown"}[check.status],
        "message": tell_check(check),
        "cluster_id": check.cluster_id,
        "namespace_name": check.namespace_name,
        "compared_at": check.at,
        **({"snapshot_at": check.snapshot_at} if check.snapshot_at else {}),
        "tables": dict(check.counts),
        **({"objects": dict(check.objects_compared)} if check.objects_compared else {}),
        **({"differences": [tell_row(each) for each in check.differences[:MOST_ROWS]]} if check.differences else {}),
        **({"not_shown": len(check.differences) - MOST_ROWS} if len(check.differences) > MOST_ROWS else {}),
        **({"missing": list(check.missing_objects[:MOST_ROWS])} if check.missing_objects else {}),
        **({"will_break": [tell_breaking(each) for each in check.will_break]} if check.will_break else {}),
        **({"expected": list(check.expected)} if check.expected else {}),
        **({"counting": tell_counting(check)} if check.counting_cost else {}),
        **({"unknown": [each.sentence() for each in check.unknown]} if check.unknown else {}),
    }


def connections_result(connections: Sequence[Connection], of: str) -> Result:
    """Who connected: those left behind first, then those that will fail; and what each kind has to change."""
    ordered, behind = by_urgency(connections), sum(each.left_behind for each in connections)
    return {
        "of": of,
        "count": len(connections),
        "with_problems": sum(bool(each.problems) for each in connections),
        **({"left_behind": behind} if behind else {}),
        "connections": [tell_connection(each) for each in ordered[:MOST_ROWS]],
        **({"not_shown": len(ordered) - MOST_ROWS} if len(ordered) > MOST_ROWS else {}),
        **({"to_change": list(advise(connections))} if connections and not of.startswith("workgroup") else {}),
        "seen": "about seven days of SYS_CONNECTION_LOG",
    }


def tell_connection(each: Connection) -> str:
    """One client in a line."""
    how = ", ".join(part for part in (each.driver, each.auth, each.ssl or "no SSL") if part)
    problems = f". It {'; it '.join(each.problems)}" if each.problems else ""
    behind = "Left behind: " if each.left_behind else ""
    seen = f"{each.times} times, last at {each.last} UTC"
    return f"{behind}{each.user} by {each.application or 'unnamed'} from {each.host} ({how}), {seen}{problems}"


def snapshots_result(found: Snapshots) -> Result:
    """The newest first, and whether one could restore in the other region."""
    snapshots = found.snapshots
    return {
        "of": found.of,
        "count": len(snapshots),
        "copies": tell_copies(found),
        "snapshots": [each.as_compact_json() for each in snapshots[:MOST_ROWS]],
        **({"not_shown": len(snapshots) - MOST_ROWS} if len(snapshots) > MOST_ROWS else {}),
    }
