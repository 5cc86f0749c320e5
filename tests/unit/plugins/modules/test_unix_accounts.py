# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import grp
import os
import pwd

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._unix_accounts import Group, User, ensure
from ansible_collections.samba_ha.cluster.plugins.modules.unix_accounts import SystemNames
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer

STAFF = Group("staff", 69999)
ALICE = User("alice", 90207, 69999)
BOB = User("bob", 88650, 69999)
GROUPADD = answer(["groupadd", "--gid", "69999", "staff"])
OPTIONS = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", "--no-log-init"]
USERADD = ["useradd", "--system", "--key", "SYS_UID_MAX=4294967295"]
ADD_ALICE = answer([*USERADD, "--uid", "90207", "--gid", "69999", *OPTIONS, "alice"])
ADD_BOB = answer([*USERADD, "--uid", "88650", "--gid", "69999", *OPTIONS, "bob"])
WANTED = "wanted user alice with uid 90207 and primary gid 69999"


class Live:
    """A name service with these entries."""

    def __init__(self, *entries: Group | User) -> None:
        self._groups = [entry for entry in entries if isinstance(entry, Group)]
        self._users = [entry for entry in entries if isinstance(entry, User)]

    def group_named(self, name: str) -> Group | None:
        return next((group for group in self._groups if group.name == name), None)

    def group_numbered(self, gid: int) -> Group | None:
        return next((group for group in self._groups if group.gid == gid), None)

    def user_named(self, name: str) -> User | None:
        return next((user for user in self._users if user.name == name), None)

    def user_numbered(self, uid: int) -> User | None:
        return next((user for user in self._users if user.uid == uid), None)


def test_the_group_comes_before_the_users() -> None:
    run = Replay(GROUPADD, ADD_ALICE, ADD_BOB)
    assert ensure(run, Live(), STAFF, [ALICE, BOB], check_mode=False) == [STAFF, ALICE, BOB]
    run.done()


def test_only_what_is_missing_is_created() -> None:
    run = Replay(ADD_BOB)
    assert ensure(run, Live(STAFF, ALICE), STAFF, [ALICE, BOB], check_mode=False) == [BOB]
    run.done()
    assert ensure(Replay(), Live(STAFF, ALICE, BOB), STAFF, [ALICE, BOB], check_mode=False) == []


def test_check_mode_predicts_and_runs_nothing() -> None:
    assert ensure(Replay(), Live(ALICE), STAFF, [ALICE, BOB], check_mode=True) == [STAFF, BOB]


@pytest.mark.parametrize(
    ("live", "told"),
    [
        (Group("staff", 50), "wanted group staff with gid 69999; found group staff with gid 50. Nothing was"),
        (
            Group("other", 69999),
            "wanted group staff with gid 69999; found gid 69999 in use by group other. Nothing",
        ),
        (User("alice", 1000, 69999), f"{WANTED}; found user alice with uid 1000 and primary gid 69999. Nothing was"),
        (User("alice", 90207, 7), f"{WANTED}; found user alice with uid 90207 and primary gid 7. Nothing was"),
        (User("eve", 90207, 69999), f"{WANTED}; found uid 90207 in use by user eve. Nothing was"),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_is_in_the_way_is_neither_taken_over_nor_changed(live: Group | User, told: str, check_mode: bool) -> None:
    with pytest.raises(StateError) as caught:
        ensure(Replay(), Live(live), STAFF, [ALICE], check_mode=check_mode)
    assert told in str(caught.value)


def test_all_that_is_in_the_way_is_told_at_once() -> None:
    live = Live(Group("other", 69999), User("alice", 1000, 1000), User("eve", 88650, 100))
    with pytest.raises(StateError, match=r"group other.*alice with uid 1000.*by user eve.*`uid`.*samba_ha_users"):
        ensure(Replay(), live, STAFF, [ALICE, BOB], check_mode=False)


@pytest.mark.parametrize(
    ("group", "users", "told"),
    [
        (STAFF, [ALICE, User("alice", 5000, 69999)], "user alice twice"),
        (STAFF, [ALICE, User("eve", 90207, 69999)], "uid 90207 for both alice and eve"),
        (STAFF, [User("-x", 5000, 69999)], "the name '-x'"),
        (STAFF, [User("", 5000, 69999)], "the name ''"),
        (STAFF, [User("a b", 5000, 69999)], "the name 'a b'"),
        (STAFF, [User("root2", 0, 69999)], "user root2 with number 0"),
        (STAFF, [User("huge", 2**32 - 2, 69999)], "user huge with number"),
        (Group("-g", 69999), [], "the name '-g'"),
        (Group("staff", -1), [], "group staff with number -1"),
    ],
)
def test_options_that_unix_does_not_take_are_refused_before_anything_is_read(
    group: Group, users: list[User], told: str
) -> None:
    with pytest.raises(StateError) as caught:
        ensure(Replay(), Live(), group, users, check_mode=True)
    assert told in str(caught.value)


def test_a_tool_that_fails_is_told_in_its_words() -> None:
    run = Replay(answer(GROUPADD.argv, 10, "", "groupadd: cannot lock /etc/group; try again later."))
    with pytest.raises(CommandFailed, match="cannot lock"):
        ensure(run, Live(), STAFF, [ALICE], check_mode=False)


def test_this_host_s_own_names_are_found() -> None:
    names = SystemNames()
    me = pwd.getpwuid(os.getuid())
    mine = grp.getgrgid(0)
    assert names.user_named(me.pw_name) == names.user_numbered(me.pw_uid) == User(me.pw_name, me.pw_uid, me.pw_gid)
    assert names.group_named(mine.gr_name) == names.group_numbered(0) == Group(mine.gr_name, 0)
    assert names.user_named("no-such-user") is names.user_numbered(2**32 - 77) is None
    assert names.group_named("no-such-group") is names.group_numbered(2**32 - 77) is None
