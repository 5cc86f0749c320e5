# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import ctypes
import json
import os
import socket
import struct
import subprocess
import types
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

GUEST = ROLES.parent / "molecule/resources/guest"
start = load(GUEST / "start.py")

TOLD = Path(__file__).resolve().parents[1] / "fixtures/ip/trixie-6.15.0"
ADDRESS, ROUTE = (json.loads((TOLD / f"container_{name}.json").read_text()) for name in ("address", "route"))

SO_ATTACH_FILTER = 26
ETH0 = [
    "vec0:transport=raw,ifname=eth0,mac=02:00:00:00:01:11,depth=64,gro=1,bpffile=/guest/filter",
    "ifname=eth0:02:00:00:00:01:11",
    "ip=10.216.1.11::10.216.1.1:255.255.255.0::eth0:off",
]
ETH1 = [
    "vec1:transport=raw,ifname=eth1,mac=02:00:00:00:02:11,depth=64,gro=1,bpffile=/guest/filter",
    "ifname=eth1:02:00:00:00:02:11",
    "ip=10.216.2.11:::255.255.255.0::eth1:off",
]


def test_a_guest_has_the_interfaces_of_its_container() -> None:
    assert start.network(Path("/guest"), ADDRESS, ROUTE) == ETH0 + ETH1


def test_a_guest_without_a_way_out_has_no_gateway() -> None:
    assert start.network(Path("/guest"), ADDRESS, [])[2] == "ip=10.216.1.11:::255.255.255.0::eth0:off"


def test_an_interface_keeps_its_name_whatever_its_number() -> None:
    lo, eth0, eth1 = ADDRESS
    words = start.network(Path("/guest"), [lo, eth1, eth0], ROUTE)
    assert [word.split(",")[:2] for word in words if word.startswith("vec")] == [
        ["vec0:transport=raw", "ifname=eth1"],
        ["vec1:transport=raw", "ifname=eth0"],
    ]


def test_files_are_told_as_credentials() -> None:
    words = start.identity("pool1", {"network.hosts": b"10.0.0.1 files\n"})
    assert words[0] == "systemd.hostname=pool1"
    key, _colon, text = words[1].removeprefix("systemd.set_credential_binary=").partition(":")
    assert (key, base64.b64decode(text)) == ("network.hosts", b"10.0.0.1 files\n")


def test_disks_are_shared_and_come_after_the_first() -> None:
    assert start.root_disk(Path("/guest")) == "ubd0=/guest/changes,/guest/root.ext4"
    assert start.more_disks([Path("/guest/disks/a"), Path("/guest/disks/b")]) == [
        "ubd1c=/guest/disks/a",
        "ubd2c=/guest/disks/b",
    ]


@pytest.mark.parametrize(("words", "size"), [("1G", 2**30), ("512M", 2**29)])
def test_sizes(words: str, size: int) -> None:
    assert start.size_of(words) == size


def test_a_disk_is_made_and_grown_and_never_made_smaller(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    start.make_disk(disk, 1000)
    assert disk.read_bytes() == bytes(1000)
    disk.write_bytes(b"kept" + bytes(996))
    for wanted, found in ((1000, 1000), (2000, 2000), (500, 2000)):
        start.make_disk(disk, wanted)
        assert disk.read_bytes() == b"kept" + bytes(found - 4)


def taken(kind: int) -> int:
    """How much of a packet of this kind (PACKET_HOST and so on) the filter takes."""
    at, loaded = 0, None
    while True:
        code, if_true, if_false, operand = start.NOT_OUTGOING[at]
        at += 1
        if code == 0x20:  # load a word
            assert operand == 0xFFFFF000 + 4  # of what is known besides the packet: its kind
            loaded = kind
        elif code == 0x15:  # jump if equal
            at += if_true if loaded == operand else if_false
        else:
            assert code == 0x06  # return
            return int(operand)


def test_a_guest_does_not_receive_what_it_sends() -> None:
    host, broadcast, multicast, other_host, outgoing = range(5)
    assert [taken(kind) > 65536 for kind in (host, broadcast, multicast, other_host)] == [True] * 4
    assert taken(outgoing) == 0


def test_the_kernel_accepts_the_filter() -> None:
    program = b"".join(struct.pack("=HBBI", *each) for each in start.NOT_OUTGOING)
    buffer = ctypes.create_string_buffer(program)
    fprog = struct.pack("@HP", len(start.NOT_OUTGOING), ctypes.addressof(buffer))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)
        theirs.send(b"x" * 2000)
        assert ours.recv(4000) == b"x" * 2000


class Stop(Exception):
    """Where the program would have become another one."""


def test_a_guest_takes_the_place_of_its_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(argv: list[str], **_options: t.Any) -> types.SimpleNamespace:
        ran.append(argv)
        return types.SimpleNamespace(stdout=json.dumps({"address": ADDRESS, "route": ROUTE}.get(argv[-1])))

    became: list[tuple[list[str], dict[str, str]]] = []

    def become(program: str, argv: list[str], environment: dict[str, str]) -> t.NoReturn:
        became.append(([program, *argv], environment))
        raise Stop

    (tmp_path / "disks").mkdir()
    for name, text in (("KEYS", b"ssh-ed25519 AAAA x\n"), ("NAMES", b"127.0.0.1 localhost\n")):
        (tmp_path / name).write_bytes(text)
        monkeypatch.setattr(start, name, tmp_path / name)
    monkeypatch.setattr(start, "HERE", tmp_path)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(os, "execvpe", become)
    monkeypatch.setattr(socket, "gethostname", lambda: "pool1")
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("TMPDIR", "elsewhere")
    monkeypatch.setattr("sys.argv", ["start", "1G", "shared=2M"])
    with pytest.raises(Stop):
        start.main()
    ((argv, environment),) = became
    assert argv[:3] == ["linux.uml", "linux.uml", "mem=1G"]
    assert f"ubd1c={tmp_path}/disks/shared" in argv
    assert [word for word in argv if word.startswith("ip=")] == [ETH0[2], ETH1[2]]
    assert "systemd.hostname=pool1" in argv
    assert (tmp_path / "disks/shared").stat().st_size == 2 * 2**20
    assert len((tmp_path / "filter").read_bytes()) == 32
    assert environment["TMPDIR"] == f"{tmp_path}/memory"
    assert environment["LD_PRELOAD"] == f"{tmp_path}/whole_registers.so"
    assert environment["PATH"] == "/usr/bin"
    # Asked before the addresses are gone; loopback is left as it is.
    assert [argv[1:] for argv in ran] == [
        ["-json", "address"],
        ["-json", "route"],
        ["link", "set", "dev", "eth0", "addrgenmode", "none"],
        ["address", "flush", "dev", "eth0"],
        ["link", "set", "dev", "eth1", "addrgenmode", "none"],
        ["address", "flush", "dev", "eth1"],
    ]
