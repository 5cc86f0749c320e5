# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GlusterFS through its command line: pure parsers of the XML answers, and loaders that take a Runner.

With ``--xml`` the exit status is 0 also when the request was refused; ``opRet`` tells. Answers without XML are usage
errors and "Connection failed", both with exit status 1. Seen with GlusterFS 10.3 and 11.1.
"""

from __future__ import annotations

import re
import typing as t
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

T = t.TypeVar("T")

CHANGE_TIMEOUT = 150.0
"""Seconds for a request that changes the pool: more than the 120 s after which the gluster command itself gives up."""

PEER_IN_CLUSTER = 3
"""``state`` of a peer that finished its handshake ("Peer in Cluster")."""

_VOLUME_MISSING = 30806
"""``opErrno`` of ``volume info NAME`` when there is no such volume."""

_ANY_EXIT_STATUS = range(256)
_START = "Start it (systemctl start glusterd); its log is /var/log/glusterfs/glusterd.log."

# Refused before anything was changed, because of another request, a handshake or a start that is still under way.
TRANSIENT = re.compile(
    r"Another transaction (is|could be) in progress|Locking failed|is not in 'Peer in Cluster' state"
    r"|Host \S+ not connected|Probe returned with",
    re.IGNORECASE,
)


class GlusterdDown(StateError):
    """The gluster command finds no daemon that answers on this host."""


class GlusterError(StateError):
    """glusterd refused the request, or its answer is not understood."""


@dataclass(frozen=True)
class Reply:
    """An answer: ``op_ret`` is 0 when the request was carried out, ``error`` the daemon's words otherwise."""

    op_ret: int
    op_errno: int
    error: str
    root: ET.Element

    @property
    def transient(self) -> bool:
        return self.op_ret != 0 and bool(TRANSIENT.search(self.error))


@dataclass(frozen=True)
class Peer:
    """Another host of the pool; ``names`` are all addresses under which the pool knows it."""

    uuid: str
    address: str
    names: frozenset[str]
    connected: bool
    state: int
    state_text: str

    @property
    def ready(self) -> bool:
        return self.connected and self.state == PEER_IN_CLUSTER


@dataclass(frozen=True)
class Brick:
    """``name`` is ``address:/path``; ``host_uuid`` the uuid of the glusterd that carries it."""

    name: str
    host_uuid: str

    @property
    def path(self) -> str:
        return self.name.partition(":")[2]


@dataclass(frozen=True)
class Volume:
    """A volume as glusterd keeps it; ``options`` holds those that differ from the built-in defaults."""

    name: str
    id: str
    status: str
    type: str
    replica: int
    arbiter: int
    bricks: tuple[Brick, ...]
    options: dict[str, str]


def parse_reply(text: str) -> Reply:
    """Parse any ``--xml`` answer.

    :raises ValueError: the text is not such an answer.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 (from the host's own gluster program)
    except ET.ParseError as exc:
        raise ValueError(f"not XML: {text.strip()!r}") from exc
    if root.tag != "cliOutput":
        raise ValueError(f"not an answer of gluster: <{root.tag}>")
    error = one_line(root.findtext("opErrstr") or "")
    return Reply(int(_text(root, "opRet")), int(_text(root, "opErrno")), error, root)


def parse_peers(root: ET.Element) -> tuple[Peer, ...]:
    """Parse ``peer status``: the other hosts of the pool, never the local one.

    :raises ValueError: an element is missing.
    """
    peers = []
    for node in root.iterfind("peerStatus/peer"):
        address = _text(node, "hostname")
        names = frozenset(name.text or "" for name in node.iterfind("hostnames/hostname")) | {address}
        connected = _text(node, "connected") == "1"
        # A peer that is only just being probed has a state, but no text for it yet.
        state_text = node.findtext("stateStr") or "unknown"
        peers.append(Peer(_text(node, "uuid"), address, names, connected, int(_text(node, "state")), state_text))
    return tuple(peers)


def parse_volumes(root: ET.Element) -> tuple[Volume, ...]:
    """Parse ``volume info NAME`` or ``volume info all``.

    :raises ValueError: an element is missing.
    """
    return tuple(_parse_volume(node) for node in root.iterfind("volInfo/volumes/volume"))


def parse_online_bricks(root: ET.Element) -> frozenset[str]:
    """Parse ``volume status NAME``: the names of the bricks whose process runs.

    Bricks on hosts that are cut off are absent from the answer. Other daemons appear as nodes whose path is no path.

    :raises ValueError: an element is missing.
    """
    nodes = root.iterfind("volStatus/volumes/volume/node")
    return frozenset(
        f"{_text(node, 'hostname')}:{path}"
        for node in nodes
        if (path := _text(node, "path")).startswith("/") and _text(node, "status") == "1"
    )


def _parse_volume(node: ET.Element) -> Volume:
    return Volume(
        name=_text(node, "name"),
        id=_text(node, "id"),
        status=_text(node, "statusStr"),
        type=_text(node, "typeStr"),
        replica=int(_text(node, "replicaCount")),
        arbiter=int(_text(node, "arbiterCount")),
        bricks=tuple(Brick(_text(b, "name"), _text(b, "hostUuid")) for b in node.iterfind("bricks/brick")),
        options={_text(o, "name"): o.findtext("value") or "" for o in node.iterfind("options/option")},
    )


def _text(node: ET.Element, tag: str) -> str:
    text = node.findtext(tag)
    if not text:
        raise ValueError(f"<{node.tag}> without <{tag}>: {ET.tostring(node, encoding='unicode')}")
    return text


def one_line(text: str) -> str:
    """Gluster's words. It breaks its lines within sentences and ends with a full stop, which an error adds anyway."""
    return " ".join(text.split()).rstrip(".")


def ask(runner: Runner, *args: str, timeout: float = 30.0) -> Reply:
    """Send one request and return the answer, also a refusal.

    :raises GlusterdDown, GlusterError: no daemon, or an answer that is not understood.
    """
    result = runner(["gluster", "--mode=script", *args, "--xml"], ok=_ANY_EXIT_STATUS, timeout=timeout)
    text = f"{result.stdout}\n{result.stderr}"
    if "Connection failed" in text:
        raise GlusterdDown("glusterd", wanted="a daemon that answers", found=one_line(text), remedy=_START)
    try:
        return parse_reply(result.stdout)
    except ValueError as exc:
        found = f"exit status {result.rc}: {one_line(text) or 'no output'}"
        raise GlusterError(
            _shown(args), wanted="an answer in XML", found=found, remedy="See the tool's own words above."
        ) from exc


def change(runner: Runner, *args: str, timeout: float, remedy: str, accept: str | None = None) -> Reply:
    """Send a request that changes the pool; repeat it for up to ``timeout`` seconds while it cannot be carried out yet.

    :param accept: a refusal that contains this text means that an earlier, interrupted request was carried out.
    :raises WaitTimeout, GlusterError: refused, with glusterd's own words.
    """
    reply = wait_for(
        lambda: ask(runner, *args, timeout=CHANGE_TIMEOUT),
        lambda answer: not answer.transient,
        subject=_shown(args),
        wanted="success",
        describe=lambda answer: answer.error,
        remedy=remedy,
        timeout=timeout,
        interval=1.0,
    )
    if reply.op_ret != 0 and (accept is None or accept not in reply.error):
        raise _refused(args, reply, remedy)
    return reply


def when_up(read: t.Callable[[], T], timeout: float) -> T:
    """Return what ``read`` returns, waiting up to ``timeout`` seconds for a glusterd that is just starting.

    :raises WaitTimeout: it does not answer in time.
    """

    def attempt() -> T | GlusterdDown:
        try:
            return read()
        except GlusterdDown as exc:
            return exc

    value = wait_for(
        attempt,
        lambda state: not isinstance(state, GlusterdDown),
        subject="glusterd",
        wanted="a daemon that answers",
        describe=lambda state: state.found if isinstance(state, GlusterdDown) else "an answer",
        remedy=_START,
        timeout=timeout,
    )
    return t.cast(T, value)


def load_peers(runner: Runner, host: str | None = None) -> tuple[Peer, ...]:
    """The other hosts of the pool, as the local host sees them or as ``host``, an address, does."""
    elsewhere = () if host is None else (f"--remote-host={host}",)
    return _load(runner, parse_peers, *elsewhere, "peer", "status")


def load_volumes(runner: Runner) -> tuple[Volume, ...]:
    """All volumes of the pool."""
    return _load(runner, parse_volumes, "volume", "info", "all")


def load_volume(runner: Runner, name: str) -> Volume | None:
    """The volume of that name, or None."""
    args = ("volume", "info", name)
    reply = ask(runner, *args)
    if reply.op_errno == _VOLUME_MISSING:
        return None
    return next(iter(_interpret(args, reply, parse_volumes)), None)


def load_own_uuid(runner: Runner) -> str:
    """The uuid of the local glusterd, see :class:`Brick`."""
    return _load(runner, lambda root: _text(root, "uuidGenerate/uuid"), "system::", "uuid", "get")


def _load(runner: Runner, parse: t.Callable[[ET.Element], T], *args: str) -> T:
    return _interpret(args, ask(runner, *args), parse)


def _interpret(args: t.Sequence[str], reply: Reply, parse: t.Callable[[ET.Element], T]) -> T:
    if reply.op_ret != 0:
        raise _refused(args, reply, "See /var/log/glusterfs/glusterd.log on this host.")
    try:
        return parse(reply.root)
    except ValueError as exc:
        raise GlusterError(
            _shown(args),
            wanted="an answer as GlusterFS 10 and 11 give it",
            found=str(exc),
            remedy="Report this as a bug.",
        ) from exc


def _refused(args: t.Sequence[str], reply: Reply, remedy: str) -> GlusterError:
    return GlusterError(_shown(args), wanted="success", found=reply.error or f"opRet {reply.op_ret}", remedy=remedy)


def _shown(args: t.Sequence[str]) -> str:
    return " ".join(("gluster", *args))
