"""The simulated account as a process of its own: `python -m redshift_simulator`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from redshift_simulator import demo
from redshift_simulator.account import DURATIONS_S, Seed, SimulatedAccount
from redshift_simulator.clock import Clock
from redshift_simulator.server import SimulatedAws
from redshift_simulator.statefile import StateFileError


def main() -> int:
    options = _parser().parse_args()
    try:
        account = _account(options)
    except StateFileError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the message of a command
        return 2
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    # Ctrl-C reaches every process of a terminal; a parent that catches it still needs its account.
    signal.signal(signal.SIGINT, signal.SIG_IGN if options.exit_with_stdin else lambda *_: ended.set())
    with SimulatedAws(account, options.port) as aws:
        print(f"endpoint={aws.endpoint_url}", flush=True)  # noqa: T201  # what the caller reads
        if options.exit_with_stdin:
            threading.Thread(target=_wait_for_end_of_input, args=(ended,), daemon=True).start()
        ended.wait()
    return 0


def _account(options: argparse.Namespace) -> SimulatedAccount:
    seed: Seed | None = demo.seed if options.seed == "demo" else None
    base = {**DURATIONS_S, **(demo.DURATIONS_S if options.seed == "demo" else {})}
    durations = {name: seconds * options.time_scale for name, seconds in base.items()}
    clock = Clock.real(options.now)
    if options.state is not None:
        return SimulatedAccount.load_or_seed(options.state, seed, clock=clock, durations=durations)
    account = SimulatedAccount(clock=clock, durations=durations)
    if seed is not None:
        seed(account)
    return account


def _wait_for_end_of_input(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):  # sys.stdin itself would hold a lock that the end of Python needs
        continue
    ended.set()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m redshift_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--state", type=Path, help="keep the account in this file")
    parser.add_argument("--seed", choices=("demo", "empty"), default="demo", help="what a new account holds")
    parser.add_argument("--time-scale", type=float, default=1.0, help="factor on every duration; 0: at once")
    parser.add_argument("--now", type=_moment, help="the moment at which the account's clock starts (ISO 8601)")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when standard input ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
