# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site of one pair as real clusters told it, for tests to break in one place each."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import load_pair
from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report, judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Pair, Site
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import corosync_says, crm_mon
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import Break, State
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay

FILE1, FILE2, QUORUM, ADDRESS = "file1", "file2", "quorum1", "192.0.2.30"
PAIR = Pair("projects", ADDRESS, (FILE1, FILE2), fenced=True)


def seen(corosync: str = "healthy", pacemaker: str = "healthy") -> State:
    """What pair_info returns as ``pair``, by the names of the fixtures. All of them were taken on file1."""
    asked = [*corosync_says(corosync), crm_mon(pacemaker)]
    # As Ansible hands it on.
    told: State = json.loads(json.dumps(load_pair(Replay(*asked), 8)))
    return told


def seen_by_file2(told: State) -> State:
    """The same with the links as the other host tells of them."""
    links = told["corosync"]["links"].pop(FILE2)
    told["corosync"]["links"][FILE1] = [{**link, "address": link["address"].replace(".12", ".11")} for link in links]
    return told


def pair_data(corosync: str = "healthy", pacemaker: str = "healthy") -> State:
    """What was read of the two hosts and the quorum host, all of which can be reached."""

    def host(*units: str) -> State:
        return {
            "clock": {"epoch": 1e9 + 0.1, "offset": 0.1, "uncertainty": 0.05},
            "units": {
                "units": [
                    {
                        "name": f"{unit}.service",
                        "loaded": True,
                        "active_state": "active",
                        "sub_state": "running",
                        "enabled": True,
                    }
                    for unit in units
                ]
            },
        }

    def member(told: State) -> State:
        probe = {"reachable": True, "error": None}
        return {**host("samba-ha-firewall", "corosync", "pacemaker"), "pair": {"pair": told}, "probe": probe}

    return {
        FILE1: member(seen(corosync, pacemaker)),
        FILE2: member(seen_by_file2(seen(corosync, pacemaker))),
        QUORUM: host("samba-ha-firewall", "corosync-qnetd"),
    }


def pair_site(data: State, *, fenced: bool = True) -> Site:
    pair = Pair(PAIR.name, ADDRESS, PAIR.hosts, fenced=fenced)
    return Site("", "proxy", (), (), (), (), data, pairs=(pair,), quorum=(QUORUM,))


def judged_pair(corosync: str = "healthy", pacemaker: str = "healthy", *breaks: Break, fenced: bool = True) -> Report:
    data = pair_data(corosync, pacemaker)
    for each in breaks:
        each(data)
    return judge(pair_site(data, fenced=fenced))


def both(value: object, *path: str | int) -> Break:
    """Set what stands at a path of what pair_info told, on both hosts."""

    def act(data: State) -> None:
        for host in PAIR.hosts:
            place: t.Any = data[host]["pair"]["pair"]
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value

    return act


def lost(host: str) -> Break:
    """The host cannot be reached."""

    def act(data: State) -> None:
        data[host] = None

    return act
