# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy import (
    Agent,
    Check,
    Frontend,
    Server,
    load_status,
    parse_admin_states,
    parse_stat,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.haproxy_cases import (
    RELEASES,
    SUBJECT,
    TRIXIE,
    Script,
    fixture,
    load,
    status_lines,
    subject,
)

READY = {("pool", name): "ready" for name in ("pool1", "pool2", "pool3")}


def test_every_value_of_a_healthy_front_end() -> None:
    status = load(TRIXIE, "up")
    assert (status.version, status.uptime, status.warnings) == ("3.0.11-1+deb13u5", 67, ())
    assert status.frontends == (Frontend("smb", "OPEN", 1, 9971, 1, 0, 0),)
    assert [server.title for server in status.servers] == ["pool/pool1", "pool/pool2", "pool/pool3"]
    assert status.servers[1] == Server(
        backend="pool",
        name="pool2",
        number=2,
        address="10.213.1.12:445",
        status="UP",
        state="up",
        admin_state="ready",
        sessions=1,
        queue=0,
        total_sessions=1,
        weight=1,
        seconds_in_state=76,
        downtime=0,
        connection_errors=0,
        check=Check("L7OK", "Layer7 check passed", "(tcp-check)", 6, 2, 2, 3, 0, 0),
        agent=Agent(None, None),
    )


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "status", "state", "admin_state", "sessions", "check"),
    [
        ("up", "UP", "up", "ready", 1, "L7OK"),
        ("going_down", "UP 1/2", "up", "ready", 1, "L4CON"),
        ("down", "DOWN", "down", "ready", 0, "L4CON"),
        ("going_up", "DOWN 1/2", "down", "ready", 0, "L7OK"),
        ("drain", "DRAIN", "drain", "drain", 1, "L7OK"),
        ("drained", "DRAIN", "drain", "drain", 0, "L7OK"),
        ("down_drain", "DOWN", "down", "drain", 0, "L4CON"),
        ("maintenance", "MAINT", "maintenance", "maintenance", 0, None),
        ("back", "UP 1/2", "up", "ready", 0, "L7OK"),
    ],
)
def test_each_state(
    release: str, name: str, status: str, state: str, admin_state: str, sessions: int, check: str | None
) -> None:
    seen = load(release, name)
    server = subject(release, seen.servers)
    assert seen.warnings == ()
    assert (server.status, server.state, server.admin_state, server.sessions) == (status, state, admin_state, sessions)
    assert server.check.status == check
    others = [item for item in seen.servers if item.name != SUBJECT[release]]
    assert {(item.state, item.admin_state, item.sessions) for item in others} == {("up", "ready", 0)}


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_failed_check_saw(release: str) -> None:
    check = subject(release, load(release, "down").servers).check
    assert (check.description, check.health, check.failed, check.went_down) == ("Layer4 connection problem", 0, 2, 1)
    assert check.output == "General socket error (No route to host) at step 1 of tcp-check (connect)"
    assert check.duration_ms == 0


@pytest.mark.parametrize("release", RELEASES)
def test_maintenance_has_no_check(release: str) -> None:
    check = subject(release, load(release, "maintenance").servers).check
    assert {check.description, check.output, check.duration_ms, check.rise, check.fall, check.health} == {None}


def stat(change: tuple[str, str]) -> str:
    text = fixture(TRIXIE, "up.stat.csv")
    assert text.count(change[0]) == 1
    return text.replace(*change)


def pool2(before: str, after: str) -> str:
    """The table with its row of pool2 changed."""
    row = next(line for line in fixture(TRIXIE, "up.stat.csv").splitlines() if line.startswith("pool,pool2,"))
    assert row.count(before) == 1
    return stat((row, row.replace(before, after)))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("no check", "up"),
        ("DRAIN (agent)", "drain"),
        ("DOWN (agent)", "down"),
        ("NOLB 1/2", "drain"),
        ("MAINT (via pool/pool1)", "maintenance"),
    ],
)
def test_rarer_words_for_a_state(status: str, state: str) -> None:
    _frontends, servers, warnings = parse_stat(pool2(",UP,", f",{status},"), READY)
    assert (servers[1].status, servers[1].state, warnings) == (status, state, ())


def test_an_unknown_word_for_a_state_is_told() -> None:
    _frontends, servers, warnings = parse_stat(pool2(",UP,", ",no idea,"), READY)
    assert (servers[1].status, servers[1].state) == ("no idea", None)
    assert warnings == ("show stat: status of pool/pool2: no idea",)


def test_the_star_of_a_check_under_way_is_no_part_of_the_result() -> None:
    _frontends, servers, _warnings = parse_stat(pool2(",L7OK,", ",* L7OK,"), READY)
    assert servers[1].check.status == "L7OK"


def test_a_quoted_cell_may_hold_commas_and_lines() -> None:
    text = fixture(TRIXIE, "up.stat.csv").replace("(tcp-check)", '"one, ""two""\nthree"')
    _frontends, servers, warnings = parse_stat(text, READY)
    assert [server.check.output for server in servers] == ['one, "two"\nthree'] * 3
    assert warnings == ()


def test_columns_are_found_by_name() -> None:
    lines = [line.split(",") for line in fixture(TRIXIE, "up.stat.csv").removeprefix("# ").splitlines() if line]
    turned = "# " + "\n".join(",".join(reversed(line)) for line in lines) + "\n"
    assert parse_stat(turned, READY) == parse_stat(fixture(TRIXIE, "up.stat.csv"), READY)


def test_a_missing_column_is_told_once_and_not_guessed() -> None:
    frontends, servers, warnings = parse_stat(stat((",scur,", ",other,")), READY)
    assert [server.sessions for server in servers] == [None] * 3 and frontends[0].sessions is None
    assert servers[1].total_sessions == 1
    assert warnings == ("show stat: no column scur",)


@pytest.mark.parametrize("column", ["svname", "status", "type"])
def test_without_a_column_that_identifies_nothing_is_understood(column: str) -> None:
    assert parse_stat(stat((f",{column},", ",other,")), READY) == ((), (), (f"show stat: no column {column}",))


def test_a_number_that_is_none_is_told() -> None:
    _frontends, servers, warnings = parse_stat(pool2("pool,pool2,0,0,1,1,", "pool,pool2,0,0,many,1,"), READY)
    assert servers[1].sessions is None
    assert warnings == ("show stat: scur of pool/pool2: many",)


def test_a_row_of_another_length_is_told_and_the_others_count() -> None:
    _frontends, servers, warnings = parse_stat(fixture(TRIXIE, "up.stat.csv") + "pool,pool4,0\n", READY)
    assert len(servers) == 3
    assert warnings == ("show stat: pool,pool4,0",)


@pytest.mark.parametrize(("text", "told"), [("", "empty"), ("Unknown command\n", "Unknown command")])
def test_something_else_than_a_table_is_told(text: str, told: str) -> None:
    assert parse_stat(text, READY) == ((), (), (f"show stat: {told}",))


@pytest.mark.parametrize("bits", [1, 2, 5, 9, 0x20])
def test_bits_that_mean_maintenance(bits: int) -> None:
    assert with_bits(bits) == {**READY, ("pool", "pool2"): "maintenance"}


@pytest.mark.parametrize("bits", [8, 0x10])
def test_bits_that_mean_drain(bits: int) -> None:
    assert with_bits(bits) == {**READY, ("pool", "pool2"): "drain"}


@pytest.mark.parametrize("bits", [0, 0x40])
def test_bits_that_mean_neither(bits: int) -> None:
    assert with_bits(bits) == READY


def with_bits(bits: int) -> dict[tuple[str, str], str]:
    text = fixture(TRIXIE, "up.state.txt")
    assert text.count("10.213.1.12 2 0 ") == 1
    return parse_admin_states(text.replace("10.213.1.12 2 0 ", f"10.213.1.12 2 {bits} "))


@pytest.mark.parametrize("change", [("1\n#", "2\n#"), ("srv_admin_state", "srv_other"), (" 2 0 ", " 2 x ")])
def test_what_was_set_is_not_guessed(change: tuple[str, str]) -> None:
    state = fixture(TRIXIE, "up.state.txt").replace(*change)
    lines = status_lines(TRIXIE, "up")
    status = load_status(Script(lines[0], ("worker", "show servers state", state), lines[2]).worker)
    assert [server.admin_state for server in status.servers] == [None] * 3
    assert "show servers state: no usable line for pool/pool2" in status.warnings


def test_an_info_without_version_and_uptime_is_told() -> None:
    status = load_status(Script(("worker", "show info", "Name: HAProxy\n"), *status_lines(TRIXIE, "up")[1:]).worker)
    assert (status.version, status.uptime) == (None, None)
    assert status.warnings == ("show info: no Version", "show info: no Uptime_sec")
