#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_copy
short_description: Make a folder on one SMB server like a folder on another
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Copies what differs in kind, size or time, and removes from the copy what is not in the source any more, so that it
    can be called again and again while clients still work on the source.
  - The copy must be empty, or hold the marker file C(.samba_ha-copy) of an earlier call with the same source. Nothing
    else is ever written to.
  - Copies the contents of files, folders, and the times at which files were changed. Files belong to the account that
    copies them. Access lists, attributes and alternate streams are not copied, and symbolic links are passed over.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
  - samba_ha.cluster.smb_account
attributes:
  idempotent:
    details:
      - While nobody changes the source. O(state=finished) can be reached once.
options:
  source:
    description:
      - The folder to copy, C(\\server\share) or C(\\server\share\folder).
      - The account must be allowed to read all of it.
    type: str
    required: true
  copy:
    description:
      - The folder that becomes like it. It must be there.
    type: str
    required: true
  addresses:
    description:
      - Addresses of servers by their names, for those that the DNS does not know.
    type: dict
    default: {}
  state:
    description:
      - V(copied) copies what differs.
      - V(same) does so too, compares the contents of all files after that, and fails if any differ.
      - V(finished) only removes the marker, after which the copy is a folder like any other.
    type: str
    choices: [copied, same, finished]
    default: copied
  timeout:
    description:
      - Seconds to wait for the answer to a request.
    type: float
    default: 30.0
"""

EXAMPLES = r"""
- name: Copy the share while clients work on it
  samba_ha.cluster.smb_copy:
    source: \\old\sales
    copy: \\files\sales
    username: alice
    password: "{{ vault_alice }}"
"""

RETURN = r"""
copied:
  description: The files that were copied, or would be.
  returned: success
  type: list
  elements: str
removed:
  description: The files and folders that were removed from the copy, or would be.
  returned: success
  type: list
  elements: str
passed:
  description: What is neither a file nor a folder, and is not in the copy.
  returned: success
  type: list
  elements: str
bytes:
  description: The size of all files that were copied.
  returned: success
  type: int
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc, parse_unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import SMBPROTOCOL_ERROR
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_copy import (
    FILE,
    MARKER,
    Plan,
    Side,
    carry_out,
    differing,
    list_all,
    plan,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_tree import SmbSide


def connect(place: Unc, params: t.Mapping[str, t.Any]) -> Side:
    """A folder on a server, with the options' account.

    :raises StateError: the server does not answer.
    """
    name = place.server
    address = str(params["addresses"].get(name) or name)
    target = Target(address, name, place.share, params["username"], params["password"], timeout=params["timeout"])
    return SmbSide(place, target)


def claim(source: Unc, copy: Unc, side: Side, *, check_mode: bool) -> bool:
    """Put the marker into an empty copy; return whether that was needed.

    :raises StateError: it is not empty, and no copy of that source.
    """
    marker = f"{source}\n".lower().encode()
    there = side.entries("")
    if MARKER in there and b"".join(side.read(MARKER)) == marker:
        return False
    if there:
        raise StateError(
            f"\\\\{copy}",
            wanted=f"an empty folder, or an earlier copy of \\\\{source}",
            found=f"{len(there)} entries, {min(there)} among them",
            remedy="Empty it, or choose another one.",
        )
    if not check_mode:
        side.write(MARKER, [marker])
    return True


def work(params: t.Mapping[str, t.Any], *, check_mode: bool) -> dict[str, t.Any]:
    """Do what is asked for, and return the module's result.

    :raises StateError: it cannot be done, or the copy is not the same.
    """
    source, copy = parse_unc(params["source"]), parse_unc(params["copy"])
    target = connect(copy, params)
    if params["state"] == "finished":
        marked = MARKER in target.entries("")
        if marked and not check_mode:
            target.remove(MARKER, FILE)
        return result(Plan((), (), (), ()), 0, changed=marked)
    origin = connect(source, params)
    wanted = list_all(origin)
    new = claim(source, copy, target, check_mode=check_mode)
    before = list_all(target)
    todo = plan(wanted, before)
    if not check_mode:
        carry_out(origin, target, todo, before, wanted)
        if params["state"] == "same":
            insist_on_the_same(source, copy, origin, target)
    return result(todo, sum(wanted[path].size for path in todo.files), changed=new or bool(todo))


def insist_on_the_same(source: Unc, copy: Unc, origin: Side, target: Side) -> None:
    """Compare all again, names and contents; raises StateError where they differ."""
    listing = list_all(origin)
    left = plan(listing, list_all(target))
    odd = [*left.remove, *left.folders, *left.files] or differing(origin, target, listing)
    if odd:
        raise StateError(
            f"\\\\{copy}",
            wanted=f"the same as in \\\\{source}",
            found=f"{len(odd)} that differ, {odd[0]} among them",
            remedy="See to it that nobody writes to either, and call it again.",
        )


def result(todo: Plan, size: int, *, changed: bool) -> dict[str, t.Any]:
    """What the module returns."""
    lines = [f"{path}\n" for path in sorted((*todo.folders, *todo.files))]
    return {
        "changed": changed,
        "copied": todo.files,
        "removed": todo.remove,
        "passed": todo.passed,
        "bytes": size,
        "diff": {"before": "".join(f"{path}\n" for path in sorted(todo.remove)), "after": "".join(lines)},
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "source": {"type": "str", "required": True},
            "copy": {"type": "str", "required": True},
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
            "addresses": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["copied", "same", "finished"], "default": "copied"},
            "timeout": {"type": "float", "default": 30.0},
        },
        supports_check_mode=True,
    )
    if module.params["timeout"] <= 0:
        module.fail_json(msg="there must be a timeout of more than 0 seconds")
    if SMBPROTOCOL_ERROR is not None:
        module.fail_json(msg=missing_required_lib("smbprotocol"), exception=SMBPROTOCOL_ERROR)
    try:
        made = work(module.params, check_mode=module.check_mode)
    except ValueError as exc:
        module.fail_json(msg=f"source and copy: wanted \\\\server\\share or a folder in it; found one that {exc}.")
    except StateError as exc:
        module.fail_json(msg=str(exc))
    module.exit_json(**made)


if __name__ == "__main__":
    main()
