# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take one server out of HAProxy's service, or back into it, and wait until that is so."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy import Server, load_status
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import Ask
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_workers import (
    OldWorker,
    close_sessions,
    load_old_workers,
    order,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout, wait_for

_WORDS = {"ready": "ready", "drain": "drain", "maintenance": "maint"}
"""HAProxy's words for the states."""

_NO_TABLE = "No such table"
"""What HAProxy answers of a backend without stickiness."""

_CLOSE_TIMEOUT = 5.0
"""Seconds. HAProxy closes sessions within milliseconds."""


@dataclass(frozen=True)
class View:
    """The server now, and what old workers have with it."""

    server: Server
    old_workers: tuple[OldWorker, ...]

    @property
    def sessions(self) -> int:
        return (self.server.sessions or 0) + self.old_sessions

    @property
    def old_sessions(self) -> int:
        return sum(worker.sessions(self.server) for worker in self.old_workers)

    def describe(self) -> str:
        check = self.server.check
        seen = ", ".join(text for text in (check.status, check.description, check.output) if text)
        old = f" ({self.old_sessions} of them from before a reload)" if self.old_sessions else ""
        return (
            f"{self.server.status}, set to {self.server.admin_state}; sessions left: {self.sessions}{old}; "
            f"last check: {seen or 'none'}"
        )


@dataclass(frozen=True)
class Haproxy:
    """One server of HAProxy, seen through the worker's and the master's sockets."""

    worker: Ask
    master: Ask
    backend: str
    name: str

    def look(self) -> View:
        status = load_status(self.worker)
        title = f"{self.backend}/{self.name}"
        server = next((item for item in status.servers if item.title == title), None)
        known = ", ".join(item.title for item in status.servers)
        if server is None:
            raise StateError(
                f"server {title}",
                wanted="a server of HAProxy",
                found=f"only {known}" if known else "; ".join(status.warnings) or "none at all",
                remedy="Correct backend or server.",
            )
        if server.admin_state is None or server.state is None or server.sessions is None:
            raise StateError(
                f"server {title}",
                wanted="its state and sessions",
                found="; ".join(status.warnings),
                remedy="This version of HAProxy is not known to the module.",
            )
        return View(server, load_old_workers(self.master))

    def set(self, view: View, state: str) -> None:
        if view.server.admin_state == state:
            return
        order(self.worker, f"set server {view.server.title} state {_WORDS[state]}", view.server)
        if state == "drain":
            # HAProxy leads a client that comes back to its last server even now.
            forget = f"clear table {self.backend} data.server_id eq {view.server.number}"
            order(self.worker, forget, view.server, done=("", _NO_TABLE))

    def close(self, view: View) -> View:
        """Close its sessions, and return what is there afterwards."""
        close_sessions(self.worker, self.master, view.old_workers, view.server)
        return self.wait_empty(
            _CLOSE_TIMEOUT, "What still holds them is told by 'show sess' at HAProxy's sockets. Its state is as shown."
        )

    def wait_empty(self, timeout: float, remedy: str) -> View:
        # A reload meanwhile makes it ready again, and then none are left only for the moment.
        return wait_for(
            self.look,
            lambda view: view.sessions == 0 and view.server.admin_state != "ready",
            subject=f"server {self.backend}/{self.name}",
            wanted="it out of service with no sessions left",
            describe=View.describe,
            remedy=remedy,
            timeout=timeout,
        )

    def wait_up(self, timeout: float) -> View:
        # While a server comes from maintenance it counts as up before it was checked, with a status of UP 1/2.
        return wait_for(
            self.look,
            lambda view: view.server.status in ("UP", "no check"),
            subject=f"server {self.backend}/{self.name}",
            wanted="up by its checks",
            describe=View.describe,
            remedy="It is set to ready and gets clients as soon as it is up. Look at Samba and CTDB on the server.",
            timeout=timeout,
        )


def empty(haproxy: Haproxy, timeout: float, *, shutdown_sessions: bool) -> tuple[View, int]:
    """Wait until the sessions are gone, or close those that are left; returns the state then and how many were."""
    try:
        return haproxy.wait_empty(
            timeout,
            "It stays in drain: no new clients are sent to it. Repeat with a longer timeout or with shutdown_sessions, "
            "or set it to ready.",
        ), 0
    except WaitTimeout:
        if not shutdown_sessions:
            raise
    view = haproxy.look()
    return haproxy.close(view), view.sessions
