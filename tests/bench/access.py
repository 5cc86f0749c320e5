# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the two ways from smbd to Gluster on a live lab: libgfapi (glusterfs) and a FUSE mount (glusterfs_fuse).

Makes one share for each on the same directory, has smbclient move small files and a large one in turns, and prints
medians and their ratio. The shares and files are removed at the end.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / ".cache" / "collections")]

from ansible_collections.samba_ha.cluster.plugins.filter.shares import share_definitions  # noqa: E402
from lab import ROOT, Lab, load_lab  # noqa: E402

ROUNDS, SMALL_FILES, SMALL_BYTES, LARGE_MIB = 3, 200, 4096, 128
KINDS = ("glusterfs", "glusterfs_fuse")


def smb_share(shares: list[dict[str, object]]) -> None:
    subprocess.run(
        [ROOT / ".venv/bin/ansible", "pool1", "-m", "samba_ha.cluster.smb_share", "-a", json.dumps({"shares": shares})],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def set_metadata_cache(lab: Lab, kind: str) -> None:
    """libgfapi does not open existing files without it; the FUSE mount is not coherent with it (docs/coherence.md)."""
    wanted = "on" if kind == "glusterfs" else "off"
    lab.pool[0].run(f"gluster --mode=script volume set data performance.stat-prefetch {wanted}")


def definitions(lab: Lab) -> list[dict[str, object]]:
    made = []
    servers = [str(node.interconnect) for node in lab.pool]
    for kind in KINDS:
        share = {"name": f"bench-{kind}", "path": "bench", "comment": "", "read_only": False, "users": None}
        definition = share_definitions(
            [{**share, "parameters": {}}], kind, "/srv/samba_ha/data", "data", servers, "samba_ha"
        )[0]
        made.append({key: definition[key] for key in ("name", "path", "parameters")})
    return made


def seconds(lab: Lab, kind: str, commands: str) -> float:
    """Time one smbclient session that runs the commands on the kind's share, less its login."""

    unc, who = f"//{lab.pool[0].address}/bench-{kind}", f"{lab.username}%{lab.password}"

    def session(words: str) -> float:
        start = time.monotonic()
        said = lab.client.run("smbclient %s -U %s -c %s", unc, who, words)
        assert "NT_STATUS" not in said, said
        return time.monotonic() - start

    return session(commands) - session("exit")


JOBS = {
    f"write {SMALL_FILES} files of 4 KiB": "prompt off; recurse off; lcd /tmp/bench; mput s*",
    f"read {SMALL_FILES} files of 4 KiB": "prompt off; lcd /tmp/bench-back; mget s*",
    f"list {SMALL_FILES} files": "; ".join(["ls"] * 10),
    f"delete {SMALL_FILES} files": "del s*",
    f"write {LARGE_MIB} MiB": "put /tmp/bench/large large",
    f"read {LARGE_MIB} MiB": "get large /tmp/bench-back/large",
}


def main() -> None:
    lab = load_lab()
    shares = definitions(lab)
    node = lab.pool[0]
    node.run("install -d -m 2770 -g samba_ha /srv/samba_ha/data/bench")
    lab.client.run("sh -c %s", "rm -rf /tmp/bench /tmp/bench-back; mkdir /tmp/bench /tmp/bench-back")
    make = f"cd /tmp/bench && for i in $(seq {SMALL_FILES}); do head -c {SMALL_BYTES} /dev/urandom > s$i; done"
    lab.client.run("sh -c %s", f"{make}; head -c {LARGE_MIB}M /dev/urandom > large")
    smb_share(shares)
    results: dict[tuple[str, str], list[float]] = {}
    try:
        for turn in range(ROUNDS):
            for kind in KINDS if turn % 2 else reversed(KINDS):
                set_metadata_cache(lab, kind)
                for job, commands in JOBS.items():
                    results.setdefault((job, kind), []).append(seconds(lab, kind, commands))
                print(f"round {turn + 1} of {ROUNDS}: {kind} done", flush=True)
    finally:
        set_metadata_cache(lab, "glusterfs_fuse")
        smb_share([{"name": share["name"], "state": "absent"} for share in shares])
        node.run("rm -r /srv/samba_ha/data/bench")
    print(f"\n{'median of ' + str(ROUNDS):28}{KINDS[0]:>16}{KINDS[1]:>16}{'ratio':>8}")
    for job in JOBS:
        first, second = (statistics.median(results[job, kind]) for kind in KINDS)
        print(f"{job:28}{first:14.2f} s{second:14.2f} s{first / second:8.2f}")


if __name__ == "__main__":
    main()
