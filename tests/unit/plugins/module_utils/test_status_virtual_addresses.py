# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several virtual addresses, each judged by itself."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report, judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture import picture
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import (
    OTHER_VIP,
    STATES,
    VIP,
    Break,
    healthy_data,
    put,
    told,
    two_addresses,
)

FE1, FE2 = (STATES, "fe1", "vrrp"), (STATES, "fe2", "vrrp")


def judged(*breaks: Break) -> Report:
    data = healthy_data()
    site = two_addresses(data)
    for each in breaks:
        each(data)
    return judge(site)


def summary(report: Report) -> str:
    (layer,) = (layer for layer in report.layers if layer.name == "virtual address")
    return layer.summary


def test_each_is_told_with_its_holder() -> None:
    report = judged()
    assert (report.verdict, report.findings) == ("healthy", ())
    assert summary(report) == f"{VIP} on fe1, {OTHER_VIP} on fe2"
    boxes = {box["title"]: box["note"] for box in picture(two_addresses(healthy_data()))["boxes"]}
    assert (boxes["files"], boxes["fe1"], boxes["fe2"]) == ("2 addresses", VIP, OTHER_VIP)


def test_one_front_end_may_have_both() -> None:
    report = judged(
        put([VIP, OTHER_VIP], *FE1, "held_addresses"),
        put("master", *FE1, "instances", 1, "state"),
        put([], *FE2, "held_addresses"),
        put("backup", *FE2, "instances", 1, "state"),
    )
    assert report.verdict == "healthy"
    assert summary(report) == f"{VIP} on fe1, {OTHER_VIP} on fe1"


def test_the_service_is_down_only_when_nobody_has_any() -> None:
    lost = put([], *FE2, "held_addresses")
    report = judged(lost)
    assert (report.verdict, told(report)) == (
        "degraded",
        [(None, f"No front end holds {OTHER_VIP}.", None, None)],
    )
    assert summary(report) == f"{VIP} on fe1, {OTHER_VIP} on no front end"
    assert judged(lost, put([], *FE1, "held_addresses")).verdict == "down"


def test_the_master_of_the_address_that_two_have_is_right() -> None:
    report = judged(put([VIP, OTHER_VIP], *FE1, "held_addresses"))
    assert told(report) == [
        (
            "fe1",
            f"It holds {OTHER_VIP} although fe2 is the master: clients reach one or the other by chance.",
            "fe1",
            f"ip address delete {OTHER_VIP}/32 dev eth0",
        )
    ]


def test_an_address_that_does_not_answer_is_told_apart() -> None:
    def refused(host: str, number: int) -> Break:
        return put("refused", STATES, host, "probes", "results", number, "error")

    report = judged(refused("fe1", 1), refused("fe2", 1))
    assert report.verdict == "degraded"
    assert [(each.host, each.sentence) for each in report.findings] == [
        (host, f"{OTHER_VIP} does not answer from here: refused.") for host in ("fe1", "fe2")
    ]
    assert judged(*(refused(host, number) for host in ("fe1", "fe2") for number in (0, 1))).verdict == "down"
