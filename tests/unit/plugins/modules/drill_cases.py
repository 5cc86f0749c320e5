# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of a drill answer, for the tests of drill_fault."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_process import PS
from ansible_collections.samba_ha.cluster.plugins.module_utils._systemd import PROPERTIES
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, answer

PLACES = (FIXTURES / "ip/trixie-6.15.0/address.json").read_text(encoding="utf-8")
ADDRESSES = answer(["ip", "-json", "address", "show"], 0, PLACES)
TABLES = ["nft", "list", "tables"]
NO_CUT = answer(TABLES, 0, "table inet samba_ha\n")
NO_TIMER = answer(["systemctl", "stop", "samba-ha-drill.timer"], 5)
STOP_TIMER = answer(["systemctl", "stop", "samba-ha-drill.timer"])
DELETE = "delete table inet samba_ha_drill"
DELETE_BOTH = f"{DELETE}; delete table arp samba_ha_drill"
LOCK = answer(["ctdb", "getreclock"], 0, "/lock\n")
START_SMBD = ("systemctl", "start", "smbd.service")
UNITS = ("haproxy.service", "keepalived.service")
PIDS = [1184, 1185]
DROPPED = {"bookworm-1.0.6": 2}


def processes(program: str, *pids: int, state: str = "S", args: str = "") -> Answer:
    return answer(PS, 0, "".join(f"{pid} {state} /usr/sbin/{program} {args}\n" for pid in pids))


def switch(*command: str, limit: str = "300") -> Answer:
    timer = ["--unit=samba-ha-drill", f"--on-active={limit}", "--timer-property=AccuracySec=1s", "--collect"]
    return answer(["systemd-run", "--quiet", *timer, "--", *command])


def unit(name: str, active: str = "failed", enabled: str = "enabled") -> Answer:
    argv = ["systemctl", "show", "--timestamp=us+utc", f"--property={','.join(PROPERTIES)}", "--", name]
    return answer(argv, 0, f"ActiveState={active}\nUnitFileState={enabled}\n")


def status(name: str) -> list[Answer]:
    place = FIXTURES / "ctdb/trixie-4.22.11"
    return [
        answer(["ctdb", "-t", "2", "-X", "status"], 0, (place / f"{name}.machine.txt").read_text()),
        answer(["ctdb", "-t", "2", "status"], 0, (place / f"{name}.txt").read_text()),
    ]


def listed(release: str, packets: int | None = None) -> list[Answer]:
    """The drill's tables as nft lists them."""
    place = FIXTURES / "nft" / release
    text = (place / "cut.json").read_text(encoding="utf-8")
    if packets == 0:
        text = text.replace(f'"packets": {DROPPED[release]}', '"packets": 0')
    tables = answer(TABLES, 0, (place / "tables.txt").read_text(encoding="utf-8"))
    return [tables, answer(["nft", "--json", "list", "table", "inet", "samba_ha_drill"], 0, text), tables]
