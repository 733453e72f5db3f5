"""The generated blocks of the guides to many clusters and to costs."""

from __future__ import annotations

from scripts.docs.blocks import filled
from scripts.docs.demo_program import Demo
from scripts.docs.transcripts import Story, block

DC2 = "plan the waves of the dc2 clusters in us-east-2"


def generate_fleet(present: str) -> str:
    """The guide with its blocks as the program is now."""
    with Demo() as demo:
        story = Story(demo)
        blocks = {
            "ready": story.shown("how ready is my fleet"),
            "count": story.shown("/fleet node_type=dc2 status=paused"),
            "waves": story.shown("plan the waves"),
            "wave": f"{story.shown(DC2)}\n\n{story.shown('plan wave 1')}",
        }
        return filled(present, {name: block(text) for name, text in blocks.items()})


def generate_cost(present: str) -> str:
    """The guide with its block as the program is now."""
    with Demo() as demo:
        return filled(present, {"estimate": block(Story(demo).shown("/cost prod-db-1"))})
