# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long clients are without the service: every fault, with the timeouts that the software comes with and by default.

Works on the lab that `make lab` left, and leaves it with the default profile. The reports of the drills stay in
`.cache/bench-failover/PROFILE`. One run for each fault takes about half an hour; `--runs` asks for more.
"""

from __future__ import annotations

import argparse
import json
import sys
import typing as t
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

import yaml  # noqa: E402
from lab import ROOT, playbook  # noqa: E402

DEFAULT = "balanced"
# Seconds of a run where that takes longer than with the default. Five keepalives of CTDB, five seconds apart, then
# Gluster's 42 s, and some for what comes after.
LONG = {("upstream", "node_cut_off"): 150, ("upstream", "interconnect_cut"): 150}
REPORTS = ROOT / ".cache" / "bench-failover"

Report = dict[str, t.Any]


def deploy(profile: str) -> None:
    print(f"==> the service with the profile {profile}", flush=True)
    done = playbook("playbooks/site.yml", "-e", f"samba_ha_profile={profile}")
    if done.returncode != 0:
        sys.exit(done.stdout)


def drill(profile: str, fault: str, runs: int) -> Report | None:
    """Drill a fault and return the report; None, with the reason told, if not all runs came to their end."""
    folder = REPORTS / profile
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-e", f"fault={fault}", "-e", f"runs={runs}", "-e", f"dest={folder}"]
    if (profile, fault) in LONG:
        options += ["-e", f"drill_seconds={LONG[profile, fault]}"]
    done = playbook("playbooks/drill.yml", *options)
    if done.returncode != 0:
        print(done.stdout)
        return None
    report: Report = json.loads((folder / f"{fault}.json").read_text())
    print(f"    {fault}: {cell(report)}", flush=True)
    return report


def worst(report: Report | None) -> float | None:
    """The longest that a client was without the service, in seconds. None if nothing was measured."""
    if report is None:
        return None
    told: list[float] = [figure["p99"] for name in ("outage", "up") if (figure := report["figures"][name])]
    return max(told, default=None)


def cell(report: Report | None) -> str:
    seconds = worst(report)
    if report is None or seconds is None:
        return "failed"
    return f"{seconds:.2f} s" if all(run["ended"] for run in report["runs"]) else f"over {seconds:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1, help="runs for each fault and profile (default 1)")
    parser.add_argument("--fault", action="append", help="only this one; may be given again")
    args = parser.parse_args()
    known = yaml.safe_load((ROOT / "playbooks/vars/drill.yml").read_text())["drill_faults"]
    faults = args.fault or [name for name, spec in known.items() if spec["part"] != "pair"]
    reports: dict[tuple[str, str], Report | None] = {}
    for profile in ("upstream", DEFAULT):
        deploy(profile)
        for fault in faults:
            reports[profile, fault] = drill(profile, fault, args.runs)
    print(f"\n{'fault':<18}{'target':>8}{'upstream':>14}{DEFAULT:>14}{'ratio':>8}{'lost':>6}")
    for fault in faults:
        before, after = reports["upstream", fault], reports[DEFAULT, fault]
        slow, quick = worst(before), worst(after)
        ratio = f"{slow / quick:.1f}" if slow and quick else "-"
        lost = sum(len(report["violations"]) for report in (before, after) if report)
        print(f"{fault:<18}{known[fault]['target']:>6} s{cell(before):>14}{cell(after):>14}{ratio:>8}{lost:>6}")
    if None in reports.values():
        sys.exit("Not all drills came to their end.")


if __name__ == "__main__":
    main()
