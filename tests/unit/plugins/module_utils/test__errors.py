# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError


def test_the_message_tells_host_subject_wanted_found_and_remedy() -> None:
    error = StateError("unit a.service", wanted="it to run", found="failed", remedy="Read the journal.")
    assert str(error) == f"{socket.gethostname()}: unit a.service: wanted it to run; found failed. Read the journal."
    assert (error.subject, error.wanted, error.found, error.remedy) == (
        "unit a.service",
        "it to run",
        "failed",
        "Read the journal.",
    )
