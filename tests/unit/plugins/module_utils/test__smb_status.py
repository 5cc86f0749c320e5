# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_status import (
    Lock,
    Protection,
    Server,
    Usage,
    load_usage,
    parse_usage,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_status_node import Unreadable
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer, missing

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
ARGV = ["smbstatus", "--json", "--byterange"]
DATA = "/srv/samba_ha/data/data"
EACH_RELEASE = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "smbstatus" / release / name).read_text(encoding="utf-8")


def load(release: str, name: str) -> Usage:
    replay = Replay(answer(ARGV, stdout=fixture(release, name)))
    usage, unknown = load_usage(replay)
    replay.done()
    assert unknown == ()
    return usage


@EACH_RELEASE
def test_sessions_of_all_nodes_are_told_with_their_protection(release: str) -> None:
    sessions = load(release, "usage.json").sessions
    assert [session.server.node for session in sessions] == [0, 0, 1]
    for session in sessions:
        assert (session.username, session.groupname, session.dialect) == ("alice", "samba_ha", "SMB3_11")
        assert session.encryption == Protection("partial", "AES-128-GCM")
        assert session.signing == Protection("full", "AES-128-GMAC")
        assert session.address == session.remote_machine
    # Two came straight from a client, one through a front end.
    assert sorted(session.address.rsplit(".", 1)[1] for session in sessions) in (["1", "1", "21"], ["1", "1", "22"])


@EACH_RELEASE
def test_a_session_without_encryption_has_no_cipher(release: str) -> None:
    sessions = load(release, "unencrypted.json").sessions
    assert {session.encryption for session in sessions} == {Protection("none", None)}
    assert {session.signing for session in sessions} == {Protection("partial", "AES-128-GMAC")}


@EACH_RELEASE
def test_tree_connects_belong_to_sessions(release: str) -> None:
    usage = load(release, "usage.json")
    sessions = {session.session_id: session for session in usage.sessions}
    assert len(usage.tree_connects) == 3
    for tree in usage.tree_connects:
        assert tree.share == "data" and tree.connected_at.startswith("2026-11-22T19:")
        session = sessions.pop(tree.session_id)
        assert (tree.server, tree.machine) == (session.server, session.remote_machine)


@EACH_RELEASE
def test_a_file_that_is_open_on_several_nodes_is_one_file(release: str) -> None:
    files = {file.path: file for file in load(release, "usage.json").open_files}
    assert sorted(files) == ["zz-lease.txt", "zz-oplock.txt", "zz-other.txt", "zz-probe file.txt"]
    probe = files["zz-probe file.txt"]
    assert probe.share_path == DATA
    assert sorted(handle.server.node or 0 for handle in probe.opens) == [0, 0, 1]
    assert [handle.opened_at for handle in probe.opens] == sorted(handle.opened_at for handle in probe.opens)
    for handle in probe.opens:
        assert (handle.username, handle.uid) == ("alice", 90207)
        assert (handle.access, handle.sharemode, handle.caching) == ("RW", "RWD", "")
        assert (handle.oplock, handle.lease) == (None, None)


@EACH_RELEASE
def test_what_clients_may_cache_is_told(release: str) -> None:
    files = {file.path: file.opens[0] for file in load(release, "usage.json").open_files}
    oplock, lease = files["zz-oplock.txt"], files["zz-lease.txt"]
    assert (oplock.access, oplock.sharemode, oplock.caching) == ("R", "R", "RW")
    assert (oplock.oplock, oplock.lease) == ("BATCH", None)
    assert (lease.caching, lease.oplock, lease.lease) == ("RWH", None, "RWH")


@EACH_RELEASE
def test_locks_are_told_with_their_holders(release: str) -> None:
    usage = load(release, "usage.json")
    probe = next(file for file in usage.open_files if file.path == "zz-probe file.txt")
    first, second = usage.locks
    assert first == Lock(first.server, DATA, "zz-probe file.txt", "write", "Windows", 0, 100)
    assert second == Lock(second.server, DATA, "zz-probe file.txt", "read", "Windows", 200, 50)
    assert (first.server.node, second.server.node) == (0, 1)
    assert {first.server, second.server} <= {handle.server for handle in probe.opens}


@EACH_RELEASE
def test_nobody_uses_the_pool(release: str) -> None:
    assert load(release, "idle.json") == Usage((), (), (), ())


def test_outside_of_a_cluster_there_is_no_node() -> None:
    whole = json.loads(fixture(TRIXIE, "usage.json"))
    for session in whole["sessions"].values():
        session["server_id"]["vnn"] = "4294967295"
    usage, unknown = parse_usage(json.dumps(whole))
    assert usage is not None and unknown == ()
    assert {session.server.node for session in usage.sessions} == {None}
    # Their handles are on other servers now, and nobody's session tells the name.
    assert {handle.username for file in usage.open_files for handle in file.opens} == {None}


@pytest.mark.parametrize(
    ("section", "lacking"), [("sessions", "username"), ("open_files", "opens"), ("tcons", "service")]
)
def test_an_entry_that_is_not_understood_is_told_and_the_others_count(section: str, lacking: str) -> None:
    whole = json.loads(fixture(TRIXIE, "usage.json"))
    name, entry = next(iter(whole[section].items()))
    del entry[lacking]
    usage, unknown = parse_usage(json.dumps(whole))
    del whole[section][name]
    assert usage is not None and unknown == (json.dumps(entry),)
    sizes = (len(usage.sessions), len(usage.tree_connects), len(usage.open_files))
    assert sizes == (len(whole["sessions"]), len(whole["tcons"]), len(whole["open_files"]))


def test_lines_around_the_answer_are_told() -> None:
    usage, unknown = parse_usage("something new\n" + fixture(TRIXIE, "idle.json") + "{}\n\n")
    assert usage == Usage((), (), (), ())
    assert unknown == ("something new", "{}")


@pytest.mark.parametrize("section", ["sessions", "tcons", "open_files", "byte_range_locks"])
def test_without_a_list_nothing_is_taken_for_unused(section: str) -> None:
    whole = json.loads(fixture(TRIXIE, "idle.json"))
    del whole[section]
    assert parse_usage(json.dumps(whole)) == (None, (json.dumps(whole),))


@EACH_RELEASE
def test_without_ctdb_the_tools_words_are_told(release: str) -> None:
    replay = Replay(answer(ARGV, 1, "", fixture(release, "ctdb_down.stderr.txt")))
    with pytest.raises(
        Unreadable, match=r"^smbstatus: ctdbd_init_connection: .*; Unable to initialize messaging context!$"
    ):
        load_usage(replay)


def test_a_failure_on_standard_output_is_told_too() -> None:
    with pytest.raises(Unreadable, match=r"^smbstatus: Can't open sessionid.tdb$"):
        load_usage(Replay(answer(ARGV, 1, "Can't open sessionid.tdb\n")))


def test_silence_is_told_as_such() -> None:
    with pytest.raises(Unreadable, match=r"^smbstatus: exit status 0 without a word$"):
        load_usage(Replay(answer(ARGV)))


def test_a_crash_is_told() -> None:
    with pytest.raises(Unreadable, match=r"^smbstatus: exit status -6: Aborted$"):
        load_usage(Replay(answer(ARGV, -6, "", "Aborted")))


def test_without_the_program_nothing_is_known() -> None:
    with pytest.raises(Unreadable, match=r"^smbstatus is not installed$"):
        load_usage(Replay(missing(ARGV)))


def test_servers_are_told_apart_by_node_and_process() -> None:
    assert len({Server(0, 1), Server(1, 1), Server(0, 2), Server(0, 1)}) == 3
