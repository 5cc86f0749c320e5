# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters about SMB packets."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import SALT_SIZE, build_negotiate

# Constant, so that a configuration file rendered from them stays the same.
_CLIENT_GUID = b"samba_ha.cluster"
_SALT = bytes(SALT_SIZE)


def smb_negotiate_hex(server_name: str) -> str:
    """Return an SMB 3.1.1 NEGOTIATE request for ``server_name`` as hexadecimal digits, always the same for a name."""
    if not isinstance(server_name, str):
        raise AnsibleFilterError(f"smb_negotiate_hex needs a server name, not {type(server_name).__name__}")
    try:
        return build_negotiate(str(server_name), _CLIENT_GUID, _SALT).hex()
    except StateError as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"smb_negotiate_hex": smb_negotiate_hex}
