#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config_files
short_description: Write configuration files that belong together
version_added: 0.1.0
description:
  - Compares a set of files with what is wanted, checks the new contents with the tools that will read them, and only if
    all of them pass writes those that differ.
  - One call for the whole set takes a fraction of the time of a task for each file.
  - A file that somebody else wrote is kept beside the new one, with the time of the replacement in its name.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.actiongroup_samba_ha
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  files:
    description: The files, in the order in which they are checked and written. Their folders must be there.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where the file goes.
        type: path
        required: true
      content:
        description: The whole content.
        type: str
        required: true
      mode:
        description: The file's mode, in octal digits. The owner is root.
        type: str
        default: "0644"
      validate:
        description:
          - A program and its arguments that must end with status 0 before the file is written. C(%s) stands for a file
            with the new content.
        type: list
        elements: str
        default: []
  owned_by:
    description:
      - A text that stands in every file that this collection wrote. A file that differs and does not hold it is
        somebody else's, and is kept as a backup.
    type: str
    default: samba_ha.cluster
"""

EXAMPLES = r"""
- name: Configure HAProxy
  samba_ha.cluster.config_files:
    files:
      - path: /etc/haproxy/haproxy.cfg
        content: "{{ lookup('ansible.builtin.template', 'haproxy.cfg.j2') }}"
        validate: [haproxy, -c, -f, "%s"]
"""

RETURN = r"""
written:
  description: The paths of the files that differed.
  returned: always
  type: list
  elements: str
  sample: [/etc/haproxy/haproxy.cfg]
backups:
  description: Where files of somebody else's were kept.
  returned: always
  type: list
  elements: str
  sample: [/etc/haproxy/haproxy.cfg.4711.2026-01-31@12:00:00~]
"""

import os
import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed, Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError


def read(path: str) -> tuple[str | None, int | None]:
    """A file's content and mode; None for both if there is no file."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(), os.fstat(file.fileno()).st_mode & 0o7777
    except FileNotFoundError:
        return None, None


def stage(module: AnsibleModule, file: dict[str, t.Any]) -> str:
    """Write the new content to a temporary file with the wanted mode, and return its path."""
    handle, path = tempfile.mkstemp(dir=module.tmpdir, suffix=f"-{os.path.basename(file['path'])}")
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as staged:
        staged.write(file["content"])
    os.chmod(path, int(file["mode"], 8))
    return path


def validate(runner: Runner, file: dict[str, t.Any], staged: str) -> None:
    if not file["validate"]:
        return
    try:
        runner([word.replace("%s", staged) for word in file["validate"]])
    except CommandFailed as exc:
        raise StateError(
            file["path"],
            wanted=f"a configuration that {file['validate'][0]} accepts",
            found=exc.found,
            remedy="Nothing was written. Look for a variable with a value that the tool does not take.",
        ) from exc


def run_module(module: AnsibleModule, runner: Runner) -> dict[str, t.Any]:
    changes = []
    for file in module.params["files"]:
        content, mode = read(file["path"])
        if (content, mode) != (file["content"], int(file["mode"], 8)):
            changes.append((file, content, mode, stage(module, file)))
    for file, content, mode, staged in changes:
        validate(runner, file, staged)
    backups = []
    for file, content, mode, staged in changes:
        if module.check_mode:
            continue
        folder = os.path.dirname(file["path"])
        if not os.path.isdir(folder):
            raise StateError(
                file["path"],
                wanted=f"a folder {folder}",
                found="none",
                remedy="Install the package that brings it.",
            )
        if content is not None and content != file["content"] and module.params["owned_by"] not in content:
            backups.append(module.backup_local(file["path"]))
        module.atomic_move(staged, file["path"])
        # atomic_move keeps the mode of the file that it replaces.
        os.chmod(file["path"], int(file["mode"], 8))
    return {
        "changed": bool(changes),
        "written": [file["path"] for file, content, mode, staged in changes],
        "backups": backups,
        "diff": [
            {
                "before_header": file["path"] if mode is None else f"{file['path']} (mode {mode:04o})",
                "after_header": f"{file['path']} (mode {file['mode']})",
                "before": content or "",
                "after": file["content"],
            }
            for file, content, mode, staged in changes
        ],
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "files": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "path", "required": True},
                    "content": {"type": "str", "required": True},
                    "mode": {"type": "str", "default": "0644"},
                    "validate": {"type": "list", "elements": "str", "default": []},
                },
            },
            "owned_by": {"type": "str", "default": "samba_ha.cluster"},
        },
        supports_check_mode=True,
    )
    try:
        result = run_module(module, run)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
