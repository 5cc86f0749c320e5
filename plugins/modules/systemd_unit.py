#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: systemd_unit
short_description: Keep systemd units running, enabled and in step with their files
version_added: 0.1.0
description:
  - Starts or stops units, enables or disables them, and restarts or reloads one if a file that it reads is newer than
    its last start or reload.
  - Unlike a handler this also holds after a run that was interrupted between writing a file and restarting the unit,
    because the decision is made from the host's state and not from what this run changed.
  - systemd's own configuration is reloaded when systemd says that it needs it.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
options:
  units:
    description: The units, in the order in which they are dealt with.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The unit's full name.
        type: str
        required: true
      state:
        description:
          - V(started) and V(stopped) mean what they say.
          - V(kept) leaves a stopped unit stopped and a running one running, but still in step with its files.
        type: str
        choices: [started, stopped, kept]
        default: started
      enabled:
        description: Whether the unit starts at boot.
        type: bool
        default: true
      files:
        description: The files that the unit reads when it starts or reloads. Those that do not exist are skipped.
        type: list
        elements: path
        default: []
      on_change:
        description:
          - What to do with a running unit that is older than one of its files.
          - With V(nothing) the caller decides from RV(newer_files) when its time has come.
        type: str
        choices: [restart, reload, nothing]
        default: restart
  timeout:
    description: Seconds that one start, stop, restart or reload may take.
    type: float
    default: 90
"""

EXAMPLES = r"""
- name: Run HAProxy with the configuration that was just written
  samba_ha.cluster.systemd_unit:
    units:
      - name: haproxy.service
        files: [/etc/haproxy/haproxy.cfg]
        on_change: reload

- name: Leave smbd to CTDB
  samba_ha.cluster.systemd_unit:
    units:
      - name: smbd.service
        state: kept
        enabled: false
"""

RETURN = r"""
actions:
  description: What was done to the units (or would be), in order.
  returned: always
  type: list
  elements: str
  sample: [daemon-reload, restart haproxy.service]
newer_files:
  description:
    - Those of a unit's files that are newer than its last start or reload, before anything was done. If that reload
      failed, all that exist.
  returned: always
  type: list
  elements: str
  sample: [/etc/haproxy/haproxy.cfg]
units:
  description: The units' states after the actions.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The unit's name.
      type: str
    loaded:
      description: Whether systemd knows the unit.
      type: bool
    active_state:
      description: C(active), C(inactive), C(failed) and so on, as systemd says it.
      type: str
    sub_state:
      description: C(running), C(exited), C(dead) and so on, as systemd says it.
      type: str
    enabled:
      description: Whether the unit starts at boot.
      type: bool
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._systemd import Unit, load_unit, newer_files


def plan(unit: Unit, newer: list[str], wanted: dict[str, t.Any]) -> list[str]:
    """The systemctl verbs that bring the unit to the wanted state, in order."""
    if not unit.loaded and not unit.active and wanted["state"] != "started" and not wanted["enabled"]:
        return []
    actions = ["daemon-reload"] if unit.need_daemon_reload else []
    # A static unit can be neither enabled nor disabled.
    if unit.file_state != "static" and unit.enabled != wanted["enabled"]:
        actions.append("enable" if wanted["enabled"] else "disable")
    if wanted["state"] == "started" and not unit.active:
        actions.append("start")
    elif wanted["state"] == "stopped" and unit.active_state not in ("inactive", "failed"):
        actions.append("stop")
    elif wanted["state"] != "stopped" and newer and wanted["on_change"] != "nothing":
        actions.append(wanted["on_change"])
    return actions


def missing(unit: Unit) -> StateError:
    return StateError(
        f"unit {unit.name}",
        wanted="a unit that systemd can load",
        found="none",
        remedy="Install the package that brings it, or mend its unit file.",
    )


def failed(unit: Unit, action: str, words: str) -> StateError:
    return StateError(
        f"unit {unit.name}",
        wanted=f"{action} to succeed",
        found=f"{unit.active_state} ({unit.sub_state}): {words}",
        remedy=f"Read: journalctl -b -u {unit.name}",
    )


def act(runner: Runner, name: str, actions: list[str], timeout: float) -> Unit:
    """Do the actions and return the unit as it is then."""
    for action in actions:
        words = ["systemctl", action] if action == "daemon-reload" else ["systemctl", action, "--", name]
        done = runner(words, ok=range(256), timeout=timeout)
        if done.rc != 0:
            raise failed(load_unit(runner, name), action, done.stderr.strip())
    unit = load_unit(runner, name)
    # systemctl does not wait to see whether the program of a simple service stays.
    if unit.active_state == "failed" and actions[-1] in ("start", "restart"):
        raise failed(unit, actions[-1], "ended at once")
    return unit


def describe(unit: Unit) -> dict[str, t.Any]:
    return {
        "name": unit.name,
        "loaded": unit.loaded,
        "active_state": unit.active_state,
        "sub_state": unit.sub_state,
        "enabled": unit.enabled,
    }


def in_words(unit: Unit, newer: list[str]) -> dict[str, t.Any]:
    return {"active": unit.active, "enabled": unit.enabled, "older_than": newer}


def predicted(unit: Unit, newer: list[str], actions: list[str], wanted: dict[str, t.Any]) -> dict[str, t.Any]:
    """The unit in words as it is after the actions."""
    words = in_words(unit, newer)
    for action in actions:
        if action in ("start", "stop"):
            words["active"] = action == "start"
        elif action in ("enable", "disable"):
            words["enabled"] = action == "enable"
        elif action == wanted["on_change"]:
            words["older_than"] = []
    return words


def run_module(module: AnsibleModule, runner: Runner) -> dict[str, t.Any]:
    result: dict[str, t.Any] = {"changed": False, "actions": [], "newer_files": [], "units": []}
    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    for wanted in module.params["units"]:
        name = wanted["name"]
        unit = load_unit(runner, name)
        newer = newer_files(unit, wanted["files"])
        actions = plan(unit, newer, wanted)
        if module.check_mode and "daemon-reload" in result["actions"]:
            # The first one serves all units.
            actions = [verb for verb in actions if verb != "daemon-reload"]
        # What runs can be stopped also when its unit file is gone or masked.
        if actions not in ([], ["stop"]) and not unit.loaded and not module.check_mode:
            raise missing(unit)
        before[name], after[name] = in_words(unit, newer), predicted(unit, newer, actions, wanted)
        if actions and not module.check_mode:
            unit = act(runner, name, actions, module.params["timeout"])
        result["actions"] += [verb if verb == "daemon-reload" else f"{verb} {name}" for verb in actions]
        result["newer_files"] += newer
        result["units"].append(describe(unit))
    result["changed"] = bool(result["actions"])
    result["diff"] = {"before": before, "after": after}
    return result


UNIT_SPEC: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["started", "stopped", "kept"], "default": "started"},
    "enabled": {"type": "bool", "default": True},
    "files": {"type": "list", "elements": "path", "default": []},
    "on_change": {"type": "str", "choices": ["restart", "reload", "nothing"], "default": "restart"},
}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "units": {"type": "list", "elements": "dict", "required": True, "options": UNIT_SPEC},
            "timeout": {"type": "float", "default": 90},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: run_module(module, run))


if __name__ == "__main__":
    main()
