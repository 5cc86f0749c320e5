# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tree over everything: clients walk from it into other servers, by all names, through all nodes."""

from __future__ import annotations

import contextlib
import json
import socket
import typing as t
import uuid

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_referral import build_request, parse_response
from faults import DATA
from impacket.nt_errors import STATUS_PATH_NOT_COVERED
from impacket.smb3structs import FSCTL_DFS_GET_REFERRALS, SMB2_0_IOCTL_IS_FSCTL
from impacket.smbconnection import SessionError, SMBConnection
from lab import Lab, LabHost, on_controller, playbook
from workload import MACHINE_READABLE, Result, result_of

# Of the lab's inventory.
PAPERS = "/srv/papers"
UMLAUT = r"Departments\Größe, auch mit Komma"
DEAD = r"\\files\dfs\Replicas leads to \\gone.example.com\papers, which does not answer: no connection"
WAYS = {
    r"\\files\dfs": r"files\dfs",
    r"\\files\dfs\Data": r"files\data",
    r"\\files\dfs\Archive": r"archive\papers",
    r"\\files\dfs\Departments\The data": r"files\data",
    rf"\\files\dfs\{UMLAUT}": r"archive\papers",
    r"\\files\dfs\Replicas": r"nas.example.com\papers",
    r"\\files\second": r"files\second",
    r"\\files\second\Further": r"files\data",
}


def archive(lab: Lab) -> LabHost:
    return lab.having("single")[0]


def module(host: str, name: str, options: dict[str, t.Any]) -> Result:
    words = ["ansible", host, "-m", f"samba_ha.cluster.{name}", "-a", json.dumps(options)]
    return result_of(on_controller(words, env=MACHINE_READABLE).stdout)


def ask(lab: Lab, *paths: str, server: str | None = None, **more: t.Any) -> Result:
    """Follow paths from the controller; ``server`` is the address of the service's names."""
    names = ("files", "print", "printers.branch.example.com", "unknown", lab.vip)
    outside = {"archive": lab.vip, "nas.example.com": archive(lab).address, "gone.example.com": lab.client.address}
    options = {
        "paths": paths,
        "username": lab.username,
        "password": lab.password,
        "addresses": {**dict.fromkeys(names, server or lab.vip), **outside},
        **more,
    }
    return module("localhost", "dfs_info", options)


def smbclient(lab: Lab, share: str, *commands: str) -> str:
    who = f"{lab.username}%{lab.password}"
    return lab.client.run("smbclient //%s -U %s -c %s", share, who, "; ".join(commands))


@contextlib.contextmanager
def links(root: str, **targets: str) -> t.Iterator[None]:
    """More links in a root, or other targets, for a while."""
    place = f"{DATA}/dfs/{root}"
    before = module("pool1", "dfs_link", {"root": place, "links": []})["links"]
    wanted = {link["path"]: link["targets"] for link in before} | {name: [to] for name, to in targets.items()}
    try:
        done = module("pool1", "dfs_link", {"root": place, "links": as_options(wanted)})
        assert done["changed"] is True, done
        yield
    finally:
        module("pool2", "dfs_link", {"root": place, "links": before, "purge": True})


def as_options(wanted: dict[str, list[str]]) -> list[dict[str, t.Any]]:
    return [{"path": path, "targets": targets} for path, targets in wanted.items()]


def test_every_link_leads_where_the_inventory_says(lab: Lab) -> None:
    found = ask(lab, *WAYS)
    assert {path: way["reached"] for path, way in zip(WAYS, found["paths"], strict=True)} == WAYS
    (fault,) = found["faults"]
    assert fault.startswith(DEAD)


def test_the_playbook_tells_what_clients_would_stumble_over(lab: Lab) -> None:
    done = playbook("playbooks/dfs.yml", env=MACHINE_READABLE)
    assert done.returncode != 0
    said = done.stdout.replace("\\\\", "\\")
    assert DEAD in said, done.stdout
    assert said.count("which does not answer") == said.count("leads to")
    assert lab.password not in done.stdout


@pytest.mark.parametrize("level", [3, 4])
def test_a_referral_keeps_the_order_of_its_targets(lab: Lab, level: int) -> None:
    (way,) = ask(lab, r"\\files\dfs\Replicas\x", level=level)["paths"]
    first = way["referrals"][0]
    assert first["targets"] == [r"gone.example.com\papers", r"nas.example.com\papers"]
    # Samba has no other version, and no other time.
    assert (first["version"], first["ttl"], first["root"], first["rest"]) == (3, 600, False, "x")


@pytest.mark.parametrize(
    "name",
    [
        "files",
        "FILES",
        "files.example.com",
        "Files.Example.COM",
        "print",
        "Print.example.com",
        "printers.branch.example.com",
        "the virtual address",
    ],
)
def test_referrals_work_by_every_name_of_the_service(lab: Lab, name: str) -> None:
    server = lab.vip if name == "the virtual address" else name
    found = ask(lab, rf"\\{server}\dfs\Data", rf"\\{server}\DFS\{UMLAUT.lower()}")
    assert found["faults"] == []
    assert [way["reached"] for way in found["paths"]] == [r"files\data", r"archive\papers"]


def test_a_name_that_nobody_gave_is_refused(lab: Lab) -> None:
    if "4.17" in lab.pool[0].run("smbd --version"):
        pytest.skip("Samba 4.17 refers on whoever asks, by whatever name")
    (fault,) = ask(lab, r"\\unknown\dfs\Data")["faults"]
    assert "smbd refuses to refer on who dials it by that name" in fault


def test_every_node_serves_the_same_tree(lab: Lab) -> None:
    for node in lab.pool:
        found = ask(lab, *WAYS, server=node.address)
        assert [way["reached"] for way in found["paths"]] == list(WAYS.values()), node.name


def test_links_are_listed_as_folders(lab: Lab) -> None:
    listed = [line.strip() for line in smbclient(lab, "files/dfs", "ls", r"ls Departments\*").splitlines()]
    for name in ("Data", "Archive", "Departments", "Replicas", "The data", "Größe, auch mit Komma"):
        assert any(line.startswith(f"{name} ") for line in listed), listed


def test_nobody_writes_beside_the_links(lab: Lab) -> None:
    who = f"{lab.username}%{lab.password}"
    done = lab.client.shell.run("smbclient //files/dfs -U %s -c %s", who, "put /etc/hostname stray")
    assert done.rc != 0
    assert "stray" not in lab.pool[0].run(f"ls {DATA}/dfs/dfs"), done.stdout


@pytest.mark.parametrize("link", ["Archive", UMLAUT, "Replicas"])
def test_smbclient_walks_into_another_server(lab: Lab, link: str) -> None:
    # By Replicas past a target that is down.
    name = f"smbclient-{uuid.uuid4().hex}"
    smbclient(lab, "files/dfs", f'put /etc/hostname "{link}\\{name}"', f'get "{link}\\{name}" /var/tmp/{name}')
    assert archive(lab).run(f"cat {PAPERS}/{name}") == lab.client.run(f"cat /var/tmp/{name}") == lab.client.name
    smbclient(lab, "files/dfs", f'rm "{link}\\{name}"')
    assert name not in archive(lab).run(f"ls {PAPERS}")


def test_smbclient_walks_through_a_link_to_a_link(lab: Lab) -> None:
    name = f"further-{uuid.uuid4().hex}"
    smbclient(lab, "files.example.com/second", f"put /etc/hostname Further\\{name}")
    assert lab.pool[0].run(f"cat {DATA}/data/{name}") == lab.client.name
    smbclient(lab, "files/second", f"rm Further\\{name}")


SMBPROTOCOL = """
import smbclient, sys
path, username, password = sys.argv[1:]
smbclient.ClientConfig(username=username, password=password)
with smbclient.open_file(path, mode="w") as file:
    file.write("by smbprotocol")
with smbclient.open_file(path, mode="r") as file:
    print(file.read())
"""


@pytest.mark.parametrize("link", ["Archive", "Data", UMLAUT])
def test_smbprotocol_walks_into_other_servers(lab: Lab, link: str) -> None:
    name = f"smbprotocol-{uuid.uuid4().hex}"
    told = lab.client.run(
        "python3 -c %s %s %s %s", SMBPROTOCOL, rf"\\files\dfs\{link}\{name}", lab.username, lab.password
    )
    assert told == "by smbprotocol"
    host, folder = (lab.pool[0], f"{DATA}/data") if link == "Data" else (archive(lab), PAPERS)
    assert host.run(f"cat {folder}/{name}") == "by smbprotocol"
    host.run(f"rm {folder}/{name}")


def impacket(lab: Lab, name: str, address: str) -> SMBConnection:
    connection = SMBConnection(name, address, timeout=10)
    connection.login(lab.username, lab.password)
    return connection


def test_impacket_walks_into_another_server(lab: Lab) -> None:
    name = f"impacket-{uuid.uuid4().hex}"
    connection = impacket(lab, "files", lab.vip)
    # It asks as on any share, since its signing takes the flag for DFS away, and leaves the way to its caller.
    with pytest.raises(SessionError) as refused:
        connection.openFile(connection.connectTree("dfs"), rf"Replicas\{name}")
    assert refused.value.getErrorCode() == STATUS_PATH_NOT_COVERED
    answer = connection.getSMBServer().ioctl(
        connection.connectTree("IPC$"),
        None,
        FSCTL_DFS_GET_REFERRALS,
        flags=SMB2_0_IOCTL_IS_FSCTL,
        inputBlob=build_request(rf"\files\dfs\Replicas\{name}", 4),
        maxInputResponse=0,
        maxOutputResponse=65535,
    )
    connection.close()
    addresses = {"gone.example.com": lab.client.address, "nas.example.com": archive(lab).address}
    tried = []
    for target in parse_response(answer).targets:
        server, share = target.split("\\")
        tried.append(server)
        with contextlib.suppress(ConnectionRefusedError):
            # Its own attempt would leave a socket open.
            socket.create_connection((addresses[server], 445), timeout=10).close()
            connection = impacket(lab, server, addresses[server])
            tree = connection.connectTree(share)
            file = connection.createFile(tree, name)
            connection.writeFile(tree, file, b"by impacket")
            connection.closeFile(tree, file)
            file = connection.openFile(tree, name)
            assert connection.readFile(tree, file) == b"by impacket"
            connection.closeFile(tree, file)
            connection.close()
    assert tried == ["gone.example.com", "nas.example.com"]
    assert archive(lab).run(f"cat {PAPERS}/{name}") == "by impacket"
    archive(lab).run(f"rm {PAPERS}/{name}")


def test_what_leads_nowhere_is_named(lab: Lab) -> None:
    broken = {
        "Loop": r"files\second\Back",
        "Back": r"files\second\loop",
        "No share": r"files\nothing",
        "Not on the other": r"archive\nothing",
        "No folder": r"files\data\nothing",
        "Endless": r"files\second\Endless\x",
    }
    with links("second", **broken):
        found = ask(lab, *(rf"\\files\second\{name}" for name in broken))
    assert {way["reached"] for way in found["paths"]} == {None}
    said = dict(zip(broken, (way["faults"] for way in found["paths"]), strict=True))
    for name, words in {
        "Loop": "the links go round in a loop",
        "Back": "the links go round in a loop",
        "No share": r"\\files\nothing, which answers, but has no share nothing",
        "Not on the other": r"\\archive\nothing, which answers, but has no share nothing",
        "No folder": r"\\files\data\nothing, which has the share, but nothing at that path",
        "Endless": "which is more than 8 links away",
    }.items():
        (fault,) = said[name]
        assert words in fault


def test_a_link_that_moves_reaches_new_lookups(lab: Lab) -> None:
    with links("dfs", Archive=r"files\data"):
        for node in lab.pool:
            (way,) = ask(lab, r"\\files\dfs\Archive", server=node.address)["paths"]
            assert way["reached"] == r"files\data", node.name
    (way,) = ask(lab, r"\\files\dfs\Archive")["paths"]
    assert way["reached"] == r"archive\papers"


def test_only_links_are_purged(lab: Lab) -> None:
    root, node = f"{DATA}/dfs/second", lab.pool[0]
    node.run("sh -c %s", f"mkdir {root}/kept && touch {root}/kept/file && ln -s /etc {root}/kept/etc")
    try:
        with links("second", Stray=r"files\data"):
            assert "Stray" in node.run(f"ls {root}")
        # The links were put back with purge.
        assert node.run(f"ls {root}").split() == ["Further", "kept"]
        assert node.run(f"ls {root}/kept").split() == ["etc", "file"]
    finally:
        node.run(f"rm -r {root}/kept")
