# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CTDB's tunables, as they are in force on one node."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import ask
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

_LARGEST = 2**32 - 1
"""Tunables are unsigned numbers of 32 bits."""


def parse_tunables(text: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """Parse ``ctdb listvars``: the values by name, and the lines that were not understood."""
    values: dict[str, int] = {}
    unknown: list[str] = []
    for line in text.splitlines():
        match = re.fullmatch(r"(\w+)\s+= (\d+)", line)
        if match:
            values[match.group(1)] = int(match.group(2))
        else:
            unknown.append(line)
    return values, tuple(unknown)


def load_tunables(runner: Runner) -> tuple[dict[str, int], tuple[str, ...]]:
    """The local node's tunables, and the lines that were not understood."""
    return parse_tunables(ask(runner, "listvars").stdout)


def wanted_tunables(raw: t.Mapping[str, t.Any], known: t.Iterable[str]) -> dict[str, int]:
    """The values asked for, as numbers.

    :raises StateError: for a name that CTDB does not know, and for anything that is not a number of 32 bits.
    """
    names = {name.lower(): name for name in known}
    wanted: dict[str, int] = {}
    for name, value in raw.items():
        if names.get(name.lower()) != name:
            near = difflib.get_close_matches(name.lower(), names, n=1)
            raise StateError(
                f"tunable {name}",
                wanted="the name of a tunable",
                found="one that this CTDB does not know",
                remedy=f"Did you mean {names[near[0]]}?" if near else "See the names with: ctdb listvars",
            )
        text = "" if isinstance(value, bool) else str(value)
        if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or int(text) > _LARGEST:
            raise StateError(
                f"tunable {name}",
                wanted=f"a whole number from 0 to {_LARGEST}",
                found=repr(value),
                remedy="Correct the value.",
            )
        wanted[name] = int(text)
    return wanted
