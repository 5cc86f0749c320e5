# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_picture import LABEL, ROW, WIDTH, picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Error
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import (
    ENTRIES,
    RUN,
    at,
    history,
    writes,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.test__drill_report import RUN as TOLD

FAULT = replace(TOLD, at=at(3.25).wall, recovered=2.75)


def test_a_run_is_drawn_from_before_the_fault_to_after_the_last_error() -> None:
    entries = [
        *writes("writer-0", [1, 2, 3, 5, 6, 7, 8, 9, 10]),
        *writes("writer-1", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        Error("lister-0", at(3.5), "list", "closed by the server"),
    ]
    told = picture(history(entries), FAULT)
    # From 2 s before the fault to 3 s after all work again.
    scale = WIDTH / 7.75
    assert told["fault"] == pytest.approx(LABEL + 2 * scale, abs=0.1)
    assert told["gap"] == {
        "x": pytest.approx(LABEL + 1.75 * scale, abs=0.1),
        "width": pytest.approx(2 * scale, abs=0.2),
        "text": "2.000 s without a write of writer-0",
    }
    rows = {row["worker"]: row for row in told["rows"]}
    assert list(rows) == list(RUN.workers)
    # 2, 3, 5, 6, 7, 8 and 9: what was before is not in the picture.
    assert rows["writer-0"]["ticks"].count("M") == 7
    assert rows["writer-1"]["middle"] == 1.5 * ROW
    assert rows["lister-0"]["ticks"] == ""
    assert rows["lister-0"]["errors"] == [pytest.approx(LABEL + 2.25 * scale, abs=0.1)]
    assert [mark["text"] for mark in told["marks"]] == ["-2 s", "-1 s", "fault", *(f"+{n} s" for n in range(1, 6))]


def test_what_did_not_end_goes_on_to_the_end_of_the_run() -> None:
    told = picture(history(ENTRIES), FAULT)
    assert told["gap"]["text"] == "7.000 s without a write of writer-1, to the end"
    assert told["gap"]["x"] + told["gap"]["width"] == pytest.approx(LABEL + WIDTH, abs=0.2)


def test_lockers_and_renamers_have_ticks_of_their_own() -> None:
    rows = {row["worker"]: row["ticks"] for row in picture(history(ENTRIES), FAULT)["rows"]}
    assert rows["locker-0"].count("M") > 0
    assert rows["opener-0"] == ""
