# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a drill hits, and when it hit by the client's clock."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

_WRITER = re.compile(r"\.samba_ha_workload-[0-9a-f]+/writer-\d+")


def writers_by_host(usage: Mapping[str, t.Any] | None, states: Mapping[str, Mapping[str, t.Any]]) -> dict[str, int]:
    """How many of a workload's writers each node serves, the node with most of them first.

    :param usage: the pool's use as smb_info tells it, None if it could not be read.
    :param states: what was read of the hosts, by name and then by module.
    """
    numbers = {state.get("ctdb", {}).get("pnn"): host for host, state in states.items()}
    served: dict[str, int] = {}
    for file in (usage or {}).get("open_files", ()):
        if _WRITER.fullmatch(file["path"]):
            for handle in file["opens"]:
                host = numbers[handle["node"]]
                served[host] = served.get(host, 0) + 1
    return dict(sorted(served.items(), key=lambda item: -item[1]))


def client_time(at: float, host: Mapping[str, float], client: Mapping[str, float]) -> float:
    """Return the time of a host by the client's clock, in seconds of the epoch.

    What was measured of their clocks (``offset`` and ``uncertainty``, seconds) corrects it only if it says that they
    differ: otherwise it would bring in an error where there may be none.
    """
    ahead = host["offset"] - client["offset"]
    if abs(ahead) <= host["uncertainty"] + client["uncertainty"]:
        return at
    return at - ahead
