# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What DRBD said on two real hosts of a mirror, by the names of the fixtures."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd import EVENTS
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, answer

FILES = FIXTURES / "drbd" / "trixie-9.22.0-8.4.11"


def events(name: str) -> Answer:
    """drbdsetup's answer, by the name of a fixture such as ``whole.file1``."""
    return answer(EVENTS, stdout=(FILES / f"{name}.txt").read_text(encoding="utf-8"))
