# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a model of a service to what its hosts are told: texts of templates, and values of variables."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]

Told = dict[str, dict[str, t.Any]]
"""By host, texts and values by the names that they were asked for by."""


def load(path: str) -> dict[str, t.Any]:
    loaded: dict[str, t.Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return loaded


def facts(number: int) -> dict[str, t.Any]:
    """A Debian host with an address in the clients' network and one in the interconnect."""
    return {
        "distribution": "Debian",
        "distribution_major_version": "13",
        "distribution_release": "trixie",
        "interfaces": ["eth0", "eth1"],
        "eth0": {"ipv4": {"address": f"192.0.2.{number}", "prefix": "24"}},
        "eth1": {"ipv4": {"address": f"10.0.0.{number}", "prefix": "24"}},
    }


def tell(
    folder: Path,
    hosts: Mapping[str, Mapping[str, t.Any]],
    templates: Mapping[str, str],
    asked: Sequence[str],
    more: Sequence[str] = (),
) -> Told:
    """Ask on hosts with these variables, each of a service of its own, for the playbooks' and the roles' variables.

    :param templates: paths below ``roles`` by the names of their texts.
    :param asked: names of variables.
    :param more: files of the playbooks' variables besides those that the playbook site always has.
    """
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"vars": local, "children": {"samba_ha_pool": {"hosts": dict(hosts)}}}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    roles = sorted({path.split("/")[0] for path in templates.values()} | {"smbd"})
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars_files": [
            # A role's defaults are weaker than the playbooks' variables, its own are not among those.
            *(str(path) for role in roles for path in (ROOT / "roles" / role).glob("defaults/main.yml")),
            *(str(ROOT / f"playbooks/vars/{name}.yml") for name in ("places", "roles", "status", *more)),
            *(str(path) for role in roles for path in (ROOT / "roles" / role).glob("vars/main.yml")),
        ],
        "tasks": [
            {"ansible.builtin.set_fact": {"distribution_release": "trixie", "cacheable": True}},
            {
                "ansible.builtin.copy": {
                    "content": "{{ dict(names | zip(texts + values)) | to_json }}",
                    "dest": f"{folder}/{{{{ inventory_hostname }}}}.json",
                },
                "vars": {
                    "names": [*templates, *asked],
                    "texts": "{{ query('ansible.builtin.template', *templates) }}",
                    "values": "{{ query('ansible.builtin.vars', *asked) }}",
                    "templates": [str(ROOT / "roles" / path) for path in templates.values()],
                    "asked": list(asked),
                    # The playbooks ask the first node; here each has a service of its own.
                    "__status_service": "{{ hostvars[inventory_hostname] }}",
                },
            },
        ],
    }
    (folder / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"{folder}/play.yml", "-i", f"{folder}/hosts.yml"]
    done = subprocess.run(argv, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in hosts}
