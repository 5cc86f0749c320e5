# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a front end has gone, both ends of its connections learn of it: waiting clients, and smbd."""

from __future__ import annotations

import contextlib
import socket
import typing as t

import pytest
from acts import end_silence, silence
from lab import Lab, SmbClient, eventually
from observe import holders, settle, stdout, summed

UNIT = "samba-ha-tickle.service"


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a lost front end")


def test_a_client_that_only_waits_is_told_that_its_front_end_has_gone(lab: Lab) -> None:
    (active,) = holders(lab)
    (other,) = (host for host in lab.frontends if host is not active)
    with socket.create_connection((lab.vip, 445), timeout=10) as client:
        try:
            # Lists go out twice a second. This one has to be in one.
            with contextlib.suppress(TimeoutError):
                client.settimeout(2)
                assert client.recv(1) == b"not a word, since nothing was asked"
            silence(active, active.address)
            client.settimeout(8)
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        finally:
            end_silence(active)
    assert "connections of the other front end are ended" in stdout(
        other, f"journalctl --quiet --output cat --since -60s --unit {UNIT}"
    )


def test_a_front_end_without_the_address_keeps_no_sessions_for_clients_that_are_gone(lab: Lab) -> None:
    (active,) = holders(lab)
    with SmbClient(lab, lab.vip):
        assert summed(active, "scur") == 1
        # Nothing of what the client says from now on reaches this front end.
        active.run("systemctl stop keepalived.service")
        try:
            eventually(
                lambda: summed(active, "scur"), lambda count: count == 0, timeout=10, what="the sessions left behind"
            )
        finally:
            active.run("systemctl start keepalived.service")
