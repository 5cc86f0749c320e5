# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a volume can be healed at all, and waiting until it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import Volume, ask, load_peers
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_heal import (
    Heal,
    SplitFile,
    ask_text,
    launch,
    load_heal,
    load_progress,
    load_split_files,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_status import (
    REPLICATED,
    Silent,
    VolumeStatus,
    cut_off,
    not_understood,
    parse_status,
    place,
    within,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

LOOK = 60.0
"""Seconds to look at each entry before they are only counted; enough for some 6000 that are being healed."""

_FILE = re.compile(r"/.*|gfid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.DOTALL)


@dataclass(frozen=True)
class State:
    """``named`` and ``unnamed`` are the entries in split brain, empty also where no file is named."""

    heal: Heal
    named: tuple[SplitFile, ...] = ()
    unnamed: tuple[SplitFile, ...] = ()

    @property
    def settled(self) -> bool:
        return self.heal.done and not self.named

    def describe(self) -> str:
        split = f"; still in split brain: {' '.join(file.name for file in self.named)}" if self.named else ""
        return self.heal.describe() + split


@dataclass(frozen=True)
class Crawl:
    """One pass of a self-heal daemon over a brick."""

    brick: str
    started: str
    kind: str
    running: bool


def parse_crawls(text: str) -> tuple[Crawl, ...]:
    """Parse ``volume heal NAME statistics``, which has no XML: the last 50 or so passes over each brick."""
    crawls = []
    brick = started = ""
    running = False
    for line in text.splitlines():
        title, _colon, value = line.partition(":")
        if line.startswith("Crawl statistics for brick no "):
            brick = line.removeprefix("Crawl statistics for brick no ").strip()
        elif title == "Starting time of crawl":
            started, running = value.strip(), False
        elif line.strip() == "Crawl is in progress":
            running = True
        elif title == "Type of crawl":
            crawls.append(Crawl(brick, started, value.strip(), running))
    return tuple(crawls)


def check_volume(name: str, volume: Volume | None) -> Volume:
    """:raises StateError: there is no such volume, or nothing to heal on volumes like it."""
    if volume is not None and volume.type in REPLICATED and volume.status == "Started":
        return volume
    raise StateError(
        f"volume {name}",
        wanted="a replicated volume that is started",
        found="no such volume" if volume is None else f"{volume.type}, {volume.status}",
        remedy=f"Start it (gluster volume start {name})." if volume else "Correct the name; see gluster volume list.",
    )


def check_files(volume: Volume, files: Sequence[str], policy: str, source_brick: str | None) -> None:
    """:raises StateError: a request made of this would do something else, or nothing."""
    faults = [f"{file!r} is no path on the volume and no gfid:..." for file in files if not _FILE.fullmatch(file)]
    if policy == "source-brick":
        names = [brick.name for brick in volume.bricks]
        if source_brick not in names:
            faults.append(f"{source_brick!r} is none of its bricks {' '.join(names)}")
        elif volume.arbiter and (names.index(source_brick) + 1) % volume.replica == 0:
            faults.append(f"{source_brick} is an arbiter, which holds no data")
    if faults:
        raise StateError(
            f"volume {volume.name}",
            wanted="files by their paths from the volume's root, and one of its bricks that holds data",
            found="; ".join(faults),
            remedy="Correct split_brain. Nothing was changed.",
        )


def check_able(runner: Runner, volume: Volume, silent: Silent, *, timeout: float) -> None:
    """:raises StateError: a brick or self-heal daemon is not online, so that nothing could be healed."""
    peers = load_peers(runner)
    lost = cut_off(peers, silent([peer.address for peer in peers]))
    if lost is not None:
        raise lost
    status = _load_status(runner, volume.name, timeout=timeout)
    offline, unknown = [], []
    for brick, online in zip(volume.bricks, status.online(volume), strict=True):
        daemon = f"self-heal daemon on {place(brick)[0]}"
        if online is None:
            unknown += [f"brick {brick.name}", daemon]
            continue
        offline += [] if online else [f"brick {brick.name}"]
        # A host that tells of its brick but of no daemon has none.
        offline += [] if status.daemons.get(brick.host_uuid) else [daemon]
    found = []
    remedy = []
    if offline:
        found.append(f"offline: {', '.join(dict.fromkeys(offline))}")
        remedy.append(
            f"Start what is offline: gluster volume start {volume.name} force. If that does not help, see "
            "/var/log/glusterfs on its host."
        )
    if unknown:
        found.append(f"cut off: {', '.join(dict.fromkeys(unknown))}")
        remedy.append("Bring back the hosts that are cut off, and glusterd on them.")
    if found:
        raise StateError(
            f"volume {volume.name}",
            wanted="all bricks and self-heal daemons online, since nothing could be healed without them",
            found="; ".join(found),
            remedy=" ".join(remedy),
        )


def _load_status(runner: Runner, name: str, *, timeout: float) -> VolumeStatus:
    request = f"volume status {name}"
    limited = within(runner, timeout)
    reply = wait_for(
        lambda: ask(limited, *request.split()),
        lambda reply: reply.op_ret == 0,
        subject=f"gluster {request}",
        wanted="an answer",
        describe=lambda reply: reply.error,
        remedy="Ask again. If it stays so, look for a gluster command or a host that hangs.",
        timeout=timeout,
        interval=0.5,
    )
    try:
        return parse_status(reply.root).get(name, VolumeStatus())
    except ValueError as exc:
        raise not_understood(request, exc) from exc


def load_state(runner: Runner, name: str, files: Sequence[str], *, timeout: float) -> State:
    """What is to be healed, with the entries in split brain if files are named."""
    heal, _errors = load_heal(runner, name, timeout=min(timeout, LOOK))
    return _with_split(runner, name, heal, files, timeout=timeout)


def _with_split(runner: Runner, name: str, heal: Heal, files: Sequence[str], *, timeout: float) -> State:
    if not files or all(brick.split_brain == 0 for brick in heal.bricks):
        return State(heal)
    split = load_split_files(runner, name, timeout=timeout)
    named = tuple(file for file in split if file.named(files))
    return State(heal, named, tuple(file for file in split if file not in named))


def wait_healed(runner: Runner, name: str, files: Sequence[str], *, timeout: float) -> State:
    """Wait until nothing is pending and none of the files is in split brain.

    :raises WaitTimeout: with the last counts of each brick.
    """
    return wait_for(
        lambda: _with_split(runner, name, load_progress(runner, name, timeout=timeout), files, timeout=timeout),
        lambda state: state.settled,
        subject=f"volume {name}",
        wanted="nothing pending, and none of the files named in split brain",
        describe=State.describe,
        remedy=f"See gluster volume heal {name} info, and /var/log/glusterfs/glustershd.log on the hosts.",
        timeout=timeout,
        interval=1.0,
    )


def load_crawls(runner: Runner, volume: str, *, timeout: float) -> tuple[Crawl, ...]:
    return parse_crawls(ask_text(runner, "volume", "heal", volume, "statistics", timeout=timeout))


def wait_crawled(runner: Runner, name: str, *, timeout: float) -> None:
    """Start going over the whole volume, and wait for the end of that.

    :raises WaitTimeout: it has not begun, or not ended.
    """

    def read() -> list[Crawl]:
        return [crawl for crawl in load_crawls(runner, name, timeout=timeout) if crawl.kind == "FULL"]

    def begun(crawls: list[Crawl]) -> bool:
        return [(crawl.brick, crawl.started) for crawl in crawls] != before

    before = [(crawl.brick, crawl.started) for crawl in read()]
    launch(runner, name, full=True, timeout=timeout)
    wait_for(
        read,
        lambda crawls: begun(crawls) and not any(crawl.running for crawl in crawls),
        subject=f"volume {name}",
        wanted="the end of going over the whole volume",
        describe=lambda crawls: "under way" if begun(crawls) else "not begun",
        remedy=f"See gluster volume heal {name} statistics.",
        timeout=timeout,
        interval=1.0,
    )
