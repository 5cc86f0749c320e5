# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks and data shared between nodes, by the game of Samba's ``ping_pong -rw``.

On each node it passes locks on a few bytes round, and adds one to each byte it has locked. Since this node saw it last
a byte grew by one for each node that takes part.

Samba's own differs in two things, and both would tell nothing of what CTDB and smbd rely on:

- It waits for locks. NFS has no good way to: clients ask again after 1 s, then 2, and nfs-ganesha 6.5 answers in a way
  that Linux takes for an I/O error. Here they are tried until they are had.
- It counts in the file that it locks. An NFS client forgets what it knows of a file when it locks it, but SMB's locks
  are in CTDB's databases. Here what counts is in another file, which is open for writing on all nodes all the time.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass

PROGRAM = r"""
import fcntl, json, mmap, os, sys, time

locks, data, places, seconds, how = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
lock = os.open(locks, os.O_RDWR | os.O_CREAT, 0o600)
file = os.open(data, os.O_RDWR | os.O_CREAT | (os.O_DIRECT if how == "direct" else 0), 0o600)
if os.fstat(file).st_size < places:
    os.ftruncate(file, places)
memory = mmap.mmap(file, places) if how == "mmap" else None
begin = time.monotonic()
rates, increments = [0] * seconds, set()
seen = [None] * places

def second():
    return int(time.monotonic() - begin)

def take(place):
    while second() < seconds:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            rates[second()] += 1
            return
        except (BlockingIOError, PermissionError):
            time.sleep(0.001)
        except IndexError:
            break
    print(json.dumps({"rates": rates, "increments": sorted(increments)}))
    sys.exit()

def add_one(place):
    found = memory[place] if memory else os.pread(file, 1, place)[0]
    if memory:
        memory[place] = (found + 1) % 256
    else:
        os.pwrite(file, bytes([(found + 1) % 256]), place)
    return found

place = 0
take(place)
while True:
    take((place + 1) % places)
    found = add_one(place)
    if seen[place] is not None:
        increments.add((found - seen[place]) % 256)
    seen[place] = found
    fcntl.lockf(lock, fcntl.LOCK_UN, 1, place)
    place = (place + 1) % places
"""
"""A program in Python: FILE-OF-LOCKS FILE-OF-DATA PLACES SECONDS HOW, with one place more than nodes. HOW to read and
write is ``plain``, ``direct`` (past the kernel's cache) or ``mmap``. It has to be a program, since a lock that is stuck
is ended only with its process. It prints JSON: ``rates``, the locks taken in each second, and ``increments``, by how
much bytes grew between two visits."""

_MANY_ROUNDS = 10
"""In each second. By then every byte has passed every other node, however the nodes' starts differ."""


@dataclass(frozen=True)
class PingPong:
    """``locks_per_second`` is the median of the run's seconds; ``coherent`` is None where the run does not tell."""

    locks_per_second: int
    increments: tuple[int, ...]
    coherent: bool | None
    nodes: int


def parse_ping_pong(text: str, nodes: int) -> PingPong:
    """Parse what the program printed in a run that took place on ``nodes`` nodes at the same time.

    The first and last increments are smaller while not all nodes run. So:

    - one above ``nodes`` is data that nobody wrote: not coherent;
    - ``nodes``, and none above, is what coherent data gives;
    - less, with many rounds in every second, is data or locks that the other nodes do not see: not coherent;
    - less, with few rounds, tells nothing: it was too slow for the time.
    """
    told = json.loads(text)
    increments, rates = tuple(told["increments"]), told["rates"]
    coherent: bool | None = None
    if max(increments, default=0) > nodes:
        coherent = False
    elif nodes in increments:
        coherent = True
    elif min(rates) >= _MANY_ROUNDS * (nodes + 1):
        coherent = False
    return PingPong(statistics.median_low(rates), increments, coherent, nodes)
