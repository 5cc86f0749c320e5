# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What CTDB's event scripts said at the last monitor event of this host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import ask

_SCRIPT = re.compile(
    r"(?P<name>\d\d\.\S+)\s+(?P<status>OK|ERROR|TIMEDOUT|DISABLED|CANNOT RUN)\s*"
    r"((?P<seconds>\d+\.\d+) )?(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}|\((?P<reason>.*)\))?"
)
_OUTPUT = "  OUTPUT:"
_INDENT = "    "


@dataclass(frozen=True)
class Script:
    """``status`` is ok, error, timedout, disabled or cannot_run; ``seconds`` is known of the first two.

    CTDB keeps the output of scripts that failed only. It stops at the first of those: later scripts are not listed.
    """

    name: str
    status: str
    seconds: float | None
    output: str | None


def _script(match: re.Match[str], output: list[str] | None) -> Script:
    part = match.groupdict()
    text = None
    if output is not None:
        # 4.22 starts output of several lines on a line of its own and indents it; 4.17 does neither.
        if not output[0].strip():
            output = [line.removeprefix(_INDENT) for line in output[1:]]
        text = "\n".join(output).strip()
    if part["reason"]:
        text = "\n".join(filter(None, (part["reason"], text)))
    seconds = float(part["seconds"]) if part["seconds"] else None
    return Script(part["name"], part["status"].lower().replace(" ", "_"), seconds, text or None)


def parse_scripts(text: str) -> tuple[tuple[Script, ...], tuple[str, ...]]:
    """Parse ``ctdb scriptstatus``: the scripts in the order they ran, and the lines that were not understood."""
    found: list[tuple[re.Match[str], list[str] | None]] = []
    unknown: list[str] = []
    for line in text.splitlines():
        match = _SCRIPT.fullmatch(line)
        if match:
            found.append((match, None))
        elif found and found[-1][1] is None and line.startswith(_OUTPUT):
            found[-1] = (found[-1][0], [line.removeprefix(_OUTPUT).removeprefix(" ")])
        elif found and found[-1][1] is not None:
            found[-1][1].append(line)
        elif not re.fullmatch(r"Event \S+ has never run in \S+", line):
            unknown.append(line)
    return tuple(_script(*item) for item in found), tuple(unknown)


def load_scripts(runner: Runner) -> tuple[tuple[Script, ...], tuple[str, ...]]:
    """The scripts of the last monitor event, none if there was none yet, and the lines that were not understood."""
    return parse_scripts(ask(runner, "scriptstatus").stdout)
