# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random faults one after another on a live lab, some of them two at a time, and nothing may be lost.

Clients work through each round; afterwards everything that they were promised is read back through every node. Two
faults at a time hit a pool node and a front end: the service promises to outlive one of each.

Prints the seed, with which the same faults can be had again, and a line for each round. The summary, and what the
clients of the last round saw, are in `.cache/soak`. A hundred faults take about two hours.
"""

from __future__ import annotations

import argparse
import json
import random
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
from workload import Workload  # noqa: E402

FOLDER = ROOT / ".cache" / "soak"
SECONDS = 25
"""How long clients work in a round: several times as long as any outage with the default profile."""
PAIRS = 0.3
"""How many of the rounds have two faults."""


@dataclass(frozen=True)
class Round:
    """What was done to whom, what the clients saw of it, and what was broken: nothing."""

    number: int
    faults: tuple[str, ...]
    proofs: tuple[str, ...]
    longest_gap: float
    acknowledged: int
    violations: tuple[str, ...]


def choose(lab: Lab, known: dict[str, t.Any], dice: random.Random) -> list[tuple[LabHost, str]]:
    """One fault, or one of each part."""
    parts = ["pool", "frontend"] if dice.random() < PAIRS else [dice.choice(["pool", "pool", "pool", "frontend"])]
    chosen = []
    for part in parts:
        host = holders(lab)[0] if part == "frontend" else dice.choice(lab.pool)
        name = dice.choice([name for name, spec in known.items() if spec["part"] == part])
        chosen.append((host, name))
    return chosen


def play(lab: Lab, number: int, chosen: list[tuple[LabHost, str]]) -> Round:
    with Workload(lab, FOLDER, SECONDS) as workload:
        proofs = [make_fault(lab, host, name).proof for host, name in chosen]
        result = workload.finish()
        # The last one first: a front end is of use to whoever looks after the pool.
        for host, name in reversed(chosen):
            undo_fault(lab, host, name)
        settle(lab, ", ".join(name for _host, name in chosen), timeout=300)
        return Round(
            number=number,
            faults=tuple(f"{name} of {host.name}" for host, name in chosen),
            proofs=tuple(proofs),
            longest_gap=result["gap"]["seconds"],
            acknowledged=result["operations"]["writer"],
            violations=tuple(workload.violations()),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="for the same faults again")
    args = parser.parse_args()
    known, lab, dice = known_faults(), load_lab(), random.Random(args.seed)  # noqa: S311  dice
    print(f"seed {args.seed}", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    rounds: list[Round] = []
    made = 0
    while made < args.faults:
        settle(lab, "what came before")
        chosen = choose(lab, known, dice)
        rounds.append(play(lab, len(rounds) + 1, chosen))
        made += len(chosen)
        last = rounds[-1]
        print(f"{made:>4}  {last.longest_gap:6.2f} s  {', '.join(last.faults)}", flush=True)
        summary = {"seed": args.seed, "rounds": [asdict(each) for each in rounds]}
        (FOLDER / "summary.json").write_text(json.dumps(summary, indent=1))
        if last.violations:
            sys.exit("\n".join(("broken:", *last.violations)))
    acknowledged = sum(each.acknowledged for each in rounds)
    print(f"{made} faults in {len(rounds)} rounds, {acknowledged} records acknowledged, nothing lost; seed {args.seed}")


if __name__ == "__main__":
    main()
