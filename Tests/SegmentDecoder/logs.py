"""Log segments, after Shared/README.md ("Logs (kind 6)")."""

from records import place_in, string_table, text
from wire import Reader, need, signed64

SUBSTITUTE = b"\x1a"


def until_nul(reader):
    end = reader.data.find(b"\0", reader.position)
    need(end >= 0, "a text without its end")
    value = reader.take(end - reader.position)
    reader.byte()
    return text(value)


def column(reader, count):
    """The values of one place in a template."""
    kind = reader.byte()
    need(kind <= 4, "a kind of column")
    if kind == 0:
        return [until_nul(reader)] * count
    if kind == 1:
        values, last = [], 0
        for _ in range(count):
            last = signed64(last + reader.signed())
            values.append(str(last))
        return values
    if kind == 2:
        return [str(reader.varint()) for _ in range(count)]
    if kind == 3:
        table = string_table(reader, 32_768)
        return [place_in(table, reader.varint()) for _ in range(count)]
    return [until_nul(reader) for _ in range(count)]


def structured_data(reader, count):
    names, values = string_table(reader, 1024), string_table(reader, 4096)
    sets = []
    for _ in range(reader.count(count)):
        labels = []
        for _ in range(reader.count(64)):
            labels.append((place_in(names, reader.varint()), place_in(values, reader.varint())))
        sets.append(labels)
    need(sum(map(len, sets)) <= 262_144, "too many labels")
    return [place_in(sets, reader.varint()) for _ in range(count)]


def messages(reader, count):
    way = reader.byte()
    need(way <= 1, "a way of writing messages")
    if way == 0:
        return [until_nul(reader) for _ in range(count)]
    templates = string_table(reader, 32_768)
    chosen = [reader.varint() for _ in range(count)]
    result = [None] * count
    for place, template in enumerate(templates):
        rows = [row for row in range(count) if chosen[row] == place]
        pieces = template.split(SUBSTITUTE.decode())
        if not rows:
            continue
        columns = [column(reader, len(rows)) for _ in pieces[1:]]
        for row, values in zip(rows, zip(*columns) if columns else [()] * len(rows)):
            result[row] = pieces[0] + "".join(value + piece for value, piece in zip(values, pieces[1:]))
    need(None not in result, "a record without a template")
    return result


def logs(envelope):
    """Records as (milliseconds, facility, severity, host, program, process, id, data, message)."""
    header = Reader(envelope.content)
    count, first = header.count(65_536), header.signed()
    last = first + header.count(7_200_000)
    reader = Reader(envelope.body(header))
    unit = {0: 1, 1: 1000}[reader.byte()]
    times, at = [], first
    for _ in range(count):
        at = signed64(at + signed64(unit * reader.signed()))
        times.append(at)
    need((min(times), max(times)) == (first, last), "times")
    priorities = reader.take(count)
    need(max(priorities) < 24 * 8, "a facility")
    fields = []
    for _ in range(4):
        table = string_table(reader, 255)
        fields.append([place_in(table, reader.varint()) for _ in range(count)])
    data = structured_data(reader, count)
    texts = messages(reader, count)
    reader.finish()
    return [
        (times[row], priorities[row] >> 3, priorities[row] & 7, *(field[row] for field in fields), data[row], texts[row])
        for row in range(count)
    ]
