# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Oddity, dump, load
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import ENTRIES, RUN, at, history


def test_what_was_kept_is_what_was_seen() -> None:
    before = history([*ENTRIES, Oddity("lister-0", at(3), "the listing", "all", "none")])
    assert load(dump(before), "x") == before


def test_a_line_tells_its_kind_and_the_run_comes_first() -> None:
    lines = dump(history()).splitlines()
    assert lines[0].startswith('{"kind": "run", "run": "r1"')
    assert lines[1] == (
        '{"kind": "write", "worker": "writer-0", "number": 0, '
        '"sent": [1767225600.9, 5000.9], "acked": [1767225601, 5001]}'
    )


def test_a_moment_is_a_time_of_day_for_people() -> None:
    assert str(at(0.25)) == "00:00:00.250000Z"


def test_a_run_knows_its_workers_by_kind() -> None:
    assert RUN.having("writer") == ["writer-0", "writer-1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        '{"kind": "run"}',
        '{"kind": "unknown"}',
        "[]",
        dump(history())[:-20],
        dump(history()).split("\n", 1)[1],
    ],
)
def test_what_is_no_history_is_refused(text: str) -> None:
    with pytest.raises(StateError, match=r"history /x: wanted the lines that smb_workload writes"):
        load(text, "/x")
