#!/usr/bin/env python3
"""Has the stock mlflow client, the newest and the oldest that are promised, work with a real core-server.

The checks are in Tests/Clients/mlflow_client. The clients come from PyPI in the versions that are
pinned below, each into an environment of its own under .build; `mlflow-skinny` is the whole client.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "Clients"))

import shore as shores  # noqa: E402

NEWEST = "3.17.2"
OLDEST = "2.22.2"
# What sklearn models need besides.
COMPANIONS = ["scikit-learn==1.9.1", "pandas==3.1.1", "skops==0.16.0"]


def client(version):
    """The folder of an environment with it."""
    return shores.environment_with(f"mlflow-{version}", f"mlflow-skinny=={version}", *COMPANIONS)


def check(version, shore, tokens, names=()):
    """Runs the checks with a client; how many passed and failed."""
    home = client(version)
    folder = pathlib.Path(__file__).resolve().parent / "Clients"
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")
    }
    variables |= {
        "HAWSER_URL": shore.url,
        "HAWSER_TOKENS": " ".join(tokens),
        "MLFLOW_TRACKING_URI": shore.url,
        "MLFLOW_TRACKING_TOKEN": tokens[0],
        "MLFLOW_TRACKING_SERVER_CERT_PATH": shore.authority,
        "REQUESTS_CA_BUNDLE": shore.authority,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "GIT_PYTHON_REFRESH": "quiet",
        "PYTHONWARNINGS": "ignore",
    }
    # The client leaves what it downloads behind.
    with tempfile.TemporaryDirectory(prefix="hawser-mlflow-") as scratch:
        done = subprocess.run(
            [home / "bin" / "python", "-m", "unittest", *(names or ["discover", "-s", "mlflow_client", "-t", "."])],
            cwd=folder, env=variables | {"TMPDIR": scratch}, stderr=subprocess.PIPE, text=True,
        )
    text = done.stderr
    ran = int((re.search(r"^Ran (\d+) tests?", text, re.M) or [0, 0])[1])
    wrong = sum(int(count) for count in re.findall(r"(?:failures|errors)=(\d+)", text))
    skipped = int((re.search(r"skipped=(\d+)", text) or [0, 0])[1])
    if done.returncode != 0:
        print(text)
        wrong = max(wrong, 1)
    print(f"mlflow {version}: {ran - skipped - wrong} passed, {wrong} failed, {skipped} skipped")
    return max(0, ran - skipped - wrong), wrong if ran else 1


def main():
    if sys.argv[1:] == ["--install"]:
        for version in (NEWEST, OLDEST):
            client(version)
        return
    passed = failed = 0
    with shores.shore() as shore:
        for tenant in ("alpha", "beta"):
            shore.administer("tenant", "create", tenant)
        tokens = [
            shore.token("alpha", "operator"), shore.token("beta", "operator"),
            shore.token("alpha", "viewer", "reader"),
        ]
        for version in (NEWEST, OLDEST):
            good, bad = check(version, shore, tokens, sys.argv[1:])
            passed, failed = passed + good, failed + bad
        if not shore.lives():
            print("core-server ended")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
