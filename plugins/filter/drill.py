# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the playbook drill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.samba_ha.cluster.plugins.module_utils._drill import client_time, writers_by_host
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_pair_watch import lacks, proof


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Filter names and their functions."""
        return {
            "drill_client_time": client_time,
            "drill_pair_lacks": lacks,
            "drill_pair_proof": proof,
            "drill_writers": writers_by_host,
        }
