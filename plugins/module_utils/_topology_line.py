# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a fault reads."""

from __future__ import annotations


def line(subject: str, wanted: str, found: str, remedy: str) -> str:
    """One fault in one line: the host or object, what was wanted, what was found, what to do."""
    # A value from the inventory may hold line breaks.
    return " ".join(f"{subject}: wanted {wanted}; found {found}. {remedy}".split())
