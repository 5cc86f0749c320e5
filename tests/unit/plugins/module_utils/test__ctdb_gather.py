# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_gather import PARTS, gather
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer, hangs

CTDB = FIXTURES / "ctdb" / "trixie-4.22.11"
ASK = ["ctdb", "-t", "2"]
ADDRESSES = answer([*ASK, "-X", "ip", "all"], 0, (CTDB / "ip_two.txt").read_text())
SCRIPTS = answer([*ASK, "scriptstatus"], 0, (CTDB / "scriptstatus_ok.txt").read_text())
TUNABLES = answer([*ASK, "listvars"], 0, (CTDB / "listvars.txt").read_text())
NO_DATABASES = answer([*ASK, "-X", "getdbmap"], 0, (CTDB / "getdbmap.txt").read_text().splitlines()[0])


def test_nothing_is_asked_that_was_not_asked_for() -> None:
    assert gather(Replay(), ()) == (dict.fromkeys(PARTS), [])


def test_all_parts_in_simple_types() -> None:
    replay = Replay(ADDRESSES, SCRIPTS, TUNABLES, NO_DATABASES)
    values, warnings = gather(replay, PARTS)
    replay.done()
    assert warnings == []
    assert values["public_addresses"] == [{"address": "10.213.1.77", "pnn": 0}, {"address": "10.213.1.78", "pnn": 1}]
    assert values["scripts"][0] == {"name": "00.ctdb", "status": "ok", "seconds": 0.003, "output": None}
    assert values["tunables"]["MonitorInterval"] == 15
    assert values["databases"] == []


def test_a_part_that_cannot_be_read_does_not_hide_the_others() -> None:
    replay = Replay(hangs(ADDRESSES.argv), TUNABLES)
    values, warnings = gather(replay, ("tunables", "public_addresses"))
    replay.done()
    assert values["public_addresses"] is None and values["tunables"]["RecoverInterval"] == 1
    assert len(warnings) == 1 and "ctdb -t 2 -X ip all: wanted an answer" in warnings[0]


def test_what_is_not_understood_is_a_warning() -> None:
    values, warnings = gather(Replay(answer([*ASK, "scriptstatus"], 0, "Strange\n")), ("scripts",))
    assert (values["scripts"], warnings) == ([], ["ctdb scripts: not understood: Strange"])
