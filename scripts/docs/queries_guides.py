"""The generated blocks of the guides to scheduled queries, usage limits and WLM queues."""

from __future__ import annotations

from redshift_migrate.permissions import OPERATIONS
from scripts.docs.blocks import filled
from scripts.docs.demo_program import Demo
from scripts.docs.permission_table import permission_table
from scripts.docs.transcripts import Story, block

OWN = ("events:", "scheduler:", "iam:")
"""Everything that is called of these services is called for scheduled queries."""

MIGRATE = (
    "migrate prod-db-1 as namespace my-namespace and workgroup my-workgroup without data with only scheduled queries"
)
CUT_OVER = ("^Plan [0-9a-f]+:", "^rule ", "^schedule ", "^  scheduled-query ", r"^ +\d +On the")


def generate_scheduled_queries(present: str) -> str:
    """The guide with its blocks as the program is now."""
    with Demo() as demo:
        story = Story(demo)
        story.shown("--yes", MIGRATE)
        planned = story.shown(
            f"cut over the scheduled queries of {story.newest_migration()}", only=CUT_OVER, exit_code=3
        )
    own = tuple(name for name in OPERATIONS if name.startswith(OWN))
    blocks = {
        "cut over": block(planned),
        "read permissions": permission_table(own, writes=False),
        "write permissions": permission_table(own, writes=True),
    }
    return filled(present, blocks)


def generate_usage_limits(present: str) -> str:
    """The guide with its block as the program is now."""
    with Demo() as demo:
        return filled(present, {"look": block(Story(demo).shown("get usage limits for prod-db-1"))})


def generate_wlm_queues(present: str) -> str:
    """The guide with its block as the program is now."""
    with Demo() as demo:
        shown = Story(demo).shown("get WLM queues for prod-db-1", only=("queues:", "name: `", "^  - roles"))
        return filled(present, {"look": block(shown)})
