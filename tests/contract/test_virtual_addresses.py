# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What front ends are told with one virtual address, and with several of which each has a home."""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp_homes import AT_HOME, PRIORITY

ROLES = Path(__file__).resolve().parents[2] / "roles"
FRONTENDS = {"fe1": "192.0.2.21", "fe2": "192.0.2.22", "fe3": "192.0.2.23"}
TEMPLATES = {
    "keepalived": "frontend/templates/keepalived.conf.j2",
    "haproxy": "frontend/templates/haproxy.cfg.j2",
    "tickle": "tickle/templates/samba-ha-tickle.service.j2",
}
VIPS = ("192.0.2.10", "192.0.2.20")


def play(tmp_path: Path) -> list[dict[str, t.Any]]:
    defaults = [str(ROLES / role / "defaults/main.yml") for role in ("frontend", "tickle")]
    tasks = [
        {
            "ansible.builtin.template": {
                "src": str(ROLES / path),
                "dest": f"{tmp_path}/{{{{ inventory_hostname }}}}.{name}",
            }
        }
        for name, path in TEMPLATES.items()
    ]
    private = [str(ROLES / role / "vars/main.yml") for role in ("frontend", "tickle")]
    return [{"hosts": "all", "gather_facts": False, "vars_files": [*defaults, *private], "tasks": tasks}]


def host(name: str, vips: tuple[str, ...]) -> dict[str, t.Any]:
    own = FRONTENDS[name]
    return {
        "frontend_vips": list(vips),
        "frontend_virtual_name": "files",
        "frontend_interface": "eth0",
        "frontend_address": own,
        "frontend_peers": list(FRONTENDS.values()),
        "frontend_interconnect_address": own,
        "frontend_interconnect_peers": list(FRONTENDS.values()),
        "frontend_servers": [{"name": "node1", "client_address": "192.0.2.11"}],
        "tickle_vips": list(vips),
        "tickle_address": own,
        "__tickle_others": [address for address in FRONTENDS.values() if address != own],
    }


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of `one`, a front end of a service with one address, and of three of a service with two."""
    tmp_path = tmp_path_factory.mktemp("frontend")
    hosts = {"one": host("fe1", VIPS[:1])} | {name: host(name, VIPS) for name in FRONTENDS}
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": local}}), encoding="utf-8")
    (tmp_path / "play.yml").write_text(yaml.safe_dump(play(tmp_path)), encoding="utf-8")
    argv = [
        str(Path(sys.executable).parent / "ansible-playbook"),
        f"{tmp_path}/play.yml",
        "-i",
        f"{tmp_path}/hosts.yml",
    ]
    done = subprocess.run(argv, cwd=ROLES.parent, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return {f"{name} {kind}": (tmp_path / f"{name}.{kind}").read_text() for name in hosts for kind in TEMPLATES}


def instances(text: str) -> list[dict[str, str]]:
    """The settings of each VRRP instance that differ, and its address."""
    parts = text.split("vrrp_instance ")[1:]
    setting = re.compile(r"^ +(virtual_router_id|priority|preempt_delay) (\S+)$|^ +(\S+)/32 dev eth0$", re.MULTILINE)
    return [
        {"name": part.split()[0], **{key or "address": value or own for key, value, own in setting.findall(part)}}
        for part in parts
    ]


def instance(name: str, router_id: str, address: str, *, home: bool) -> dict[str, str]:
    common = {"name": name, "virtual_router_id": router_id, "address": address}
    return {**common, "priority": "110", "preempt_delay": "5"} if home else {**common, "priority": "100"}


def test_one_address_stays_where_it_is(rendered: dict[str, str]) -> None:
    assert instances(rendered["one keepalived"]) == [instance("samba_ha", "51", VIPS[0], home=False)]


# A delay elsewhere than at home would hold up the takeover from a front end whose HAProxy is dead.
@pytest.mark.parametrize(("name", "homes"), [("fe1", (True, False)), ("fe2", (False, True)), ("fe3", (False, False))])
def test_each_of_two_addresses_has_a_home_that_gets_it_back(
    rendered: dict[str, str], name: str, homes: tuple[bool, bool]
) -> None:
    assert instances(rendered[f"{name} keepalived"]) == [
        instance("samba_ha", "51", VIPS[0], home=homes[0]),
        instance("samba_ha_2", "52", VIPS[1], home=homes[1]),
    ]


def test_a_home_whose_check_fails_is_left(rendered: dict[str, str]) -> None:
    (weight,) = re.findall(r"weight -(\d+)", rendered["fe1 keepalived"])
    assert AT_HOME - int(weight) < PRIORITY < AT_HOME


def test_every_front_end_has_each_address(rendered: dict[str, str]) -> None:
    for name, vips in (("one", VIPS[:1]), ("fe1", VIPS), ("fe2", VIPS)):
        assert re.findall(r"^ +bind (\S+):445 transparent ", rendered[f"{name} haproxy"], re.MULTILINE) == [*vips]
        (command,) = re.findall(r"^ExecStart=((?:.*\\\n)*.*)$", rendered[f"{name} tickle"], re.MULTILINE)
        assert re.findall(r"--vip (\S+)", command) == [*vips]
        assert len(re.findall(r"--peer (\S+)", command)) == 2
        assert command.split()[0] == "/usr/local/sbin/samba-ha-tickle" and command.endswith("--interval 0.5")
