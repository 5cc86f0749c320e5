# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What HAProxy says of its frontends and servers, as typed records."""

from __future__ import annotations

import csv
import io
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import Ask

_FRONTEND, _SERVER = "0", "2"
"""Values of the column ``type``; 1 is a backend's sum and 3 a listening socket."""

_STATES = {"UP": "up", "DOWN": "down", "MAINT": "maintenance", "DRAIN": "drain", "NOLB": "drain", "no check": "up"}
"""A server's state by the first word of its status. NOLB: it gets no new clients, as when draining."""

_MAINTENANCE, _DRAIN = 0x23, 0x18
"""Bits of ``srv_admin_state`` (SRV_ADMF_MAINT and SRV_ADMF_DRAIN in HAProxy's server-t.h)."""

_STATE_FORMAT = "1"
"""The version of the answer to ``show servers state`` that is known here; its first line."""


@dataclass(frozen=True)
class Frontend:
    """What takes the clients' connections. A number is None if HAProxy did not tell it."""

    name: str
    status: str
    sessions: int | None
    session_limit: int | None
    total_sessions: int | None
    bytes_in: int | None
    bytes_out: int | None


@dataclass(frozen=True)
class Check:
    """The last health check. All is None for a server that has none, or none now, being in maintenance.

    ``status`` is HAProxy's short word (L7OK, L4CON, ...), ``description`` what it means and ``output`` what it saw;
    ``duration_ms`` is None for a check that did not get as far. ``health`` counts up to ``rise`` + ``fall`` - 1; the
    server is up from ``rise``. ``failed`` and ``went_down`` count since HAProxy's last reload.
    """

    status: str | None
    description: str | None
    output: str | None
    duration_ms: int | None
    rise: int | None
    fall: int | None
    health: int | None
    failed: int | None
    went_down: int | None


@dataclass(frozen=True)
class Agent:
    """What the server's health agent last said, and how asking it went, in words as a check's. None without one."""

    status: str | None
    said: str | None


@dataclass(frozen=True)
class Server:
    """A server of a backend. ``number`` is its own there, ``admin_state`` what was set, ``state`` what came of it.

    Times are in seconds.
    """

    backend: str
    name: str
    number: int | None
    address: str | None
    status: str
    state: str | None
    admin_state: str | None
    sessions: int | None
    queue: int | None
    total_sessions: int | None
    weight: int | None
    seconds_in_state: int | None
    downtime: int | None
    connection_errors: int | None
    check: Check
    agent: Agent

    @property
    def title(self) -> str:
        return f"{self.backend}/{self.name}"


@dataclass(frozen=True)
class Status:
    """All that was asked for, and what of the answers was not understood."""

    version: str | None
    uptime: int | None
    frontends: tuple[Frontend, ...]
    servers: tuple[Server, ...]
    warnings: tuple[str, ...]


@dataclass
class _Row:
    """A row of the table. What is not there, or is not a number, becomes None and a warning, once."""

    cells: dict[str, str]
    warnings: list[str] = field(default_factory=list)

    def text(self, column: str) -> str | None:
        if column not in self.cells:
            self.warnings.append(f"show stat: no column {column}")
            return None
        return self.cells[column] or None

    def number(self, column: str) -> int | None:
        text = self.text(column)
        if text is None:
            return None
        if not re.fullmatch(r"\d+", text):
            self.warnings.append(f"show stat: {column} of {self.cells['pxname']}/{self.cells['svname']}: {text}")
            return None
        return int(text)


def parse_stat(
    text: str, admin_states: t.Mapping[tuple[str, str], str]
) -> tuple[tuple[Frontend, ...], tuple[Server, ...], tuple[str, ...]]:
    """Parse ``show stat``: frontends, servers, and what was not understood.

    :param admin_states: what was set, by backend and server, as from :func:`parse_admin_states`.
    """
    header, _newline, table = text.partition("\n")
    if not header.startswith("# "):
        return (), (), (f"show stat: {text.strip() or 'empty'}",)
    titles = header.removeprefix("# ").split(",")
    lacking = [title for title in ("pxname", "svname", "status", "type") if title not in titles]
    if lacking:
        return (), (), tuple(f"show stat: no column {title}" for title in lacking)
    frontends: list[Frontend] = []
    servers: list[Server] = []
    warnings: list[str] = []
    for values in csv.reader(io.StringIO(table)):
        if not values:
            continue
        if len(values) != len(titles):
            warnings.append(f"show stat: {','.join(values)}")
            continue
        row = _Row(dict(zip(titles, values, strict=True)), warnings)
        if row.cells["type"] == _FRONTEND:
            frontends.append(_frontend(row))
        elif row.cells["type"] == _SERVER:
            servers.append(_server(row, admin_states))
    return tuple(frontends), tuple(servers), tuple(dict.fromkeys(warnings))


def _frontend(row: _Row) -> Frontend:
    return Frontend(
        name=row.cells["pxname"],
        status=row.cells["status"],
        sessions=row.number("scur"),
        session_limit=row.number("slim"),
        total_sessions=row.number("stot"),
        bytes_in=row.number("bin"),
        bytes_out=row.number("bout"),
    )


def _server(row: _Row, admin_states: t.Mapping[tuple[str, str], str]) -> Server:
    backend, name, status = row.cells["pxname"], row.cells["svname"], row.cells["status"]
    state = _STATES.get(status if status == "no check" else status.split(" ")[0])
    if state is None:
        row.warnings.append(f"show stat: status of {backend}/{name}: {status}")
    admin_state = admin_states.get((backend, name))
    if admin_state is None:
        row.warnings.append(f"show servers state: no usable line for {backend}/{name}")
    check_status = row.text("check_status")
    return Server(
        backend=backend,
        name=name,
        number=row.number("sid"),
        address=row.text("addr"),
        status=status,
        state=state,
        admin_state=admin_state,
        sessions=row.number("scur"),
        queue=row.number("qcur"),
        total_sessions=row.number("stot"),
        weight=row.number("weight"),
        seconds_in_state=row.number("lastchg"),
        downtime=row.number("downtime"),
        connection_errors=row.number("econ"),
        check=Check(
            # A star stands before the last result while the next check runs.
            status=check_status and check_status.removeprefix("* "),
            description=row.text("check_desc"),
            output=row.text("last_chk"),
            duration_ms=row.number("check_duration"),
            rise=row.number("check_rise"),
            fall=row.number("check_fall"),
            health=row.number("check_health"),
            failed=row.number("chkfail"),
            went_down=row.number("chkdown"),
        ),
        agent=Agent(row.text("agent_status"), row.text("last_agt")),
    )


def parse_info(text: str) -> dict[str, str]:
    """Parse ``show info``: values by name."""
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def parse_admin_states(text: str) -> dict[tuple[str, str], str]:
    """Parse ``show servers state``: ready, drain or maintenance by backend and server.

    Of a format that is not known here nothing is understood, and every server lacks its state.
    """
    version, _newline, table = text.lstrip().partition("\n")
    lines = table.splitlines()
    if version.strip() != _STATE_FORMAT or not lines:
        return {}
    titles = lines[0].removeprefix("# ").split()
    states: dict[tuple[str, str], str] = {}
    for line in lines[1:]:
        row = dict(zip(titles, line.split(), strict=False))
        bits = row.get("srv_admin_state", "")
        if not bits.isdigit() or not {"be_name", "srv_name"} <= set(row):
            continue
        maintenance, drain = int(bits) & _MAINTENANCE, int(bits) & _DRAIN
        states[row["be_name"], row["srv_name"]] = "maintenance" if maintenance else "drain" if drain else "ready"
    return states


def load_status(ask: Ask) -> Status:
    """Ask the worker that takes connections."""
    info = parse_info(ask("show info"))
    admin_states = parse_admin_states(ask("show servers state"))
    frontends, servers, warnings = parse_stat(ask("show stat"), admin_states)
    uptime = info.get("Uptime_sec", "")
    lacking = [f"show info: no {name}" for name in ("Version", "Uptime_sec") if name not in info]
    return Status(
        version=info.get("Version"),
        uptime=int(uptime) if uptime.isdigit() else None,
        frontends=frontends,
        servers=servers,
        warnings=(*lacking, *warnings),
    )
