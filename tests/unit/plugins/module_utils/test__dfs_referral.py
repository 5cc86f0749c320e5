# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DFS referrals on the wire."""

from __future__ import annotations

import re

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_referral import (
    Referral,
    build_request,
    parse_response,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.dfs_cases import response
from smbprotocol.dfs import DFSReferralRequest, DFSReferralResponse

PATH = r"\files\dfs\Größe"


@pytest.mark.parametrize("level", [3, 4])
def test_the_request_is_what_the_library_sends(level: int) -> None:
    theirs = DFSReferralRequest()
    theirs["max_referral_level"] = level
    theirs["request_file_name"] = PATH
    assert build_request(PATH, level) == theirs.pack()


@pytest.mark.parametrize("version", [3, 4])
def test_targets_keep_their_order(version: int) -> None:
    data = response(PATH, r"\files\data", r"\\b\s\x y", version=version, entry=4, header=6)
    assert parse_response(data) == Referral(
        version=version,
        consumed=2 * len(PATH),
        root=False,
        storage=True,
        failback=True,
        ttl=600,
        targets=(r"files\data", r"b\s\x y"),
    )
    # What the cases above make is what the library reads as well.
    theirs = DFSReferralResponse()
    theirs.unpack(data)
    assert [entry.network_address for entry in theirs["referral_entries"].get_value()] == [r"\files\data", r"\\b\s\x y"]


def test_a_root() -> None:
    found = parse_response(response(r"\FILES\dfs", r"\FILES\dfs", kind=1, header=3, tail=0))
    assert (found.root, found.storage, found.failback, found.targets) == (True, True, False, (r"FILES\dfs",))


def test_zero_bytes_of_two_characters_end_no_text() -> None:
    assert parse_response(response(PATH, "\\b\\a\u4e00")).targets == ("b\\a\u4e00",)


@pytest.mark.parametrize(
    ("asked", "rest"),
    [
        (PATH, ""),
        (PATH + r"\x\y", r"x\y"),
        (PATH + "\\", ""),
    ],
)
def test_what_is_left_of_the_path(asked: str, rest: str) -> None:
    assert parse_response(response(PATH, r"\b\s")).rest(asked) == rest


def test_characters_of_four_bytes_count_as_such() -> None:
    path = "\\files\\dfs\\\U0001f4c1"
    assert parse_response(response(path, r"\b\s")).rest(path + r"\x") == "x"


GOOD = response(PATH, r"\b\s")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes, too few"),
        (GOOD[:7], "7 bytes, too few"),
        (GOOD[:8], "cut off in entry 1 of 1"),
        (GOOD[:-2], "without an end to the target of entry 1"),
        (GOOD[:-3], "without an end to the target of entry 1"),
        (response(PATH), "a list of no targets"),
        (response(PATH, r"\b\s", version=2), "of version 2 and 34 bytes"),
        (response(PATH, r"\b\s", version=5), "of version 5"),
        (GOOD[:10] + b"\x04\0" + GOOD[12:], "of version 3 and 4 bytes"),
        (response(PATH, r"\b\s", entry=2), "a list of domains"),
        (GOOD[:24] + b"\xff\xff" + GOOD[26:], "without an end"),
    ],
)
def test_what_is_no_referral_is_told(data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        parse_response(data)
