# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make one folder like another."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_copy import (
    MARKER,
    Plan,
    carry_out,
    differing,
    list_all,
    plan,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.copy_cases import Memory


def compare(source: Memory, copy: Memory) -> Plan:
    return plan(list_all(source), list_all(copy))


def test_what_differs_is_copied_and_what_is_gone_removed() -> None:
    source = Memory({"a": None, r"a\b": None, r"a\b\x": (b"new", 5), "y": (b"same", 1), "z": (b"long", 1)}, "link")
    copy = Memory({"y": (b"same", 1), "z": (b"l", 1), "o": None, r"o\p": None, r"o\p\q": (b"", 1)})
    todo = compare(source, copy)
    assert todo == Plan(remove=(r"o\p\q", r"o\p", "o"), folders=("a", r"a\b"), files=(r"a\b\x", "z"), passed=("link",))
    carry_out(source, copy, todo, list_all(copy), list_all(source))
    assert copy.files == source.files
    assert not compare(source, copy)


def test_a_file_that_changed_in_its_time_alone_is_copied() -> None:
    assert compare(Memory({"a": (b"x", 2)}), Memory({"a": (b"y", 1)})).files == ("a",)


def test_a_folder_takes_the_place_of_a_file_and_the_reverse() -> None:
    source = Memory({"a": None, r"a\x": (b"x", 1), "b": (b"b", 1)})
    copy = Memory({"a": (b"a", 1), "b": None, r"b\x": (b"x", 1)})
    carry_out(source, copy, compare(source, copy), list_all(copy), list_all(source))
    assert copy.files == source.files


def test_the_marker_is_no_part_of_either_side() -> None:
    assert not compare(Memory({MARKER: (b"x", 1)}), Memory({MARKER: (b"y", 2)}))
    assert list_all(Memory({"a": None, rf"a\{MARKER}": (b"", 1)})).keys() == {"a", rf"a\{MARKER}"}


def test_contents_are_compared() -> None:
    source = Memory({"a": (b"abc", 1), "b": (b"abc", 1), "c": None})
    copy = Memory({"a": (b"abc", 1), "b": (b"abd", 1), "c": None})
    assert not compare(source, copy)
    assert differing(source, copy, list_all(source)) == ["b"]
