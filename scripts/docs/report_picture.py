#!/usr/bin/env python3
"""Draw docs/report.png anew: the HTML page of a run of the demo, as chromium shows it.

    scripts/docs/report_picture.py

It is no part of scripts/docs/check: every version of a browser draws other bytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():  # the program needs the locked packages
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from redshift_migrate.models.approval import Consent  # noqa: E402
from redshift_migrate.models.choices import migration_choices  # noqa: E402
from redshift_migrate.models.request import MigrateCluster  # noqa: E402
from scripts.docs.demo_program import REGION, Demo  # noqa: E402

WIDTH, HEIGHT = 1000, 1480
PICTURE = ROOT / "docs" / "report.png"


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is not there; scripts/utils/browser/install says how to get it", file=sys.stderr)
        return 1
    with Demo() as demo, tempfile.TemporaryDirectory() as folder:
        service = demo.program().service
        plan = service.prepare(MigrateCluster(region=REGION, choices=migration_choices("prod-db-1")))
        outcome = service.apply(plan.digest, Consent(approved_by="you", channel="program"))
        page = Path(str(outcome.page)).resolve()
        command = [chromium, "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder}"]
        look = [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run([*command, *look], check=True, capture_output=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
