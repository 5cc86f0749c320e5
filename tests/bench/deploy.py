# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a deployment takes: site.yml against a shell script that does the same steps by hand, on fresh lab hosts.

Both end when a client has written a file through the virtual address. Prints both times, that of a second run of
site.yml, and the ratio. Uses the tests' lab and removes it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import typing as t
from pathlib import Path

os.environ["SAMBA_HA_LAB"] = "test"
TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from lab import Lab, SmbClient, eventually, load_lab, playbook  # noqa: E402


def fresh_lab() -> Lab:
    for step in ("destroy", "create"):
        done = playbook(f"molecule/resources/{step}.yml")
        if done.returncode != 0:
            sys.exit(done.stdout)
    return load_lab()


def write_through(lab: Lab) -> bool:
    with SmbClient(lab, lab.vip) as client:
        client.write("deployed", b"deployed")
    return True


def timed(lab: Lab, deploy: t.Callable[[], object]) -> float:
    start = time.monotonic()
    deploy()
    eventually(lambda: write_through(lab), lambda good: good, timeout=120, what="a write through the virtual address")
    return time.monotonic() - start


def by_hand(lab: Lab) -> None:
    prefixes = [lab.vip.rsplit(".", 1)[0], str(lab.pool[0].interconnect).rsplit(".", 1)[0]]
    containers = lab.pool[0].container.removesuffix("-pool1")
    script = TESTS / "bench" / "by_hand.sh"
    subprocess.run([script, containers, *prefixes, lab.password], check=True, stdout=subprocess.DEVNULL)


def by_site() -> None:
    done = playbook("playbooks/site.yml")
    if done.returncode != 0:
        sys.exit(done.stdout)


def main() -> None:
    lab = fresh_lab()
    print("hosts are up; by hand ...", flush=True)
    hand = timed(lab, lambda: by_hand(lab))
    lab = fresh_lab()
    print("hosts are up again; site.yml ...", flush=True)
    site = timed(lab, by_site)
    again = timed(lab, by_site)
    playbook("molecule/resources/destroy.yml")
    print(f"\nby hand            {hand:7.1f} s")
    print(f"site.yml           {site:7.1f} s")
    print(f"site.yml again     {again:7.1f} s")
    print(f"ratio to by hand   {site / hand:7.2f}")


if __name__ == "__main__":
    main()
