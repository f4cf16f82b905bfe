#!/usr/bin/env python3
"""Has schemathesis ask a real core-server for everything that its /openapi.json tells of.

Nothing may fail inside the server, no answer may have a status or a media type that the document
does not name, and every body must be as its schema says. The tool comes from PyPI in a version that
is pinned below, into an environment of its own under .build.
"""

import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
VERSION = "4.32.5"
SECONDS = 75
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "ignored_auth",
    ]
)


def tool():
    """The command, installed once."""
    home = REPOSITORY / ".build" / f"schemathesis-{VERSION}"
    command = home / "bin" / "st"
    if not command.exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run(
            [home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
             f"schemathesis=={VERSION}"],
            check=True,
        )
    return command


def server():
    """The newest build."""
    found = [REPOSITORY / ".build" / kind / "core-server" for kind in ("debug", "release")]
    found = [path for path in found if path.exists()]
    if not found:
        sys.exit("api-truth: core-server is not built: swift build")
    return max(found, key=lambda path: path.stat().st_mtime)


def administer(program, data, *arguments):
    return subprocess.run(
        [program, *arguments, "--data", data], check=True, capture_output=True, text=True
    ).stdout.strip()


def serve(program, data, log):
    process = subprocess.Popen(
        [program, "serve", "--data", data, "--listen", "127.0.0.1:0",
         "--sync-listen", "127.0.0.1:0"],
        stdout=log, stderr=subprocess.STDOUT,
    )
    endpoints = pathlib.Path(data) / "endpoints.json"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            port = int(str(json.loads(endpoints.read_text())["api"]).rsplit(":", 1)[1])
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return process, port
        except (OSError, ValueError, KeyError, IndexError):
            time.sleep(0.2)
    process.kill()
    process.wait()
    sys.exit("api-truth: core-server does not serve")


def token_of(text):
    """The last word that a command printed: the token."""
    return text.split()[-1]


def post(port, data, token, path, body):
    request = urllib.request.Request(
        f"https://127.0.0.1:{port}/api/{path}", json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    trust = ssl.create_default_context(cafile=f"{data}/authority/ca.crt")
    with urllib.request.urlopen(request, context=trust) as answer:
        return json.load(answer)


def make_model(port, data, token):
    """A registered model with a version and files, a gate before it, and a promotion that waits."""
    run = post(port, data, token, "2.0/mlflow/runs/create", {"experiment_id": "0"})["run"]["info"]
    uploaded = urllib.request.Request(
        f"https://127.0.0.1:{port}/api/2.0/mlflow-artifacts/artifacts/0/{run['run_id']}"
        "/artifacts/model/weights", b"weights", {"Authorization": f"Bearer {token}"}, method="PUT",
    )
    trust = ssl.create_default_context(cafile=f"{data}/authority/ca.crt")
    urllib.request.urlopen(uploaded, context=trust).close()
    post(port, data, token, "2.0/mlflow/registered-models/create", {"name": "fraud"})
    post(port, data, token, "2.0/mlflow/model-versions/create", {
        "name": "fraud", "run_id": run["run_id"],
        "source": f"mlflow-artifacts:/0/{run['run_id']}/artifacts/model",
    })
    post(port, data, token, "v1/gates",
         {"name": "quality", "model": "fraud", "target": "champion", "approvals": 1})
    promotion = post(port, data, token, "v1/promotions",
                     {"model": "fraud", "version": 1, "target": "champion"})
    return {"path.gate": "quality", "path.model": "fraud", "path.version": 1,
            "path.promotion": promotion["id"]}


def ask(command, port, data, token, seconds, folder, known=None):
    """One run; whether all held.

    What is known to be there is asked for by name, so that the tool gets further than to a 404.
    """
    settings = pathlib.Path(folder) / "schemathesis.toml"
    pairs = ", ".join(f'"{name}" = {json.dumps(value)}' for name, value in (known or {}).items())
    settings.write_text(f"parameters = {{ {pairs} }}\n" if known else "")
    status = subprocess.run(
        [
            command, "--config-file", settings, "run", f"https://127.0.0.1:{port}/openapi.json",
            "--tls-verify", f"{data}/authority/ca.crt",
            "--header", f"Authorization: Bearer {token}",
            "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
            "--max-time", str(seconds), "--workers", "2", "--request-timeout", "20",
            "--continue-on-failure", "--no-shrink", "--warnings", "off", "--no-color",
            # The caller's own credentials are its to end.
            "--exclude-operation-id", "revokeToken",
            # Its body is no form that the tool knows; Tests/ShoreTests/Reading has its tests.
            "--exclude-operation-id", "remoteRead",
        ],
        cwd=folder,
    ).returncode
    return status == 0


def main():
    command = tool()
    program = server()
    with tempfile.TemporaryDirectory(prefix="hawser-api-") as folder:
        os.chmod(folder, 0o755)
        data = f"{folder}/data"
        with open(f"{folder}/log", "w") as log:
            process, port = serve(program, data, log)
            try:
                administer(program, data, "tenant", "create", "acme")
                administer(program, data, "ship", "create", "aurora", "--tenant", "acme")
                admin = administer(program, data, "token", "create", "--tenant", "acme",
                                   "--role", "admin", "--name", "truth")
                system = administer(program, data, "token", "create", "--tenant", "system",
                                    "--role", "system", "--name", "truth")
                known = {"path.ship": "aurora", "header.If-Match": "*",
                         "header.Hawser-Tenant": "acme"}
                known.update(make_model(port, data, token_of(admin)))
                held = [
                    ask(command, port, data, token_of(admin), SECONDS // 2, folder, known),
                    ask(command, port, data, token_of(system), SECONDS // 2, folder),
                ]
                alive = process.poll() is None
            finally:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if not all(held) or not alive:
            with open(f"{folder}/log") as log:
                faults = [line for line in log if "request failed" in line]
            print("".join(faults[:20]), end="")
            sys.exit("api-truth: the document and the server do not agree")


main()
