# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be healed on a replicated volume, and the requests that heal it. Seen with GlusterFS 10.3 and 11.1.

There are two ways to count. ``info summary`` (a client of its own, glfsheal) looks at each entry on all bricks: 0.1 s
where nothing is pending, about 2 s for 1000 entries and 10 s while they are being healed, 10 s where a brick's host is
cut off. ``statistics heal-count`` only counts what the bricks noted down: 0.1 s, but split brain is not told apart.
"""

from __future__ import annotations

import re
import typing as t
import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandTimeout, Result, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    TRANSIENT,
    GlusterError,
    Reply,
    ask,
    one_line,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_status import not_understood, within
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

T = t.TypeVar("T")

MANY = 200
"""Entries from which on they are only counted while they are waited for; looking at each would slow the heal down."""

CONNECTED = 30.0
"""Seconds in which a self-heal daemon finds a brick that came back; it tries every 3 s."""

_REMEDY = "See /var/log/glusterfs/glustershd.log and glfsheal-*.log on this host."
_BUSY = "Ask again. If it stays so, look for a gluster command or a host that hangs."
_ANY_EXIT_STATUS = range(256)
_NOT_CONNECTED = re.compile(f"{TRANSIENT.pattern}|brick op 'Heal' failed|Commit failed on", re.IGNORECASE)
_GFID = re.compile(r"<gfid:([0-9a-f-]{36})>")
_NOT_COUNTED = re.compile(r"Status: |No gathered input for this brick")
_NEVER_IN_SPLIT_BRAIN = "File not in split-brain"


@dataclass(frozen=True)
class BrickHeal:
    """What a brick noted down as to be healed. Both None for a brick that cannot be read.

    ``split_brain`` alone is None where there are entries that were only counted, and ``pending`` is all of them then.
    """

    name: str
    pending: int | None = None
    split_brain: int | None = None

    def describe(self) -> str:
        if self.pending is None:
            return f"{self.name}: cannot be read"
        split = "" if self.split_brain is None else f", {self.split_brain} in split brain"
        return f"{self.name}: {self.pending} pending{split}"


@dataclass(frozen=True)
class Heal:
    """The bricks in the volume's order."""

    bricks: tuple[BrickHeal, ...]

    @property
    def unreadable(self) -> tuple[str, ...]:
        return tuple(brick.name for brick in self.bricks if brick.pending is None)

    @property
    def done(self) -> bool:
        """All bricks were read, each entry was looked at, and none can be healed by itself."""
        return all(brick.pending == 0 and brick.split_brain is not None for brick in self.bricks)

    def pending(self, replica: int) -> int | None:
        return _count([brick.pending for brick in self.bricks], replica)

    def split_brain(self, replica: int) -> int | None:
        return _count([brick.split_brain for brick in self.bricks], replica)

    def describe(self) -> str:
        return "; ".join(brick.describe() for brick in self.bricks)


@dataclass(frozen=True)
class SplitFile:
    """An entry in split brain: its path on the volume, or ``gfid:...`` where no brick knows the path."""

    name: str
    gfid: str

    def named(self, names: Collection[str]) -> bool:
        return self.name in names or f"gfid:{self.gfid}" in names


def parse_summary(root: ET.Element) -> Heal:
    """Parse ``volume heal NAME info summary``.

    :raises ValueError: an element is missing.
    """
    bricks = []
    for node in root.iterfind("healInfo/bricks/brick"):
        name = node.findtext("name") or ""
        if node.findtext("status") != "Connected":
            # Also that of a brick read in part: "Failed to process entries completely. (...)".
            bricks.append(BrickHeal(name))
            continue
        pending = _number(node, "numberOfEntriesInHealPending") + _number(node, "numberOfEntriesPossiblyHealing")
        bricks.append(BrickHeal(name, pending, _number(node, "numberOfEntriesInSplitBrain")))
    if not bricks:
        raise ValueError("no brick")
    return Heal(tuple(bricks))


def parse_count(text: str) -> Heal:
    """Parse ``volume heal NAME statistics heal-count``, which has no XML.

    :raises ValueError: a line is not understood.
    """
    counts: dict[str, int | None] = {}
    name = ""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("Brick "):
            name = line.removeprefix("Brick ")
            counts[name] = None
        elif name and (found := re.fullmatch(r"Number of entries: (\d+)", line)):
            counts[name] = int(found.group(1))
        elif not (line.endswith("has been successful") or (name and _NOT_COUNTED.match(line))):
            raise ValueError(line)
    # Without any entry there is none in split brain either.
    return Heal(tuple(BrickHeal(name, count, 0 if count == 0 else None) for name, count in counts.items()))


def parse_split_files(root: ET.Element) -> tuple[SplitFile, ...]:
    """Parse ``volume heal NAME info split-brain``; each entry once, though all its bricks list it."""
    found = {}
    for node in root.iterfind("healInfo/bricks/brick/file"):
        gfid, text = node.get("gfid", ""), node.text or ""
        known = _GFID.fullmatch(text)
        name = f"gfid:{known.group(1)}" if known else text
        if gfid not in found or known is None:
            found[gfid] = SplitFile(name, gfid)
    return tuple(found.values())


def load_heal(runner: Runner, volume: str, *, timeout: float, count: bool = True) -> tuple[Heal, StateError | None]:
    """What is to be healed; only counted, if ``count`` allows, where looking at each entry takes too long.

    :returns: the state, and why it is not told in full.
    :raises StateError: not known.
    """
    args = ("volume", "heal", volume, "info", "summary")
    try:
        return _understand(args, ask(within(runner, timeout), *args), parse_summary), None
    except CommandTimeout as exc:
        if not count:
            raise
        return load_count(runner, volume, timeout=timeout), exc


def load_count(runner: Runner, volume: str, *, timeout: float) -> Heal:
    """How many entries the bricks noted down, whether in split brain or not."""
    args = ("volume", "heal", volume, "statistics", "heal-count")
    text = ask_text(runner, *args, timeout=timeout)
    try:
        return parse_count(text)
    except ValueError as exc:
        raise not_understood(" ".join(args), exc) from exc


def load_progress(runner: Runner, volume: str, *, timeout: float) -> Heal:
    """What is to be healed, in a way that does not hold up the heal: many entries are only counted."""
    counted = load_count(runner, volume, timeout=timeout)
    if any(brick.pending is not None and brick.pending > MANY for brick in counted.bricks):
        return counted
    return load_heal(runner, volume, timeout=timeout)[0]


def load_split_files(runner: Runner, volume: str, *, timeout: float) -> tuple[SplitFile, ...]:
    """:raises StateError: not known, also where a name is not UTF-8, for which glfsheal has no XML."""
    args = ("volume", "heal", volume, "info", "split-brain")
    return _understand(args, ask(within(runner, timeout), *args), parse_split_files)


def launch(runner: Runner, volume: str, *, full: bool, timeout: float) -> None:
    """Tell the self-heal daemons to start now. It is refused while one has not found a brick that came back."""
    ask_text(
        runner,
        *("volume", "heal", volume, *(["full"] if full else [])),
        timeout=min(timeout, CONNECTED),
        again=_NOT_CONNECTED,
        remedy="A self-heal daemon runs and is not connected to a brick: see /var/log/glusterfs/glustershd.log on the "
        f"hosts, end the daemon there that hangs, and start it anew (gluster volume start {volume} force).",
    )


def resolve(runner: Runner, volume: str, file: str, policy: Sequence[str], *, timeout: float) -> None:
    """End one file's split brain: the copy that ``policy`` chooses replaces the others, which are lost.

    :param policy: the policy's name, and the brick after "source-brick".
    :raises GlusterError: refused, with gluster's own words, and nothing was changed.
    """
    args = ("volume", "heal", volume, "split-brain", *policy, file)
    result = within(runner, timeout)(["gluster", "--mode=script", *args], ok=_ANY_EXIT_STATUS)
    said = _said(result)
    if result.rc != 0 and _NEVER_IN_SPLIT_BRAIN not in said:
        raise GlusterError(
            f"gluster {' '.join(args)}",
            wanted="success",
            found=said,
            remedy="The file was not changed. Choose another policy, or look at its copies on the bricks.",
        )


def ask_text(
    runner: Runner, *args: str, timeout: float, again: re.Pattern[str] = TRANSIENT, remedy: str = _BUSY
) -> str:
    """Send a request that has no XML answer, repeated while it is refused for a reason that passes; returns its words.

    :param again: such reasons; the standard is that another transaction holds the volume.
    """
    limited = within(runner, timeout)
    result = wait_for(
        lambda: limited(["gluster", "--mode=script", *args], ok=_ANY_EXIT_STATUS),
        lambda result: result.rc == 0 or not again.search(result.stdout + result.stderr),
        subject=f"gluster {' '.join(args)}",
        wanted="success",
        describe=_said,
        remedy=remedy,
        timeout=timeout,
        interval=0.5,
    )
    if result.rc != 0:
        raise GlusterError(f"gluster {' '.join(args)}", wanted="success", found=_said(result), remedy=_REMEDY)
    return result.stdout


def _understand(args: Sequence[str], reply: Reply, parse: t.Callable[[ET.Element], T]) -> T:
    if reply.op_ret != 0:
        raise GlusterError(f"gluster {' '.join(args)}", wanted="success", found=reply.error, remedy=_REMEDY)
    try:
        return parse(reply.root)
    except ValueError as exc:
        raise not_understood(" ".join(args), exc) from exc


def _count(values: Sequence[int | None], replica: int) -> int | None:
    """Add up over the replica sets. Bricks of a set note the same entries down: the longest list counts.

    None where of a whole set nothing is known.
    """
    total = 0
    for start in range(0, len(values), replica):
        known = [value for value in values[start : start + replica] if value is not None]
        if not known:
            return None
        total += max(known)
    return total


def _number(node: ET.Element, tag: str) -> int:
    text = node.findtext(tag) or ""
    if not text.isdigit():
        raise ValueError(f"<{tag}> is no number: {ET.tostring(node, encoding='unicode')}")
    return int(text)


def _said(result: Result) -> str:
    return one_line(f"{result.stdout}\n{result.stderr}") or "no output"
