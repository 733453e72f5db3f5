"""The generated blocks of the guide to maintenance and snapshot copy."""

from __future__ import annotations

from scripts.docs.blocks import filled
from scripts.docs.demo_program import Demo
from scripts.docs.permission_table import permission_table
from scripts.docs.quoted import require_messages
from scripts.docs.transcripts import Story, block

OPERATIONS = (
    *("redshift:DescribeClusters", "redshift:DescribeSnapshotCopyGrants", "kms:DescribeKey", "sts:GetCallerIdentity"),
    *(f"redshift-serverless:{each}" for each in ("GetNamespace", "ListNamespaces", "GetWorkgroup", "ListWorkgroups")),
    *(f"redshift-serverless:{each}" for each in ("ListTracks", "ListSnapshotCopyConfigurations", "UpdateWorkgroup")),
    *(f"redshift-serverless:{verb}SnapshotCopyConfiguration" for verb in ("Create", "Update", "Delete")),
)
"""What these two subjects call."""

CONFIGURE = "configure snapshot copy for namespace my-namespace to {} with 30 day retention using grant my-kms-grant"
PLAN = ("^Plan [0-9a-f]+:", "^setting ", "^copy ", "^Steps", r"^ +\d +\w", "^  aws", "^  ./chat")


def generate(present: str) -> str:
    """The guide with its blocks as the program is now."""
    with Demo() as demo:
        story = Story(demo)
        configured = story.shown(CONFIGURE.format("us-west-2"), only=PLAN, exit_code=3)
        approved = story.shown("/approve", story.newest_digest())
        blocks = {
            "look": block(story.shown("get maintenance and snapshot settings for prod-db-1 in us-east-2")),
            "configure": block(configured, approved),
            "another region": block(
                story.shown(
                    "configure snapshot copy for namespace my-namespace to eu-west-1 with 30 day retention",
                    only=PLAN,
                    exit_code=3,
                )
            ),
            "track": block(
                story.shown(
                    "--yes", "set the track of workgroup my-workgroup to trailing", only=("Pending", "^  - warn")
                ),
                story.shown("show serverless settings of namespace my-namespace", only=("rack", "Version")),
            ),
            "read permissions": permission_table(OPERATIONS, writes=False),
            "write permissions": permission_table(OPERATIONS, writes=True),
        }
    return require_messages(filled(present, blocks))
