# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same promises with smbd on libgfapi. The service is left as its inventory says."""

from __future__ import annotations

import typing as t

import pytest
import test_access as promises
from lab import Lab, playbook

test_a_byte_range_lock = promises.test_a_byte_range_lock_taken_through_one_node_is_refused_through_the_others
test_a_change = promises.test_a_change_is_seen_at_once_on_every_node
test_a_file = promises.test_a_file_written_through_the_virtual_address_reads_the_same_from_every_node


@pytest.fixture(scope="module", autouse=True)
def libgfapi(lab: Lab) -> t.Iterator[None]:
    done = playbook("playbooks/site.yml", "-e", "samba_ha_vfs=glusterfs")
    assert done.returncode == 0, done.stdout
    yield
    done = playbook("playbooks/site.yml")
    assert done.returncode == 0, done.stdout
    assert "vfs objects = glusterfs_fuse" in lab.pool[0].run("net conf showshare %s", lab.share)


def test_the_share_is_served_through_libgfapi(lab: Lab) -> None:
    assert "vfs objects = glusterfs\n" in lab.pool[0].run("net conf showshare %s", lab.share) + "\n"
