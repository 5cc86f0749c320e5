# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The account with which a module works as a client of SMB."""

    DOCUMENTATION = r"""
options:
  username:
    description:
      - Account to log on with, at all servers.
    type: str
    required: true
  password:
    description:
      - Its password.
    type: str
    required: true
requirements:
  - smbprotocol, where the module runs
"""
