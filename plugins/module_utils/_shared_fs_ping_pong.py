# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``ping_pong -rw`` (of the package ctdb) says of locks and data shared between nodes.

On each node it passes locks on a few bytes round, and adds one to each byte it has locked. What it prints as
``data increment`` is by how much a byte grew since this node saw it last: by one for each node that takes part.
"""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass

_MANY_ROUNDS = 10
"""In each second. By then every byte has passed every other node, however the nodes' starts differ."""

_MANY_SAMPLES = 3
"""One a second: what is left of a run after the nodes' starts, which may differ by a second or two."""


@dataclass(frozen=True)
class PingPong:
    """``locks_per_second`` is the median of the run's seconds, None if it did not last one.

    ``increments`` are those printed, in order. ``coherent`` is None where the run does not tell.
    """

    locks_per_second: int | None
    increments: tuple[int, ...]
    coherent: bool | None
    nodes: int


def parse_ping_pong(text: str, nodes: int) -> PingPong:
    """Parse what it printed in a run that took place on ``nodes`` nodes at the same time.

    Rates end in a carriage return, increments in a line feed. An increment is printed only when it changes, and the
    first and last ones are smaller while not all nodes run. So:

    - one above ``nodes`` is data that nobody wrote: not coherent;
    - ``nodes``, and none above, is what coherent data gives;
    - less, with many rounds in every second, is data or locks that the other nodes do not see: not coherent;
    - less, with few rounds, tells nothing: it was too slow for the time.
    """
    increments = tuple(int(number) for number in re.findall(r"data increment = (\d+)", text))
    rates = [int(number) for number in re.findall(r"(\d+) locks/sec", text)]
    coherent: bool | None = None
    if increments and max(increments) > nodes:
        coherent = False
    elif nodes in increments:
        coherent = True
    # The rate counts taking and giving back; a round takes each of the nodes' locks and one more.
    elif len(rates) >= _MANY_SAMPLES and min(rates) >= 2 * _MANY_ROUNDS * (nodes + 1):
        coherent = False
    return PingPong(statistics.median_low(rates) if rates else None, increments, coherent, nodes)
