# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a service without front ends: where its public addresses are, and where they should not be."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture import picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import (
    POOL,
    PUBLIC,
    STATES,
    assign,
    direct_data,
    direct_site,
    flag,
    hold,
    judged_direct,
    put,
    told,
)

FIRST, SECOND, THIRD = PUBLIC


def summary(report: object) -> str:
    layers = {layer.name: layer.summary for layer in report.layers}  # type: ignore[attr-defined]
    return str(layers["public addresses"])


def test_a_healthy_service_says_which_node_has_which_address() -> None:
    report = judged_direct()
    assert report.findings == ()
    assert [layer.name for layer in report.layers] == [
        "hosts",
        "interconnect",
        "backend",
        "CTDB",
        "smbd",
        "public addresses",
    ]
    assert summary(report) == f"{FIRST} on pool1, {SECOND} on pool2, {THIRD} on pool3"
    assert [each.of for each in report.redundancy] == ["pool nodes", "bricks of data", "bricks of lock"]
    assert {host.part for host in report.hosts} == {"pool"}
    assert page(report).startswith(f"files ({FIRST}, {SECOND}, {THIRD}): HEALTHY")


def test_a_node_that_holds_two_is_no_fault() -> None:
    report = judged_direct(hold("pool1", FIRST, THIRD), hold("pool3"), assign(_23=0))
    assert report.findings == ()
    assert summary(report) == f"{FIRST} on pool1, {SECOND} on pool2, {THIRD} on pool1"


def test_an_address_on_no_node_is_told() -> None:
    report = judged_direct(hold("pool3"), assign(_23=None))
    assert report.verdict == "degraded"
    assert told(report) == [
        (None, f"No node has {THIRD}. CTDB gives it to one as soon as one is healthy that may.", None, None)
    ]


def test_an_address_that_ctdb_does_not_know_asks_for_a_deployment() -> None:
    known = [{"address": FIRST, "pnn": 0}, {"address": SECOND, "pnn": 1}]
    report = judged_direct(hold("pool3"), *(put(known, STATES, host, "ctdb", "public_addresses") for host in POOL))
    assert told(report) == [
        (
            None,
            f"No node has {THIRD}, and CTDB does not know it.",
            "controller",
            "ansible-playbook samba_ha.cluster.site",
        )
    ]


def test_an_address_on_two_nodes_is_taken_from_the_one_that_ctdb_does_not_mean() -> None:
    report = judged_direct(hold("pool1", FIRST, THIRD))
    sentence = f"pool1 and pool3 have {THIRD} at the same time: clients reach one or the other by chance."
    command = f"ip address delete {THIRD}/24 dev br-clients"
    assert told(report) == [("pool1", f"{sentence} CTDB has given it to pool3.", "pool1", command)]


def test_nobody_says_which_of_two_is_right_where_ctdb_does_not() -> None:
    report = judged_direct(hold("pool1", FIRST, THIRD), assign(_23=None))
    [(host, sentence, _where, command)] = told(report)
    assert (host, command) == (None, None)
    assert sentence.endswith("CTDB has given it to no node; look at its log there.")


def test_an_address_on_a_node_that_does_not_serve_is_told_beside_the_reason() -> None:
    report = judged_direct(flag(2, "disabled"))
    assert [(host, command) for host, _sentence, _where, command in told(report)] == [
        ("pool3", "ctdb enable"),
        ("pool3", None),
    ]
    assert f"It has {THIRD}, and does not serve" in report.findings[1].sentence


def test_ctdb_is_believed_of_a_host_that_cannot_be_asked() -> None:
    report = judged_direct(put(None, STATES, "pool3"))
    assert summary(report).endswith(f"{THIRD} on pool3")


def test_without_any_address_the_service_is_down() -> None:
    report = judged_direct(*(hold(host) for host in POOL))
    assert report.verdict == "down"
    assert told(report) == [(None, "No node has any public address: clients reach nobody.", None, None)]


def test_the_picture_has_the_nodes_below_the_name() -> None:
    data = direct_data()
    hold("pool2")(data)
    drawn = picture(direct_site(data))
    assert [box["title"] for box in drawn["boxes"][:4]] == ["files", *POOL]
    assert [box["note"] for box in drawn["boxes"][:4]] == ["3 addresses", FIRST, "no address", THIRD]
    assert len(drawn["boxes"]) == 1 + 2 * len(POOL)
    assert len(drawn["lines"]) == 2 * len(POOL)
    assert drawn["height"] > max(box["y"] for box in drawn["boxes"]) + drawn["box_height"]
