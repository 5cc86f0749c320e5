# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients are promised: the same bytes and the same locks through every node."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
import typing as t
import uuid

import pytest
from lab import Lab, LabHost, SmbClient
from smbprotocol.exceptions import AccessDenied, ObjectNameNotFound, SMBResponseException
from smbprotocol.open import LockFlags, Open, SMB2LockElement

STATUS_LOCK_NOT_GRANTED = 0xC0000055
"""[MS-ERREF] 2.3.1"""


def lock(handle: Open, offset: int, length: int) -> None:
    _lock(handle, offset, length, LockFlags.SMB2_LOCKFLAG_EXCLUSIVE_LOCK | LockFlags.SMB2_LOCKFLAG_FAIL_IMMEDIATELY)


def unlock(handle: Open, offset: int, length: int) -> None:
    _lock(handle, offset, length, LockFlags.SMB2_LOCKFLAG_UNLOCK)


def lock_at_once(handle: Open, offset: int, length: int, seconds: float) -> None:
    """Have a lock as soon as its holder lets it go: asked for without a rest."""
    end = time.monotonic() + seconds
    while True:
        try:
            lock(handle, offset, length)
        except SMBResponseException:
            assert time.monotonic() < end, f"not granted within {seconds} s"
        else:
            return


def _lock(handle: Open, offset: int, length: int, flags: int) -> None:
    element = SMB2LockElement()
    element["offset"], element["length"], element["flags"] = offset, length, flags
    handle.lock([element])


def test_a_file_written_through_the_virtual_address_reads_the_same_from_every_node(lab: Lab) -> None:
    name, data = f"same-{uuid.uuid4().hex}", os.urandom(300_000)
    with SmbClient(lab, lab.vip) as client:
        client.write(name, data)
    for node in lab.pool:
        with SmbClient(lab, node.address) as client:
            assert client.read(name) == data, f"{node.name} serves other bytes"
    with SmbClient(lab, lab.vip) as client:
        client.delete(name)
    with SmbClient(lab, lab.pool[0].address) as client, pytest.raises(ObjectNameNotFound):
        client.read(name)


def test_a_change_is_seen_at_once_on_every_node(lab: Lab) -> None:
    name = f"fresh-{uuid.uuid4().hex}"
    with contextlib.ExitStack() as open_clients:
        clients = [open_clients.enter_context(SmbClient(lab, node.address)) for node in lab.pool]
        for turn in range(30):
            writer = clients[turn % len(clients)]
            data = (f"{turn} " * (turn + 1)).encode()
            writer.write(name, data)
            for node, client in zip(lab.pool, clients, strict=True):
                seen = client.read(name)[: len(data)]
                assert seen == data, f"turn {turn}: {node.name} still serves what was there before"
        clients[0].delete(name)


def lock_is_refused_through(lab: Lab, first: str, others: list[str]) -> None:
    """Take a lock through one address, and see it refused through each of the others."""
    name = f"locked-{uuid.uuid4().hex}"
    with SmbClient(lab, first) as owner:
        handle = owner.open(name, create=True)
        handle.write(b"x" * 100, 0)
        lock(handle, 10, 20)
        for address in others:
            with SmbClient(lab, address) as rival:
                wanted = rival.open(name)
                with pytest.raises(SMBResponseException) as refused:
                    lock(wanted, 25, 10)
                assert refused.value.status == STATUS_LOCK_NOT_GRANTED
                wanted.close()
        handle.close()
        owner.delete(name)


def test_a_byte_range_lock_taken_through_one_node_is_refused_through_the_others(lab: Lab) -> None:
    name = f"locked-{uuid.uuid4().hex}"
    holder_node, *others = lab.pool
    with SmbClient(lab, holder_node.address) as holder:
        handle = holder.open(name, create=True)
        handle.write(b"x" * 100, 0)
        lock(handle, 10, 20)
        for node in others:
            with SmbClient(lab, node.address) as rival:
                wanted = rival.open(name)
                with pytest.raises(SMBResponseException) as refused:
                    lock(wanted, 25, 10)
                assert refused.value.status == STATUS_LOCK_NOT_GRANTED
                # A range beside it is free: it was the lock that was refused, and not locking as such.
                lock(wanted, 50 + others.index(node), 1)
                wanted.close()
        unlock(handle, 10, 20)
        with SmbClient(lab, others[0].address) as rival:
            wanted = rival.open(name)
            lock(wanted, 25, 10)
            wanted.close()
        handle.close()
        holder.delete(name)


def hang_up(node: LabHost, client: SmbClient) -> None:
    client.connection.transport._sock.shutdown(socket.SHUT_WR)


def end_its_smbd(node: LabHost, client: SmbClient) -> None:
    """As CTDB has it end when the address leaves the node, and systemd when the service stops."""
    told = node.run(f"ss --no-header --numeric --tcp --processes 'sport = :445 and dport = :{client.end[1]}'")
    (pid,) = re.findall(r"pid=(\d+)", told)
    node.run(f"kill -TERM {pid}")


@pytest.mark.parametrize("end", [hang_up, end_its_smbd])
def test_a_write_under_way_does_not_land_after_its_lock_was_given_away(
    lab: Lab, end: t.Callable[[LabHost, SmbClient], None]
) -> None:
    """It would overwrite what the next holder had acknowledged. Gluster makes it wait for the other node."""
    name = f"late-{uuid.uuid4().hex}"
    first, second, _third = lab.pool
    with SmbClient(lab, second.address) as heir:
        lasting = heir.open(name, create=True)
        for _turn in range(3):
            lasting.write(b"before", 0, write_through=True)
            leaver = SmbClient(lab, first.address)
            leaving = leaver.open(name)
            lock(leaving, 0, 6)
            request, _receive = leaving.write(b"late!!", 0, write_through=True, send=False)
            leaver.connection.send(request, leaver.tree.session.session_id, leaver.tree.tree_connect_id)
            end(first, leaver)
            lock_at_once(lasting, 0, 6, 10)
            lasting.write(b"after!", 0, write_through=True)
            unlock(lasting, 0, 6)
            seen = until_changed(lambda: heir.read(name), b"after!", 1.5)
            assert seen == b"after!"
            leaver.connection.disconnect(close=False)
        lasting.close()
        heir.delete(name)


def until_changed(read: t.Callable[[], bytes], wanted: bytes, seconds: float) -> bytes:
    """The first other thing that is read within the time, or what is wanted."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (seen := read()) != wanted:
            return seen
    return wanted


def test_a_share_for_one_user_refuses_another(lab: Lab) -> None:
    with pytest.raises(AccessDenied):
        SmbClient(lab, lab.vip, share="private", username="alice")
    with SmbClient(lab, lab.vip, share="private", username="bob") as client:
        client.write("mine", b"mine")
        assert client.read("mine") == b"mine"
        client.delete("mine")


def test_smbclient_reaches_the_service_by_its_name(lab: Lab) -> None:
    shell = lab.client.shell
    done = shell.run(
        "smbclient //%s/%s -I %s -U %s -c ls", lab.virtual_name, lab.share, lab.vip, f"{lab.username}%{lab.password}"
    )
    assert done.rc == 0, done.stdout
    assert "blocks available" in done.stdout
