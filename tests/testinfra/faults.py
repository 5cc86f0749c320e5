# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that the lab can be given, and what the page has to say of each."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from lab import Lab, LabHost, eventually

Act = t.Callable[[Lab], None]


@dataclass(frozen=True)
class Fault:
    """``told`` are patterns of `HOST: SENTENCE` that the page must have, ``besides`` those that it may have."""

    name: str
    make: Act
    told: tuple[str, ...]
    besides: tuple[str, ...] = ()


def on(index: int, command: str) -> Act:
    """Run a command on one of the pool's nodes."""

    def act(lab: Lab) -> None:
        lab.pool[index].run("sh -c %s", command)

    return act


def stdout(host: LabHost, command: str) -> str:
    return str(host.shell.run("sh -c %s", command).stdout).strip()


def ctdb(index: int, command: str, flag: str) -> Act:
    """Give a CTDB command on a node, and wait for the flag that it sets."""

    def act(lab: Lab) -> None:
        lab.pool[index].run(f"ctdb {command}")
        what = f"{lab.pool[index].name} {flag}"
        eventually(lambda: stdout(lab.pool[0], "ctdb status"), lambda text: flag in text, timeout=30, what=what)

    return act


def haproxy(host: LabHost, request: str) -> str:
    """Send a request to HAProxy's socket and return its answer."""
    talk = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect('/run/haproxy/admin.sock');"
        " s.sendall(sys.argv[1].encode() + b'\\n'); print(s.makefile().read())"
    )
    return host.run("python3 -c %s %s", talk, request)


FAULTS = (
    Fault("node disabled", ctdb(1, "disable", "DISABLED"), (r"^pool2: The node was disabled by hand",)),
    Fault("node banned", ctdb(1, "ban 600", "BANNED"), (r"^pool2: The node is banned",)),
    Fault("node stopped", ctdb(2, "stop", "STOPPED"), (r"^pool3: The node was stopped by hand",)),
    Fault(
        "ctdbd dead",
        on(2, "systemctl kill --signal=KILL ctdb.service"),
        (r"^pool3: ctdbd does not answer",),
    ),
    Fault(
        "smbd stopped", on(0, "systemctl stop smbd.service"), (r"^pool1: No smbd runs",), (r"^pool1: The node is un",)
    ),
    Fault(
        "smbd hung",
        on(0, "pkill -STOP -x smbd"),
        (r"^pool1: smbd runs, but does not answer a client",),
        (r"^pool1: The node is unhealthy",),
    ),
)
