# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import parse_table, truth


def pair(row: dict[str, str]) -> tuple[int, str]:
    return int(row["id"]), row["name"]


def test_empty_cells_keep_their_place() -> None:
    assert parse_table("|ID|Name|\n|1||\n|2|x|\n", ("id", "name"), pair) == (((1, ""), (2, "x")), ())


def test_columns_are_found_by_their_titles() -> None:
    assert parse_table("|ID|New|Name|\n|1|?|x|\n", ("id", "name"), pair) == (((1, "x"),), ("unknown column new",))


@pytest.mark.parametrize("line", ["hello", "|1|", "|1|x|y|", "|one|x|"])
def test_a_row_that_does_not_fit_is_told(line: str) -> None:
    assert parse_table(f"|ID|Name|\n{line}\n|2|x|\n", ("id", "name"), pair) == (((2, "x"),), (line,))


def test_without_a_column_no_row_is_understood() -> None:
    assert parse_table("|ID|\n|1|\n", ("id", "name"), pair) == ((), ("no column name", "|1|"))


@pytest.mark.parametrize("cell", ["", "2", "01", "Y"])
def test_truth_is_not_guessed(cell: str) -> None:
    assert (truth("0"), truth("1")) == (False, True)
    with pytest.raises(ValueError, match="not in"):
        truth(cell)
