# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests see of a live service by its own tools, without the collection's modules."""

from __future__ import annotations

import csv
import re
import typing as t
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from lab import Lab, LabHost, eventually

Lacking = dict[str, object]
"""What is not as it should be, by its name."""


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


def generation(host: LabHost) -> str:
    """Another one after each recovery of CTDB."""
    (found,) = re.findall(r"^Generation:(\w+)$", stdout(host, "ctdb status"), re.MULTILINE)
    return str(found)


def ask_haproxy(host: LabHost, request: str) -> str:
    """Send a request to HAProxy's socket and return its answer."""
    talk = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect('/run/haproxy/admin.sock');"
        " s.sendall(sys.argv[1].encode() + b'\\n'); print(s.makefile().read())"
    )
    return host.run("python3 -c %s %s", talk, request)


def forget_clients(lab: Lab) -> None:
    """Have both front ends forget which client was led to which node: a test begins with clients on all of them."""
    for frontend in lab.frontends:
        ask_haproxy(frontend, "clear table pool")


def route(lab: Lab, client: tuple[str, int]) -> dict[str, str]:
    """Where HAProxy says that a client's connection went, and why: its line in the log of one of the front ends."""

    def look() -> list[str]:
        log = [stdout(host, "journalctl --quiet --output cat --unit haproxy --since -60s") for host in lab.frontends]
        return re.findall(rf"^{client[0]}:{client[1]} (\S+/\S+ .*)$", "\n".join(log), re.MULTILINE)

    (line,) = eventually(look, lambda lines: len(lines) == 1, timeout=10, what=f"a line on {client}")
    target, *told = line.split()
    backend, _slash, server = target.partition("/")
    return {"backend": backend, "host": server, **dict(word.split("=", 1) for word in told if "=" in word)}


def column(frontend: LabHost, name: str, backend: str = "pool") -> dict[str, str]:
    """One column of HAProxy's statistics for each server. A star before a check's state only says that one runs."""
    rows = csv.DictReader(ask_haproxy(frontend, "show stat").lstrip("# ").splitlines())
    return {
        row["svname"]: row[name].removeprefix("* ")
        for row in rows
        if row["pxname"] == backend and row["svname"] != "BACKEND"
    }


def summed(frontend: LabHost, name: str, backend: str = "pool") -> int:
    """One column of HAProxy's statistics, of all servers together."""
    return sum(int(number) for number in column(frontend, name, backend).values())


def servers(frontend: LabHost) -> dict[str, str]:
    """The state of each server as the front end's HAProxy sees it. A server is DOWN whoever says so."""
    return {name: status.removesuffix(" (agent)") for name, status in column(frontend, "status").items()}


def holders(lab: Lab) -> list[LabHost]:
    """The front ends that have the virtual address."""
    return [host for host in lab.frontends if f" {lab.vip}/32 " in host.run("ip -o -4 address show")]


def public_holders(lab: Lab) -> dict[str, list[LabHost]]:
    """The nodes that have each public address on an interface."""
    held = {node.name: node.run("ip -o -4 address show") for node in lab.pool}
    return {address: [node for node in lab.pool if f" {address}/" in held[node.name]] for address in lab.addresses}


def spread(lab: Lab) -> bool:
    """Whether every public address is on one node, and every node has one."""
    found = public_holders(lab).values()
    return all(len(nodes) == 1 for nodes in found) and {node.name for nodes in found for node in nodes} == {
        node.name for node in lab.pool
    }


def ctdb_healthy(lab: Lab) -> bool:
    """Whether every node sees all nodes, and none with a flag."""
    wanted: dict[str, set[str]] = {str(node.interconnect): set() for node in lab.pool}
    return all(ctdb_flags(node) == wanted for node in lab.pool)


def not_running(lab: Lab) -> Lacking:
    """Bricks and self-heal daemons of GlusterFS that do not run."""
    status = lab.pool[0].run("gluster volume status all")
    # Name, ports, `Y` or `N`, and the pid. A node has one healer, of which glusterd may know in one volume only.
    online = re.findall(r"^(Brick \S+|Self-heal Daemon on \S+)\s.*\s([YN])\s+\S+\s*$", status, re.MULTILINE)
    running = {name for name, state in online if state == "Y"}
    return {name: "not running" for name, state in online if state == "N" and name not in running}


def unhealed(lab: Lab, volume: str) -> Lacking:
    """What bricks of a volume lack."""
    told = lab.pool[0].run("gluster volume heal %s info summary", volume)
    if "Status: Connected" in told and not re.search(r"not connected|: [1-9]", told):
        return {}
    return {f"heal of {volume}": " ".join(lab.pool[0].run("gluster volume heal %s info", volume).split())}


def unhealthy(lab: Lab) -> Lacking:
    return {} if ctdb_healthy(lab) else {"CTDB": {node.name: ctdb_flags(node) for node in lab.pool}}


def without_all_servers(lab: Lab, frontend: LabHost) -> Lacking:
    """A front end that does not lead its whole share of new clients to each node, as to one that came back just now."""
    up = {node.name: "UP" for node in lab.pool}
    if servers(frontend) == up and set(column(frontend, "throttle").values()) <= {"", "100"}:
        return {}
    return {frontend.name: {name: column(frontend, name) for name in ("status", "throttle")}}


def astray(lab: Lab) -> Lacking:
    """Addresses of clients that are not where they belong."""
    if lab.direct:
        return {} if spread(lab) else {"public addresses": public_holders(lab)}
    found = [host.name for host in holders(lab)]
    return {} if len(found) == 1 else {"virtual address": found}


def unsettled(lab: Lab) -> Lacking:
    """What lags behind, by its name. All is asked at the same time: nearly every test waits for it twice."""
    gluster = [partial(not_running, lab), *(partial(unhealed, lab, volume) for volume in ("data", "lock"))]
    questions: list[t.Callable[[], Lacking]] = [
        *(gluster if lab.backend == "gluster" else []),
        partial(unhealthy, lab),
        *(partial(without_all_servers, lab, frontend) for frontend in lab.frontends),
        partial(astray, lab),
    ]
    with ThreadPoolExecutor(len(questions)) as threads:
        answers = threads.map(lambda ask: ask(), questions)
        return {name: what for answer in answers for name, what in answer.items()}


def settle(lab: Lab, after: str, timeout: float = 150) -> None:
    """Wait until the service is all there."""
    eventually(
        lambda: unsettled(lab), lambda lacking: not lacking, timeout=timeout, what=f"a settled service after {after}"
    )


def journals(hosts: t.Iterable[LabHost], *units: str) -> str:
    """The end of what the units said on each host, in one line: the summary at the end of a run shows no more."""
    chosen = " ".join(f"--unit={unit}" for unit in units)
    told = {host.name: stdout(host, f"journalctl {chosen} --no-pager --lines=15 --output=cat") for host in hosts}
    return "; ".join(f"{name}: {' | '.join(text.splitlines())}" for name, text in told.items())
