# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._status import judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture import picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils import status_cases
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import put, told
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_pair_cases import (
    ADDRESS,
    FILE1,
    FILE2,
    PAIR,
    QUORUM,
    both,
    judged_pair,
    lost,
    pair_data,
    pair_site,
)

LAYER = "pair projects"
RETURN = "ansible-playbook samba_ha.cluster.failover -e host=file1 -e action=return"


def test_a_healthy_pair_has_no_findings() -> None:
    report = judged_pair()
    assert report.findings == ()
    assert report.verdict == "healthy"
    assert report.title == f"projects ({ADDRESS})"
    assert [(layer.name, layer.state, layer.summary) for layer in report.layers] == [
        ("hosts", "ok", "3 of 3 answer"),
        (LAYER, "ok", "active on file1, 2 of 2 hosts fit, 3 of 3 votes, 4 of 4 links"),
    ]
    assert {each.of: each.may_fail for each in report.redundancy} == {
        "hosts of projects": 1,
        "heartbeat links of projects": 1,
    }
    assert [(host.name, host.part, host.serves, host.pair) for host in report.hosts] == [
        (FILE1, "pair", True, "projects"),
        (FILE2, "pair", True, "projects"),
        (QUORUM, "quorum", False, None),
    ]


def test_the_page_tells_each_part_of_a_pair() -> None:
    lines = page(judged_pair("link_cut", "resource_recovered")).splitlines()
    assert lines[0] == f"projects ({ADDRESS}): DEGRADED"
    told = [line.split(maxsplit=1) for line in lines if line.startswith("  files-")]
    assert told == [[f"files-{part}", "on file1"] for part in ("storage", "ip", "samba")]
    for words in (
        "  active                  file1",
        "  heartbeat of file2      link 0 connected, link 1 DOWN",
        "  quorum                  3 of 3 votes, enough",
        "  quorum device of file1  Connected",
        "  fence-file1             watched by file2",
        "  failed on file1         files-storage: monitor",
    ):
        assert words in lines


def test_a_lost_host_that_could_not_be_fenced_keeps_what_it_ran() -> None:
    # The fixture's lost host is file2; let it be the one that served.
    def served(data: status_cases.State) -> None:
        view = data[FILE1]["pair"]["pair"]
        view["active"] = FILE2
        for each in view["resources"]:
            each["active_on"] = [FILE2]

    report = judged_pair("peer_gone", "fence_failed", lost(FILE2), served)
    assert report.verdict == "down"
    assert report.findings[0] == dataclasses.replace(
        report.findings[0], layer=LAYER, host=FILE2, command="stonith_admin --confirm file2", where=FILE1, critical=True
    )
    assert "could not be fenced" in report.findings[0].sentence
    assert "What ran there runs nowhere until then." in report.findings[0].sentence
    assert "  fencing of file2        under way (reboot)" in page(report).splitlines()


def test_a_lost_host_without_resources_is_not_critical() -> None:
    report = judged_pair("peer_gone", "fence_failed", lost(FILE2))
    assert report.verdict == "degraded"
    assert [finding.host for finding in report.findings] == [FILE2, FILE2]
    assert {each.of: each.may_fail for each in report.redundancy}["hosts of projects"] == 0


def test_a_host_that_was_fenced_is_told_of_once() -> None:
    report = judged_pair("peer_gone", "fenced", lost(FILE2))
    assert [(f.layer, f.host) for f in report.findings] == [("hosts", FILE2)]
    assert [(service.name, service.verdict) for service in report.services] == [("projects", "degraded")]


def test_a_host_in_standby_takes_nothing_over() -> None:
    report = judged_pair("healthy", "standby")
    assert told(report) == [(FILE1, "It is in standby, and takes nothing over.", "controller", RETURN)]
    assert {each.of: each.may_fail for each in report.redundancy}["hosts of projects"] == 0
    assert [host.serves for host in report.hosts] == [False, True, False]


def test_a_link_that_is_down_is_told_once_for_both_hosts() -> None:
    report = judged_pair("link_cut")
    [finding] = report.findings
    assert finding.sentence.startswith("Heartbeat link 1 is down: file1 does not hear file2 at 10.216.1.12 and file2")
    assert {each.of: each.may_fail for each in report.redundancy} == {
        "hosts of projects": 1,
        "heartbeat links of projects": 0,
    }


def test_two_actives_are_down() -> None:
    report = judged_pair("healthy", "two_active")
    assert report.verdict == "down"
    assert report.findings[0].sentence.startswith("Resources run on two nodes: files-storage on file1, files-ip on")
    # The fixture was made in maintenance.
    assert report.findings[1].command == "crm_attribute --name maintenance-mode --delete"


def test_what_failed_everywhere_is_down_and_each_failure_is_told() -> None:
    report = judged_pair("healthy", "resource_failed")
    assert report.verdict == "down"
    assert [(f.host, f.command) for f in report.findings] == [
        (None, None),
        (FILE1, "crm_resource --cleanup --resource files-storage --node file1"),
        (FILE2, "crm_resource --cleanup --resource files-storage --node file2"),
    ]
    assert report.findings[0].sentence == "files-storage, files-ip and files-samba do not run on any host."


def test_what_was_stopped_by_hand_is_told_with_what_starts_it() -> None:
    [finding] = judged_pair("healthy", "resource_disabled").findings
    assert finding.critical
    assert finding.command == "crm_resource --resource files-samba --meta --delete-parameter target-role"


def test_a_fence_device_that_fails_costs_the_redundancy_of_its_host() -> None:
    report = judged_pair("healthy", "fence_device_failed")
    [finding] = report.findings
    assert finding.sentence.startswith("The fence device fence-file2 does not answer: if file2 is lost, nobody takes")
    # file1 serves, and can be fenced.
    assert {each.of: each.may_fail for each in report.redundancy}["hosts of projects"] == 1
    report = judged_pair("healthy", "fence_device_failed", both(FILE2, "active"))
    assert {each.of: each.may_fail for each in report.redundancy}["hosts of projects"] == 0


def test_fencing_that_is_off_is_a_fault_where_the_inventory_wants_it() -> None:
    off = both(False, "fencing")
    [finding] = judged_pair("healthy", "healthy", off).findings
    assert (finding.command, finding.where) == ("ansible-playbook samba_ha.cluster.site", "controller")
    report = judged_pair("healthy", "healthy", off, fenced=False)
    assert report.findings == ()
    assert "  fencing                 off" in page(report).splitlines()


def test_a_quorum_host_that_neither_reaches_is_mended_there() -> None:
    report = judged_pair("qnetd_gone")
    [finding] = report.findings
    assert (finding.host, finding.command) == (QUORUM, "systemctl restart corosync-qnetd.service")
    assert {each.of: each.may_fail for each in report.redundancy}["hosts of projects"] == 0
    # Where it cannot be reached, nothing can be run there, and that is told already.
    report = judged_pair("qnetd_gone", "healthy", lost(QUORUM))
    assert [(f.layer, f.host) for f in report.findings] == [("hosts", QUORUM)]
    assert report.services[0].verdict == "degraded"


def test_a_quorum_device_that_does_not_run_is_started() -> None:
    report = judged_pair("qdevice_stopped")
    assert [(f.host, f.command) for f in report.findings] == [
        (host, "systemctl restart corosync-qdevice.service") for host in PAIR.hosts
    ]


def test_without_quorum_nothing_may_run() -> None:
    report = judged_pair("no_quorum", "no_quorum", lost(FILE2), lost(QUORUM))
    assert report.verdict == "down"
    assert report.findings[0].sentence.startswith("No host has quorum (1 of 3 votes), so nothing may run.")


def test_a_host_without_pacemaker_is_told_what_starts_it() -> None:
    down = {"running": False, "missing": {"pacemaker": "crm_mon: Connection refused"}}
    report = judged_pair("healthy", "healthy", put(down, FILE2, "pair", "pair"))
    assert told(report) == [
        (FILE2, "pacemaker does not answer (crm_mon: Connection refused).", FILE2, "systemctl start pacemaker.service")
    ]
    report = judged_pair("healthy", "healthy", *(put(down, host, "pair", "pair") for host in PAIR.hosts))
    assert report.verdict == "down"
    assert report.pairs[0].lines == ()
    assert picture(pair_site(pair_data() | {FILE1: None, FILE2: None}))["boxes"][0]["state"] == "down"


@pytest.mark.parametrize(("hosts", "verdict"), [((FILE2,), "degraded"), ((FILE1, FILE2), "down")])
def test_an_address_that_answers_nobody_is_down(hosts: tuple[str, ...], verdict: str) -> None:
    report = judged_pair("healthy", "healthy", *(put("timed out", host, "probe", "error") for host in hosts))
    assert report.verdict == verdict
    assert [f.sentence for f in report.findings] == [f"{ADDRESS} does not answer from here: timed out."] * len(hosts)


@pytest.mark.parametrize(("hosts", "verdict"), [((), "healthy"), ((FILE2,), "degraded"), ((FILE1, FILE2), "down")])
def test_a_pair_that_serves_the_pool_answers_by_nfs(hosts: tuple[str, ...], verdict: str) -> None:
    data = pair_data()
    for host in PAIR.hosts:
        data[host]["probe"] = {"skipped": True, "changed": False}
        data[host]["nfs"] = {"answers": host not in hosts, "error": "Connection refused" if host in hosts else None}
    report = judge(pair_site(data))
    assert report.verdict == verdict
    assert [f.sentence for f in report.findings] == [
        f"{ADDRESS} does not answer from here: Connection refused." for _host in hosts
    ]
    assert picture(pair_site(data))["boxes"][0]["state"] == ("down" if verdict == "down" else "ok")


def test_what_could_not_be_read_is_told_of_the_pair() -> None:
    report = judged_pair("healthy", "healthy", put({"failed": True, "msg": "no."}, FILE2, "pair"))
    assert [(f.layer, f.host) for f in report.findings] == [(LAYER, FILE2)]


def test_a_pool_and_a_pair_have_verdicts_of_their_own() -> None:
    data = status_cases.healthy_data()
    site = status_cases.site(data)
    states = {**data["states"], **pair_data("healthy", "resource_failed")}
    both = dataclasses.replace(site, states=states, pairs=(PAIR,), quorum=(QUORUM,))
    report = judge(both)
    assert report.verdict == "down"
    assert page(report).splitlines()[:2] == [f"files ({status_cases.VIP}): HEALTHY", f"projects ({ADDRESS}): DOWN"]
    assert [layer.name for layer in report.layers][-2:] == ["virtual address", LAYER]
    # A fault of the pool is none of the pair.
    report = judge(dataclasses.replace(both, states={**data["states"], **pair_data(), "pool1": None}))
    assert [service.verdict for service in report.services] == ["degraded", "healthy"]
    drawn = picture(both)
    assert len(drawn["boxes"]) == 9 + 4
    assert max(box["y"] for box in drawn["boxes"]) + drawn["box_height"] <= drawn["height"]


def test_the_picture_shows_a_pair_and_its_quorum_host() -> None:
    drawn = picture(pair_site(pair_data("qnetd_gone", "standby")))
    assert {box["title"]: (box["state"], box["note"]) for box in drawn["boxes"]} == {
        "projects": ("ok", ADDRESS),
        FILE1: ("down", "online, standby"),
        FILE2: ("ok", "active"),
        QUORUM: ("down", "2 hosts do not reach it"),
    }
    assert len(drawn["lines"]) == 2 + 2
    assert all(0 <= box["x"] <= drawn["width"] - drawn["box_width"] for box in drawn["boxes"])
