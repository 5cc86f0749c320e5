# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node says of itself reaches both front ends, and a node without its agent is as good as before."""

from __future__ import annotations

import typing as t

import pytest
from acts import ctdb
from lab import Lab, LabHost, SmbClient, eventually
from observe import column, holders, settle, stdout

UNIT = "samba-ha-agent.service"
DATA = "/srv/samba_ha/data"
# In brackets, so that the pattern does not match the words of the command that looks for it.
MOUNT = f"[g]lusterfs .*{DATA}"
BY_AGENT = "DOWN (agent)"
"""HAProxy's word for a server that its agent, not HAProxy's own check, took out of service."""


def both(lab: Lab, node: LabHost, name: str) -> list[str]:
    """What each front end has in a column for the node."""
    return [column(frontend, name)[node.name] for frontend in lab.frontends]


def wait(lab: Lab, node: LabHost, name: str, good: t.Callable[[str], bool], timeout: float) -> None:
    """Wait until a column is good at both front ends."""
    what = f"{name} of {node.name} at both front ends"
    eventually(lambda: both(lab, node, name), lambda seen: all(map(good, seen)), timeout=timeout, what=what)


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a node that spoke ill of itself", timeout=180)


def test_every_front_end_reaches_every_agent(lab: Lab) -> None:
    for node in lab.pool:
        wait(lab, node, "agent_status", lambda status: status == "L7OK", 10)


def test_a_banned_node_is_taken_out_of_service(lab: Lab) -> None:
    node = lab.pool[1]
    try:
        ctdb(1, "ban 600", "Banned")(lab)
        wait(lab, node, "status", lambda status: status.startswith("DOWN"), 10)
        # Empty for the moment in which the next check is under way.
        wait(lab, node, "last_agt", lambda said: "banned" in said, 10)
    finally:
        node.run("ctdb unban")


def test_a_disabled_node_gets_no_new_sessions_and_keeps_those_that_it_has(lab: Lab) -> None:
    (active,) = holders(lab)
    idle, weights = column(active, "scur"), column(active, "weight")
    with SmbClient(lab, lab.vip) as client:
        client.write("kept", b"before")
        busy = eventually(
            lambda: [name for name, count in column(active, "scur").items() if int(count) > int(idle[name])],
            lambda names: len(names) == 1,
            timeout=10,
            what="the session's node",
        )
        (index,) = (number for number, node in enumerate(lab.pool) if node.name in busy)
        node = lab.pool[index]
        try:
            ctdb(index, "disable", "Disabled")(lab)
            wait(lab, node, "weight", lambda weight: weight == "0", 10)
            # Out of service would have ended the session; this client does not reconnect.
            assert both(lab, node, "status") == ["UP", "UP"]
            assert client.read("kept") == b"before"
        finally:
            node.run("ctdb enable")
        wait(lab, node, "weight", lambda weight: weight == weights[node.name], 10)
        client.delete("kept")


def test_a_node_whose_mount_hangs_is_taken_out_of_service(lab: Lab) -> None:
    node = lab.pool[0]
    states = f"ps -o state= -p \"$(pgrep -d, -f '{MOUNT}')\""
    try:
        node.run("pkill -STOP -f %s", MOUNT)
        eventually(
            lambda: set(stdout(node, states).split()), lambda seen: seen == {"T"}, timeout=10, what="a frozen mount"
        )
        wait(lab, node, "status", lambda status: status == BY_AGENT, 40)
    finally:
        node.run("pkill -CONT -f %s", MOUNT)
    wait(lab, node, "status", lambda status: status == "UP", 120)


def test_the_death_of_an_agent_takes_nobody_out_of_service(lab: Lab) -> None:
    node = lab.pool[1]
    falls = both(lab, node, "chkdown")
    try:
        node.run(f"systemctl stop {UNIT}")
        wait(lab, node, "agent_status", lambda status: status != "L7OK", 30)
        assert both(lab, node, "status") == ["UP", "UP"]
    finally:
        node.run(f"systemctl start {UNIT}")
    wait(lab, node, "agent_status", lambda status: status == "L7OK", 30)
    # Neither while it was away nor by its return, also not for a moment.
    assert both(lab, node, "chkdown") == falls
    assert both(lab, node, "status") == ["UP", "UP"]
