# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where a module reaches the host's HAProxy."""

    DOCUMENTATION = r"""
options:
  socket:
    description: HAProxy's stats socket.
    type: path
    default: /run/haproxy/admin.sock
  master_socket:
    description: The socket of HAProxy's master process, which tells of workers from before a reload.
    type: path
    default: /run/haproxy-master.sock
"""
