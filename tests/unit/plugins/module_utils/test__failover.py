# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._failover import plan

Report = dict[str, t.Any]


def report(*away: str, unreached: tuple[str, ...] = (), may_fail: int = 1, pending: int = 0) -> Report:
    """A service of three nodes and two front ends, of which some do not serve or cannot even be reached."""
    hosts = [("pool1", "pool"), ("pool2", "pool"), ("pool3", "pool"), ("fe1", "frontend"), ("fe2", "frontend")]
    return {
        "hosts": [
            {
                "name": name,
                "part": part,
                "reached": name not in unreached,
                "serves": name not in (*away, *unreached),
                "flags": ("disconnected",) if part == "pool" and name in unreached else (),
            }
            for name, part in hosts
        ],
        "volumes": [{"name": "data", "may_fail": may_fail, "pending": pending}],
    }


def test_a_node_of_a_healthy_service_may_be_drained() -> None:
    made = plan(report(), "pool2", "drain", "")
    assert (made.part, made.refusals, made.pnn) == ("pool", (), 1)
    assert made.left == "2 nodes left to serve: pool1 and pool3."
    assert made.frontends == ("fe1", "fe2")


def test_a_node_that_was_drained_may_be_drained_again() -> None:
    assert plan(report("pool2"), "pool2", "drain", "").refusals == ()


def test_the_last_redundancy_is_given_up_only_in_so_many_words() -> None:
    service = report("pool3")
    (refusal,) = plan(service, "pool2", "drain", "").refusals
    assert refusal.startswith("Only pool1 would be left, and nothing more may fail then.")
    assert "-e accept=no_redundancy" in refusal
    assert plan(service, "pool2", "drain", "no_redundancy").refusals == ()
    (refusal,) = plan(report(), "fe1", "drain", "").refusals
    assert refusal.startswith("Only fe2 would be left")
    assert plan(report(), "fe1", "drain", "no_redundancy").refusals == ()


@pytest.mark.parametrize("action", ["drain", "evacuate"])
def test_an_outage_needs_more_words_than_that(action: str) -> None:
    service = report("pool1", "pool2", "pool3") if action == "evacuate" else report("pool1", "pool3")
    for accepted in ("", "no_redundancy"):
        (refusal,) = plan(service, "pool2", action, accepted).refusals
        assert refusal == "No other host would serve clients. If that is what you want, say -e accept=outage."
    assert plan(service, "pool2", action, "outage").refusals == ()


@pytest.mark.parametrize(
    ("may_fail", "pending", "words"),
    [
        (0, 0, "The volume data has no brick to spare."),
        (1, 2, "2 changes of the volume data not healed yet: this host may have the only good one."),
    ],
)
def test_a_node_whose_bricks_are_needed_is_kept(may_fail: int, pending: int, words: str) -> None:
    service = report(may_fail=may_fail, pending=pending)
    (refusal,) = plan(service, "pool2", "drain", "").refusals
    assert refusal == f"{words} If the host stays switched on, say -e accept=no_redundancy."
    assert plan(service, "pool2", "drain", "no_redundancy").refusals == ()
    assert plan(service, "pool2", "evacuate", "") == plan(service, "pool2", "evacuate", "outage")


def test_what_cannot_be_reached_is_evacuated_and_not_drained() -> None:
    service = report(unreached=("pool2",))
    (refusal,) = plan(service, "pool2", "drain", "").refusals
    assert refusal == "It cannot be reached. To take it out of service as it is use action=evacuate."
    made = plan(service, "pool2", "evacuate", "")
    assert (made.refusals, made.pnn, made.others) == ((), None, ("pool1", "pool3"))
    (refusal,) = plan(service, "pool2", "return", "").refusals
    assert refusal == "It cannot be reached."
    # The front end that cannot be reached cannot be told either.
    assert plan(report(unreached=("fe1",)), "pool2", "drain", "").frontends == ("fe2",)
    assert plan(report(unreached=("fe1",)), "fe1", "evacuate", "").refusals == ()


@pytest.mark.parametrize(("host", "word"), [("pool2", "answers and serves"), ("fe1", "can be reached")])
def test_what_serves_is_drained_and_not_evacuated(host: str, word: str) -> None:
    (refusal,) = plan(report(), host, "evacuate", "outage").refusals
    assert word in refusal and "action=drain" in refusal


def test_a_node_that_returns_is_counted() -> None:
    made = plan(report("pool2", may_fail=0, pending=9), "pool2", "return", "")
    assert (made.refusals, made.left) == ((), "3 nodes left to serve: pool1, pool2 and pool3.")


@pytest.mark.parametrize(
    ("host", "action", "accepted", "words"),
    [
        ("pool9", "drain", "", "host=pool9: wanted one of pool1, pool2, pool3, fe1, fe2"),
        ("pool1", "", "", "action=: wanted one of drain, return, evacuate"),
        ("pool1", "drain", "yes", "accept=yes: wanted no_redundancy or outage"),
    ],
)
def test_words_that_mean_nothing_are_refused(host: str, action: str, accepted: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plan(report(), host, action, accepted)


def pair_report(*unfit: str, unreached: tuple[str, ...] = ()) -> Report:
    """Two pairs with their quorum host, of which some hosts may run nothing."""
    hosts = [(name, "pair", "ab"[number // 2]) for number, name in enumerate(("file1", "file2", "file3", "file4"))]
    return {
        "hosts": [
            {
                "name": name,
                "part": part,
                "reached": name not in unreached,
                "serves": part == "pair" and name not in (*unfit, *unreached),
                "flags": (),
                "pair": pair,
            }
            for name, part, pair in (*hosts, ("quorum1", "quorum", None))
        ],
        "volumes": [],
    }


def test_a_host_of_a_pair_is_drained_for_its_redundancy_only_in_so_many_words() -> None:
    (refusal,) = plan(pair_report(), "file1", "drain", "").refusals
    # The hosts of the other pair do not count.
    assert refusal.startswith("Only file2 would be left, and nothing more may fail then.")
    made = plan(pair_report(), "file1", "drain", "no_redundancy")
    assert (made.part, made.refusals, made.others, made.pnn) == ("pair", (), ("file2",), None)
    assert made.left == "1 host left to serve: file2."
    # One that is out already takes nothing along.
    assert plan(pair_report("file1"), "file1", "drain", "").refusals == ()


def test_a_host_of_a_pair_without_another_is_drained_only_with_an_outage() -> None:
    service = pair_report("file2")
    for accepted in ("", "no_redundancy"):
        (refusal,) = plan(service, "file1", "drain", accepted).refusals
        assert refusal.startswith("No other host would serve clients.")
    assert plan(service, "file1", "drain", "outage").refusals == ()


def test_a_pair_evacuates_its_hosts_itself() -> None:
    for service in (pair_report(), pair_report(unreached=("file1",))):
        (refusal,) = plan(service, "file1", "evacuate", "outage").refusals
        assert refusal.startswith("A pair does that by itself: it fences a host that does not answer")
    assert plan(pair_report(unreached=("file1",)), "file1", "drain", "").refusals == ("It cannot be reached.",)


@pytest.mark.parametrize("action", ["drain", "return", "evacuate"])
def test_a_quorum_host_is_only_switched_off(action: str) -> None:
    (refusal,) = plan(pair_report(), "quorum1", action, "outage").refusals
    assert refusal.startswith("It serves no clients; it only votes.")


@pytest.mark.parametrize("action", ["drain", "return", "evacuate"])
def test_nobody_stands_in_for_an_nfs_server(action: str) -> None:
    service = report()
    own = {"name": "store1", "part": "nfs_server", "reached": True, "serves": False, "flags": (), "pair": None}
    service["hosts"] = [*service["hosts"], own]
    (refusal,) = plan(service, "store1", action, "outage").refusals
    assert refusal.startswith("All files are on it, and no other host can take them over")


def test_a_host_that_returns_to_its_pair_is_counted() -> None:
    made = plan(pair_report("file1"), "file1", "return", "")
    assert (made.refusals, made.left) == ((), "2 hosts left to serve: file1 and file2.")
