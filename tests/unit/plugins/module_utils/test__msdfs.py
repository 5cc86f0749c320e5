# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a symlink that smbd serves as a DFS link."""

from __future__ import annotations

import re

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import (
    MAX_BYTES,
    MAX_TARGETS,
    Unc,
    check_name,
    decode,
    encode,
    parse_target,
    parse_unc,
)

A, B = Unc("a", "s"), Unc("b", "s", r"x\y")


@pytest.mark.parametrize("text", [r"\\files\data\x\y", "//files/data/x/y", r"files\data\x\y", "files/data/x/y/"])
def test_slashes_of_both_kinds_are_read(text: str) -> None:
    assert parse_unc(text) == Unc("files", "data", r"x\y")
    assert str(parse_unc(text)) == r"files\data\x\y"


@pytest.mark.parametrize(
    "text", [r"192.0.2.9\data", r"FILES.Example.COM\Team Ä\größe", r"old_nas\scans$", r"f\s\a.b c-(1)"]
)
def test_what_servers_and_shares_are_called_is_a_target(text: str) -> None:
    assert str(parse_unc(text)) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "is no text"),
        (7, "is no text"),
        ("", "has no share"),
        ("files", "has no share"),
        (r"\\files\\", "has no share"),
        (r"files\\data", "no name of a share"),
        (r"files\a,b", "has a comma"),
        (r"files\data\a,b", "has a comma"),
        (r"files:445\data", "neither ports nor IPv6"),
        (r"fd00::1\data", "neither ports nor IPv6"),
        (r"fi les\data", "no name of a server"),
        (r"-files\data", "no name of a server"),
        (r"files\da[ta", "no name of a share"),
        (r"files\data ", "no name of a share"),
        ("files\\" + "x" * 81, "no name of a share"),
        (r"files\data\..\x", "names nothing"),
        (r"files\data\\x", "names nothing"),
        (r"files\data\x?", "has '?'"),
    ],
)
def test_what_is_no_target_is_refused_with_the_reason(text: object, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        parse_target(text)


def test_a_path_to_look_at_may_have_a_comma() -> None:
    assert parse_unc(r"files\dfs\a,b") == Unc("files", "dfs", "a,b")
    with pytest.raises(ValueError, match="no name of a share"):
        parse_unc(r"files\a,b")


@pytest.mark.parametrize("name", ["Größe", "with blank", "a,b", "a.b", "$RECYCLE", "名前", "x" * 255])
def test_names_that_clients_and_linux_take(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "names nothing"),
        ("..", "names nothing"),
        ("a/b", "'/'"),
        ("a\\b", r"'\\'"),
        ("a:b", "':'"),
        ("a\tb", r"'\t'"),
        ("a.", "ends with a dot"),
        (" a", "begins or ends"),
        ("ä" * 128, "256 bytes"),
        ("\ud800", "UTF-8"),
    ],
)
def test_names_that_they_do_not_take(name: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        check_name(name)


def test_targets_keep_their_order() -> None:
    assert encode([B, A]) == r"msdfs:b\s\x\y,a\s"
    assert decode(encode([B, A])) == (r"b\s\x\y", r"a\s")


def test_smbd_reads_256_targets() -> None:
    many = [A] * MAX_TARGETS
    assert decode(encode(many)) == (r"a\s",) * 256
    with pytest.raises(ValueError, match="257 targets"):
        encode([*many, A])
    # Whoever else made the link.
    assert len(decode(encode(many) + r",b\s") or ()) == 256


def test_a_link_without_targets_is_refused() -> None:
    with pytest.raises(ValueError, match="0 targets"):
        encode([])


def test_a_symlink_that_is_too_long_is_refused_and_its_bytes_count() -> None:
    fitting = Unc("a", "s", "ä" * ((MAX_BYTES - len(r"msdfs:a\s\x")) // 2) + "x")
    assert len(encode([fitting]).encode()) == MAX_BYTES
    with pytest.raises(ValueError, match="4097 bytes"):
        encode([Unc("a", "s", fitting.path + "ä")])


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("msdfs:a/s", (r"a\s",)),
        (r"msdfs:\\a\s\,//b/s", (r"a\s", r"b\s")),
        (r"msdfs:a\s,b\s,", (r"a\s", r"b\s")),
        (r"msdfs:,,a\s", (r"a\s",)),
        (r"MSDFS:a\s", (r"a\s",)),
        ("msdfs:", ()),
        (r"msdfs:a\s\x\,y", (r"a\s\x", "y")),
        ("/etc/passwd", None),
        (r"msdf:a\s", None),
        ("", None),
    ],
)
def test_whatever_smbd_reads_is_read(text: str, targets: tuple[str, ...] | None) -> None:
    assert decode(text) == targets


def test_a_folder_further_down() -> None:
    assert A.below("x", "y") == Unc("a", "s", r"x\y")
    assert (A.parts, B.parts) == ((), ("x", "y"))
