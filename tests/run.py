# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All tests, or with --quick those that need no lab. Exit status 0 if all passed.

The last line is `N passed, N failed`: every pytest and testinfra test, and one for each other stage. The names of those
that failed stand above it, so that the end of a long log tells what to look for.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
ENV = {
    **os.environ,
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
    "SAMBA_HA_LAB": "test",
    # A scenario says itself where it is another one.
    "ACCESS": "proxy",
    "VIPS": "1",
    "PARTS": "pool",
    "BACKEND": "gluster",
    # The scenario `pair` may be run on each.
    "STORAGE": os.environ.get("STORAGE") or "gluster",
    "LC_ALL": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
    # Has pytest say the whole reason in its last lines, however long.
    "CI": "true",
    # Molecule folds what is wider than the terminal, in the midst of words that are too long for it.
    "COLUMNS": "200",
}

PYTEST = ("python", "-m", "pytest", "-q")
# Two run at a time: the long ones first, so that the short ones fill the other half.
QUICK = {
    "sanity": ("python", "tests/sanity.py"),
    "ansible-lint": ("ansible-lint", "--offline", "--nocolor"),
    "unit": (*PYTEST, "-n", "2", "tests/unit"),
    "contract": (*PYTEST, "tests/contract"),
    "mypy": ("mypy",),
    # Outside the packages, and without a suffix: mypy has to be shown them, one at a time.
    "mypy agent": ("mypy", "roles/health_agent/files/samba-ha-agent"),
    "mypy lock": ("mypy", "roles/ctdb/files/samba-ha-cluster-lock"),
    "mypy brick": ("mypy", "roles/gluster/files/samba-ha-brick-return"),
    "mypy watch": ("mypy", "roles/smbd_watch/files/samba-ha-smbd-watch"),
    "mypy logons": ("mypy", "roles/smbd_watch/files/samba-ha-smbd-logons"),
    "mypy drbd": ("mypy", "roles/drbd/files/samba-ha-drbd-fence"),
    "mypy check": ("mypy", "roles/frontend/files/samba-ha-frontend-check"),
    "mypy power switch": ("mypy", "molecule/resources/power_switch.py"),
    "mypy guest": ("mypy", "molecule/resources/guest/start.py"),
    "mypy tickle": ("mypy", "roles/tickle/files/samba-ha-tickle"),
    "yamllint": ("yamllint", "--strict", "."),
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "antsibull-docs": ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--skip-rstcheck", "."),
    "antsibull-changelog": ("antsibull-changelog", "lint"),
}
LAB = {
    "interrupted": ("molecule", "test", "-s", "interrupted"),
    "service": ("molecule", "test", "-s", "service"),
    "direct": ("molecule", "test", "-s", "direct"),
}
# These run one at a time and on demand: `make test` would take too long with them.
ALONE = {name: ("molecule", "test", "-s", name) for name in ("pair", "nfs", "gfs2")}
# Where the interrupted deployment has come to a good end, its scenario leaves the lab that `service` would build.
SHARED = {"service": ("molecule", "verify", "-s", "service")}
DESTROY = ("ansible-playbook", "molecule/resources/destroy.yml")
# Stages that print pytest's summary; the others count as one test each.
COUNTED = {"unit", "contract", *LAB, *ALONE}


@dataclass(frozen=True)
class Outcome:
    """How a stage went: its seconds, and how many of its tests passed and failed."""

    stage: str
    seconds: float
    status: int
    passed: int
    failed: int
    output: str

    @property
    def good(self) -> bool:
        return self.status == 0 and self.failed == 0

    @property
    def failures(self) -> list[str]:
        """The lines of pytest's short summary, `FAILED NODE - REASON`."""
        # Molecule draws a frame at their left, and goes on further to the right with a line that is too wide for it.
        unfolded = re.sub(r"\n\s*│ {3}(?=\S)", " ", self.output)
        return re.findall(r"^\W*((?:FAILED|ERROR) .+::.+)$", unfolded, re.MULTILINE)


def count(stage: str, status: int, output: str) -> tuple[int, int]:
    """Passed and failed tests. A stage that failed has at least one failed test, whatever it printed."""
    passed = failed = 0
    # Only pytest's own last lines, such as `2 failed, 3 passed in 1.2s` also between equals signs and framed.
    for line in re.findall(r"^\W*(\d+ [a-z]+(?:, \d+ [a-z]+)*) in [\d.]+s", output, re.MULTILINE):
        for number, word in re.findall(r"(\d+) ([a-z]+)", line):
            passed += int(number) if word == "passed" else 0
            failed += int(number) if word in ("failed", "error", "errors") else 0
    if stage not in COUNTED:
        passed, failed = (1, 0) if status == 0 else (0, 1)
    elif status != 0 or passed == 0:
        # Also when it ran nothing: tests that are not there have not passed.
        failed = max(failed, 1)
    return passed, failed


def run(stage: str, argv: tuple[str, ...], *, stream: bool) -> Outcome:
    """Run a stage; show its output as it comes, or only keep it."""
    lines: list[str] = []
    start = time.monotonic()
    words = [str(BIN / argv[0]), *argv[1:]]
    with subprocess.Popen(
        words, cwd=ROOT, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if stream:
                print(line, end="", flush=True)
    output = re.sub(r"\x1b\[[0-9;]*m", "", "".join(lines))
    passed, failed = count(stage, process.returncode, output)
    return Outcome(stage, time.monotonic() - start, process.returncode, passed, failed, output)


def report(outcome: Outcome, *, streamed: bool) -> None:
    verdict = "passed" if outcome.good else f"FAILED (exit status {outcome.status})"
    print(f"==> {outcome.stage}: {verdict} ({outcome.seconds:.1f} s)", flush=True)
    if not outcome.good and not streamed:
        print(outcome.output, flush=True)


def run_quick() -> list[Outcome]:
    """Run all quick stages, two at a time, through failures; return them in their order."""
    done: dict[str, Outcome] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting = [pool.submit(run, stage, argv, stream=False) for stage, argv in QUICK.items()]
        for future in as_completed(waiting):
            outcome = future.result()
            done[outcome.stage] = outcome
            report(outcome, streamed=False)
    return [done[stage] for stage in QUICK]


def destroy_lab() -> list[Outcome]:
    """Remove the tests' lab. Only a failure is an outcome."""
    outcome = run("destroy", DESTROY, stream=False)
    if outcome.good:
        return []
    report(outcome, streamed=False)
    return [outcome]


def run_lab(stages: t.Mapping[str, tuple[str, ...]]) -> list[Outcome]:
    """Run the scenarios one after another, and leave no lab behind, not even one of an earlier run that was killed."""
    outcomes = destroy_lab()
    try:
        built = False
        for stage, argv in stages.items():
            print(f"\n==> {stage}", flush=True)
            outcome = run(stage, SHARED.get(stage, argv) if built else argv, stream=True)
            report(outcome, streamed=True)
            outcomes.append(outcome)
            built = outcome.good
    finally:
        outcomes += destroy_lab()
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what needs no lab")
    parser.add_argument("scenario", nargs="?", choices=ALONE, help="only this one, which is not among the others")
    given = parser.parse_args()
    outcomes = [] if given.scenario else run_quick()
    if given.scenario:
        outcomes += run_lab({given.scenario: ALONE[given.scenario]})
    elif not given.quick:
        if all(outcome.good for outcome in outcomes):
            outcomes += run_lab(LAB)
        else:
            print("\nThe lab is not started, because something failed before it.")
    print(f"\n{'stage':<22}{'seconds':>8}  result")
    for outcome in outcomes:
        tests = f" ({outcome.passed} passed, {outcome.failed} failed)" if outcome.stage in COUNTED else ""
        print(f"{outcome.stage:<22}{outcome.seconds:>8.1f}  {'passed' if outcome.good else 'FAILED'}{tests}")
    failures = [line for outcome in outcomes for line in outcome.failures]
    print("", *failures, sep="\n")
    print(f"\n{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed", flush=True)
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
