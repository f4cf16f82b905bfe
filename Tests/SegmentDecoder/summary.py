"""Summary segments, after Shared/README.md ("Summary (kind 5)")."""

from records import text
from wire import Reader, need, signed64


def declaration(reader):
    lane, before, left = reader.byte(), reader.byte(), reader.byte()
    start = reader.signed()
    end = signed64(start + reader.signed())
    at = signed64(end + reader.signed())
    samples, count = reader.varint(), reader.varint()
    series = (0, 0)
    if count:
        first = reader.varint()
        series = (count, first)
    reason = reader.byte()
    need(reason <= 5, "a reason")
    words = text(reader.take(reader.count(256))) if reason == 3 else ""
    return lane, before, left, start, end, at, samples, *series, reason, words


def account(reader):
    return reader.byte(), reader.signed(), reader.varint(), reader.varint(), reader.varint()


def link_report(reader):
    name = text(reader.take(reader.count(64)))
    start = reader.signed()
    end = signed64(start + reader.signed())
    up, down, connected, cost = (reader.varint() for _ in range(4))
    return name, start, end, up, down, connected, cost, text(reader.take(reader.count(8)))


def summary(envelope):
    """Lists of declarations, accounts and link reports."""
    header = Reader(envelope.content)
    counts = [header.count(16_384) for _ in range(3)]
    need(sum(counts) >= 1, "an empty summary")
    reader = Reader(envelope.body(header))
    result = [[read(reader) for _ in range(count)] for read, count in zip((declaration, account, link_report), counts)]
    reader.finish()
    return result
