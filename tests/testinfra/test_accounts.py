# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and shares: the same on every node."""

from __future__ import annotations

import pytest
from lab import Lab


@pytest.mark.parametrize(
    "command",
    [
        # Name, uid and password (as a hash) of every Samba user.
        "pdbedit -L -w",
        "getent passwd alice bob",
        "getent group samba_ha",
        "net conf list",
    ],
)
def test_every_node_says_the_same(lab: Lab, command: str) -> None:
    answers = {node.name: node.run(command) for node in lab.pool}
    assert all(answers.values())
    first = answers[lab.pool[0].name]
    assert [name for name, answer in answers.items() if answer != first] == []


def test_users_are_those_of_the_inventory(lab: Lab) -> None:
    listed = {line.split(":")[0] for line in lab.pool[0].run("pdbedit -L").splitlines()}
    assert listed == {"alice", "bob"}
