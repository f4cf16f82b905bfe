#!/usr/bin/env python3
"""Has schemathesis ask a real core-server for everything that its /openapi.json tells of.

Nothing may fail inside the server, no answer may have a status or a media type that the document
does not name, and every body must be as its schema says. The tool comes from PyPI in a version that
is pinned below, into an environment of its own under .build.
"""

import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "Clients"))

import shore as shores  # noqa: E402

VERSION = "4.32.5"
SECONDS = 90
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
    home = shores.environment_with(f"schemathesis-{VERSION}", f"schemathesis=={VERSION}")
    return home / "bin" / "st"


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
            # One worker: threads of Python 3.11 that parse at the same time fail each other (gh-106905).
            "--max-time", str(seconds), "--workers", "1", "--request-timeout", "20",
            "--continue-on-failure", "--no-shrink", "--warnings", "off", "--no-color",
            # The caller's own credentials are its to end.
            "--exclude-operation-id", "revokeToken",
            # Their bodies are no form that the tool knows; Tests/ShoreTests/Reading and Registry have
            # their tests.
            "--exclude-operation-id", "remoteRead", "--exclude-operation-id", "uploadBundleVersion",
        ],
        cwd=folder,
    ).returncode
    return status == 0


def main():
    command = tool()
    if sys.argv[1:] == ["--install"]:
        return
    with shores.shore() as shore, tempfile.TemporaryDirectory(prefix="hawser-api-") as folder:
        shore.administer("tenant", "create", "acme")
        shore.administer("ship", "create", "aurora", "--tenant", "acme")
        admin = shore.token("acme", "admin")
        system = shore.token("system", "system")
        known = {"path.ship": "aurora", "header.If-Match": "*", "header.Hawser-Tenant": "acme"}
        known.update(make_model(shore.port, shore.data, admin))
        held = [
            ask(command, shore.port, shore.data, admin, SECONDS // 2, folder, known),
            ask(command, shore.port, shore.data, system, SECONDS // 2, folder),
        ]
        if not all(held) or not shore.lives():
            with open(shore.log) as log:
                faults = [line for line in log if "request failed" in line]
            print("".join(faults[:20]), end="")
            sys.exit("api-truth: the document and the server do not agree")


main()
