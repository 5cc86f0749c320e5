# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the two ways from smbd to Gluster on a live lab: libgfapi (glusterfs) and a FUSE mount (glusterfs_fuse).

Deploys the lab with one and then with the other, has smbclient move small files and a large one, and prints means and
their ratio. The lab is left as its inventory says.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import Lab, load_lab, playbook

ROUNDS, SMALL_FILES, SMALL_BYTES, LARGE_MIB = 2, 200, 4096, 128
KINDS = ("glusterfs", "glusterfs_fuse")
HERE, BACK = "/tmp/bench", "/tmp/bench-back"  # noqa: S108 - on the lab's client
JOBS = {
    f"write {SMALL_FILES} files of 4 KiB": f"prompt off; lcd {HERE}; mput s*",
    f"read {SMALL_FILES} files of 4 KiB": f"prompt off; lcd {BACK}; mget s*",
    "write them again": f"prompt off; lcd {HERE}; mput s*",
    f"list {SMALL_FILES} files": "; ".join(["ls"] * 10),
    f"delete {SMALL_FILES} files": "del s*",
    f"write {LARGE_MIB} MiB": f"put {HERE}/large large",
    f"read {LARGE_MIB} MiB": f"get large {BACK}/large; del large",
}


def deploy(*extra: str) -> None:
    done = playbook("playbooks/site.yml", *extra)
    if done.returncode != 0:
        sys.exit(done.stdout)


def session(lab: Lab, commands: str) -> tuple[float, int]:
    """Seconds of one smbclient session that runs the commands, login and logout included, and how many were refused."""
    unc, who = f"//{lab.pool[0].address}/{lab.share}", f"{lab.username}%{lab.password}"
    start = time.monotonic()
    done = lab.client.shell.run("smbclient %s -U %s -c %s", unc, who, commands)
    took = time.monotonic() - start
    # smbclient ends with 0 after a refused command in the middle, and says so on either output.
    return took, max((done.stdout + done.stderr).count("NT_STATUS"), int(done.rc != 0))


def measure(lab: Lab) -> tuple[dict[str, list[float]], int]:
    seconds: dict[str, list[float]] = {}
    refused = 0
    for _turn in range(ROUNDS):
        empty, _refused = session(lab, "exit")
        seconds.setdefault("connect and leave", []).append(empty)
        for job, commands in JOBS.items():
            took, errors = session(lab, commands)
            seconds.setdefault(job, []).append(took - empty)
            refused += errors
    return seconds, refused


def main() -> None:
    lab = load_lab()
    make = f"for i in $(seq {SMALL_FILES}); do head -c {SMALL_BYTES} /dev/urandom > s$i; done"
    folders = f"rm -rf {HERE} {BACK}; mkdir {HERE} {BACK}; cd {HERE}"
    lab.client.run("sh -c %s", f"{folders}; {make}; head -c {LARGE_MIB}M /dev/urandom > large")
    results = {}
    for kind in KINDS:
        print(f"{kind}: deploying and measuring ...", flush=True)
        deploy("-e", f"samba_ha_vfs={kind}")
        results[kind] = measure(lab)
    deploy()
    print(f"\n{f'mean of {ROUNDS}':28}{KINDS[0]:>16}{KINDS[1]:>16}{'ratio':>8}")
    for job in ("connect and leave", *JOBS):
        first, second = (statistics.mean(results[kind][0][job]) for kind in KINDS)
        print(f"{job:28}{first:14.2f} s{second:14.2f} s{first / second:8.2f}")
    print(f"{'operations refused':28}{results[KINDS[0]][1]:16}{results[KINDS[1]][1]:16}")


if __name__ == "__main__":
    main()
