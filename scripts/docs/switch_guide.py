"""The generated blocks of the guide to the cut-over and the end of a cluster."""

from __future__ import annotations

from scripts.docs.blocks import filled
from scripts.docs.demo_program import REGION, Demo
from scripts.docs.transcripts import Story, block

CLUSTER = "prod-db-1"
DAY_S, TEN_MINUTES_S = 86_400.0, 600.0
DATA = ("^Data of", "^Tables", "Will break", "f_parse_url", "stl_query", "^The data")
FRESH = ("^Plan", "Destroys", "is replaced", "last snapshot", "Take snapshot", "Restore snapshot", "^ +[0-9-]+ +On the")
COUNTED = ("^Tables", "^Counted", "^The data")
CLIENTS = ("clients", "_user by", "What they", r"- [A-Za-z ]+ \(", "Who comes")
LEFT_BEHIND = ("clients", "after the cut-over", "Left behind")
SWITCH = ("^Plan", "custom domain", "scheduled action", "data-check", "dns-entry", "Approve")


def generate(present: str) -> str:
    """The guide with its blocks as the program is now."""
    with Demo() as demo:
        story = Story(demo)
        story.shown("--yes", f"migrate {CLUSTER}", exit_code=0)
        data = story.shown("/check", only=DATA)
        _even_out(demo)
        cost = story.shown("check the data exactly", only=("estimated at", "Nothing was counted"))
        _even_out(demo)
        counted = story.shown("/check counts 1000", only=COUNTED)
        _even_out(demo)
        blocks = {
            "data": data,
            "exactly": f"{cost}\n\n{counted}",
            "connections": story.shown(f"who connects to {CLUSTER}", only=CLIENTS),
            "fresh data": story.shown("/cutover fresh", only=FRESH),
            "cut over": _cut_over(story),
            "left behind": story.shown(f"who connects to {CLUSTER}", only=LEFT_BEHIND),
            "roll back": story.shown("--yes", "roll back the cut-over", only=("Success",)),
        }
        story.shown("--yes", "cut over")
        blocks["refused"] = story.shown(f"/decommission {CLUSTER}", only=("^Plan", "Stops it", "end-of"), exit_code=0)
        _everybody_leaves(demo)
        blocks["pause"] = _end(story, "Pause")
        demo.account.clock.advance(7 * DAY_S)
        blocks["delete"] = _end(story, "Delete")
        return filled(present, {name: block(text) for name, text in blocks.items()})


def _cut_over(story: Story) -> str:
    shown = story.shown("/cutover", only=SWITCH)
    done = story.shown(f"/approve {story.newest_digest()}", only=("Applied", "read back", "undo migration"))
    return f"{shown}\n\n{done}"


def _end(story: Story, what: str) -> str:
    only = (f"^Plan .*{what}", "Steps", f"1 +{what}", "Approve exactly", "/approve")
    shown = story.shown(f"/decommission {CLUSTER}", only=only)
    digest = story.newest_digest()
    without = story.shown("/approve", digest, only=("not typed", "Type it"), exit_code=1)
    return "\n\n".join((shown, without, story.shown("/approve", digest, CLUSTER, only=("Applied", what))))


def _even_out(demo: Demo) -> None:
    """Both sides are asked at once, and how long that took is another second each time."""
    demo.account.clock.advance(TEN_MINUTES_S - demo.account.clock.now() % TEN_MINUTES_S)


def _everybody_leaves(demo: Demo) -> None:
    """The last client has moved, and the one query whose role could not run it is gone."""
    account = demo.account
    cluster = account.table(REGION, "clusters")[CLUSTER]
    for client in (*cluster["_contents"]["connections"], *cluster.get("_clients", [])):
        client["until_s"] = account.clock.now() - 8 * DAY_S
    rules = account.table(REGION, "event_rules")
    for address in [address for address, rule in rules.items() if rule["Name"] == "QS2-legacy-export"]:
        del rules[address]
