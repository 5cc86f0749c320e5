#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_share
short_description: Manage a share in Samba's registry
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Creates, changes or removes one share in Samba's registry configuration, with C(net conf).
  - A share is built whole, compared with the live one, and written only when they differ, in one transaction.
    smbd never sees it half written or missing, and takes it up by itself. Parameters that are not given are removed.
  - In a pool, run it on one node. CTDB replicates the registry to all.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.actiongroup_samba_ha
attributes:
  check_mode:
    support: full
    details:
      - The wanted share is checked by Samba itself, also in check mode, in a registry of its own that is thrown away.
      - Where Samba is not installed yet, names and values are shown as given and not as Samba writes them.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - Synonyms and inverse parameters are compared by the names under which Samba stores them.
        V(writeable) is stored as V(read only).
options:
  name:
    description:
      - Name of the share, as clients see it.
      - Case does not matter to find a share. One with the same name in other case is renamed.
    type: str
    required: true
  state:
    description:
      - Whether the share should exist.
      - Removing a share leaves its files alone.
    type: str
    choices:
      - present
      - absent
    default: present
  path:
    description:
      - Absolute path of the directory that is shared. Inside the volume, when O(parameters) use C(vfs objects = glusterfs).
      - Required when O(state=present).
    type: str
  parameters:
    description:
      - Parameters of the share as in smb.conf(5), without C(path).
      - Booleans become C(yes) and C(no). Several blanks in a row count as one, as everywhere in smb.conf.
    type: dict
    default: {}
notes:
  - The share is served only if smb.conf says C(include = registry) or C(registry shares = yes).
  - Access rights that were set on the share with C(sharesec) are kept when the share is changed.
"""

EXAMPLES = r"""
- name: Share a directory
  samba_ha.cluster.smb_share:
    name: projects
    path: /srv/projects
    parameters:
      read only: false
      valid users: "@staff"
      vfs objects: glusterfs_fuse

- name: Take a share away and keep its files
  samba_ha.cluster.smb_share:
    name: projects
    state: absent
"""

RETURN = r"""
share:
  description: The share as it is now, in check mode as it would be. Empty when there is none.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the share.
      type: str
    path:
      description: The shared directory.
      type: str
    parameters:
      description: All other parameters, named as Samba stores them.
      type: dict
  sample:
    name: projects
    path: /srv/projects
    parameters:
      read only: "no"
      valid users: "@staff"
"""

import os
import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandFailed,
    CommandMissing,
    Runner,
    run,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import (
    Share,
    build_share,
    check_name,
    load_share,
    net_conf,
)

_SCRATCH_CONFIG = """[global]
clustering = no
state directory = {0}
lock directory = {0}
cache directory = {0}
private dir = {0}
"""


def import_share(runner: Runner, share: Share, directory: str, *, config: str | None = None) -> None:
    """Put ``share`` in the place of a live one, or create it. ``net conf import`` does it in one transaction.

    :param directory: private to this run; receives the share as a file.
    :raises StateError: Samba refuses a parameter. Nothing has been changed then.
    """
    source = os.path.join(directory, "share.conf")
    with open(os.open(source, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(share.as_text())
    try:
        runner([*net_conf(config), "import", source, share.name])
    except CommandFailed as exc:
        raise StateError(
            f"share {share.name}",
            wanted="parameters that Samba accepts for a share",
            found=exc.found,
            remedy="Check names and values against smb.conf(5). The live share is as it was.",
        ) from exc


def canonical(runner: Runner, share: Share, directory: str) -> Share:
    """Return ``share`` as Samba stores it, by storing it in a registry that nobody reads.

    ``net conf import --test`` does not help: it neither resolves synonyms nor finds unknown parameters.

    :raises StateError: Samba refuses a parameter.
    """
    scratch = os.path.join(directory, "registry")
    os.mkdir(scratch, 0o700)
    config = os.path.join(directory, "smb.conf")
    with open(config, "w", encoding="utf-8") as stream:
        stream.write(_SCRATCH_CONFIG.format(scratch))
    import_share(runner, share, directory, config=config)
    stored = load_share(runner, share.name, config=config)
    if stored is None:
        raise _lost(share)
    return stored


def ensure_present(
    runner: Runner, share: Share, directory: str, *, check_mode: bool
) -> tuple[Share | None, Share | None]:
    """Bring the live share to the wanted state. Return what was there before and what is there now."""
    try:
        live = load_share(runner, share.name)
    except CommandMissing:
        if check_mode:
            return None, share
        raise
    if live == share:
        return live, live
    wanted = canonical(runner, share, directory)
    if live == wanted:
        return live, live
    if check_mode:
        return live, wanted
    import_share(runner, wanted, directory)
    now = load_share(runner, share.name)
    if now != wanted:
        raise _lost(share)
    return live, now


def ensure_absent(runner: Runner, name: str, *, check_mode: bool) -> tuple[Share | None, Share | None]:
    """Remove the share. Return what was there before and what is there now."""
    check_name(name)
    try:
        live = load_share(runner, name)
    except CommandMissing:
        if check_mode:
            return None, None
        raise
    if live is not None and not check_mode:
        runner([*net_conf(), "delshare", live.name])
    return live, None


def _lost(share: Share) -> StateError:
    return StateError(
        f"share {share.name}",
        wanted="the share as it was written",
        found="another one in the registry",
        remedy="See whether something else on the pool writes it too (net conf showshare).",
    )


def _as_result(share: Share | None) -> dict[str, object]:
    if share is None:
        return {}
    rest = {key: value for key, value in share.parameters.items() if key != "path"}
    return {"name": share.name, "path": share.parameters.get("path", ""), "parameters": rest}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "path": {"type": "str"},
            "parameters": {"type": "dict", "default": {}},
        },
        required_if=[("state", "present", ["path"])],
        supports_check_mode=True,
    )
    params = module.params
    try:
        if params["state"] == "present":
            share = build_share(params["name"], params["path"], params["parameters"])
            with tempfile.TemporaryDirectory(dir=module.tmpdir) as directory:
                before, after = ensure_present(run, share, directory, check_mode=module.check_mode)
        else:
            before, after = ensure_absent(run, params["name"], check_mode=module.check_mode)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    diff = {
        "before": before.as_text() if before else "",
        "after": after.as_text() if after else "",
        "before_header": f"net conf showshare {params['name']}",
        "after_header": f"net conf showshare {params['name']}",
    }
    module.exit_json(changed=before != after, share=_as_result(after), diff=diff)


if __name__ == "__main__":
    main()
