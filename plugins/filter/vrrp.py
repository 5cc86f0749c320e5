# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that tell which front end is home of which virtual address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp_homes import homes, instances


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Filter names and their functions."""
        return {"vrrp_homes": homes, "vrrp_instances": instances}
