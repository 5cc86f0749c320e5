# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has an address: all who answer for it, asked from this machine, so that it costs them next to nothing."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import time

ETH_P_ARP = 0x0806
REQUEST, REPLY = 1, 2
HEADER = struct.Struct("!6s6sH")
MESSAGE = struct.Struct("!HHBBH6s4s6s4s")
"""RFC 826, for Ethernet and IPv4."""

FIRST, MORE = 1.0, 0.2
"""Seconds until the first answer, and after that until there would have been another one."""


def question(mac: bytes, own: str, address: str) -> bytes:
    """The frame that asks all for an address."""
    header = HEADER.pack(b"\xff" * 6, mac, ETH_P_ARP)
    asked = (socket.inet_aton(own), bytes(6), socket.inet_aton(address))
    return header + MESSAGE.pack(1, 0x0800, 6, 4, REQUEST, mac, *asked)


def answerer(frame: bytes, address: str) -> str | None:
    """The hardware address of who answers in the frame for the address; None if that is no such answer."""
    if len(frame) < HEADER.size + MESSAGE.size:
        return None
    *_kinds, operation, mac, sender, _asker, _own = MESSAGE.unpack_from(frame, HEADER.size)
    if operation != REPLY or sender != socket.inet_aton(address):
        return None
    return ":".join(f"{byte:02x}" for byte in mac)


def answerers(address: str) -> set[str]:
    """The hardware addresses of those who have an address in a network of this machine."""
    told = subprocess.run(["ip", "-json", "route", "get", address], capture_output=True, check=True).stdout
    (route,) = json.loads(told)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ARP)) as sock:
        sock.bind((route["dev"], ETH_P_ARP))
        sock.send(question(sock.getsockname()[4], route["prefsrc"], address))
        found: set[str] = set()
        end = time.monotonic() + FIRST
        while (rest := end - time.monotonic()) > 0:
            sock.settimeout(rest)
            try:
                mac = answerer(sock.recv(2048), address)
            except TimeoutError:
                break
            if mac:
                end = end if found else time.monotonic() + MORE
                found.add(mac)
        return found
