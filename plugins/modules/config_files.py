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
  - samba_ha.cluster.attributes.full
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
        description: The whole content. The file takes the place of a symbolic link, and what that leads to stays.
        type: str
      secret:
        description: The whole content in base64, instead of O(files[].content). The diff tells only that it changes.
        type: str
      mode:
        description: The file's mode, in octal digits. The owner is root.
        type: str
        default: "0644"
      validate:
        description:
          - A program and its arguments that must end with status 0 before the file is written. C(%s) stands for a file
            with the new content. Where that names other O(files), it names their new contents. Check mode passes over a
            program that is not installed.
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

import base64
import os
import tempfile
import typing as t
from dataclasses import dataclass

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandFailed,
    CommandMissing,
    Runner,
    run,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish

_HIDDEN = "(hidden)\n"
_ANOTHER = "(hidden, another one)\n"


@dataclass(frozen=True)
class State:
    """What is at a path: a file's text and mode, or where a link leads. None where there is nothing of the kind."""

    content: str | None = None
    mode: int | None = None
    link_to: str | None = None

    def in_words(self) -> str:
        return f"link to {self.link_to}\n" if self.link_to is not None else self.content or ""

    def header(self, path: str) -> str:
        return path if self.mode is None else f"{path} (mode {self.mode:04o})"


def read(path: str) -> State:
    if os.path.islink(path):
        return State(link_to=os.readlink(path))
    try:
        # Line ends as they are: a carriage return is a difference.
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return State(file.read(), os.fstat(file.fileno()).st_mode & 0o7777)
    except FileNotFoundError:
        return State()


def sides(found: State, wanted: State, *, secret: bool) -> tuple[str, str]:
    """What the diff shows of a file, before and after."""
    if not secret:
        return found.in_words(), wanted.in_words()
    if found.content is None:
        return found.in_words(), _HIDDEN
    return _HIDDEN, _HIDDEN if found.content == wanted.content else _ANOTHER


def content_of(file: dict[str, t.Any]) -> str:
    """What the file is to hold. Bytes that are no text are as ``read`` has them."""
    if file["secret"] is None:
        return str(file["content"])
    return base64.b64decode(file["secret"], validate=True).decode("utf-8", "surrogateescape")


def stage(folder: str, files: list[dict[str, t.Any]]) -> dict[str, str]:
    """Write all new contents into a folder, each leading to the others there; return the staged files by path."""
    staged = {file["path"]: os.path.join(folder, str(number)) for number, file in enumerate(files)}
    for file in files:
        content = file["content"]
        for path in sorted(staged, key=len, reverse=True):
            content = content.replace(path, staged[path])
        # For root alone, like the folder: there may be secrets in it.
        handle = os.open(staged[file["path"]], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as target:
            target.write(content)
    return staged


def validate(module: AnsibleModule, runner: Runner, file: dict[str, t.Any], staged: str) -> None:
    """Have the tool that will read the file judge its new content."""
    if not file["validate"]:
        return
    try:
        runner([word.replace("%s", staged) for word in file["validate"]])
    except CommandMissing:
        # On a host that has not been set up yet, the run would have installed the tool by now.
        if not module.check_mode:
            raise
    except CommandFailed as exc:
        raise StateError(
            file["path"],
            wanted=f"a configuration that {file['validate'][0]} accepts",
            found=exc.found,
            remedy="Nothing was written. Look for a variable with a value that the tool does not take.",
        ) from exc


def need_folder(path: str) -> None:
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise StateError(path, wanted=f"a folder {folder}", found="none", remedy="Install the package that brings it.")


def write(path: str, content: str, mode: int) -> None:
    """Put the new file in place of the old one in one step."""
    folder = os.path.dirname(path)
    handle, staged = tempfile.mkstemp(dir=folder, prefix=".samba_ha-")
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    os.replace(staged, path)


def run_module(module: AnsibleModule, runner: Runner) -> dict[str, t.Any]:
    changes = []
    files = [{**file, "content": content_of(file)} for file in module.params["files"]]
    for file in files:
        found, wanted = read(file["path"]), State(file["content"], int(file["mode"], 8))
        if found != wanted:
            changes.append((file, found, wanted))
    with tempfile.TemporaryDirectory(dir=module.tmpdir) as folder:
        staged = stage(folder, files)
        for file, _found, _wanted in changes:
            validate(module, runner, file, staged[file["path"]])
    if not module.check_mode:
        for file, _found, _wanted in changes:
            need_folder(file["path"])
    backups = []
    for file, found, wanted in changes:
        if module.check_mode:
            continue
        if found.content not in (None, wanted.content) and module.params["owned_by"] not in found.content:
            backups.append(module.backup_local(file["path"]))
        write(file["path"], file["content"], int(file["mode"], 8))
    return {
        "changed": bool(changes),
        "written": [file["path"] for file, found, wanted in changes],
        "backups": backups,
        "diff": [
            {
                "before_header": found.header(file["path"]),
                "after_header": wanted.header(file["path"]),
                "before": before,
                "after": after,
            }
            for file, found, wanted in changes
            for before, after in [sides(found, wanted, secret=file["secret"] is not None)]
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
                    "content": {"type": "str"},
                    "secret": {"type": "str", "no_log": True},
                    "mode": {"type": "str", "default": "0644"},
                    "validate": {"type": "list", "elements": "str", "default": []},
                },
                "mutually_exclusive": [["content", "secret"]],
                "required_one_of": [["content", "secret"]],
            },
            "owned_by": {"type": "str", "default": "samba_ha.cluster"},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: run_module(module, run))


if __name__ == "__main__":
    main()
