# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the front end costs: the same work through it and directly at the node that it leads to, on a live lab.

Large files are moved by smbclient on the lab's client, which has many requests under way; the small operations are one
after another, each timed. Both ways take turns in every round. Prints medians, the ratio of speeds (1 means that the
front end costs nothing), and what it adds to an operation.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import sys
import time
import typing as t
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import Lab, SmbClient, load_lab
from observe import route

ROUNDS = 5
LARGE = 256
"""MiB of the file that smbclient moves."""
BLOCK = os.urandom(4096)
BLOCKS = 4096
SEED = 445


def large_file(lab: Lab, address: str) -> dict[str, float]:
    """Seconds for the file to the server and back, by smbclient's own clock, which leaves out connecting."""
    local, name = "/root/bench", f"bench-{address}"
    if lab.client.shell.run(f"test -e {local}").rc != 0:
        lab.client.run("sh -c %s", f"head --bytes={LARGE}M /dev/urandom > {local}")
    orders = f"put {local} {name}; get {name} {local}.back; del {name}"
    words = (lab.virtual_name, lab.share, address, f"{lab.username}%{lab.password}", orders)
    told = lab.client.shell.run("smbclient //%s/%s -I %s -U %s -c %s 2>&1", *words).stdout
    if lab.client.shell.run(f"cmp {local} {local}.back").rc != 0:
        sys.exit(f"{address}: other bytes came back than were sent: {told}")
    rates = re.findall(r"\(([\d.]+) (?:kb|KiloBytes)/s", told)
    if len(rates) != 2:
        sys.exit(f"{address}: smbclient told no two rates: {told}")
    titles = (f"write {LARGE} MiB", f"read {LARGE} MiB")
    return {title: LARGE * 1024 / float(rate) for title, rate in zip(titles, rates, strict=True)}


def small_operations(client: SmbClient, dice: random.Random, name: str) -> dict[str, float]:
    """The median seconds of each small operation."""
    seconds: dict[str, list[float]] = {}

    def clock(title: str, work: t.Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        seconds.setdefault(title, []).append(time.perf_counter() - start)

    def create(path: str) -> None:
        handle = client.open(path, create=True)
        handle.write(BLOCK, 0)
        handle.close()

    file = client.open(name, create=True)
    for at in range(0, BLOCKS, 64):
        file.write(BLOCK * 64, at * len(BLOCK))
    for _turn in range(1000):
        clock("read 4 KiB anywhere", lambda: file.read(dice.randrange(BLOCKS) * len(BLOCK), len(BLOCK)))
    for _turn in range(300):
        clock("write 4 KiB anywhere", lambda: file.write(BLOCK, dice.randrange(BLOCKS) * len(BLOCK)))
    file.close()
    for _turn in range(200):
        clock("open and close", lambda: client.open(name).close())
    made = [f"{name}-{number}" for number in range(100)]
    for path in made:
        clock("create a file of 4 KiB", lambda path=path: create(path))  # type: ignore[misc]
    for path in (name, *made):
        client.delete(path)
    return {title: statistics.median(each) for title, each in seconds.items()}


def main() -> None:
    lab = load_lab()
    with SmbClient(lab, lab.vip) as client:
        node = route(lab, client.end)["host"]
        (direct,) = (host.address for host in lab.pool if host.name == node)
    ways = {"direct": direct, "front end": lab.vip}
    figures: dict[str, dict[str, list[float]]] = {way: {} for way in ways}
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS} at {node} ...", flush=True)
        # Whoever comes first has the colder caches.
        for way in list(ways) if number % 2 else reversed(ways):
            with SmbClient(lab, ways[way]) as client:
                took = small_operations(client, random.Random(SEED), f"bench-{number}-{ways[way]}")  # noqa: S311  dice
            for title, seconds in {**large_file(lab, ways[way]), **took}.items():
                figures[way].setdefault(title, []).append(seconds)
    lab.client.run("rm /root/bench /root/bench.back")
    print(f"\n{'':24}{'direct':>14}{'front end':>14}{'ratio':>8}{'added':>12}")
    for title in figures["direct"]:
        one, other = (statistics.median(figures[way][title]) for way in ways)
        print(f"{title:24}{one * 1000:11.2f} ms{other * 1000:11.2f} ms{one / other:8.2f}{(other - one) * 1000:9.3f} ms")


if __name__ == "__main__":
    main()
