# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns line up: words at the left, numbers at the right, and nothing trails."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._table import table


def test_words_stand_at_the_left_and_numbers_at_the_right() -> None:
    assert table([("host", "ms", "verdict"), ("pool1", "12.5", "ok"), ("p2", "3", "slow")], numbers=(1,)) == [
        "host     ms  verdict",
        "pool1  12.5  ok",
        "p2        3  slow",
    ]


def test_no_line_ends_in_blanks() -> None:
    assert table([("a", "b"), ("c", "")]) == ["a  b", "c"]
