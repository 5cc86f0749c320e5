# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that are left in HAProxy's old workers.

After a reload the sessions that there are stay with the worker that took them, until they end. Such a worker checks no
server any more, is not seen at the worker's socket, and knows nothing of states that are set later; the master tells
of it.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy import Server, parse_stat
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import Ask

_SECTION = "# old workers"
_GONE = ("Can't find the target PID", "Can't connect to the target CLI")
"""What the master answers for a worker that has ended, or is about to after its last session."""


@dataclass(frozen=True)
class OldWorker:
    """A worker from before a reload, and its servers as it sees them: their sessions are true, their states old."""

    pid: int
    servers: tuple[Server, ...]

    def sessions(self, server: Server) -> int:
        """The number of sessions it has with the server; 0 if it does not know it."""
        return sum(seen.sessions or 0 for seen in self.servers if seen.title == server.title)

    @property
    def understood(self) -> bool:
        return bool(self.servers) and all(server.sessions is not None for server in self.servers)


def parse_old_workers(text: str) -> tuple[int, ...]:
    """Parse the master's ``show proc``: the process ids of the old workers."""
    pids: list[int] = []
    section = ""
    for line in text.splitlines():
        if line.startswith("#"):
            section = line.strip()
        elif section == _SECTION and (words := line.split()) and words[0].isdigit():
            pids.append(int(words[0]))
    return tuple(pids)


def load_old_workers(master: Ask) -> tuple[OldWorker, ...]:
    """Ask the master for the old workers, and each of those for its servers."""
    workers: list[OldWorker] = []
    for pid in parse_old_workers(master("show proc")):
        answer = master(f"@!{pid} show stat")
        # It may end between the two questions.
        if not answer or answer.startswith(_GONE):
            continue
        worker = OldWorker(pid, parse_stat(answer, {})[1])
        if not worker.understood:
            raise StateError(
                f"HAProxy's old worker {pid}",
                wanted="its servers' sessions",
                found=answer.splitlines()[0],
                remedy="It goes when its last session ends, or with systemctl restart haproxy, which closes them all.",
            )
        workers.append(worker)
    return tuple(workers)


def parse_sessions(text: str, server: Server) -> tuple[str, ...]:
    """Parse ``show sess``: the ids of the sessions with the server."""
    found = re.findall(r"^(0x[0-9a-f]+): .*? be=(\S+) srv=(\S+) ", text, re.MULTILINE)
    return tuple(session for session, backend, name in found if (backend, name) == (server.backend, server.name))


def close_sessions(worker: Ask, master: Ask, old_workers: t.Iterable[OldWorker], server: Server) -> None:
    """Close the server's sessions in all workers. They are gone a moment later."""
    order(worker, f"shutdown sessions server {server.title}", server)
    for old in old_workers:
        # An old worker refuses to close a server's sessions at once: its proxies are disabled.
        for session in parse_sessions(master(f"@!{old.pid} show sess"), server):
            master(f"@!{old.pid} shutdown session {session}")


def order(ask: Ask, command: str, server: Server, done: t.Container[str] = ("",)) -> None:
    """Give a command. HAProxy answers nothing to one that it carried out; ``done`` are answers that are as good."""
    answer = ask(command).strip()
    if answer not in done:
        raise StateError(
            f"server {server.title}",
            wanted=f"HAProxy to carry out '{command}'",
            found=answer,
            remedy="The socket must have the level admin (stats socket in haproxy.cfg).",
        )
