# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bricks and self-heal daemons run, and what that means for clients. Seen with GlusterFS 10.3 and 11.1."""

from __future__ import annotations

import socket
import time
import typing as t
import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import DEFAULT_TIMEOUT, Result, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import Brick, GlusterError, Peer, Volume, ask
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

GLUSTERD_PORT = 24007
CONNECT_TIMEOUT = 1.0
"""Seconds. A host on the same network that is up answers within milliseconds."""

REPLICATED = ("Replicate", "Distributed-Replicate")
"""``Volume.type`` of volumes that AFR keeps, which has a client quorum and heals."""

_SHORTEST = 2.0
"""Seconds that a request gets also when its time is nearly used up, so that a refusal is not taken for a hang."""

Silent = t.Callable[[Sequence[str]], frozenset[str]]
"""Signature of :func:`silent`, so that tests need no network."""


@dataclass(frozen=True)
class BrickStatus:
    """``online`` is whether the brick's process runs. Sizes in bytes, of the file system that carries the brick.

    None is what is not known: all of it where no glusterd answers on the brick's host.
    """

    online: bool | None = None
    pid: int | None = None
    size_total: int | None = None
    size_free: int | None = None
    inodes_total: int | None = None
    inodes_free: int | None = None


@dataclass(frozen=True)
class VolumeStatus:
    """Bricks by the uuid of their host and their path; whether a self-heal daemon runs, by the uuid of its host."""

    bricks: Mapping[tuple[str, str], BrickStatus] = field(default_factory=dict)
    daemons: Mapping[str, bool] = field(default_factory=dict)

    def online(self, volume: Volume) -> list[bool | None]:
        """For each brick of the volume, in its order. Where the volume is not started, no brick runs."""
        if volume.status != "Started":
            return [False] * len(volume.bricks)
        return [self.bricks.get(key(brick), BrickStatus()).online for brick in volume.bricks]


@dataclass(frozen=True)
class Quorum:
    """Whether clients may write. ``online`` counts the bricks of that replica set which has the fewest of them."""

    type: str
    needed: int
    online: int
    met: bool | None


def place(brick: Brick) -> tuple[str, str]:
    """The address, perhaps one of IPv6, and the path of a brick."""
    address, _colon, path = brick.name.partition(":/")
    return address, f"/{path}"


def key(brick: Brick) -> tuple[str, str]:
    """What :attr:`VolumeStatus.bricks` is looked up by."""
    return brick.host_uuid, place(brick)[1]


def parse_status(root: ET.Element) -> dict[str, VolumeStatus]:
    """Parse ``volume status``, with or without ``detail``, which leaves the daemons out and has sizes instead.

    Bricks and daemons on hosts that are cut off are absent. The local host's daemon is on "localhost", so hosts are
    told apart by their uuid.

    :raises ValueError: an element is missing.
    """
    volumes = {}
    for volume in root.iterfind("volStatus/volumes/volume"):
        bricks, daemons = {}, {}
        for node in volume.iterfind("node"):
            host, path, online = _text(node, "peerid"), _text(node, "path"), _text(node, "status") == "1"
            if path.startswith("/"):
                pid = _number(node, "pid")
                bricks[host, path] = BrickStatus(
                    online=online,
                    pid=pid if pid is not None and pid > 0 else None,
                    size_total=_number(node, "sizeTotal"),
                    size_free=_number(node, "sizeFree"),
                    inodes_total=_number(node, "inodesTotal"),
                    inodes_free=_number(node, "inodesFree"),
                )
            elif _text(node, "hostname") == "Self-heal Daemon":
                daemons[host] = online
        volumes[_text(volume, "volName")] = VolumeStatus(bricks, daemons)
    return volumes


def client_quorum(volume: Volume, online: Sequence[bool | None]) -> Quorum | None:
    """Judge by the volume's options and ``online`` of each brick; None for types of volumes not known here.

    ``auto``, the default from three copies on, is more than half of a replica set, or half of it with its first brick.
    """
    if volume.type not in (*REPLICATED, "Distribute"):
        return None
    size = volume.replica
    kind = volume.options.get("cluster.quorum-type", "auto" if size > 2 else "none") if size > 1 else "none"
    needed = 1
    if kind == "auto":
        needed = size // 2 + 1
    elif kind == "fixed":
        needed = int(volume.options.get("cluster.quorum-count", "1"))

    def enough(bricks: Sequence[bool]) -> bool:
        half = kind == "auto" and 2 * sum(bricks) == size and bricks[0]
        return sum(bricks) >= needed or half

    sets = [online[start : start + size] for start in range(0, len(online), size)]
    surely = all(enough([brick is True for brick in bricks]) for bricks in sets)
    perhaps = all(enough([brick is not False for brick in bricks]) for bricks in sets)
    fewest = min((sum(brick is True for brick in bricks) for bricks in sets), default=0)
    return Quorum(kind, needed, fewest, True if surely else None if perhaps else False)


def within(runner: Runner, seconds: float) -> Runner:
    """A runner whose commands all together take ``seconds`` from now, whatever limit each is given."""
    deadline = time.monotonic() + seconds

    def limited(
        argv: Sequence[str],
        *,
        stdin: str | None = None,
        ok: t.Container[int] = (0,),
        timeout: float = DEFAULT_TIMEOUT,  # noqa: ARG001 (part of the signature)
    ) -> Result:
        left = max(_SHORTEST, round(deadline - time.monotonic(), 1))
        return runner(argv, stdin=stdin, ok=ok, timeout=left)

    return limited


def silent(addresses: Sequence[str]) -> frozenset[str]:
    """Those of the addresses from where nothing comes back, not even a refusal, when glusterd's port is called.

    glusterd notices within 28 s that a host was cut off, but only if it has nothing to send to it. A request meanwhile
    that all hosts must answer blocks for minutes and holds the volume's lock. So look before you ask.
    """

    def answers(address: str) -> bool:
        try:
            socket.create_connection((address, GLUSTERD_PORT), CONNECT_TIMEOUT).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return True

    if not addresses:
        return frozenset()
    with ThreadPoolExecutor(len(addresses)) as pool:
        return frozenset(address for address, up in zip(addresses, pool.map(answers, addresses), strict=True) if not up)


def cut_off(peers: t.Iterable[Peer], mute: Collection[str]) -> StateError | None:
    """What is wrong where glusterd believes in peers at ``mute`` addresses; None where all can be asked."""
    lost = sorted(peer.address for peer in peers if peer.connected and peer.address in mute)
    if not lost:
        return None
    return StateError(
        "gluster pool",
        wanted=f"an answer from port {GLUSTERD_PORT} of each connected peer",
        found=f"none from {' '.join(lost)}",
        remedy="What all hosts must answer was not asked, since glusterd would wait for them with the volume locked. "
        "Look at their power and network.",
    )


def load_status(
    runner: Runner, names: t.Iterable[str], *more: str, timeout: float
) -> tuple[dict[str, VolumeStatus], StateError | None]:
    """The status of all volumes that are started, whose ``names`` are expected in the answer.

    glusterd leaves out, without a word, a volume that another transaction holds just then: it is asked again.

    :returns: what was found, and why it is not all.
    """
    found: dict[str, VolumeStatus] = {}
    missing = set(names)
    limited = within(runner, timeout)

    def read() -> None:
        reply = ask(limited, "volume", "status", "all", *more)
        if reply.op_ret != 0 and not reply.transient:
            raise GlusterError("gluster volume status all", wanted="success", found=reply.error, remedy="See above.")
        found.update(parse_status(reply.root))
        missing.difference_update(found)

    try:
        if missing:
            wait_for(
                read,
                lambda _: not missing,
                subject="gluster volume status all",
                wanted="the status of all volumes",
                describe=lambda _: f"volumes that another transaction holds: {' '.join(sorted(missing))}",
                remedy="Ask again. If it stays so, look for a gluster command or a host that hangs.",
                timeout=timeout,
                interval=0.3,
            )
    except StateError as exc:
        return found, exc
    except ValueError as exc:
        return found, not_understood("volume status all", exc)
    return found, None


def not_understood(request: str, exc: ValueError) -> GlusterError:
    return GlusterError(
        f"gluster {request}",
        wanted="an answer as GlusterFS 10 and 11 give it",
        found=str(exc),
        remedy="Report this as a bug.",
    )


def _text(node: ET.Element, tag: str) -> str:
    text = node.findtext(tag)
    if not text:
        raise ValueError(f"<{node.tag}> without <{tag}>: {ET.tostring(node, encoding='unicode')}")
    return text


def _number(node: ET.Element, tag: str) -> int | None:
    """None for what is absent or "N/A"."""
    text = node.findtext(tag) or ""
    return int(text) if text.lstrip("-").isdigit() else None
