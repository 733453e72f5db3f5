"""A transcript is replayed, and what happens differently is found."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.patience import PATIENCE_S
from tests.terminal.chatting import ROOT, environment, run

REPLAY = str(ROOT / "scripts" / "replay")


def replay(tmp_path: Path, transcript: str, *options: str) -> tuple[int, str]:
    file = tmp_path / "transcript.jsonl"
    file.write_text(transcript)
    done = subprocess.run(
        [REPLAY, *options, str(file)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_transcript_replays_as_it_was_and_a_changed_one_does_not(tmp_path: Path) -> None:
    script = b"Get maintenance settings for prod-db-1\nput workgroup my-workgroup on the trailing track\n/status\n"
    recorded = run(tmp_path / "recorded", "--demo", "--json", "--yes", stdin=script)
    assert recorded.code == 0

    code, difference = replay(tmp_path, recorded.out)
    assert code == 0, difference
    code, difference = replay(tmp_path, recorded.out.replace("prod-db-1", "audit-forever", 1))
    assert code == 1
    assert "audit-forever" in difference


def test_what_is_no_transcript_is_refused(tmp_path: Path) -> None:
    assert replay(tmp_path, "not json")[0] == 2
