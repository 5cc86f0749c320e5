# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What corosync says: members, votes, the quorum device, the heartbeat links. Pure parsers, and a loader.

Its tools have no output for machines (``-p`` of corosync-quorumtool changes nothing in what is read here). Seen with
corosync 3.1.7 and 3.1.9.
"""

from __future__ import annotations

import contextlib
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Result, Runner, words
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

T = t.TypeVar("T")

_NO_DAEMON = re.compile(
    r"Cannot initiali[sz]e (?:CMAP|VOTEQUORUM|QUORUM) service|Could not initialize corosync|"
    r"Failed to initialize the cmap API|Can't connect to QDevice socket"
)
"""What the tools say where they find no daemon. A full /dev/shm looks the same to them."""

_KEY = re.compile(r"(\S+) \(\w+\) = (.*)")
_NODE = re.compile(r"nodelist\.node\.(\d+)\.(\w+)")
_RING = re.compile(r"ring(\d+)_addr")
_MEMBER = re.compile(r"\s*(\d+)\s+(\d+)\s.*")
_LINK = re.compile(r"LINK ID (\d+) \S+")
_PEER = re.compile(r"\s+nodeid:\s+(\d+):\s+(.*)")
_STATES = {"connected": True, "disconnected": False}


class CorosyncDown(StateError):
    """corosync does not run on this host, or cannot be asked."""

    def __init__(self, found: str) -> None:
        super().__init__(
            "corosync",
            wanted="a daemon that answers",
            found=found,
            remedy="Read: systemctl status corosync, and journalctl -b -u corosync. See that /dev/shm is not full.",
        )


@dataclass(frozen=True)
class Member:
    """A node of corosync.conf. ``votes`` is None while it is no member of this node's partition."""

    name: str
    id: int
    votes: int | None


@dataclass(frozen=True)
class Configured:
    """What corosync was configured with: names by ids, addresses by link and id, and whether with a quorum device."""

    names: dict[int, str]
    addresses: dict[tuple[int, int], str]
    qdevice: bool


@dataclass(frozen=True)
class Quorum:
    """``votes`` holds those of each member by its id."""

    quorate: bool
    expected_votes: int
    total_votes: int
    votes: dict[int, int]


@dataclass(frozen=True)
class Link:
    """A heartbeat link to a peer: its number and the peer's address in it."""

    link: int
    address: str | None
    connected: bool


@dataclass(frozen=True)
class Qdevice:
    """The quorum device as corosync-qdevice on this host sees it; both words are its own, None where it does not run.

    ``connected`` tells whether it reaches the quorum server.
    """

    configured: bool
    connected: bool
    state: str | None
    algorithm: str | None


@dataclass(frozen=True)
class Corosync:
    """All of it. ``links`` are those to each peer, by the peer's name."""

    quorate: bool
    expected_votes: int
    total_votes: int
    nodes: tuple[Member, ...]
    qdevice: Qdevice
    links: dict[str, tuple[Link, ...]]


def parse_configured(text: str) -> Configured:
    """Parse ``corosync-cmapctl -b nodelist quorum``. A node without a name in corosync.conf goes by its id.

    :raises ValueError: it holds no node.
    """
    keys = {match[1]: match[2] for line in text.splitlines() if (match := _KEY.fullmatch(line))}
    nodes: dict[str, dict[str, str]] = {}
    for key, value in keys.items():
        if match := _NODE.fullmatch(key):
            nodes.setdefault(match[1], {})[match[2]] = value
    numbered = {int(node["nodeid"]): node for node in nodes.values() if "nodeid" in node}
    if not numbered:
        raise ValueError(text)
    return Configured(
        names={number: node.get("name", str(number)) for number, node in numbered.items()},
        addresses={
            (int(match[1]), number): value
            for number, node in numbered.items()
            for key, value in node.items()
            if (match := _RING.fullmatch(key))
        },
        qdevice="quorum.device.model" in keys,
    )


def parse_quorum(text: str) -> Quorum:
    """Parse ``corosync-quorumtool -s``.

    :raises ValueError: a line is missing.
    """
    head, _title, members = text.partition("Membership information")
    fields = {key: value.strip() for key, _colon, value in (line.partition(":") for line in head.splitlines())}
    rows = [row for line in members.splitlines() if (row := _MEMBER.fullmatch(line))]
    try:
        return Quorum(
            quorate={"Yes": True, "No": False}[fields["Quorate"]],
            expected_votes=int(fields["Expected votes"]),
            total_votes=int(fields["Total votes"]),
            # The quorum device is the one with the id 0.
            votes={int(row[1]): int(row[2]) for row in rows if row[1] != "0"},
        )
    except KeyError as exc:
        raise ValueError(text) from exc


def parse_links(text: str) -> dict[tuple[int, int], bool]:
    """Parse ``corosync-cfgtool -s``: whether each link is connected to each peer, by link and peer's id.

    ``corosync-cfgtool -n`` says nothing of a peer that no link reaches.

    :raises ValueError: it tells of no link, or a state is not known.
    """
    links: dict[tuple[int, int], bool] = {}
    link = None
    for line in text.splitlines():
        if match := _LINK.fullmatch(line):
            link = int(match[1])
        elif (match := _PEER.fullmatch(line)) and link is not None and match[2] != "localhost":
            if match[2] not in _STATES:
                raise ValueError(line)
            links[link, int(match[1])] = _STATES[match[2]]
    if link is None:
        raise ValueError(text)
    return links


def parse_qdevice(text: str) -> Qdevice:
    """Parse ``corosync-qdevice-tool -s``.

    :raises ValueError: it tells no state.
    """
    fields = {key.strip(): value.strip() for key, _colon, value in (line.partition(":") for line in text.splitlines())}
    if "State" not in fields:
        raise ValueError(text)
    return Qdevice(True, fields["State"] == "Connected", fields["State"], fields.get("Algorithm"))


def load_corosync(runner: Runner, timeout: float) -> Corosync:
    """Ask corosync on this host.

    :param timeout: seconds that each of its tools may take.
    :raises CorosyncDown: it does not run.
    :raises StateError: a tool is missing, does not end, or says what is not understood.
    """

    def ask(*argv: str) -> Result:
        done = runner(argv, ok=range(256), timeout=timeout)
        if done.rc != 0 and _NO_DAEMON.search(done.stderr):
            raise CorosyncDown(words(done.stderr))
        return done

    configured = _understand(parse_configured, ask("corosync-cmapctl", "-b", "nodelist", "quorum"))
    quorum = _understand(parse_quorum, ask("corosync-quorumtool", "-s"))
    states = _understand(parse_links, ask("corosync-cfgtool", "-s"))
    qdevice = Qdevice(configured.qdevice, connected=False, state=None, algorithm=None)
    if configured.qdevice:
        # corosync itself does answer.
        with contextlib.suppress(CorosyncDown):
            qdevice = _understand(parse_qdevice, ask("corosync-qdevice-tool", "-s"))
    links: dict[str, list[Link]] = {}
    for (link, peer), connected in sorted(states.items()):
        address = configured.addresses.get((link, peer))
        links.setdefault(configured.names.get(peer, str(peer)), []).append(Link(link, address, connected))
    return Corosync(
        quorate=quorum.quorate,
        expected_votes=quorum.expected_votes,
        total_votes=quorum.total_votes,
        nodes=tuple(Member(name, number, quorum.votes.get(number)) for number, name in configured.names.items()),
        qdevice=qdevice,
        links={peer: tuple(found) for peer, found in links.items()},
    )


def _understand(parse: t.Callable[[str], T], done: Result) -> T:
    """What a tool said, parsed."""
    try:
        return parse(done.stdout)
    except ValueError as exc:
        raise StateError(
            " ".join(done.argv),
            wanted="an answer as corosync 3.1 gives it",
            found=f"exit status {done.rc}: {words(done.stderr) or str(exc).strip() or 'no output'}",
            remedy="Report this as a bug.",
        ) from exc
