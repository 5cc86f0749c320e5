# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests see of a live service by its own tools, without the collection's modules."""

from __future__ import annotations

import csv
import re

from lab import Lab, LabHost, eventually


def stdout(host: LabHost, command: str) -> str:
    """What a command line prints on the host, whatever its exit status."""
    return str(host.shell.run("sh -c %s", command).stdout).strip()


def ctdb_flags(host: LabHost) -> dict[str, set[str]]:
    """The flags of each node by its address in the interconnect, as this host's CTDB sees them."""
    rows = csv.DictReader(host.run("ctdb -X status").splitlines(), delimiter="|")
    return {
        row["IP"]: {name for name, value in row.items() if name not in ("Node", "ThisNode") and value == "1"}
        for row in rows
    }


def ask_haproxy(host: LabHost, request: str) -> str:
    """Send a request to HAProxy's socket and return its answer."""
    talk = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect('/run/haproxy/admin.sock');"
        " s.sendall(sys.argv[1].encode() + b'\\n'); print(s.makefile().read())"
    )
    return host.run("python3 -c %s %s", talk, request)


def column(frontend: LabHost, name: str) -> dict[str, str]:
    """One column of HAProxy's statistics for each server. A star before a check's state only says that one runs."""
    rows = csv.DictReader(ask_haproxy(frontend, "show stat").lstrip("# ").splitlines())
    return {
        row["svname"]: row[name].removeprefix("* ")
        for row in rows
        if row["pxname"] == "pool" and row["svname"] != "BACKEND"
    }


def servers(frontend: LabHost) -> dict[str, str]:
    """The state of each server as the front end's HAProxy sees it. A server is DOWN whoever says so."""
    return {name: status.removesuffix(" (agent)") for name, status in column(frontend, "status").items()}


def holders(lab: Lab) -> list[LabHost]:
    """The front ends that have the virtual address."""
    return [host for host in lab.frontends if f" {lab.vip}/32 " in host.run("ip -o -4 address show")]


def ctdb_healthy(lab: Lab) -> bool:
    """Whether every node sees all nodes, and none with a flag."""
    wanted: dict[str, set[str]] = {str(node.interconnect): set() for node in lab.pool}
    return all(ctdb_flags(node) == wanted for node in lab.pool)


def healed(lab: Lab) -> bool:
    """Whether every brick and every self-heal daemon runs, and no brick lacks a change."""
    speaker = lab.pool[0]
    status = speaker.run("gluster volume status all")
    # Name, ports, `Y` or `N`, and the pid. A node has one healer, of which glusterd may know in one volume only.
    online = re.findall(r"^(Brick \S+|Self-heal Daemon on \S+)\s.*\s([YN])\s+\S+\s*$", status, re.MULTILINE)
    if {name for name, state in online if state == "N"} - {name for name, state in online if state == "Y"}:
        return False
    told = [speaker.run("gluster volume heal %s info summary", name) for name in ("data", "lock")]
    return all("Status: Connected" in text and not re.search(r"not connected|: [1-9]", text) for text in told)


def settled(lab: Lab) -> bool:
    """Whether what lags behind is there, too: CTDB's checks, healing, HAProxy's checks, the virtual address."""
    up = {node.name: "UP" for node in lab.pool}
    return (
        ctdb_healthy(lab)
        and healed(lab)
        and all(servers(host) == up for host in lab.frontends)
        and len(holders(lab)) == 1
    )


def settle(lab: Lab, after: str, timeout: float = 150) -> None:
    """Wait until the service is all there."""
    eventually(lambda: settled(lab), bool, timeout=timeout, what=f"a settled service after {after}")
