# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real answers of keepalived and those who know of it, and the commands that they answer."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

BOOKWORM, TRIXIE = "bookworm-2.2.7", "trixie-2.3.3"
RELEASES = [BOOKWORM, TRIXIE]
VIP = {BOOKWORM: "10.214.1.10", TRIXIE: "10.213.1.10"}

ADDRESSES = ["ip", "-json", "address", "show"]
SHOW = ["systemctl", "show", "--property=LoadState,ActiveState,SubState,MainPID", "--", "keepalived.service"]
SIGNUM = ["keepalived", "--signum=JSON"]
JOURNAL = ["journalctl", "--quiet", "--no-pager", "--unit=keepalived.service", "--output=json"]
JOURNAL += ["--output-fields=MESSAGE", "--grep=Entering (MASTER|BACKUP|FAULT) STATE", "--lines=10"]


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "keepalived" / release / name).read_text(encoding="utf-8")
