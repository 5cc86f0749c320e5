# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for the tests on a live lab."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "testinfra"))

from lab import Lab, load_lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The lab that SAMBA_HA_LAB names; it must be up."""
    return load_lab()
