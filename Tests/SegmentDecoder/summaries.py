"""Summary segments, after Shared/README.md ("Summary (kind 5)")."""

from records import text
from wire import Reader, need, signed64

REASONS = ["budget", "disk", "age", "refused", "restored", "recalled"]
REFUSED = 3


def lines(envelope, _):
    header = Reader(envelope.content)
    declarations, accounts, links = (header.count(16_384) for _ in range(3))
    need(declarations + accounts + links > 0, "no records")
    body = Reader(envelope.body(header))
    for _ in range(declarations):
        lane, was, left = body.byte(), body.byte(), body.byte()
        start = signed64(body.signed())
        end = signed64(start + body.signed())
        decided = signed64(end + body.signed())
        samples, count = body.varint(), body.varint()
        series = "all"
        if count:
            first = body.varint()
            series = f"{first}-{first + count - 1}"
        reason = body.byte()
        need(reason < len(REASONS), "an unknown reason")
        word = REASONS[reason]
        if reason == REFUSED:
            word += ":" + text(body.take(body.count(256)))
        yield f"declaration {lane} {start} {end} {series} {was} {left} {samples} {word} {decided}"
    for _ in range(accounts):
        lane, day = body.byte(), body.signed()
        yield f"account {lane} {day} {body.varint()} {body.varint()} {body.varint()}"
    for _ in range(links):
        name = text(body.take(body.count(64)))
        start = body.signed()
        end = start + body.signed()
        numbers = [body.varint() for _ in range(4)]
        currency = text(body.take(body.count(8)))
        yield " ".join(["link", name, str(start), str(end)] + [str(number) for number in numbers] + [currency])
    body.finish()
