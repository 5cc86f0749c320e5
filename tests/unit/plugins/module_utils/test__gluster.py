# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _gluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import (
    BOOKWORM,
    GLUSTER,
    RELEASES,
    gluster,
    gluster_fixture,
)

NETWORK = {GLUSTER: "10.221.0.1", BOOKWORM: "10.221.0.2"}


def root(name: str, release: str = GLUSTER) -> Element:
    return _gluster.parse_reply(gluster_fixture(name, release)).root


@pytest.mark.parametrize("release", RELEASES)
def test_peers_of_a_pool_of_three(release: str) -> None:
    peers = _gluster.parse_peers(root("peer_status_three.xml", release))
    assert [peer.address for peer in peers] == [NETWORK[release] + "2", NETWORK[release] + "3"]
    assert all(peer.ready and peer.names == {peer.address} and len(peer.uuid) == 36 for peer in peers)


@pytest.mark.parametrize("release", RELEASES)
def test_a_host_alone_has_no_peers(release: str) -> None:
    assert _gluster.parse_peers(root("peer_status_none.xml", release)) == ()


def test_a_peer_that_is_down_is_not_ready_though_its_handshake_is_done() -> None:
    peers = _gluster.parse_peers(root("peer_status_down.xml"))
    assert [(peer.address, peer.state, peer.ready) for peer in peers] == [
        ("10.221.0.12", 3, True),
        ("10.221.0.13", 3, False),
    ]


@pytest.mark.parametrize("release", RELEASES)
def test_an_arbiter_volume(release: str) -> None:
    (volume,) = _gluster.parse_volumes(root("volume_info_arbiter.xml", release))
    assert (volume.type, volume.status, volume.replica, volume.arbiter) == ("Replicate", "Created", 3, 1)
    assert [brick.name.partition(":")[0] for brick in volume.bricks] == [NETWORK[release] + n for n in "123"]
    assert volume.options["transport.address-family"] == "inet"


def test_a_distributed_volume_and_its_brick() -> None:
    (volume,) = _gluster.parse_volumes(root("volume_info_distribute.xml"))
    assert (volume.type, volume.replica, volume.arbiter) == ("Distribute", 1, 0)
    assert volume.bricks[0].path == "/srv/gluster/zz"


def test_all_volumes() -> None:
    names = [volume.name for volume in _gluster.parse_volumes(root("volume_info_all.xml"))]
    assert names == ["arb", "arb2", "ne", "one", "v1"]


@pytest.mark.parametrize("release", RELEASES)
def test_online_bricks_leave_out_other_daemons(release: str) -> None:
    path = {GLUSTER: "/srv/gluster/v1", BOOKWORM: "/opt/v1"}[release]
    online = _gluster.parse_online_bricks(root("volume_status_started.xml", release))
    assert online == {f"{NETWORK[release]}{n}:{path}" for n in "123"}


def test_a_brick_on_a_host_that_is_down_is_not_online() -> None:
    online = _gluster.parse_online_bricks(root("volume_status_host_down.xml"))
    assert online == {"10.221.0.11:/srv/gluster/e", "10.221.0.12:/srv/gluster/e"}


def test_a_missing_element_is_told_and_not_guessed() -> None:
    text = gluster_fixture("volume_info_created.xml").replace("<replicaCount>3</replicaCount>", "")
    with pytest.raises(ValueError, match="<volume> without <replicaCount>"):
        _gluster.parse_volumes(_gluster.parse_reply(text).root)


@pytest.mark.parametrize("release", RELEASES)
def test_a_missing_volume_is_none(release: str) -> None:
    replay = gluster(("volume info nope", f"../{release}/volume_info_missing.xml"))
    assert _gluster.load_volume(replay, "nope") is None


def test_own_uuid() -> None:
    assert _gluster.load_own_uuid(gluster(("system:: uuid get", "uuid_get.xml"))).startswith("6b4add2d-")


def test_glusterd_that_does_not_run_has_its_own_exception() -> None:
    with pytest.raises(_gluster.GlusterdDown, match="systemctl start glusterd"):
        _gluster.load_peers(gluster(("peer status", "connection_failed.txt")))


def test_a_glusterd_that_is_starting_is_waited_for() -> None:
    replay = gluster(("peer status", "connection_failed.txt"), ("peer status", "peer_status_three.xml"))
    assert len(_gluster.when_up(lambda: _gluster.load_peers(replay), timeout=5)) == 2
    replay.done()


def test_a_busy_pool_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    request = "volume set v1 a.b c"
    replay = gluster((request, "volume_set_busy.xml"), (request, "volume_set_done.xml"))
    assert _gluster.change(replay, *request.split(), timeout=5, remedy="-").op_ret == 0
    replay.done()


def test_a_pool_that_stays_busy_fails_with_its_own_words() -> None:
    with pytest.raises(WaitTimeout, match="Another transaction is in progress"):
        _gluster.change(
            gluster(("volume set v1 a.b c", "volume_set_busy.xml")),
            "volume",
            "set",
            "v1",
            "a.b",
            "c",
            timeout=0,
            remedy="-",
        )


def test_a_refusal_is_not_repeated() -> None:
    with pytest.raises(_gluster.GlusterError, match=r"cluster\.nonsense does not exist"):
        _gluster.change(
            gluster(("volume set v1 a.b c", "volume_set_refused.xml")),
            "volume",
            "set",
            "v1",
            "a.b",
            "c",
            timeout=5,
            remedy="-",
        )
