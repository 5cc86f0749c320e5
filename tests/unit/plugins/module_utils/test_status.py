# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status import judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture import picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import (
    ADDRESSES,
    POOL,
    STATES,
    VIP,
    State,
    flag,
    healthy_data,
    judged,
    put,
    single,
    site,
    told,
)


def test_a_healthy_service_has_no_findings() -> None:
    report = judged()
    assert report.findings == ()
    assert report.verdict == "healthy"
    assert {layer.name: (layer.state, layer.summary) for layer in report.layers} == {
        "hosts": ("ok", "5 of 5 answer"),
        "interconnect": ("ok", "3 of 3 nodes linked, 0.20 ms at most"),
        "backend": ("ok", "data: 3 of 3 bricks; lock: 3 of 3 bricks"),
        "CTDB": ("ok", "3 of 3 nodes healthy, leader pool1"),
        "smbd": ("ok", "3 of 3 nodes serve, 2 sessions"),
        "front end": ("ok", "2 of 2 ready, 6 sessions"),
        "virtual address": ("ok", f"{VIP} on fe1"),
    }
    assert {each.of: each.may_fail for each in report.redundancy} == {
        "pool nodes": 1,
        "bricks of data": 1,
        "bricks of lock": 1,
        "front ends": 1,
    }


def test_a_node_cut_off_is_told_once_by_its_link() -> None:
    def cut(data: State) -> None:
        for name in POOL:
            for peer in data["states"][name]["interconnect"]["peers"]:
                if name == "pool3" or peer["address"] == ADDRESSES[2]:
                    peer.update(verdict="unreachable", latency_ms=None, fault="no answer")

    report = judged(cut)
    assert told(report) == [
        ("pool3", "No good link to any other node: no answer", "pool3", "ip -statistics link show dev eth1")
    ]


def test_a_volume_without_quorum_is_down_and_the_mount_is_not_blamed() -> None:
    report = judged(
        put({"type": "auto", "needed": 2, "online": 1, "met": False}, "volumes", "volumes", 0, "quorum"),
        put(False, STATES, "pool1", "mounts", "mounts", 0, "writable"),
    )
    assert report.verdict == "down"
    assert [(f.host, f.command) for f in report.findings] == [(None, None), ("pool1", None)]
    assert {each.of: each.may_fail for each in report.redundancy}["pool nodes"] == 0


def test_changes_wait_while_a_brick_is_away_and_no_command_hurries_them() -> None:
    report = judged(
        put(False, "volumes", "volumes", 0, "bricks", 1, "online"), put(1, "volumes", "volumes", 0, "heal", "pending")
    )
    assert [(f.host, f.command) for f in report.findings] == [
        ("pool2", "gluster volume start data force"),
        (None, None),
    ]
    assert report.findings[1].sentence.startswith("1 change of the volume data to be healed when all bricks are back")


def test_no_mount_is_restarted_that_hangs_on_all_nodes() -> None:
    report = judged(*(put(False, STATES, host, "mounts", "mounts", 0, "writable") for host in POOL))
    assert [(f.host, f.command) for f in report.findings] == [(host, None) for host in POOL]


def test_nothing_is_restarted_on_a_node_that_is_cut_off() -> None:
    def cut(data: State) -> None:
        for peer in data["states"]["pool3"]["interconnect"]["peers"]:
            peer.update(verdict="unreachable", latency_ms=None, fault="no answer")

    banned = put({"running": False, "error": "All nodes are banned", "nodes": []}, STATES, "pool3", "ctdb")
    report = judged(cut, banned, put(False, STATES, "pool3", "mounts", "mounts", 0, "responds"))
    told = [f for f in report.findings if f.layer in ("backend", "CTDB")]
    assert [(f.layer, f.host, f.command) for f in told] == [("backend", "pool3", None), ("CTDB", "pool3", None)]


def test_a_healer_that_glusterd_knows_in_one_volume_runs() -> None:
    assert judged(put(False, "volumes", "volumes", 1, "self_heal_daemons", 0, "online")).findings == ()


def test_nobody_holds_the_address() -> None:
    report = judged(put([], STATES, "fe1", "vrrp", "held_addresses"))
    assert report.verdict == "down"
    assert [f.sentence for f in report.findings] == [f"No front end holds {VIP}."]


def test_two_masters_are_a_fault_of_the_network() -> None:
    report = judged(
        put([VIP], STATES, "fe2", "vrrp", "held_addresses"),
        put("master", STATES, "fe2", "vrrp", "instances", 0, "state"),
    )
    assert [f.host for f in report.findings] == [None]
    assert report.findings[0].sentence.startswith(f"fe1 and fe2 hold {VIP} at the same time")


def test_without_any_host_the_service_is_down() -> None:
    data = healthy_data()
    report = judge(site({"states": dict.fromkeys(data["states"]), "volumes": None}))
    assert report.verdict == "down"
    assert {f.host for f in report.findings if not f.critical} == {*POOL, "fe1", "fe2", None}
    assert [(each.of, each.may_fail) for each in report.redundancy] == [("pool nodes", None), ("front ends", 0)]
    assert "  pool nodes  unknown" in page(report).splitlines()
    assert report.layers[1].summary == "0 of 3 nodes linked"


def test_the_page_begins_with_the_verdict_and_its_tables_line_up() -> None:
    lines = page(judged(flag(1, "disabled"))).splitlines()
    assert lines[0] == f"files ({VIP}): DEGRADED"
    assert lines[2].index("state") == lines[3].index("ok")
    assert "    pool2# ctdb enable" in lines


def test_the_picture_shows_each_part_in_its_state() -> None:
    data = healthy_data()
    flag(1, "disabled")(data)
    put(False, "volumes", "volumes", 1, "bricks", 0, "online")(data)
    drawn = picture(site(data))
    state = {box["title"]: (box["state"], box["note"]) for box in drawn["boxes"]}
    assert state["files"] == ("ok", VIP)
    assert state["pool2"] == ("down", "disabled")
    assert state["pool1"] == ("ok", "healthy")
    assert state["bricks of pool1"] == ("down", "lock down")
    assert len(state) == 9
    assert len(drawn["lines"]) == 2 + 6 + 3
    assert all(0 <= box["x"] <= drawn["width"] - drawn["box_width"] for box in drawn["boxes"])


def test_sessions_that_a_reload_left_behind_are_counted() -> None:
    report = judged(put([{"pid": 7, "sessions": {"pool/pool1": 2}}], STATES, "fe1", "frontend", "old_workers"))
    assert [layer.summary for layer in report.layers if layer.name == "front end"] == ["2 of 2 ready, 8 sessions"]


def test_a_virtual_server_that_a_node_answers_to_is_judged_with_the_node() -> None:
    report = judged(single(2, "down"), single("scan1", "up"))
    assert report.findings == ()
    assert [layer.summary for layer in report.layers if layer.name == "front end"] == ["2 of 2 ready, 8 sessions"]


def test_a_guard_that_is_switched_off_is_no_fault() -> None:
    report = judged(
        put(False, STATES, "fe1", "units", "units", 2, "loaded"),
        put("inactive", STATES, "fe1", "units", "units", 2, "active_state"),
        put(False, STATES, "fe1", "units", "units", 2, "enabled"),
    )
    assert report.findings == ()


def test_a_node_whose_answers_do_not_go_by_the_front_ends_is_told() -> None:
    report = judged(
        put("samba-ha-return-path.service", STATES, "pool2", "units", "units", 2, "name"),
        put("failed", STATES, "pool2", "units", "units", 2, "active_state"),
    )
    [finding] = report.findings
    assert (finding.host, finding.command) == ("pool2", "systemctl restart samba-ha-return-path.service")
    assert finding.sentence.endswith("what it answers to clients would not go by their front end.")


def test_daemons_that_are_asked_for_their_state_are_told_of_once() -> None:
    report = judged(
        put("failed", STATES, "fe2", "units", "units", 1, "active_state"),
        put({"running": False, "error": "refused"}, STATES, "fe2", "frontend"),
    )
    assert [finding.sentence for finding in report.findings] == ["HAProxy does not answer (refused)."]


def test_a_host_that_is_lost_between_two_tasks_is_told() -> None:
    report = judged(put({"unreachable": True, "msg": "no route"}, STATES, "fe2", "vrrp"))
    assert "fe2: Its state could not be read: no route" in page(report)


def test_two_nodes_without_a_connection_are_told_once_although_ctdb_calls_both_healthy() -> None:
    lost = ["disconnected", "inactive"]
    seen = [put(lost, STATES, host, "ctdb", "nodes", pnn, "flags") for host, pnn in (("pool2", 2), ("pool3", 1))]
    report = judged(*seen)
    ((host, sentence, _where, command),) = told(report)
    assert (host, command, report.verdict) == (None, None, "degraded")
    assert sentence.startswith("The ctdbd of pool2 and pool3 are connected with the others, but not with each other: ")


def test_a_node_that_nobody_is_connected_with_is_not_told_as_two_without_a_connection() -> None:
    report = judged(flag(2, "disconnected", "inactive"))
    assert not any("with each other" in sentence for _host, sentence, _where, _command in told(report))
