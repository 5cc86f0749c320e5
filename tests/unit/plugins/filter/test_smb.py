# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.filter.smb import FilterModule

negotiate_hex = FilterModule().filters()["smb_negotiate_hex"]


def test_the_same_name_gives_the_same_digits() -> None:
    assert negotiate_hex("files") == negotiate_hex("files")
    assert negotiate_hex("files") != negotiate_hex("homes")


def test_the_digits_are_a_packet_that_carries_the_name() -> None:
    packet = bytes.fromhex(negotiate_hex("files.example.com"))
    assert int.from_bytes(packet[:4], "big") == len(packet) - 4
    assert packet.endswith("files.example.com".encode("utf-16-le"))


@pytest.mark.parametrize("name", ["", "a b", None, 5])
def test_what_is_no_name_is_refused(name: object) -> None:
    with pytest.raises(AnsibleFilterError):
        negotiate_hex(name)
