# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two virtual addresses: each front end is home of one, and a lost one's comes back once, not to and fro.

Not among the tests of `make test`, whose lab has one address. On a lab with two, some minutes:

    make lab VIPS=2
    .venv/bin/python -m pytest tests/vips
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import time
import typing as t
from collections import Counter
from pathlib import Path

import pytest
from acts import end_silence, silence
from lab import Lab, SmbClient, ensure_client_addresses, eventually, playbook
from observe import settle
from test_failover import done
from test_frontend import connect
from test_promises import break_and_mend, judge
from workload import Workload

FIRST, SECOND = "samba_ha", "samba_ha_2"
"""The VRRP instances of the addresses."""


@pytest.fixture(scope="module")
def two(lab: Lab) -> Lab:
    """The lab with the addresses that its front ends are told, whatever it had when it was made."""
    text = lab.frontends[0].run("cat /etc/keepalived/keepalived.conf") if lab.frontends else ""
    told = tuple(re.findall(r"^ +(\S+)/32 dev ", text, re.MULTILINE))
    if len(told) < 2:
        pytest.skip("needs a lab with two virtual addresses: make lab VIPS=2")
    return dataclasses.replace(lab, addresses=told)


def held(two: Lab) -> dict[str, list[str]]:
    """The addresses that each front end has."""
    shown = {host.name: host.run("ip -o -4 address show") for host in two.frontends}
    return {name: [each for each in two.addresses if f" {each}/32 " in text] for name, text in shown.items()}


def at_home(two: Lab) -> dict[str, list[str]]:
    return {host.name: [address] for host, address in zip(two.frontends, two.addresses, strict=True)}


def wait_for(two: Lab, wanted: dict[str, list[str]], timeout: float) -> None:
    eventually(lambda: held(two), lambda seen: seen == wanted, timeout=timeout, what=f"addresses as {wanted}")


@pytest.fixture(autouse=True)
def settled_at_home(two: Lab) -> t.Iterator[None]:
    settle(two, "what came before")
    wait_for(two, at_home(two), 20)
    yield
    settle(two, "what was done", timeout=240)
    wait_for(two, at_home(two), 20)


def taken(two: Lab, since: float) -> dict[str, Counter[str]]:
    """How often each front end became master of each instance since then."""
    command = f"journalctl --quiet --output cat --unit keepalived.service --since @{since:.0f}"
    entered = re.compile(r"\((\w+)\) Entering MASTER STATE")
    return {host.name: Counter(entered.findall(host.run(command))) for host in two.frontends}


def play(two: Lab, name: str, *args: str) -> str:
    addresses = json.dumps({"samba_ha_vip": [f"{address}/24" for address in two.addresses]})
    run = playbook(f"playbooks/{name}.yml", "-e", addresses, *args)
    done(run)
    return " ".join(run.stdout.split())


def test_both_addresses_lead_to_the_same_files(two: Lab) -> None:
    first, second = two.addresses
    with SmbClient(two, first) as client:
        client.write("both", b"the same")
    with SmbClient(two, second) as client:
        assert client.read("both") == b"the same"
        client.delete("both")


def test_the_status_names_both_holders(two: Lab) -> None:
    told = play(two, "status")
    first, second = two.addresses
    assert f"({first}, {second}): HEALTHY" in told
    assert f"{first} on fe1, {second} on fe2" in told


def test_a_killed_front_end_s_address_moves_and_comes_back_once(two: Lab, tmp_path: Path) -> None:
    lost, other = two.frontends
    began = time.time()
    with Workload(two, tmp_path) as workload:
        # Made, and ended before the address comes back: both are judged, by clients of both addresses.
        killed = break_and_mend(two, "frontend_killed", workload)
        wait_for(two, at_home(two), 20)
        judge(workload, [killed])
    assert taken(two, began) == {lost.name: Counter({FIRST: 1}), other.name: Counter({FIRST: 1})}


def test_an_address_does_not_go_to_and_fro_with_a_haproxy_that_does(two: Lab) -> None:
    lost, other = two.frontends
    began = time.time()
    away = {lost.name: [], other.name: list(two.addresses)}
    try:
        for _turn in range(3):
            lost.run("systemctl stop haproxy.service")
            # Long enough for two checks, of which one alone would say nothing.
            lost.run("sleep 3")
            assert held(two) == away
            lost.run("systemctl start haproxy.service")
            # Well for long enough to be believed, and not for long enough to be trusted with the address.
            lost.run("sleep 3")
            assert held(two) == away
    finally:
        lost.run("systemctl start haproxy.service")
    wait_for(two, at_home(two), 20)
    assert taken(two, began) == {lost.name: Counter({FIRST: 1}), other.name: Counter({FIRST: 1})}


def test_only_clients_of_the_lost_address_are_told(two: Lab) -> None:
    ensure_client_addresses(two)
    lost, _other = two.frontends
    with contextlib.ExitStack() as stack:
        by_each = (dataclasses.replace(two, addresses=(address,)) for address in two.addresses)
        first, second = (connect(stack, one, two.client_addresses[0]) for one in by_each)
        # Lists go out twice a second. These have to be in one.
        time.sleep(1)
        silence(lost, lost.address)
        stack.callback(end_silence, lost)
        first.settimeout(8)
        with pytest.raises(ConnectionResetError):
            first.recv(1)
        second.settimeout(1)
        with pytest.raises(TimeoutError):
            second.recv(1)


def test_a_drained_front_end_gives_its_address_away_and_has_it_back_when_it_has_returned(two: Lab) -> None:
    first, second = two.frontends
    began = time.time()
    try:
        play(two, "failover", "-e", f"host={second.name}", "-e", "action=drain", "-e", "accept=no_redundancy")
        assert held(two) == {first.name: list(two.addresses), second.name: []}
        refused = playbook("playbooks/failover.yml", "-e", f"host={first.name}", "-e", "action=drain")
        assert refused.returncode != 0
        assert "No other host would serve clients." in " ".join(refused.stdout.split())
    finally:
        play(two, "failover", "-e", f"host={second.name}", "-e", "action=return")
    assert held(two) == at_home(two)
    assert taken(two, began) == {first.name: Counter({SECOND: 1}), second.name: Counter({SECOND: 1})}
