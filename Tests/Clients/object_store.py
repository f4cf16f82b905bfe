#!/usr/bin/env python3
"""Prints where a server is that speaks S3, for HAWSER_MOTO_SERVER: moto's, installed once under .build.

Its `server` extra would bring all services of the cloud; these are what buckets need.
"""

import shore as shores

VERSION = "5.2.5"
COMPANIONS = ["flask==3.1.3", "flask-cors==6.0.5", "werkzeug==3.1.9"]


if __name__ == "__main__":
    home = shores.environment_with(f"moto-{VERSION}", f"moto[s3]=={VERSION}", *COMPANIONS)
    print(home / "bin" / "moto_server")
