# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a link leads to moves from a server of its own to the pool, and the old files stay."""

from __future__ import annotations

import json
import subprocess
import typing as t

import pytest
import yaml
from lab import ROOT, Lab, SmbClient, playbook, recap
from smbprotocol.exceptions import SMBException
from test_dfs import PAPERS, archive, ask, links, module, smbclient


def moved(lab: Lab) -> str:
    """The new place, as the nodes of the pool have it."""
    return f"{lab.data}/data/moved"


def inventory(spare: dict[str, t.Any] | None = None, **links: str) -> str:
    """Variables of the lab's inventory, in which links lead elsewhere, and perhaps one share more."""
    service = yaml.safe_load((ROOT / "inventories/lab/group_vars/all/service.yml").read_text(encoding="utf-8"))
    roots, shares = service["lab_dfs_roots"], service["lab_shares"]
    # That of the first one is a template.
    roots[0]["links"] = service["lab_dfs_links"] | links
    return json.dumps({"samba_ha_dfs_roots": roots, "samba_ha_shares": shares + ([spare] if spare else [])})


def move(*words: str) -> subprocess.CompletedProcess[str]:
    more = [word for pair in words for word in ("-e", pair)]
    return playbook(
        "playbooks/move_share.yml", "-e", inventory(Archive=r"files\data\moved"), "-e", "link=dfs/Archive", *more
    )


@pytest.fixture
def places(lab: Lab) -> t.Iterator[None]:
    """A file and a folder in the old place, and an empty new one."""
    old = archive(lab)
    old.run(
        "sh -c %s", f"mkdir -p '{PAPERS}/old/Größe' && date > '{PAPERS}/old/Größe/a, b' && chown -R alice {PAPERS}/old"
    )
    smbclient(lab, "files/data", "mkdir moved")
    before = module("pool1", "dfs_link", {"root": f"{lab.data}/dfs/dfs", "links": []})["links"]
    yield
    module("pool1", "dfs_link", {"root": f"{lab.data}/dfs/dfs", "links": before, "purge": True})
    old.run(f"rm -r {PAPERS}/old")
    lab.pool[0].run(f"rm -r {moved(lab)}")


def test_a_link_moves_with_its_files(lab: Lab, places: None) -> None:
    refused = move()
    assert refused.returncode != 0
    assert "would not be copied" in " ".join(refused.stdout.split()), refused.stdout
    first = move("only=copy")
    assert first.returncode == 0, first.stdout
    assert archive(lab).run(f"cat '{PAPERS}/old/Größe/a, b'") == lab.pool[0].run(f"cat '{moved(lab)}/old/Größe/a, b'")
    (way,) = ask(lab, r"\\files\dfs\Archive")["paths"]
    assert way["reached"] == r"archive\papers"
    # Clients went on.
    archive(lab).run("sh -c %s", f"echo late > {PAPERS}/old/late && chown alice {PAPERS}/old/late")
    done = move("frozen=true")
    assert done.returncode == 0, done.stdout
    assert lab.password not in done.stdout
    (way,) = ask(lab, r"\\files\dfs\Archive")["paths"]
    assert (way["reached"], way["faults"]) == (r"files\data\moved", [])
    assert lab.pool[0].run(f"cat {moved(lab)}/old/late") == "late"
    assert lab.pool[0].run(f"ls -A {moved(lab)}") == "old"
    assert archive(lab).run(f"cat {PAPERS}/old/late") == "late"
    again = move()
    assert again.returncode == 0, again.stdout
    assert {row["changed"] for row in recap(again.stdout).values()} == {0}


@pytest.fixture
def spare(lab: Lab) -> t.Iterator[dict[str, t.Any]]:
    """A share of the pool with a link to it."""
    node, home = lab.pool[0], f"{lab.data}/spare"
    like = f"--reference={lab.data}/data {home}"
    node.run("sh -c %s", f"mkdir {home} && chown {like} && chmod {like}")
    (data,) = [each for each in module("pool1", "smb_share", {"shares": []})["shares"] if each["name"] == "data"]
    made = module("pool1", "smb_share", {"shares": [{**data, "name": "spare", "path": home}]})
    assert made["changed"] is True, made
    smbclient(lab, "files/data", "mkdir unspared")
    with links("dfs", Spare=r"files\spare"):
        yield {"name": "spare", "path": "spare"}
    node.run("net conf delshare spare")
    node.run(f"rm -r {home} {lab.data}/data/unspared")


def test_nobody_writes_to_a_share_of_the_pool_that_moves(lab: Lab, spare: dict[str, t.Any]) -> None:
    with SmbClient(lab, lab.vip, share="spare") as client:
        held = client.open("held", create=True)
        held.write(b"acknowledged", 0, write_through=True)
        moved = inventory({**spare, "read_only": True}, Spare=r"files\data\unspared")
        done = playbook("playbooks/move_share.yml", "-e", moved, "-e", "link=dfs/Spare")
        assert done.returncode == 0, done.stdout
        with pytest.raises(SMBException):
            held.write(b"too late", 0, write_through=True)
    with SmbClient(lab, lab.vip, share="spare") as client, pytest.raises(SMBException):
        client.write("anew", b"too late")
    assert lab.pool[0].run(f"cat {lab.data}/data/unspared/held") == "acknowledged"
    assert smbclient(lab, "files/dfs", "ls Spare\\*").count(" held ") == 1


def test_a_link_is_needed(lab: Lab) -> None:
    done = playbook("playbooks/move_share.yml", "-e", "link=nothing/Archive")
    assert done.returncode != 0
    assert "Wanted -e link=ROOT/PATH of a link of samba_ha_dfs_roots; found nothing/Archive." in " ".join(
        done.stdout.split()
    )
