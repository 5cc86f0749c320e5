# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random faults one after another on a live lab, some of them two at a time, and nothing may be lost.

Clients work all the while, in watches of five minutes; after each watch all that they were promised is read back
through every node. Two faults at a time hit a pool node and a front end: the service promises to outlive one of each. A
fault lasts as long as chance has it, and the next one comes as soon as the service is whole again.

Prints the seed, with which the same faults can be had again, a line for each round, and a table at the end. A broken
promise is told at once and once more at the end, which is an error then; the other faults are made all the same. The
summary, and what the clients of each watch saw, are in `.cache/soak`. A hundred faults take about an hour.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import sys
import time
import typing as t
from dataclasses import asdict, dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from drilling import known_faults, make_fault, undo_fault  # noqa: E402
from lab import ROOT, Lab, LabHost, load_lab  # noqa: E402
from observe import holders, settle  # noqa: E402
from workload import Result, Workload  # noqa: E402

FOLDER = ROOT / ".cache" / "soak"
WATCH = 300
"""Seconds that clients work before all is read back."""
ROOM = 60
"""Seconds that a round may take until the service is whole again. With less of the watch left, none begins."""
PAIRS = 0.3
"""How many of the rounds have two faults."""
SHORTEST, LONGEST = 2, 15
"""Seconds that a fault lasts: from less than it takes to find some, to several times as long as any outage."""


@dataclass(frozen=True)
class Round:
    """What was done to whom, when (seconds of the epoch) and for how many seconds, and what proves it."""

    faults: tuple[str, ...]
    at: float
    held: float
    proofs: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The fault, without whom it hit."""
        return self.faults[0].split()[0] if len(self.faults) == 1 else "two at a time"


@dataclass(frozen=True)
class Seen:
    """A round, and what the clients saw of it: the longest without a write, and until all had the share, in seconds."""

    round: Round
    outage: float
    up: float | None


def choose(
    lab: Lab, known: dict[str, t.Any], dice: random.Random, sessions: t.Mapping[str, int]
) -> list[tuple[LabHost, str]]:
    """One fault, or one of each part. A smbd that serves a client is killed where most of them are."""
    parts = ["pool", "frontend"] if dice.random() < PAIRS else [dice.choice(["pool", "pool", "pool", "frontend"])]
    chosen = []
    for part in parts:
        host = holders(lab)[0] if part == "frontend" else dice.choice(lab.pool)
        name = dice.choice([name for name, spec in known.items() if spec["part"] == part])
        if name == "smbd_killed":
            host = max(lab.pool, key=lambda node: sessions[node.name])
        chosen.append((host, name))
    return chosen


def play(lab: Lab, chosen: list[tuple[LabHost, str]], seconds: float) -> Round:
    """Make the faults, end them after so many seconds, and wait until the service is whole again."""
    told = tuple(f"{name} of {host.name}" for host, name in chosen)
    made = []
    try:
        for host, name in chosen:
            made.append(make_fault(lab, host, name))
        time.sleep(seconds)
    finally:
        # The last one first: a front end is of use to whoever looks after the pool.
        for host, name in reversed(chosen):
            undo_fault(lab, host, name)
    settle(lab, ", ".join(told), timeout=300)
    return Round(told, made[0].at, seconds, tuple(fault.proof for fault in made))


def keep_watch(
    lab: Lab, folder: Path, known: dict[str, t.Any], dice: random.Random, most: int
) -> tuple[list[Seen], Result]:
    """Make faults while clients work, at most so many, and judge what they were promised. The folder gets a history."""
    rounds: list[Round] = []
    folder.mkdir(parents=True, exist_ok=True)
    with Workload(lab, folder, WATCH) as workload:
        end = time.monotonic() + WATCH
        while end - time.monotonic() > ROOM and sum(len(each.faults) for each in rounds) < most:
            chosen = choose(lab, known, dice, workload.sessions())
            rounds.append(play(lab, chosen, dice.uniform(SHORTEST, LONGEST)))
            print(f"      {', '.join(rounds[-1].faults)}, {rounds[-1].held:.1f} s", flush=True)
        done = workload.finish()
        settle(lab, "the last of them", timeout=300)
        judged = workload.judge([each.at for each in rounds])
    # What is judged of each round lasts until the next one, so that the end of the fault counts as well.
    seen = [
        Seen(each, outage["gap"]["seconds"], outage["up"])
        for each, outage in zip(rounds, judged["outages"], strict=True)
    ]
    return seen, {"acknowledged": done["operations"], "violations": judged["violations"]}


def show(seen: t.Sequence[Seen]) -> None:
    """A row for each fault: how often, and how long writers were without the service."""
    kinds: dict[str, list[float]] = {}
    for each in seen:
        kinds.setdefault(each.round.kind, []).append(each.outage)
    print(f"{'longest without a write':<24}{'rounds':>8}{'min':>10}{'median':>10}{'max':>10}")
    for kind, outages in sorted(kinds.items()):
        figures = (min(outages), statistics.median(outages), max(outages))
        print(f"{kind:<24}{len(outages):>8}" + "".join(f"{figure:>8.2f} s" for figure in figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="for the same faults again")
    args = parser.parse_args()
    known, lab, dice = known_faults(), load_lab(), random.Random(args.seed)  # noqa: S311  dice
    print(f"seed {args.seed}", flush=True)
    seen: list[Seen] = []
    broken: list[str] = []
    made = acknowledged = increments = 0
    try:
        for watch in itertools.count(1):
            settle(lab, "what came before")
            rounds, result = keep_watch(lab, FOLDER / str(watch), known, dice, args.faults - made)
            seen += rounds
            broken += [f"watch {watch}: {promise}" for promise in result["violations"]]
            made = sum(len(each.round.faults) for each in seen)
            acknowledged += result["acknowledged"]["writer"]
            increments += result["acknowledged"]["locker"]
            print(f"{made:>4}  {acknowledged} records, {len(broken)} broken promises", flush=True)
            print(*result["violations"], sep="\n", end="\n" if result["violations"] else "", flush=True)
            (FOLDER / "summary.json").write_text(
                json.dumps({"seed": args.seed, "rounds": [asdict(each) for each in seen]}, indent=1)
            )
            if made >= args.faults:
                break
    finally:
        # Also of a service that did not become whole again, which ends it.
        show(seen)
        print(
            f"{made} faults in {len(seen)} rounds, {acknowledged} records and {increments} increments acknowledged, "
            f"{len(broken)} broken promises; seed {args.seed}",
            flush=True,
        )
    if broken:
        sys.exit("\n".join(("broken:", *broken)))


if __name__ == "__main__":
    main()
