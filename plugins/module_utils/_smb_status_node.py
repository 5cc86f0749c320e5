# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one node says of itself: whether smbd runs, and the shares of its configuration (``testparm``)."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandMissing,
    CommandTimeout,
    Result,
    Runner,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

TIME_LIMIT = 6.0
"""Seconds for each of the two programs. Both took less than 0.5 s on a healthy pool. While a node is cut off and not
yet declared dead, both wait for CTDB, which by its defaults takes up to 30 s: then they are not worth waiting for."""

NOT_SHARES = frozenset({"global", "homes", "printers", "ipc$"})
"""Sections, in lower case, that are no share with a directory of its own."""

_IN_ANY_CASE = re.compile(r"^\s*Load smb config files.*$", re.MULTILINE)


@dataclass(frozen=True)
class Share:
    """A share as smbd would serve it. One without a path is never available."""

    name: str
    path: str | None
    available: bool


class Unreadable(Exception):
    """A tool gave no answer that can be used; the text says which and why."""


def parse_shares(text: str) -> tuple[tuple[Share, ...] | None, tuple[str, ...]]:
    """Parse ``testparm -s``: the shares in their order, and the lines that were not understood.

    Without the section ``[global]``, which it always prints, nothing is known: then the first value is None.
    """
    sections: list[tuple[str, dict[str, str]]] = []
    unknown: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, value = line.strip().partition(" =")
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1], {}))
        elif line.startswith("\t") and equals and sections:
            sections[-1][1][name] = value.strip()
        else:
            unknown.append(line)
    if not any(name.lower() == "global" for name, _parameters in sections):
        return None, tuple(unknown)
    shares = tuple(
        Share(name, parameters.get("path"), parameters.get("available", "Yes") == "Yes")
        for name, parameters in sections
        if name.lower() not in NOT_SHARES
    )
    return shares, tuple(unknown)


def ask(runner: Runner, argv: t.Sequence[str]) -> Result:
    try:
        return runner(argv, ok=range(256), timeout=TIME_LIMIT)
    except CommandMissing as exc:
        raise Unreadable(f"{argv[0]} is not installed") from exc
    except CommandTimeout as exc:
        raise Unreadable(
            f"{argv[0]} gave no answer within {TIME_LIMIT:g} s; it may wait for CTDB (see ctdb status)"
        ) from exc
    except StateError as exc:
        # Ended by a signal.
        raise Unreadable(f"{argv[0]}: {exc.found}") from exc


def reason(result: Result) -> str:
    """The tool's own words on a failure, without what ``testparm`` says in any case."""
    return words(_IN_ANY_CASE.sub("", result.stderr or result.stdout)) or f"exit status {result.rc} without a word"


def load_shares(runner: Runner, config: str | None = None) -> tuple[tuple[Share, ...], tuple[str, ...]]:
    """Ask which shares this node's configuration gives, those of the registry included if it says so.

    :param config: the file of an instance of its own; None: Debian's.
    :returns: them, and the lines that were not understood.
    :raises Unreadable: testparm is missing, hangs, or cannot read the configuration or the registry.
    """
    result = ask(runner, ["testparm", "-s", "--suppress-prompt", *([config] if config else [])])
    shares, unknown = parse_shares(result.stdout)
    if shares is None:
        raise Unreadable(f"testparm: {reason(result)}")
    return shares, unknown


def smbd_runs(proc: str = "/proc") -> bool:
    """Whether an smbd main process is there: one that is called just smbd and was not started by another.

    It may be frozen all the same; only a client can tell.
    """
    parents: dict[str, str] = {}
    for pid in filter(str.isdigit, os.listdir(proc)):
        try:
            with open(os.path.join(proc, pid, "stat"), encoding="utf-8", errors="surrogateescape") as stream:
                stat = stream.read()
        except OSError:
            # It ended in this moment.
            continue
        name = stat[stat.index("(") + 1 : stat.rindex(")")]
        state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
        if name == "smbd" and state != "Z":
            parents[pid] = parent
    return any(parent not in parents for parent in parents.values())
