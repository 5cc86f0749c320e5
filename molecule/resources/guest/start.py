# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Become a guest: a kernel of its own (User Mode Linux) that takes the place of the container in which this runs.

The guest has the container's interfaces, with their names, hardware addresses and addresses, its host name, the names
that it knows of others, and the key that may log in. All of that is told on the kernel's command line in systemd's own
words, so the disk that it boots from has nothing of a single host. The console is the container's log.
"""

from __future__ import annotations

import argparse
import base64
import ipaddress
import json
import os
import socket
import struct
import subprocess
import typing as t
from pathlib import Path

HERE = Path("/guest")
KEYS, NAMES = Path("/root/.ssh/authorized_keys"), Path("/etc/hosts")
UNITS = {"M": 2**20, "G": 2**30}

OUTGOING = 4
NOT_OUTGOING = ((0x20, 0, 0, 0xFFFFF004), (0x15, 0, 1, OUTGOING), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))
"""A filter of classic BPF (code, jumps if true and if false, operand): load the kind of packet, and if it goes out,
take nothing of it, else all. The guest sends and receives by two sockets, and would receive what it has sent."""

Json = dict[str, t.Any]


def size_of(words: str) -> int:
    """Bytes of a size such as 2G."""
    return int(words[:-1]) * UNITS[words[-1]]


def root_disk(here: Path) -> str:
    """Changes go to a file of the container, so they live as long as it does, whatever ends the guest."""
    return f"ubd0={here}/changes,{here}/root.ext4"


def more_disks(paths: t.Sequence[Path]) -> list[str]:
    """The second disk and so on. `c` is for disks that other guests have open as well."""
    return [f"ubd{number}c={path}" for number, path in enumerate(paths, start=1)]


def network(here: Path, links: t.Sequence[Json], routes: t.Sequence[Json]) -> list[str]:
    """The container's interfaces as the guest's, from what `ip -json address` and `ip -json route` tell of them."""
    gateways = {route["dev"]: route["gateway"] for route in routes if route["dst"] == "default"}
    words = []
    for number, link in enumerate(link for link in links if link["link_type"] == "ether"):
        name, mac = link["ifname"], link["address"]
        # Frames are as long as those that the others send: they leave it to the receiver to put them together.
        device = f"vec{number}:transport=raw,ifname={name},mac={mac},depth=64,gro=1,bpffile={here}/filter"
        words += [device, f"ifname={name}:{mac}"]
        for each in link["addr_info"]:
            if each["family"] == "inet":
                mask = ipaddress.ip_interface(f"{each['local']}/{each['prefixlen']}").netmask
                words.append(f"ip={each['local']}::{gateways.get(name, '')}:{mask}::{name}:off")
    return words


def identity(name: str, files: t.Mapping[str, bytes]) -> list[str]:
    """The host's name, and what is in files, by the credentials that systemd makes them from where there are none."""
    told = [f"systemd.set_credential_binary={key}:{base64.b64encode(text).decode()}" for key, text in files.items()]
    return [f"systemd.hostname={name}", *told]


def make_disk(path: Path, size: int) -> None:
    """Have a disk of at least that size. What is on it stays."""
    with path.open("ab") as file:
        if file.tell() < size:
            file.truncate(size)


def leave_to_the_guest(interface: str) -> None:
    """Have the container's own kernel say nothing any more: with the same addresses, both would answer."""
    subprocess.run(["ip", "link", "set", "dev", interface, "addrgenmode", "none"], check=True)
    subprocess.run(["ip", "address", "flush", "dev", interface], check=True)


def ask(*words: str) -> list[Json]:
    told = subprocess.run(["ip", "-json", *words], capture_output=True, check=True).stdout
    found: list[Json] = json.loads(told)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("memory", help="such as 1G")
    parser.add_argument("disks", nargs="*", metavar="NAME=SIZE", help="disks besides, in /guest/disks")
    args = parser.parse_args()
    disks = {HERE / "disks" / name: size_of(size) for name, size in (each.split("=") for each in args.disks)}
    for path, size in disks.items():
        make_disk(path, size)
    (HERE / "filter").write_bytes(b"".join(struct.pack("=HBBI", *each) for each in NOT_OUTGOING))
    links = ask("address")
    words = ["linux.uml", f"mem={args.memory}", root_disk(HERE), *more_disks(list(disks)), "root=/dev/ubda", "rw"]
    words += ["con=null", "con0=null,fd:1", *network(HERE, links, ask("route"))]
    files = {"ssh.authorized_keys.root": KEYS.read_bytes(), "network.hosts": NAMES.read_bytes()}
    words += identity(socket.gethostname(), files)
    for link in links:
        if link["link_type"] == "ether":
            leave_to_the_guest(link["ifname"])
    environment = {
        **os.environ,
        # Where its memory is: a file system of memory from which programs may run, which a container's /dev/shm is not.
        "TMPDIR": str(HERE / "memory"),
        "LD_PRELOAD": str(HERE / "whole_registers.so"),
    }
    os.execvpe(words[0], words, environment)  # noqa: S606 - this is what it is for


if __name__ == "__main__":
    main()
