# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import random
import time
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _workload
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    Error,
    Handle,
    History,
    Hold,
    Oddity,
    Reconnect,
    Rename,
    Write,
    dump,
    load,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_check import check
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_outage import longest_gap, summary
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client, Refused
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload import Plan, run
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.workload_share import (
    TARGET,
    Share,
    ShareClient,
)

IO_TIMEOUT = 0xC00000B5
PLAN = Plan(TARGET, seconds=0.3, interval=0.001, writers=2, lockers=2, others=True)

Hook = t.Callable[[str, ShareClient], None]


def judge(history: History, share: Share) -> list[str]:
    """The violations, after the history has been to its file and back."""
    again = load(dump(history), "x")
    assert again == history
    return check(again, share.copies("192.0.2.11", "192.0.2.12"))


def broken_at_random(seed: int, share_of: float) -> Hook:
    chance = random.Random(seed)  # noqa: S311  it only has to be the same each time

    def hook(request: str, client: ShareClient) -> None:
        begun = len(client.share.clients) > len(PLAN.workers()) and request != "connect"
        if begun and chance.random() < share_of:
            client.cut()
            raise Broken("closed by the server")

    return hook


def during(requests: t.Container[str], error: Exception, times: int = 1, skip: int = 5) -> Hook:
    """Answer some requests of a kind with an error, after the first few."""
    left = list(range(skip + times))

    def hook(request: str, client: ShareClient) -> None:
        if request in requests and left and left.pop(0) >= skip:
            if isinstance(error, Broken):
                client.cut()
            raise error

    return hook


def test_a_share_that_keeps_its_promises_is_not_blamed() -> None:
    share = Share()
    history = run(PLAN, share.dial)
    assert judge(history, share) == []
    figures = summary(history)
    assert set(figures["operations"]) == {"writer", "locker", "opener", "lister", "renamer"}
    assert all(count > 3 for count in figures["operations"].values())
    assert (figures["errors"], figures["reconnects"], figures["handles_lost"]) == (0, 0, 0)
    assert history.run.folder in share.folders
    assert not any(client.alive for client in share.clients)


def test_clients_come_from_the_addresses_in_turn_and_come_back_from_their_own() -> None:
    share = Share()
    share.after = during({"write"}, Broken("closed by the server"))
    history = run(dataclasses.replace(PLAN, seconds=1.5, sources=("192.0.2.1", "192.0.2.2", "192.0.2.3")), share.dial)
    (broken,) = history.of(Reconnect)
    first = [f"192.0.2.{index % 3 + 1}" for index in range(len(PLAN.workers()))]
    again = first[PLAN.workers().index(broken.worker)]
    assert share.sources == [None, *first, again]


def test_clients_begin_with_another_address_each_and_try_the_next_where_they_cannot_connect() -> None:
    servers = ("192.0.2.21", "192.0.2.22", "192.0.2.23")
    # Of those on the first address the writer alone writes. The time is for a machine that has other work.
    plan = dataclasses.replace(PLAN, seconds=1.5, servers=servers, lockers=0)
    share = Share()

    def lose(request: str, client: ShareClient) -> None:
        everybody = len(share.servers) == len(plan.workers()) + 1
        if request == "write" and everybody and share.servers[share.clients.index(client)] == servers[0]:
            share.away = {servers[0]}
            client.cut()
            raise Broken("closed by the server")

    share.after = lose
    history = run(plan, share.dial)
    assert [entry.worker for entry in history.of(Reconnect)] == ["writer-0"]
    first = [servers[index % 3] for index in range(len(plan.workers()))]
    # The first of all prepares the files. Who lost its connection tries its own address again, and then the next one.
    assert share.servers == [TARGET.server, *first, servers[0], servers[1]]
    assert all(entry.up is not None for entry in history.of(Reconnect))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("when", ["before", "after"])
def test_broken_connections_alone_break_no_promise(seed: int, when: str) -> None:
    """Whether the request took effect or not before its connection broke."""
    share = Share()
    setattr(share, when, broken_at_random(seed, 0.1))
    history = run(PLAN, share.dial)
    assert judge(history, share) == []
    reconnects = history.of(Reconnect)
    assert len(reconnects) > 5
    over = [entry for entry in reconnects if entry.first is not None]
    assert len(reconnects) - len(over) <= len(history.run.workers)
    for entry in over:
        assert entry.attempts >= 1 and entry.up and entry.first
        assert entry.asked <= entry.broken <= entry.up <= entry.first


def test_what_was_on_its_way_is_known_as_unknown() -> None:
    share = Share(after=during(("write", "rename"), Broken("no answer"), times=10_000, skip=60))
    history = run(PLAN, share.dial)
    assert judge(history, share) == []
    assert [entry for entry in history.of(Write) if entry.acked is None]
    assert [entry for entry in history.of(Hold) if entry.sent is not None and entry.acked is None]
    assert [entry for entry in history.of(Rename) if entry.acked is None]


@pytest.mark.parametrize("count", [1, 20])
def test_a_server_that_forgets_what_it_acknowledged_is_found(count: int) -> None:
    share = Share()
    history = run(PLAN, share.dial)
    data = share.files[rf"{history.run.folder}\writer-0"]
    del data[-128 * count :]
    (told,) = judge(history, share)
    assert told.startswith("file writer-0, record") and told.endswith("the end of the file")


def test_a_server_that_gives_one_lock_to_all_is_found() -> None:
    # Answers take a moment, so that others come in between.
    share = Share(exclusive=False)
    slow = _Slow(share)
    told = judge(run(dataclasses.replace(PLAN, lockers=3), slow.dial), share)
    assert any(text.startswith("the lock on file counter: wanted nobody beside") for text in told)
    assert any(text.startswith("file counter, value ") for text in told)
    assert all("counter" in text for text in told)


class _Slow:
    def __init__(self, share: Share) -> None:
        self.share = share

    def dial(self, target: Target, guid: t.Any, previous_session: int) -> Client:
        client = self.share.dial(target, guid, previous_session)
        plain = client.open

        def opened(path: str, *, create: bool = False) -> t.Any:
            file = plain(path, create=create)
            read = file.read

            def late(offset: int, length: int) -> bytes:
                data = read(offset, length)
                time.sleep(0.004)
                return data

            file.read = late  # type: ignore[method-assign]
            return file

        client.open = opened  # type: ignore[method-assign]
        return client


def test_a_listing_that_leaves_out_a_file_is_entered() -> None:
    share = Share()
    names = ShareClient.names

    def without(client: ShareClient, path: str, pattern: str = "*") -> set[str]:
        return names(client, path, pattern) - {"writer-1"}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ShareClient, "names", without)
        history = run(PLAN, share.dial)
    assert {entry.subject for entry in history.of(Oddity)} == {"the folder's listing without writer-1"}
    (told,) = judge(history, share)
    assert "the folder's listing without writer-1: wanted all files; found 4 others" in told


@pytest.mark.parametrize(("doubled", "found"), [(True, "renamer-0-a and renamer-0-b"), (False, "neither")])
def test_a_renamed_file_that_is_lost_or_doubled_is_entered_once(doubled: bool, found: str) -> None:
    def hook(request: str, client: ShareClient) -> None:
        if request == "rename" and len(renames) < 4:
            renames.append(request)
            if len(renames) == 4:
                paths = [path for path in share.files if "renamer" in path]
                for path in paths:
                    share.files[path[:-1] + "a"] = share.files[path[:-1] + "b"] = share.files.pop(path)
                    if not doubled:
                        del share.files[path[:-1] + "a"], share.files[path[:-1] + "b"]
                raise Broken("closed by the server")

    renames: list[str] = []
    share = Share(after=hook)
    history = run(PLAN, share.dial)
    (odd,) = history.of(Oddity)
    assert (odd.subject, odd.found) == ("the file of renamer-0", found)
    assert len(judge(history, share)) == 2  # then, and at the end


@pytest.mark.parametrize("durable", [True, False])
def test_a_handle_is_kept_or_lost(durable: bool) -> None:
    share = Share(durable=durable, before=during(("read",), Broken("closed by the server"), skip=0))
    history = run(dataclasses.replace(PLAN, lockers=0), share.dial)
    assert [entry.kept for entry in history.of(Handle)] == [durable]


def test_an_error_of_the_server_is_entered_and_the_connection_stays() -> None:
    share = Share(before=during(("write",), Refused(IO_TIMEOUT), times=3, skip=40))
    history = run(PLAN, share.dial)
    assert judge(history, share) == []
    assert [(entry.doing, entry.error) for entry in history.of(Error)] == [("write", "STATUS_IO_TIMEOUT")] * 3
    assert history.of(Reconnect) == []
    assert len(share.clients) == 1 + len(history.run.workers)


def test_a_file_that_cannot_be_opened_again_leads_to_a_new_connection() -> None:
    hooks = [during(("write",), Broken("closed"), skip=40), during(("open",), Refused(IO_TIMEOUT), times=2, skip=9)]

    def both(request: str, client: ShareClient) -> None:
        for hook in hooks:
            hook(request, client)

    share = Share(before=both)
    history = run(PLAN, share.dial)
    assert judge(history, share) == []
    (entry,) = history.of(Reconnect)
    assert (entry.reason, entry.hindrance, entry.attempts) == ("closed", "STATUS_IO_TIMEOUT", 3)


def test_a_server_that_never_comes_back_does_not_keep_it() -> None:
    gone = during(("connect", "write", "lock", "read", "names", "rename"), Broken("no connection"), 10**5, skip=60)
    share = Share(before=gone)
    begin = time.monotonic()
    history = run(PLAN, share.dial)
    assert time.monotonic() - begin < 1.5
    assert longest_gap(history).seconds > 0.2 and not longest_gap(history).ended
    ends = history.of(Reconnect)
    assert {entry.worker for entry in ends} == set(history.run.workers)
    assert {(entry.up, entry.first, entry.hindrance) for entry in ends} == {(None, None, "no connection")}
    # At once, and then in growing intervals: not a storm.
    assert all(2 <= entry.attempts <= 12 for entry in ends)
    assert len(history.of(Error)) == len(ends)


def test_a_worker_that_is_stuck_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def hook(request: str, client: ShareClient) -> None:
        if request == "names":
            # Not while all others wait for the share.
            share.mutex.release()
            time.sleep(2)
            share.mutex.acquire()

    monkeypatch.setattr(_workload, "_GRACE", 0.2)
    share = Share(before=hook)
    target = dataclasses.replace(TARGET, timeout=0.01)
    history = run(dataclasses.replace(PLAN, target=target), share.dial)
    assert [(entry.worker, entry.doing, entry.error) for entry in history.of(Error)] == [
        ("lister-0", "list", "still waits after the end")
    ]


def test_a_service_that_does_not_work_before_the_beginning_is_no_drill() -> None:
    share = Share(before=during(("make_folder",), Refused(0xC0000022), skip=0))
    with pytest.raises(StateError) as caught:
        run(PLAN, share.dial)
    for words in (r"share \\files\data through 192.0.2.10", "as alice", "STATUS_ACCESS_DENIED", "smb_probe"):
        assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_mistake_in_a_worker_is_not_taken_for_peace() -> None:
    share = Share(before=during(("lock",), ZeroDivisionError("made for this test"), skip=3))
    with pytest.raises(ZeroDivisionError):
        run(PLAN, share.dial)
