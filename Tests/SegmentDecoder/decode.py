#!/usr/bin/env python3
"""A second reader of Hawser's segments, written from Shared/README.md alone.

    decode.py FILE…

prints, for each file, a line with its name and one line for each record; tests compare that with what
the product reads. Predicted metrics segments are read with the file among the others that they name.
"""

import json
import sys

import catalogue
import logs
import metrics
import records
import rollups
import summaries
import wire

METRICS, CATALOGUE, EVENTS, ROLLUPS, SUMMARY, LOGS = 1, 2, 3, 4, 5, 6


def quoted(value):
    return json.dumps(value, ensure_ascii=False)


def metrics_lines(envelope, contexts):
    segment = metrics.Metrics(envelope, contexts)
    yield f"metrics {segment.first} {segment.last} {segment.watermark}"
    for group, at, series, bits in sorted(segment.samples):
        yield f"sample {group} {at} {series} {bits:016x}"


def catalogue_lines(envelope, _):
    module = records if envelope.version == 1 else catalogue
    for number, kind, resolution, labels in module.catalogue(envelope):
        fields = [f"{quoted(name)}={quoted(value)}" for name, value in labels]
        yield " ".join(["series", str(number), str(kind), resolution or "exact"] + fields)


def event_lines(envelope, _):
    for at, severity, kind, message in records.events(envelope):
        yield f"event {at} {severity} {quoted(kind)} {quoted(message)}"


def log_lines(envelope, _):
    for at, facility, severity, *fields, data, message in logs.logs(envelope):
        texts = [quoted(field) for field in fields] + [f"{quoted(name)}={quoted(value)}" for name, value in data]
        yield " ".join(["log", str(at), str(facility), str(severity)] + texts + [quoted(message)])


READERS = {
    (METRICS, 1): metrics_lines,
    (CATALOGUE, 1): catalogue_lines,
    (CATALOGUE, 2): catalogue_lines,
    (EVENTS, 1): event_lines,
    (ROLLUPS, 1): rollups.lines,
    (SUMMARY, 1): summaries.lines,
    (LOGS, 1): log_lines,
}


def main(paths):
    waiting, contexts = [], {}
    for path in paths:
        with open(path, "rb") as file:
            waiting.append((path, wire.Envelope(file.read())))
    results = {}
    while waiting:
        # A key segment can be read at once, a predicted one when its predecessor has been.
        later = []
        for path, envelope in waiting:
            reader = READERS.get((envelope.kind, envelope.version))
            wire.need(reader, f"{path}: no reader for kind {envelope.kind}, version {envelope.version}")
            if envelope.kind == METRICS and metrics.predecessor(envelope) not in (None, *contexts):
                later.append((path, envelope))
            else:
                results[path] = list(reader(envelope, contexts))
        wire.need(len(later) < len(waiting), f"no predecessor for {[path for path, _ in later]}")
        waiting = later
    for path in paths:
        print("file", path)
        print("\n".join(results[path]))


if __name__ == "__main__":
    main(sys.argv[1:])
