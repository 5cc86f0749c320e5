# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
import types
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

PROGRAM = ROLES.parent / "molecule/resources/power_switch.py"
switch = load(PROGRAM)

HOSTS = {"file1": "samba-ha-x-file1", "file2": "samba-ha-x-file2"}
FILE1 = "/redfish/v1/Systems/file1"
RESET = f"{FILE1}/Actions/ComputerSystem.Reset"
PASSWORD = "secret"
CONFIG = {"address": "127.0.0.1", "port": 0, "username": "fence", "password": PASSWORD, "hosts": HOSTS}


class Podman:
    """Containers that run, until they are killed. A stubborn one stays."""

    def __init__(self) -> None:
        self.states = dict.fromkeys(HOSTS.values(), "running")
        self.asked: list[str] = []
        self.stubborn = False
        self.slow = threading.Event()
        self.slow.set()

    def __call__(self, argv: t.Sequence[str]) -> str:
        name = argv[-1]
        if argv[1] == "inspect":
            return f"{self.states[name]} 4711\n"
        self.asked.append(" ".join(argv))
        if argv[0] == "kill":
            self.states[HOSTS["file1"]] = "exited"
        elif self.states[name] == "paused" or argv[1] == "unpause":
            raise switch.SwitchError("improper state")
        elif argv[1] == "start":
            self.slow.wait(10)
            self.states[name] = "running"
        elif not self.stubborn:
            self.states[name] = "exited"
        return ""


@pytest.fixture
def podman() -> Podman:
    return Podman()


@pytest.fixture
def server(tmp_path: Path, podman: Podman, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[t.Any]:
    monkeypatch.setattr(switch, "SELF_TEST", 0)
    made = switch.Switch(tmp_path, CONFIG, podman)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def ask(server: t.Any, method: str, path: str, body: object = None, password: str = PASSWORD) -> tuple[int, t.Any]:
    address, port = server.server_address
    link = http.client.HTTPConnection(address, port, timeout=10)
    words = base64.b64encode(f"fence:{password}".encode()).decode()
    link.request(method, path, None if body is None else json.dumps(body), {"Authorization": f"Basic {words}"})
    answer = link.getresponse()
    data = answer.read()
    link.close()
    return answer.status, json.loads(data) if data else None


def reset(server: t.Any, kind: str, path: str = RESET) -> int:
    return ask(server, "POST", path, {"ResetType": kind})[0]


def state(server: t.Any) -> str:
    status, told = ask(server, "GET", FILE1)
    assert status == 200
    return str(told["PowerState"])


def log(server: t.Any) -> list[dict[str, t.Any]]:
    return [json.loads(line) for line in (server.folder / "power_switch.log").read_text().splitlines()]


def wait_for(good: t.Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not good():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_agent_finds_its_way_from_the_root_to_the_action(server: t.Any) -> None:
    systems = ask(server, "GET", "/redfish/v1")[1]["Systems"]["@odata.id"]
    members = [each["@odata.id"] for each in ask(server, "GET", systems)[1]["Members"]]
    assert members == [FILE1, "/redfish/v1/Systems/file2"]
    assert ask(server, "GET", members[0])[1]["Actions"]["#ComputerSystem.Reset"]["target"] == RESET


def test_the_power_is_gone_when_the_answer_comes(server: t.Any, podman: Podman) -> None:
    assert state(server) == "On"
    assert reset(server, "ForceOff") == 204
    assert podman.asked == ["podman kill --signal KILL samba-ha-x-file1"]
    assert podman.states == {"samba-ha-x-file1": "exited", "samba-ha-x-file2": "running"}
    assert state(server) == "Off"
    assert [(each["host"], each["reset"], each["result"]) for each in log(server)] == [
        ("file1", "ForceOff", "asked"),
        ("file1", "ForceOff", "off"),
    ]
    # Once more changes nothing.
    assert reset(server, "ForceOff") == 204
    assert len(podman.asked) == 1


def test_a_host_is_on_its_way_before_it_runs(server: t.Any, podman: Podman) -> None:
    reset(server, "ForceOff")
    podman.slow.clear()
    assert reset(server, "On") == 202
    assert state(server) == "PoweringOn"
    podman.slow.set()
    wait_for(lambda: state(server) == "On" and log(server)[-1]["result"] == "on")
    assert podman.asked[1:] == ["podman start samba-ha-x-file1"]


def test_a_host_is_back_no_sooner_than_a_server_would_be(
    server: t.Any, podman: Podman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "SELF_TEST", 0.5)
    began = time.monotonic()
    reset(server, "ForceRestart")
    assert state(server) == "PoweringOn"
    wait_for(lambda: state(server) == "On")
    assert time.monotonic() - began >= 0.5
    assert podman.asked[-1] == "podman start samba-ha-x-file1"


def test_a_host_that_is_switched_off_meanwhile_stays_off(
    server: t.Any, podman: Podman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "SELF_TEST", 60)
    reset(server, "ForceRestart")
    reset(server, "ForceOff")
    wait_for(lambda: "off again" in [event["result"] for event in log(server)])
    assert state(server) == "Off"
    assert [words.split()[1] for words in podman.asked] == ["kill"]


def test_somebody_at_the_host_may_be_sooner(server: t.Any, podman: Podman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switch, "SELF_TEST", 60)
    reset(server, "ForceRestart")
    podman.states["samba-ha-x-file1"] = "running"
    wait_for(lambda: state(server) == "On")
    assert [words.split()[1] for words in podman.asked] == ["kill"]


def test_a_restart_takes_the_power_away_first(server: t.Any, podman: Podman) -> None:
    assert reset(server, "ForceRestart") == 202
    wait_for(lambda: len(podman.asked) == 2)
    assert [words.split()[1] for words in podman.asked] == ["kill", "start"]


def test_a_paused_host_never_runs_again(server: t.Any, podman: Podman) -> None:
    podman.states["samba-ha-x-file1"] = "paused"
    assert state(server) == "On"
    assert reset(server, "ForceOff") == 204
    assert podman.asked == ["kill -KILL 4711", "podman unpause samba-ha-x-file1"]


def test_what_does_not_go_off_is_never_called_off(
    server: t.Any, podman: Podman, monkeypatch: pytest.MonkeyPatch
) -> None:
    podman.stubborn = True
    clock = iter(range(0, 1000, 6))
    hurried = types.SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _seconds: None, time=time.time)
    monkeypatch.setattr(switch, "time", hurried)
    assert reset(server, "ForceOff") == 500
    assert state(server) == "On"
    assert "running 10 s after it was killed" in log(server)[-1]["error"]
    podman.states["samba-ha-x-file1"] = "unheard-of"
    assert state(server) == "On"


def test_nobody_without_the_password_learns_or_does_anything(server: t.Any, podman: Podman) -> None:
    assert ask(server, "GET", FILE1, password="wrong") == (401, None)
    assert ask(server, "POST", RESET, {"ResetType": "ForceOff"}, password="wrong") == (401, None)
    assert podman.asked == []


def test_it_refuses_all_as_long_as_it_is_told_to(server: t.Any, podman: Podman) -> None:
    refuse = server.folder / "power_switch.refuse"
    refuse.touch()
    assert ask(server, "GET", FILE1) == (503, None)
    assert reset(server, "ForceOff") == 503
    assert podman.asked == []
    assert [each["refused"] for each in log(server)] == [f"GET {FILE1}", f"POST {RESET}"]
    refuse.unlink()
    assert reset(server, "ForceOff") == 204


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (RESET.replace("file1", "pool1"), {"ResetType": "ForceOff"}, 404),
        (FILE1, {"ResetType": "ForceOff"}, 404),
        (RESET, {"ResetType": "Nmi"}, 400),
        (RESET, {}, 400),
        (RESET, [], 400),
        (RESET, None, 400),
    ],
)
def test_what_it_does_not_know_it_does_not_do(
    server: t.Any, podman: Podman, path: str, body: object, status: int
) -> None:
    assert ask(server, "POST", path, body)[0] == status
    assert ask(server, "GET", path)[0] == (200 if path == FILE1 else 404)
    assert podman.asked == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "power_switch.json").write_text(json.dumps({**CONFIG, "port": port}))
    pem = ["-keyout", str(tmp_path / "power_switch.key"), "-out", str(tmp_path / "power_switch.crt")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=test", *pem]
    subprocess.run(made, check=True, capture_output=True)
    return tmp_path


def control(action: str, folder: Path) -> str:
    argv = [sys.executable, str(PROGRAM), action, str(folder)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
    return done.stdout.strip() or done.stderr.strip()


def test_it_is_started_once_and_stopped_once(folder: Path) -> None:
    assert control("stop", folder) == "does not run"
    assert control("start", folder) == "started"
    try:
        assert control("start", folder) == "runs already"
        context = ssl.create_default_context(cafile=str(folder / "power_switch.crt"))
        context.check_hostname = False
        port = json.loads((folder / "power_switch.json").read_text())["port"]
        # One that says nothing holds up nobody.
        with socket.create_connection(("127.0.0.1", port)):
            link = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
            link.request("GET", FILE1)
            assert link.getresponse().status == 401
            link.close()
    finally:
        assert control("stop", folder) == "stopped"
    assert control("stop", folder) == "does not run"


def test_what_an_earlier_run_left_is_no_power_switch(folder: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        (folder / "power_switch.pid").write_text(str(other.pid))
        assert control("stop", folder) == "does not run"
        assert other.poll() is None
        assert control("start", folder) == "started"
        assert control("stop", folder) == "stopped"
        assert other.poll() is None
        other.kill()


def test_why_it_does_not_start_can_be_read(folder: Path) -> None:
    (folder / "power_switch.key").unlink()
    assert "ended with status 1; read" in control("start", folder)
    assert "FileNotFoundError" in (folder / "power_switch.err").read_text()


def test_it_ends_with_its_folder(tmp_path: Path, podman: Podman) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    made = switch.Switch(folder, CONFIG, podman)
    folder.rmdir()
    with pytest.raises(SystemExit), made:
        made.serve_forever(poll_interval=0.01)
