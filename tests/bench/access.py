# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the two ways from smbd to Gluster on a live lab: libgfapi (glusterfs) and a FUSE mount (glusterfs_fuse).

Deploys the lab with one and then with the other, moves small files and a large one within one SMB session, and prints
means and their ratio. Every byte that is read is compared with what was written, and a refusal ends the run. The lab is
left as its inventory says.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import typing as t
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import Lab, SmbClient, load_lab, playbook
from smbprotocol.file_info import FileInformationClass
from smbprotocol.open import CreateDisposition, CreateOptions, FilePipePrinterAccessMask, ImpersonationLevel, Open

ROUNDS, SMALL_FILES, LISTINGS = 3, 200, 10
SMALL = os.urandom(4096)
CHUNK, CHUNKS = os.urandom(1 << 20), 128
KINDS = ("glusterfs", "glusterfs_fuse")
NAMES = [f"bench-{number}" for number in range(SMALL_FILES)]


def write_small(client: SmbClient) -> None:
    for name in NAMES:
        handle = client.open(name, create=True)
        handle.write(SMALL, 0)
        handle.close()


def read_small(client: SmbClient) -> None:
    for name in NAMES:
        if client.read(name) != SMALL:
            sys.exit(f"{name}: other bytes than those written")


def list_small(client: SmbClient) -> None:
    for _turn in range(LISTINGS):
        folder = Open(client.tree, "")
        folder.create(
            ImpersonationLevel.Impersonation,
            FilePipePrinterAccessMask.GENERIC_READ,
            0,
            0x7,
            CreateDisposition.FILE_OPEN,
            CreateOptions.FILE_DIRECTORY_FILE,
        )
        found = folder.query_directory("bench-*", FileInformationClass.FILE_ID_BOTH_DIRECTORY_INFORMATION)
        folder.close()
        if len(found) != SMALL_FILES:
            sys.exit(f"{len(found)} files listed, not {SMALL_FILES}")


def delete_small(client: SmbClient) -> None:
    for name in NAMES:
        client.delete(name)


def write_large(client: SmbClient) -> None:
    handle = client.open("bench-large", create=True)
    for number in range(CHUNKS):
        handle.write(CHUNK, number * len(CHUNK))
    handle.close()


def read_large(client: SmbClient) -> None:
    handle = client.open("bench-large")
    for number in range(CHUNKS):
        if handle.read(number * len(CHUNK), len(CHUNK)) != CHUNK:
            sys.exit(f"bench-large: other bytes than those written, in MiB {number}")
    handle.close()
    client.delete("bench-large")


JOBS: dict[str, t.Callable[[SmbClient], None]] = {
    f"write {SMALL_FILES} files of 4 KiB": write_small,
    f"read {SMALL_FILES} files of 4 KiB": read_small,
    "write them again": write_small,
    f"list {SMALL_FILES} files, {LISTINGS} times": list_small,
    f"delete {SMALL_FILES} files": delete_small,
    f"write {CHUNKS} MiB": write_large,
    f"read {CHUNKS} MiB": read_large,
}


def deploy(*extra: str) -> None:
    done = playbook("playbooks/site.yml", *extra)
    if done.returncode != 0:
        sys.exit(done.stdout)


def measure(lab: Lab) -> dict[str, list[float]]:
    """Seconds of each job, by its title."""
    seconds: dict[str, list[float]] = {}

    def clock(title: str, work: t.Callable[..., t.Any], *args: object) -> t.Any:
        start = time.monotonic()
        result = work(*args)
        seconds.setdefault(title, []).append(time.monotonic() - start)
        return result

    for _turn in range(ROUNDS):
        client: SmbClient = clock("connect", SmbClient, lab, lab.pool[0].address)
        for title, job in JOBS.items():
            clock(title, job, client)
        clock("leave", client.tree.disconnect)
        client.connection.disconnect(close=False)
    return seconds


def main() -> None:
    lab = load_lab()
    results = {}
    for kind in KINDS:
        print(f"{kind}: deploying and measuring ...", flush=True)
        deploy("-e", f"samba_ha_vfs={kind}")
        results[kind] = measure(lab)
    deploy()
    print(f"\n{f'mean of {ROUNDS}':28}{KINDS[0]:>16}{KINDS[1]:>16}{'ratio':>8}")
    for title in results[KINDS[0]]:
        first, second = (statistics.mean(results[kind][title]) for kind in KINDS)
        print(f"{title:28}{first:14.2f} s{second:14.2f} s{first / second:8.2f}")


if __name__ == "__main__":
    main()
