# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""False alarms: an hour of clients that use all of the machine, on a live lab in which nothing is broken.

Whatever a detector believes to be lost in that time, it believes wrongly. The detectors are asked for what they did, by
their own logs, and the clients for connections that broke. A line for each five minutes, and the sum of all in
`.cache/alarms.json`. Exit status 0 if there was none.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import time
import typing as t
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from lab import ROOT, Lab, load_lab  # noqa: E402
from observe import settle  # noqa: E402
from workload import Workload  # noqa: E402

FOLDER = ROOT / ".cache" / "alarms"
ROUND = 300
"""Seconds that the clients work before their history is judged."""
SETS = 3
"""Processes with clients in them, each as many as the drill has: together they want more than two cores."""
PAUSE = 0.001
"""Seconds that a client pauses between two operations: next to none."""


@dataclass(frozen=True)
class Detector:
    """Who looks for failures, on the hosts of which part, and how its log says that it found one."""

    name: str
    part: str
    select: str
    alarm: str


DETECTORS = (
    Detector("peer_watch", "pool", "--identifier samba-ha-peer-lost", r"is lost|answers, but not to BFD"),
    Detector("smbd_watch", "pool", "--unit samba-ha-smbd-watch", r"kill"),
    Detector("CTDB", "pool", "--unit ctdb", r"[Dd]ead|Banning|monitor event (failed|timed out)|become UNHEALTHY"),
    Detector("HAProxy", "frontend", "--unit haproxy", r"^(Server .* is DOWN|backend .* has no server)"),
    Detector("VRRP", "frontend", "--unit keepalived", r"Entering (MASTER|BACKUP|FAULT) STATE"),
)


@dataclass(frozen=True)
class Round:
    """What a round showed: how busy the machine was (0 to 1), what the clients did and saw, and who raised an alarm."""

    busy: float
    operations: int
    longest_gap: float
    reconnects: int
    alarms: tuple[str, ...]
    violations: tuple[str, ...]

    @property
    def quiet(self) -> bool:
        return not (self.reconnects or self.alarms or self.violations)


def processor_time() -> tuple[int, int]:
    """Ticks of all processors that were idle, and all ticks, since the machine started (proc_stat(5))."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def alarms(lab: Lab, since: float) -> t.Iterator[str]:
    """Every line of a log that tells of a failure."""
    for detector in DETECTORS:
        for host in lab.having(detector.part):
            log = host.run(f"journalctl --quiet --output cat {detector.select} --since @{since:.3f}")
            for line in log.splitlines():
                if re.search(detector.alarm, line):
                    yield f"{detector.name} on {host.name}: {line.strip()}"


def be_modest() -> None:
    """Leave the processor to the hosts: real clients take none from them. What is left is still all to be had."""
    os.nice(19)
    # Where the kernel shares it among sessions first (sched(7)), a process's own value counts within one alone.
    with contextlib.suppress(FileNotFoundError):
        Path("/proc/self/autogroup").write_text("19")


def play(lab: Lab) -> Round:
    start = time.time()
    with ExitStack() as stack:
        sets = []
        for number in range(SETS):
            folder = FOLDER / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            sets.append(stack.enter_context(Workload(lab, folder, ROUND, interval=PAUSE)))
        idle, total = processor_time()
        results = [workload.complete() for workload in sets]
        idle, total = (after - before for after, before in zip(processor_time(), (idle, total), strict=True))
        return Round(
            busy=1 - idle / total,
            operations=sum(sum(result["operations"].values()) for result in results),
            longest_gap=max(result["gap"]["seconds"] for result in results),
            reconnects=sum(result["reconnects"] for result in results),
            alarms=tuple(alarms(lab, start)),
            violations=tuple(broken for workload in sets for broken in workload.violations()),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="of full load, more or less (default 60)")
    args = parser.parse_args()
    lab = load_lab()
    settle(lab, "what came before")
    be_modest()
    rounds: list[Round] = []
    print(f"{'minutes':>7}{'busy':>7}{'operations':>12}{'longest gap':>14}{'reconnects':>12}{'alarms':>8}", flush=True)
    while len(rounds) * ROUND < args.minutes * 60:
        last = play(lab)
        rounds.append(last)
        print(
            f"{len(rounds) * ROUND / 60:>7g}{last.busy:>7.0%}{last.operations:>12}{last.longest_gap:>12.2f} s"
            f"{last.reconnects:>12}{len(last.alarms):>8}",
            *last.alarms,
            *last.violations,
            sep="\n        ",
            flush=True,
        )
        (ROOT / ".cache" / "alarms.json").write_text(json.dumps([asdict(each) for each in rounds], indent=1))
    sys.exit(not all(each.quiet for each in rounds))


if __name__ == "__main__":
    main()
