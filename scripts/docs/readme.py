"""The transcript of the README: one look at a cluster, one change."""

from __future__ import annotations

from scripts.docs.blocks import filled
from scripts.docs.demo_program import Demo
from scripts.docs.transcripts import Story, block

READ = "Get maintenance and snapshot settings for prod-db-1 in us-east-2"
CHANGE = "Configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"


def generate(present: str) -> str:
    """The README with its transcript as the program prints it now."""
    with Demo() as demo:
        story = Story(demo)
        read = story.shown(
            READ, only=(r"^  \*\*(Maint|Cross)", "^  - (Maint|Enabled|Dest|Reten|Snap|KMS)", "^  - warning: recov")
        )
        planned = story.shown(
            CHANGE,
            only=(
                "^Plan [0-9a-f]+:",
                "^setting ",
                "^copy ",
                "^Steps",
                "^ +1 ",
                "^Calls",
                "^  aws",
                "^Nothing",
                "^  ./chat",
            ),
            exit_code=3,
        )
        approved = story.shown("/approve", story.newest_digest())
        again = story.shown(CHANGE, only=("Unchanged",))
    return filled(present, {"transcript": block(read, planned, approved, again)})
