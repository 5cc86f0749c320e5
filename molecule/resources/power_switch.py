# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's power switch: `start DIR`, `stop DIR`. Standard library only.

It stands for the management controllers of the lab's hosts, so that a cluster can take a host's power away by a real
fence agent: as much of Redfish over HTTPS as fence_redfish asks for. It knows the lab's own containers and no others.

In DIR, which create.yml makes:
  power_switch.json    address, port, username, password, and hosts: the container of each
  power_switch.crt     its certificate, and power_switch.key the key of that
  power_switch.refuse  while this file is there, all is refused, as by a device that is broken
  power_switch.log     what was asked for and what came of it, one object of JSON in each line
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import hmac
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import typing as t
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = "/redfish/v1"
SYSTEMS = f"{ROOT}/Systems"
RESET = "/Actions/ComputerSystem.Reset"
KINDS = ("On", "ForceOff", "ForceRestart")
OFF = {"configured", "created", "exited", "initialized", "stopped"}
"""States of a container without processes. In any other one it counts as on: off is what a cluster relies on."""
SELF_TEST = 15.0
"""Seconds from a host's power to its start. A container would be back, and answer, sooner than any server could."""

Runner = t.Callable[[t.Sequence[str]], str]


class SwitchError(Exception):
    """What was asked for did not come about."""


def run(argv: t.Sequence[str]) -> str:
    """What a program prints. It fails in the words of the program."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True).stdout
    except (subprocess.SubprocessError, OSError) as exc:
        raise SwitchError(f"{exc} {getattr(exc, 'stderr', '')}".strip()) from exc


class Outlet:
    """The power of one host."""

    def __init__(self, container: str, runner: Runner) -> None:
        self.container, self.runner = container, runner
        self._lock = threading.Lock()
        self._starter: threading.Thread | None = None
        self._no_power = threading.Event()

    def state(self) -> str:
        """PowerState, as Redfish calls it."""
        if self._starter and self._starter.is_alive() and not self._no_power.is_set():
            return "PoweringOn"
        return "Off" if self._look()[0] in OFF else "On"

    def on(self, done: t.Callable[[str], None]) -> None:
        """Begin to start it, as a controller does, which does not wait for the host; ``done`` is told the result."""
        self._no_power = threading.Event()
        self._starter = threading.Thread(target=self._start, args=(self._no_power, done), daemon=True)
        self._starter.start()

    def off(self) -> None:
        """Take the power away, and return when it is gone."""
        self._no_power.set()
        with self._lock:
            status, pid = self._look()
            if status in OFF:
                return
            said = self._kill(paused=status == "paused", pid=pid)
            deadline = time.monotonic() + 10
            while (status := self._look()[0]) not in OFF:
                if time.monotonic() > deadline:
                    raise SwitchError(f"{self.container}: {status} 10 s after it was killed. {said}")
                time.sleep(0.05)

    def _look(self) -> tuple[str, str]:
        """The container's state, and its first process."""
        inspect = ("podman", "inspect", "--type", "container", "--format", "{{.State.Status}} {{.State.Pid}}")
        status, pid = self.runner((*inspect, self.container)).split()
        return status, pid

    def _kill(self, *, paused: bool, pid: str) -> str:
        """What was said against it. Whether it dies is looked at afterwards: it may have been about to stop."""
        # Podman kills no paused container. The signal comes first, so that no process of it runs once more.
        of_paused = [("kill", "-KILL", pid), ("podman", "unpause", self.container)]
        said = []
        for argv in of_paused if paused else [("podman", "kill", "--signal", "KILL", self.container)]:
            try:
                self.runner(argv)
            except SwitchError as exc:
                said.append(str(exc))
        return " ".join(said)

    def _start(self, no_power: threading.Event, done: t.Callable[[str], None]) -> None:
        deadline = time.monotonic() + SELF_TEST
        try:
            # Somebody at the host may be sooner.
            while self._look()[0] in OFF and time.monotonic() < deadline and not no_power.wait(0.5):
                continue
            with self._lock:
                result = "off again" if no_power.is_set() else "on"
                if result == "on" and self._look()[0] in OFF:
                    self.runner(["podman", "start", self.container])
        except SwitchError as exc:
            result = str(exc)
        done(result)


class Switch(ThreadingHTTPServer):
    """Serves the outlets. It ends when its folder is gone, so that none is left behind a lab that was deleted."""

    daemon_threads = True

    def __init__(self, folder: Path, config: t.Mapping[str, t.Any], runner: Runner = run) -> None:
        super().__init__((config["address"], config["port"]), Handler)
        self.folder = folder
        self.outlets = {name: Outlet(container, runner) for name, container in config["hosts"].items()}
        self.wanted = b"Basic " + base64.b64encode(f"{config['username']}:{config['password']}".encode())

    def log(self, **event: t.Any) -> None:
        with (self.folder / "power_switch.log").open("a") as file:
            file.write(json.dumps({"at": time.time(), **event}) + "\n")

    def service_actions(self) -> None:
        if not self.folder.is_dir():
            raise SystemExit("its folder is gone")


class Handler(BaseHTTPRequestHandler):
    """One connection of a fence agent."""

    server: Switch
    # One that says nothing must not keep its thread for ever.
    timeout = 10

    def do_GET(self) -> None:
        if self._allowed():
            self._guard(self._show)

    def do_POST(self) -> None:
        # Read in any case, or the client would be told of a broken connection.
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._allowed():
            self._guard(lambda: self._reset(body))

    def _allowed(self) -> bool:
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), self.server.wanted):
            self._answer(HTTPStatus.UNAUTHORIZED)
            return False
        if (self.server.folder / "power_switch.refuse").exists():
            self.server.log(refused=f"{self.command} {self.path}", client=self.client_address[0])
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
            return False
        return True

    def _guard(self, work: t.Callable[[], None]) -> None:
        try:
            work()
        except SwitchError as exc:
            self.server.log(failed=f"{self.command} {self.path}", error=str(exc))
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _show(self) -> None:
        path = self.path.rstrip("/")
        name = path.removeprefix(f"{SYSTEMS}/")
        if path == ROOT:
            self._answer(HTTPStatus.OK, {"@odata.id": ROOT, "Systems": {"@odata.id": SYSTEMS}})
        elif path == SYSTEMS:
            members = [{"@odata.id": f"{path}/{each}"} for each in self.server.outlets]
            self._answer(HTTPStatus.OK, {"@odata.id": path, "Members": members})
        elif name in self.server.outlets:
            reset = {"target": f"{path}{RESET}", "ResetType@Redfish.AllowableValues": KINDS}
            about = {"@odata.id": path, "Id": name, "Name": name, "PowerState": self.server.outlets[name].state()}
            self._answer(HTTPStatus.OK, {**about, "Actions": {"#ComputerSystem.Reset": reset}})
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def _reset(self, body: bytes) -> None:
        name = self.path.removeprefix(f"{SYSTEMS}/").removesuffix(RESET)
        if self.path != f"{SYSTEMS}/{name}{RESET}" or name not in self.server.outlets:
            return self._answer(HTTPStatus.NOT_FOUND)
        try:
            kind = KINDS[KINDS.index(json.loads(body)["ResetType"])]
        except (ValueError, KeyError, TypeError):
            return self._answer(HTTPStatus.BAD_REQUEST)
        outlet, event = self.server.outlets[name], {"host": name, "reset": kind, "client": self.client_address[0]}
        self.server.log(**event, result="asked")
        if kind != "On":
            outlet.off()
            self.server.log(**event, result="off")
        if kind != "ForceOff":
            outlet.on(lambda result: self.server.log(**event, result=result))
        return self._answer(HTTPStatus.NO_CONTENT if kind == "ForceOff" else HTTPStatus.ACCEPTED)

    def _answer(self, status: HTTPStatus, body: dict[str, t.Any] | None = None) -> None:
        data = json.dumps(body).encode() if body else b""
        self.send_response(status)
        if status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="power switch"')
        if body:
            self.send_header("Content-Type", "application/json")
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def serve(folder: Path) -> None:
    """Serve until a signal ends it. The lock on the file says that it runs; the number in it, as what."""
    with (folder / "power_switch.pid").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "power_switch.crt", folder / "power_switch.key")
        server = Switch(folder, json.loads((folder / "power_switch.json").read_text()))
        # Not before the connection has a thread of its own: one that says nothing would stop all others.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.serve_forever()


def runs(folder: Path) -> bool:
    """Whether its lock is held. A file that an earlier run left says nothing: its number may be another program's."""
    try:
        with (folder / "power_switch.pid").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError) as exc:
        return isinstance(exc, BlockingIOError)
    return False


def start(folder: Path) -> str:
    """Have it run, and return when it can be reached."""
    if runs(folder):
        return "runs already"
    config = json.loads((folder / "power_switch.json").read_text())
    argv = [sys.executable, str(Path(__file__).resolve()), "serve", str(folder.resolve())]
    with (folder / "power_switch.err").open("a") as errors:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, start_new_session=True)
    deadline = time.monotonic() + 20
    while True:
        if process.poll() is not None:
            raise SwitchError(f"it ended with status {process.returncode}; read {folder}/power_switch.err")
        try:
            socket.create_connection((config["address"], config["port"]), timeout=1).close()
            return "started"
        except OSError as exc:
            if time.monotonic() > deadline:
                raise SwitchError(f"{config['address']}:{config['port']}: {exc}") from exc
            time.sleep(0.05)


def stop(folder: Path) -> str:
    """End it, and return when it has ended."""
    if not runs(folder):
        return "does not run"
    deadline = time.monotonic() + 10
    while runs(folder):
        if time.monotonic() > deadline:
            raise SwitchError(f"{folder}: its power switch did not end within 10 s")
        if pid := (folder / "power_switch.pid").read_text():
            os.kill(int(pid), signal.SIGTERM)
        time.sleep(0.05)
    return "stopped"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("start", "stop", "serve"))
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    print({"start": start, "stop": stop, "serve": serve}[args.action](args.folder))


if __name__ == "__main__":
    try:
        main()
    except SwitchError as error:
        sys.exit(f"power switch: {error}")
