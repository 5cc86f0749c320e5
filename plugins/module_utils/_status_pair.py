# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the failover pairs: the cluster of each, its heartbeat, what it runs, and whether a host could take over.

Fencing and what failed are judged in _status_pair_fencing, SBD's disks in _status_pair_sbd, and _status_pair_view tells
the state without a judgement.
"""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_fencing import (
    judge_failures,
    judge_fencing,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_mirror import judge_mirror
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_sbd import judge_sbd
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_view import (
    answers_of,
    fit_hosts,
    links_of,
    running,
    view_of,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import (
    Notes,
    Pair,
    Site,
    State,
    count,
    names,
)

_RETURN = "ansible-playbook samba_ha.cluster.failover -e host={host} -e action=return"


def judge_pairs(site: Site, notes: Notes) -> None:
    """Judge each pair."""
    for pair in site.pairs:
        for host in site.reached(pair.hosts):
            _judge_daemons(site, notes, pair, host)
        judge_sbd(site, notes, pair)
        view = view_of(site, pair)
        if view is None:
            notes.add(pair.layer, None, "No host's cluster answers: nobody serves.", critical=True)
            notes.summaries[pair.layer] = "not running"
            continue
        _judge_quorum(site, notes, pair, view)
        _judge_links(site, notes, pair)
        _judge_nodes(site, notes, pair, view)
        judge_fencing(notes, pair, view)
        _judge_resources(notes, pair, view)
        judge_mirror(site, notes, pair)
        judge_failures(notes, pair, view)
        _judge_answers(site, notes, pair, view)
        notes.summaries[pair.layer] = _summary(site, pair, view)


def _judge_daemons(site: Site, notes: Notes, pair: Pair, host: str) -> None:
    """Corosync and Pacemaker. Without the first one the second does not run either."""
    own = (site.read(host, "pair") or {}).get("pair")
    if not own or own["running"]:
        return
    daemon = "corosync" if "corosync" in own["missing"] else "pacemaker"
    sentence = f"{daemon} does not answer ({own['missing'][daemon].rstrip('.')})."
    # pacemaker.service requires the other one.
    notes.add(pair.layer, host, sentence, "systemctl start pacemaker.service")


def _judge_quorum(site: Site, notes: Notes, pair: Pair, view: State) -> None:
    corosync = view["corosync"]
    if not corosync["quorate"]:
        notes.add(
            pair.layer,
            None,
            f"No host has quorum ({corosync['total_votes']} of {corosync['expected_votes']} votes), so nothing may run."
            " Bring back the other host or the quorum host.",
            critical=True,
        )
    for host, own in running(site, pair).items():
        if corosync["quorate"] and not own["corosync"]["quorate"]:
            notes.add(pair.layer, host, "It has no quorum: it is cut off from the other host, and may run nothing.")
    _judge_qdevice(site, notes, pair)


def _judge_qdevice(site: Site, notes: Notes, pair: Pair) -> None:
    """The third vote. Where the quorum host cannot be reached at all, that is told already."""
    if not site.quorum or not site.reached(site.quorum):
        return
    devices = {host: own["corosync"]["qdevice"] for host, own in running(site, pair).items()}
    silent = [host for host, device in devices.items() if device["configured"] and device["state"] is None]
    away = [host for host, device in devices.items() if device["state"] is not None and not device["connected"]]
    for host, device in devices.items():
        if not device["configured"]:
            notes.add(
                pair.layer,
                host,
                "Its corosync.conf names no quorum device.",
                "ansible-playbook samba_ha.cluster.site",
                where="controller",
            )
    for host in silent:
        sentence = "corosync-qdevice does not run: the quorum host does not hear of this host."
        notes.add(pair.layer, host, sentence, "systemctl restart corosync-qdevice.service")
    if away and len(away) == len(devices):
        notes.add(
            pair.layer,
            site.quorum[0],
            f"Neither host of the pair reaches its corosync-qnetd ({devices[away[0]]['state']}): the pair would not"
            " outlive the loss of a host."
            if len(away) > 1
            else f"{away[0]} does not reach its corosync-qnetd ({devices[away[0]]['state']}).",
            "systemctl restart corosync-qnetd.service",
        )
    else:
        for host in away:
            sentence = f"It does not reach the quorum host ({devices[host]['state']}), which the other one does."
            notes.add(pair.layer, host, f"{sentence} Look at its interconnect.")


def _judge_links(site: Site, notes: Notes, pair: Pair) -> None:
    """Heartbeat links. Both hosts tell of a link; where a whole host is gone, that is told already."""
    cut: dict[int, list[str]] = {}
    for host, links in links_of(site, pair).items():
        for link in links:
            if not link["connected"] and link["peer"] in running(site, pair):
                cut.setdefault(link["link"], []).append(f"{host} does not hear {link['peer']} at {link['address']}")
    every = {link["link"] for links in links_of(site, pair).values() for link in links}
    for number, told in sorted(cut.items()):
        rest = "there is no other one" if set(cut) == every else "the other one carries on alone"
        notes.add(
            pair.layer,
            None,
            f"Heartbeat link {number} is down: {names(told)}; {rest}. Look at the cable, the switch and the"
            " interfaces.",
        )


def _judge_nodes(site: Site, notes: Notes, pair: Pair, view: State) -> None:
    """What keeps a host from taking over."""
    if view["maintenance"]:
        notes.add(
            pair.layer,
            None,
            "The whole pair is in maintenance: Pacemaker starts, stops and watches nothing.",
            "crm_attribute --name maintenance-mode --delete",
            where=next(iter(running(site, pair))),
        )
    if view["dc"] is None:
        notes.add(pair.layer, None, "No node decides (Pacemaker has no DC). That takes seconds; see its log if not.")
    for host in pair.hosts:
        node = view["nodes"].get(host)
        if node is None:
            sentence = "Pacemaker does not know it."
            notes.add(pair.layer, host, sentence, "ansible-playbook samba_ha.cluster.site", where="controller")
        elif node["standby"]:
            sentence = "It is in standby, and takes nothing over."
            notes.add(pair.layer, host, sentence, _RETURN.format(host=host), where="controller")
        elif node["maintenance"] and not view["maintenance"]:
            sentence = "It is in maintenance: Pacemaker starts, stops and watches nothing there."
            command = f"crm_attribute --node {host} --name maintenance --delete"
            notes.add(pair.layer, host, sentence, command)
        elif node["shutdown"] or node["pending"]:
            sentence = f"It is {'leaving' if node['shutdown'] else 'joining'}. That takes seconds; see Pacemaker's log"
            notes.add(pair.layer, host, f"{sentence} there if it does not end.")


def _judge_resources(notes: Notes, pair: Pair, view: State) -> None:
    """What should run, and runs nowhere or twice."""
    if view["error"]:
        sentence = view["error"][:1].upper() + view["error"][1:]
        notes.add(pair.layer, None, f"{sentence}. Both may write to the storage: stop one at once.", critical=True)
    # Of a cloned resource there is one for each node.
    running_ids = {each["id"] for each in view["resources"] if each["active_on"]}
    stopped = [each for each in view["resources"] if each["id"] not in running_ids]
    for each in view["resources"]:
        host = each["active_on"][0] if each["active_on"] else view["dc"]
        if each["target_role"] == "Stopped":
            command = f"crm_resource --resource {each['id']} --meta --delete-parameter target-role"
            notes.add(
                pair.layer, None, f"{each['id']} was stopped by hand.", command, where=host, critical=each in stopped
            )
        elif not each["managed"] and not view["maintenance"]:
            command = f"crm_resource --resource {each['id']} --meta --delete-parameter is-managed"
            notes.add(pair.layer, None, f"Pacemaker does not look after {each['id']}.", command, where=host)
        if each["blocked"]:
            sentence = f"{each['id']} is blocked: it could not be stopped, and the pair cannot fence."
            notes.add(pair.layer, None, sentence, f"crm_resource --cleanup --resource {each['id']}", where=host)
    by_itself = [*dict.fromkeys(each["id"] for each in stopped if each["target_role"] != "Stopped")]
    if view["corosync"]["quorate"] and by_itself:
        notes.add(pair.layer, None, f"{names(by_itself)} {_do(by_itself)} not run on any host.", critical=True)
    if not view["resources"]:
        notes.add(
            pair.layer,
            None,
            "Pacemaker has no resources.",
            "ansible-playbook samba_ha.cluster.site",
            where="controller",
            critical=True,
        )


def _do(subjects: t.Sequence[str]) -> str:
    return "does" if len(subjects) == 1 else "do"


def _judge_answers(site: Site, notes: Notes, pair: Pair, view: State) -> None:
    """Whether clients get an answer at the pair's address, asked from each of its hosts."""
    asked = answers_of(site, pair)
    failed = {host: error for host, error in asked.items() if error}
    if not view["active"]:
        return  # told already: nothing runs, or it runs twice
    for host, error in failed.items():
        sentence = f"{pair.address} does not answer from here: {error}."
        notes.add(pair.layer, host, sentence, critical=len(failed) == len(asked))


def _summary(site: Site, pair: Pair, view: State) -> str:
    corosync = view["corosync"]
    links = [link["connected"] for told in links_of(site, pair).values() for link in told]
    return (
        f"{'active on ' + view['active'] if view['active'] else 'active nowhere'},"
        f" {len(fit_hosts(site, pair))} of {count(len(pair.hosts), 'host')} fit,"
        f" {corosync['total_votes']} of {count(corosync['expected_votes'], 'vote')},"
        f" {sum(links)} of {count(len(links), 'link')}"
    )
