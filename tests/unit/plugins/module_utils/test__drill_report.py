# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_report import (
    Figures,
    Run,
    figures,
    page,
    read_run,
    report,
    verdict,
)

TOLD: dict[str, t.Any] = {
    "host": "node2",
    "proof": "smbd 812 815 gone",
    "history": "smbd_killed-1.jsonl",
    "workload": {"operations": {"writer": 2100, "locker": 300}, "handles_kept": 0, "handles_lost": 1},
    "readback": {
        "violations": [],
        "outages": [
            {
                "at": 1000.0,
                "gap": {"worker": "writer-0", "start": 999.99, "seconds": 0.312, "ended": True},
                "errors": 3,
                "reconnects": 3,
                "noticed": 0.004,
                "up": 0.15,
                "recovered": 0.31,
            }
        ],
    },
}
RUN = read_run(TOLD)


def runs(*outages: float) -> list[Run]:
    return [replace(RUN, outage=outage) for outage in outages]


def test_a_run_is_read_from_what_the_modules_returned() -> None:
    assert replace(RUN, history="") == Run(
        host="node2",
        at=1000.0,
        proof="smbd 812 815 gone",
        outage=0.312,
        ended=True,
        noticed=0.004,
        up=0.15,
        recovered=0.31,
        errors=3,
        acknowledged=2100,
        handles_kept=0,
        handles_lost=1,
        violations=(),
        history="",
    )


def test_a_p99_of_few_values_is_the_greatest() -> None:
    assert figures([0.3, 0.1, 0.2, 0.4]) == Figures(4, 0.1, 0.25, 0.4, 0.4)
    assert figures([]) is None


def test_a_p99_of_many_values_leaves_one_in_a_hundred_out() -> None:
    told = figures([*range(1, 101)])
    assert told is not None and (told.p99, told.max) == (99, 100)


@pytest.mark.parametrize(
    ("outages", "met", "words"),
    [
        ([0.1, 0.5], True, "met, which fewer than 30 runs do not prove"),
        ([0.1, 0.501], False, "missed"),
        ([0.1] * 30, True, "met"),
        ([], None, "no run came to its end"),
    ],
)
def test_the_p99_is_held_against_the_target(outages: list[float], met: bool | None, words: str) -> None:
    made = report("smbd_killed", 0.5, runs(*outages))
    assert (made.met, verdict(made)) == (met, words)


def test_an_outage_that_did_not_end_misses_every_target() -> None:
    made = report("smbd_killed", 500, [RUN, replace(RUN, ended=False)])
    assert (made.met, verdict(made)) == (False, "missed; outages that did not end in their run: 1")


def test_a_client_that_is_no_writer_counts_as_well() -> None:
    late = report("smbd_killed", 0.5, [RUN, replace(RUN, up=10.1)])
    assert (late.met, verdict(late)) == (False, "missed, though not by writers")


@pytest.mark.parametrize(("reconnects", "ended"), [(0, True), (3, False)])
def test_a_client_without_the_share_at_the_end_is_an_outage_that_did_not_end(reconnects: int, ended: bool) -> None:
    (outage,) = TOLD["readback"]["outages"]
    outages = [{**outage, "up": None, "reconnects": reconnects}]
    assert read_run({**TOLD, "readback": {"violations": [], "outages": outages}}).ended is ended


def test_stages_that_there_were_not_are_left_out() -> None:
    made = report("smbd_killed", 0.5, [RUN, replace(RUN, noticed=None, up=None)])
    noticed, outage = made.figures["noticed"], made.figures["outage"]
    assert noticed is not None and outage is not None and (noticed.n, outage.n) == (1, 2)


PAGE = """\
smbd_killed: 2 runs; target 0.5 s: missed

over all runs               n    min  median    p99    max  target
longest without a write, s  2  0.312   0.656  1.000  1.000   0.500
first noticed, s            1  0.004   0.004  0.004  0.004
share there again, s        2  0.150   0.150  0.150  0.150
all work again, s           2  0.310   0.310  0.310  0.310
errors at applications      2      3       3      3      3

run  host   outage  noticed     up  recovered  errors  what proves the fault
  1  node2   0.312    0.004  0.150      0.310       3  smbd 812 815 gone
  2  node2   1.000        -  0.150      0.310       3  smbd 812 815 gone

4200 records acknowledged, promises broken: 1; open handles: 0 kept, 2 lost

broken: file writer-0: wanted a record; found none"""


def test_the_page_lines_up() -> None:
    broken = replace(RUN, outage=1.0, noticed=None, violations=("file writer-0: wanted a record; found none",))
    assert page(report("smbd_killed", 0.5, [RUN, broken])) == PAGE


def test_a_page_without_runs_says_so() -> None:
    told = page(report("smbd_killed", 0.5, []))
    assert told.startswith("smbd_killed: 0 runs; target 0.5 s: no run came to its end")
    assert "longest without a write, s  0    -       -    -    -   0.500" in told
