# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What systemd says of a unit, and whether the unit is older than the files that it reads."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner

PROPERTIES = (
    "LoadState",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "NeedDaemonReload",
    "StateChangeTimestamp",
    "ReloadResult",
)


@dataclass(frozen=True)
class Unit:
    """A unit's state. ``since`` is when it last became active or was reloaded, in seconds of the epoch.

    ``reload_failed`` tells that the last reload since the start failed; ``since`` is the time of a failed one, too.
    """

    name: str
    loaded: bool
    active_state: str
    sub_state: str
    file_state: str
    need_daemon_reload: bool
    since: float | None
    reload_failed: bool

    @property
    def active(self) -> bool:
        return self.active_state in ("active", "reloading")

    @property
    def enabled(self) -> bool:
        return self.file_state in ("enabled", "static", "alias", "indirect")


def parse_show(name: str, text: str) -> Unit:
    """Parse ``systemctl show --timestamp=us+utc``; a property that is not there counts as empty."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    stamp = values.get("StateChangeTimestamp", "")
    since = None
    if stamp and stamp != "n/a":
        # %Z takes the word UTC but leaves the time naive.
        since = datetime.strptime(stamp, "%a %Y-%m-%d %H:%M:%S.%f %Z").replace(tzinfo=UTC).timestamp()
    return Unit(
        name=name,
        loaded=values.get("LoadState") == "loaded",
        active_state=values.get("ActiveState", ""),
        sub_state=values.get("SubState", ""),
        file_state=values.get("UnitFileState", ""),
        need_daemon_reload=values.get("NeedDaemonReload") == "yes",
        since=since,
        # Empty for a unit that is not a service.
        reload_failed=values.get("ReloadResult", "") not in ("", "success"),
    )


def load_unit(runner: Runner, name: str) -> Unit:
    argv = ["systemctl", "show", "--timestamp=us+utc", f"--property={','.join(PROPERTIES)}", "--", name]
    return parse_show(name, runner(argv).stdout)


def newer_files(unit: Unit, files: t.Iterable[str]) -> list[str]:
    """Those of ``files`` that were written after the unit last read them; all that exist if its last reload failed.

    A symbolic link is as new as the newer of itself and what it leads to.
    """
    if not unit.active or unit.since is None:
        return []
    found = [path for path in files if os.path.exists(path)]
    if unit.reload_failed:
        return found
    return [path for path in found if max(os.stat(path).st_mtime, os.lstat(path).st_mtime) > unit.since]
