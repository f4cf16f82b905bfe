"""Catalogue segments of version 1 and event segments, after Shared/README.md."""

from wire import Malformed, Reader, need, signed64


def text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("a text that is not UTF-8") from error


def string_table(reader, limit):
    count = reader.varint()
    shared = [reader.count(limit) for _ in range(count)]
    own = [reader.count(limit) for _ in range(count)]
    strings, previous = [], b""
    for keep, more in zip(shared, own):
        need(keep <= len(previous) and keep + more <= limit, "a string's length")
        previous = previous[:keep] + reader.take(more)
        strings.append(text(previous))
    return strings


def place_in(strings, place):
    need(place < len(strings), "a place outside of its table")
    return strings[place]


def catalogue(envelope):
    """Definitions as (number, kind, resolution, labels)."""
    header = Reader(envelope.content)
    count, first = header.count(65_536), header.count(1_000_000)
    reader = Reader(envelope.body(header))
    names, values = string_table(reader, 1024), string_table(reader, 4096)
    shapes = []
    for _ in range(reader.varint()):
        size = reader.count(64)
        shapes.append([place_in(names, reader.varint()) for _ in range(size)])
    kinds = reader.take(count)
    chosen = [place_in(shapes, reader.varint()) for _ in range(count)]
    references = {name: [] for name in names}
    for name in names:
        for shape in chosen:
            references[name] += [reader.varint() for label in shape if label == name]
    reader.finish()
    cursors = {name: iter(column) for name, column in references.items()}
    known, result = 0, []
    for index, shape in enumerate(chosen):
        labels = []
        for name in shape:
            reference = next(cursors[name])
            need(reference <= known, "a value from before the first")
            labels.append((name, place_in(values, known - reference)))
            known += reference == 0
        need([name for name, _ in labels] == sorted({name for name, _ in labels}, key=str.encode), "labels")
        need(kinds[index] <= 7, "a kind of series")
        result.append((first + index, kinds[index], None, labels))
    need(known == len(values), "values that no label has")
    return result


def events(envelope):
    """Events as (milliseconds, severity, kind, message)."""
    header = Reader(envelope.content)
    count, at = header.count(65_536), header.signed()
    reader = Reader(envelope.body(header))
    kinds = string_table(reader, 64)
    times = []
    for _ in range(count):
        at = signed64(at + reader.signed())
        times.append(at)
    severities = [reader.byte() for _ in range(count)]
    need(all(1 <= severity <= 3 for severity in severities), "a severity")
    names = [place_in(kinds, reader.varint()) for _ in range(count)]
    lengths = [reader.count(4096) for _ in range(count)]
    messages = [text(reader.take(length)) for length in lengths]
    reader.finish()
    return list(zip(times, severities, names, messages))
