#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dfs_info
short_description: Ask for DFS referrals as a client does, and follow them
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Asks the server of each path for a referral (FSCTL_DFS_GET_REFERRALS over C(IPC$)), follows it to every target that
    it names, through links below links and links to links, and opens what is at the end.
  - "Names what a client would stumble over: a target that does not answer, or answers without the share or the folder;
    a log-on that is refused; links that go round in a loop, or on and on; a referral that no client can read."
  - Does not fail because of them.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
  - samba_ha.cluster.smb_account
options:
  paths:
    description:
      - What to follow, each C(\\server\share) or C(\\server\share\folder), with slashes of either kind.
    type: list
    elements: str
    required: true
  addresses:
    description:
      - Addresses of servers by their names, for those that the DNS does not know. A name without a dot stands for all
        that begin with it and a dot. The servers are told the names that were looked for.
    type: dict
    default: {}
  level:
    description:
      - The highest version of referrals to ask for. Samba answers V(4) with version 3, as it may.
    type: int
    choices: [3, 4]
    default: 4
  limit:
    description:
      - How many links one after another are followed.
    type: int
    default: 8
  timeout:
    description:
      - Seconds to wait for the answer to a request.
    type: float
    default: 10.0
"""

EXAMPLES = r"""
- name: Look where a link leads
  samba_ha.cluster.dfs_info:
    paths: ['\\files\dfs\Departments\Sales']
    username: alice
    password: "{{ vault_alice }}"
  register: namespace
  failed_when: namespace is failed or namespace.faults | length > 0
"""

RETURN = r"""
paths:
  description: What was found on the way from each of O(paths), in their order.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Where the way began, C(server\share\folder).
      type: str
    reached:
      description: The first target, in order, that is there. V(null) where none is.
      type: str
    faults:
      description: What a client would stumble over, also at targets that come later. A sentence each.
      type: list
      elements: str
    referrals:
      description: The referrals that were got, in the order in which they were asked for.
      type: list
      elements: dict
      contains:
        path:
          description: The path that was asked for.
          type: str
        version:
          description: The version of its entries.
          type: int
        root:
          description: Whether the path is a root, and no link.
          type: bool
        failback:
          description: Whether clients go back to the first target when it answers again.
          type: bool
        ttl:
          description: Seconds for which clients keep it.
          type: int
        targets:
          description: Where it leads, C(server\share\folder), in the order in which clients try.
          type: list
          elements: str
        rest:
          description: What of the path is left to be looked for at a target.
          type: str
faults:
  description: The faults of all paths.
  returned: success
  type: list
  elements: str
  sample:
    - \\files\dfs\Old leads to \\archive\papers, which answers, but has no share papers
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_follow import Journey, Network, follow
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import parse_unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import SMBPROTOCOL_ERROR
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_dfs import Servers


def _as_result(journey: Journey) -> dict[str, t.Any]:
    return {
        "path": str(journey.path),
        "reached": None if journey.reached is None else str(journey.reached),
        "faults": journey.faults,
        "referrals": [
            {
                "path": str(place),
                "version": referral.version,
                "root": referral.root,
                "failback": referral.failback,
                "ttl": referral.ttl,
                "targets": referral.targets,
                "rest": referral.rest(f"\\{place}"),
            }
            for place, referral in journey.referrals
        ],
    }


def servers(params: t.Mapping[str, t.Any]) -> Network:
    """The servers that the options tell of."""
    return Servers(
        addresses={str(name).lower(): str(address) for name, address in params["addresses"].items()},
        username=params["username"],
        password=params["password"],
        level=params["level"],
        timeout=params["timeout"],
    )


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "paths": {"type": "list", "elements": "str", "required": True},
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
            "addresses": {"type": "dict", "default": {}},
            "level": {"type": "int", "choices": [3, 4], "default": 4},
            "limit": {"type": "int", "default": 8},
            "timeout": {"type": "float", "default": 10.0},
        },
        supports_check_mode=True,
    )
    params = module.params
    if params["timeout"] <= 0 or params["limit"] < 1:
        module.fail_json(msg="there must be a timeout of more than 0 seconds, and a limit of 1 or more")
    if SMBPROTOCOL_ERROR is not None:
        module.fail_json(msg=missing_required_lib("smbprotocol"), exception=SMBPROTOCOL_ERROR)
    try:
        places = [parse_unc(path) for path in params["paths"]]
    except ValueError as exc:
        module.fail_json(msg=f"paths: wanted \\\\server\\share or a folder in it; found one that {exc}.")
    network = servers(params)
    journeys = [follow(network, place, params["limit"]) for place in places]
    module.exit_json(
        changed=False,
        paths=[_as_result(journey) for journey in journeys],
        faults=[fault for journey in journeys for fault in journey.faults],
    )


if __name__ == "__main__":
    main()
