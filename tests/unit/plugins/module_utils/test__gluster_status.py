# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _gluster_status
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    Brick,
    Volume,
    load_peers,
    parse_reply,
    parse_volumes,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_status import (
    Quorum,
    client_quorum,
    cut_off,
    key,
    load_status,
    parse_status,
    place,
    silent,
    within,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import (
    GLUSTER,
    RELEASES,
    argv,
    gluster_fixture,
    xml,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, hangs

STATUS, DETAIL = "volume status all", "volume status all detail"


def status(name: str, release: str = GLUSTER) -> dict[str, _gluster_status.VolumeStatus]:
    return parse_status(parse_reply(gluster_fixture(name, release)).root)


def volumes(name: str, release: str = GLUSTER) -> dict[str, Volume]:
    return {volume.name: volume for volume in parse_volumes(parse_reply(gluster_fixture(name, release)).root)}


@pytest.mark.parametrize("release", RELEASES)
def test_a_healthy_pool(release: str) -> None:
    data = volumes("pool_ok/volumes.xml", release)["data"]
    plain, detail = status("pool_ok/status.xml", release), status("pool_ok/detail.xml", release)
    assert set(plain) == set(detail) == {"data", "lock"}
    assert plain["data"].online(data) == detail["data"].online(data) == [True] * 3
    assert plain["data"].daemons == {brick.host_uuid: True for brick in data.bricks}
    assert detail["data"].daemons == {}
    sizes = detail["data"].bricks[key(data.bricks[0])]
    assert sizes.size_total == 270553174016 and sizes.inodes_total == 16777216
    assert sizes.size_free is not None and 0 < sizes.size_free < sizes.size_total
    assert plain["data"].bricks[key(data.bricks[0])].size_total is None


@pytest.mark.parametrize("release", RELEASES)
def test_a_killed_brick_has_sizes_and_no_process(release: str) -> None:
    data = volumes("pool_brick_killed/volumes.xml", release)["data"]
    detail = status("pool_brick_killed/detail.xml", release)["data"]
    assert detail.online(data) == [True, True, False]
    killed = detail.bricks[key(data.bricks[2])]
    assert killed.pid is None and killed.size_total == 270553174016


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_on_a_host_that_is_gone_is_not_known(release: str) -> None:
    data = volumes("pool_host_gone/volumes.xml", release)["data"]
    plain = status("pool_host_gone/status.xml", release)["data"]
    assert plain.online(data) == [True, True, None]
    assert set(plain.daemons) == {brick.host_uuid for brick in data.bricks[:2]}


@pytest.mark.parametrize("release", RELEASES)
def test_daemons_that_do_not_run(release: str) -> None:
    assert list(status("heal/status_no_daemon.xml", release)["data"].daemons.values()) == [False] * 3


def test_a_volume_that_is_not_started_has_no_brick_online() -> None:
    idle = volumes("pool_kinds/volumes.xml")["idle"]
    plain = status("pool_kinds/status.xml")
    assert "idle" not in plain
    assert _gluster_status.VolumeStatus().online(idle) == [False] * 3


def test_a_volume_without_copies_has_no_daemons() -> None:
    assert status("pool_kinds/status.xml")["plain"].daemons == {}


def test_a_missing_element_is_told_and_not_guessed() -> None:
    changed = gluster_fixture("pool_ok/status.xml").replace("<status>1</status>", "", 1)
    with pytest.raises(ValueError, match="<node> without <status>"):
        parse_status(parse_reply(changed).root)


def test_the_address_of_a_brick_may_hold_colons() -> None:
    assert place(Brick("2001:db8::1:/srv/b:1", "u")) == ("2001:db8::1", "/srv/b:1")


@pytest.mark.parametrize(
    ("name", "online", "wanted"),
    [
        ("data", [True, True, True], Quorum("auto", 2, 3, True)),
        ("data", [True, True, False], Quorum("auto", 2, 2, True)),
        ("data", [True, True, None], Quorum("auto", 2, 2, True)),
        ("data", [True, False, None], Quorum("auto", 2, 1, None)),
        ("data", [True, None, None], Quorum("auto", 2, 1, None)),
        ("data", [True, False, False], Quorum("auto", 2, 1, False)),
        ("spread", [True, True, True, True, False, False], Quorum("auto", 2, 1, False)),
        ("spread", [True, True, True, None, True, False], Quorum("auto", 2, 1, None)),
        ("two", [False, True], Quorum("fixed", 1, 1, True)),
        ("two", [False, False], Quorum("fixed", 1, 0, False)),
        ("plain", [True], Quorum("none", 1, 1, True)),
        ("plain", [False], Quorum("none", 1, 0, False)),
        ("idle", [False, False, False], Quorum("auto", 2, 0, False)),
    ],
)
def test_quorum(name: str, online: list[bool | None], wanted: Quorum) -> None:
    assert client_quorum(volumes("pool_kinds/volumes.xml")[name], online) == wanted


@pytest.mark.parametrize(("online", "met"), [([True, False], True), ([False, True], False), ([None, True], None)])
def test_half_of_a_replica_set_has_quorum_with_its_first_brick(online: list[bool | None], met: bool | None) -> None:
    two = replace(volumes("pool_kinds/volumes.xml")["two"], options={"cluster.quorum-type": "auto"})
    assert client_quorum(two, online) == Quorum("auto", 2, online.count(True), met)


def test_two_copies_have_no_quorum_by_default() -> None:
    two = replace(volumes("pool_kinds/volumes.xml")["two"], options={})
    assert client_quorum(two, [False, True]) == Quorum("none", 1, 1, True)


def test_quorum_of_other_types_is_not_guessed() -> None:
    assert client_quorum(replace(volumes("pool_kinds/volumes.xml")["data"], type="Disperse"), [True] * 3) is None


def test_the_time_limit_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 101.0, 107.5])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    replay = Replay(xml("peer status", "pool_ok/peers.xml"), xml("peer status", "pool_ok/peers.xml"))
    limited = within(replay, 8.0)
    load_peers(limited)
    load_peers(limited)
    # The last gets more than the half second that is left: a refusal must not be taken for a hang.
    assert replay.timeouts == [7.0, 2.0]


def test_a_refusal_is_an_answer_and_silence_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(_gluster_status, "GLUSTERD_PORT", server.getsockname()[1])
        assert silent(["127.0.0.1"]) == frozenset()
    assert silent(["127.0.0.1"]) == frozenset()

    def lost(address: tuple[str, int], timeout: float) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", lost)
    assert silent(["192.0.2.1", "192.0.2.2"]) == {"192.0.2.1", "192.0.2.2"}
    assert silent([]) == frozenset()


def test_only_silent_peers_that_glusterd_believes_in_are_in_the_way() -> None:
    up = load_peers(Replay(xml("peer status", "pool_ok/peers.xml")))
    noticed = load_peers(Replay(xml("peer status", "pool_host_gone/peers.xml")))
    mute = frozenset({"10.229.13.13"})
    assert cut_off(up, frozenset()) is None
    assert cut_off(noticed, mute) is None
    assert "none from 10.229.13.13" in str(cut_off(up, mute))


def test_a_volume_that_is_left_out_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    replay = Replay(
        xml(STATUS, "pool_ok/status_all_busy.xml"),
        xml(STATUS, "pool_ok/status_data_busy.xml"),
        xml(STATUS, "pool_ok/status.xml"),
    )
    found, error = load_status(replay, ["data", "lock"], timeout=8)
    replay.done()
    assert set(found) == {"data", "lock"} and error is None


def test_a_volume_that_stays_busy_is_named_and_the_others_are_there() -> None:
    found, error = load_status(Replay(xml(STATUS, "pool_ok/status_data_busy.xml")), ["data", "lock"], timeout=0)
    assert set(found) == {"lock"}
    assert "volumes that another transaction holds: data" in str(error)


def test_a_request_that_hangs_is_told() -> None:
    found, error = load_status(Replay(hangs(argv(DETAIL))), ["data"], "detail", timeout=8)
    assert found == {} and "found none" in str(error)


def test_a_refusal_is_told_in_gluster_s_words() -> None:
    _found, error = load_status(Replay(xml(STATUS, "volume_status_stopped.xml")), ["data"], timeout=8)
    assert "is not started" in str(error)


def test_an_answer_that_is_not_understood_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    step = xml(STATUS, "pool_ok/status.xml")
    changed = replace(step, stdout=step.stdout.replace("<volName>data</volName>", ""))
    assert "<volume> without <volName>" in str(load_status(Replay(changed), ["data"], timeout=8)[1])


def test_without_volumes_nothing_is_asked() -> None:
    assert load_status(Replay(), [], timeout=8) == ({}, None)
