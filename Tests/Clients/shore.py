"""A core-server of the newest build, for checks that are no Swift tests."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


def environment_with(name, *packages):
    """The folder of a Python environment under .build with these packages, installed once."""
    home = REPOSITORY / ".build" / name
    done = home / "installed"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run(
            [home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
            check=True,
        )
        done.touch()
    return home


class Shore:
    """A server that runs, and the folder of its data."""

    def __init__(self, program, folder):
        self.program = program
        self.data = f"{folder}/data"
        self.log = f"{folder}/log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [program, "serve", "--data", self.data, "--listen", "127.0.0.1:0",
                 "--sync-listen", "127.0.0.1:0"],
                stdout=log, stderr=subprocess.STDOUT,
            )
        self.port = self._wait()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self):
        return f"{self.data}/authority/ca.crt"

    def administer(self, *arguments):
        return subprocess.run(
            [self.program, *arguments, "--data", self.data],
            check=True, capture_output=True, text=True,
        ).stdout.strip()

    def token(self, tenant, role, name="check"):
        """The token is the last word that the command prints."""
        return self.administer(
            "token", "create", "--tenant", tenant, "--role", role, "--name", name
        ).split()[-1]

    def lives(self):
        return self.process.poll() is None

    def _wait(self):
        endpoints = pathlib.Path(self.data) / "endpoints.json"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.lives():
            try:
                port = int(str(json.loads(endpoints.read_text())["api"]).rsplit(":", 1)[1])
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    return port
            except (OSError, ValueError, KeyError, IndexError):
                time.sleep(0.2)
        self.stop()
        sys.exit(f"core-server does not serve: see what it says\n{pathlib.Path(self.log).read_text()[-2000:]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def shore():
    """Serves for as long as the block runs; its data is gone afterwards."""
    found = [REPOSITORY / ".build" / kind / "core-server" for kind in ("debug", "release")]
    found = [path for path in found if path.exists()]
    if not found:
        sys.exit("core-server is not built: swift build")
    program = max(found, key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory(prefix="hawser-") as folder:
        os.chmod(folder, 0o755)
        running = Shore(program, folder)
        try:
            yield running
        finally:
            running.stop()
