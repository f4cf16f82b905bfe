"""Rollup segments and the sketches in them, after Shared/README.md ("Rollups (kind 4)")."""

from entropy import ArithmeticDecoder
from scales import BINARY, BITS, CORRECTED, TWICE, at_place, bits_of, double, double_of, integer, place
from wire import Reader, need, signed64

CELLS = 27_494
SERIES, COUNTER, SAME, PRESENT, SHAPE = 0, 388, 390, 392, 396
SAME_COUNT, COUNT, LAST_AT, FORM = 444, 446, 834, 1222
SCALE_FLAG, SCALE_KIND, EXPONENT, RELATIVE, FIRST = 1422, 1430, 1494, 2270, 2272
CORRECTION, LAST, BELOW_MIN, ABOVE_MAX = 3436, 3824, 6388, 8952
STEP, INCREASE, SUM_FLAG, SUM, SUM_BITS = 11516, 14080, 16644, 16652, 21264
SKETCH_FLAG, BINS, BIN_STEP, BIN_COUNT, FEW, MANY = 21652, 21654, 22042, 22430, 22818, 22882
FIELD_CLASSES, WIDE_CLASSES = 18, 34
INTERVALS = {1: 60_000, 2: 300_000, 3: 900_000, 4: 3_600_000}
COUNTS = 4
UNCHANGED, CONSTANT, PLAIN, ODD = range(4)

# The smallest significands that are a 35th root of a power of two or more, by whole numbers alone.
BOUNDARIES = []
for power in range(35):
    low, high, target = 1 << 52, 1 << 53, 1 << 35 * 52 + power
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**35 >= target else (middle + 1, high)
    BOUNDARIES.append(low)


def key(value):
    """The bin of a value."""
    bits = bits_of(value)
    exponent, significand = bits >> 52 & 0x7FF, bits & (1 << 52) - 1 | 1 << 52
    if exponent == 0:
        return 0
    magnitude = 35 * (exponent - 1) + sum(bound <= significand for bound in BOUNDARIES)
    return -magnitude if bits >> 63 else magnitude


def zigzag(value):
    return value >> 1 ^ -(value & 1)


class Memory:
    """What is known of one series."""

    def __init__(self, last):
        self.last, self.has_row, self.scale = last, False, None
        self.shape, self.form = None, 4
        self.correction = self.step = self.increase = 0
        self.classes = {}


class Row:
    def __init__(self, count, last_at, counter):
        self.count, self.last_at, self.counter = count, last_at, counter
        self.sum = self.min = self.max = self.last = self.first = self.carried = 0.0
        self.bins, self.collapsed = None, False

    def is_constant(self):
        same = bits_of(self.min) == bits_of(self.last) == bits_of(self.max)
        return same and (not self.counter or bits_of(self.first) == bits_of(self.last) and self.carried == 0)


class Rollups:
    def __init__(self, envelope):
        need(envelope.flags == 0, "unknown flags")
        header = Reader(envelope.content)
        self.rung = header.byte()
        need(self.rung in INTERVALS, "an unknown rung")
        self.length = INTERVALS[self.rung]
        self.first_interval = header.signed()
        self.intervals = header.count(1440)
        self.series_count, self.row_count = header.count(65_536), header.count(65_536)
        self.watermark = header.count(1_000_000)
        self.coder = ArithmeticDecoder(header.rest(), [1 << 21] * CELLS, [0] * CELLS)
        self.shapes = [[] for _ in range(self.intervals)]
        self.forms = [4] * self.intervals
        self.previous_shape, self.was_same, self.was_counter = 5, 0, 0
        self.scale, self.previous_first = (BINARY, 0), 0
        self.presence = [1] * self.intervals
        self.rows = []
        self.read()
        self.coder.finish()

    def read(self):
        coder, number = self.coder, -1
        for _ in range(self.series_count):
            number += 1 + coder.number(SERIES)
            need(number < self.watermark, "a series above the watermark")
            self.read_presence()
            self.was_counter = coder.bit(COUNTER + self.was_counter)
            memory = Memory(self.previous_first)
            for interval in range(self.intervals):
                if self.presence[interval]:
                    start = (self.first_interval + interval) * self.length
                    self.rows.append((number, start, self.row(start, interval, memory)))
        need(len(self.rows) == self.row_count, "another number of rows")
        need(number == self.watermark - 1, "another watermark")

    def read_presence(self):
        self.was_same = self.coder.bit(SAME + self.was_same)
        if self.was_same:
            return
        before, above = 1, self.presence
        self.presence = []
        for interval in range(self.intervals):
            before = self.coder.bit(PRESENT + 2 * before + above[interval])
            self.presence.append(before)

    def row(self, start, interval, memory):
        count, last_at = self.shape(interval, memory)
        need(count > 0 and 0 <= last_at < self.length, "a shape of another interval")
        row = Row(count, start + last_at, self.was_counter)
        if self.rung == COUNTS:
            return row
        form = self.coder.tree(2, FORM + 4 * (5 * (memory.form + 5 * self.was_counter) + self.forms[interval]))
        memory.form = self.forms[interval] = form
        if form in (UNCHANGED, CONSTANT):
            bits = memory.last
            if form == CONSTANT:
                self.read_scale(memory)
                bits = self.value(self.next(memory), memory)
            row.min = row.max = row.last = row.first = double_of(bits)
            row.sum = row.last * float(count)
        elif form == ODD:
            self.odd(row)
        else:
            self.read_scale(memory)
            (self.counter if row.counter else self.gauge)(row, memory)
        memory.last = bits_of(row.last)
        if not memory.has_row:
            self.previous_first = memory.last
        memory.has_row = True
        return row

    def shape(self, interval, memory):
        kept = self.shapes[interval]
        chosen = self.coder.tree(3, SHAPE + 8 * self.previous_shape)
        self.previous_shape = min(chosen, 4)
        if chosen < len(kept):
            shape = kept.pop(chosen)
        else:
            need(chosen == 4, "a shape that is not there")
            count, last_at = memory.shape or (0, 0)
            if not self.coder.bit(SAME_COUNT + (memory.shape is not None)):
                count = self.coder.number(COUNT)
            shape = (count, signed64(last_at + self.coder.signed(LAST_AT)))
        kept.insert(0, shape)
        del kept[4:]
        memory.shape = shape
        return shape

    def read_scale(self, memory):
        if memory.scale:
            return
        if not self.coder.bit(SCALE_FLAG + self.scale[0]):
            kind = min(self.coder.tree(3, SCALE_KIND + 8 * self.scale[0]), BITS)
            exponent = 6 if kind == TWICE else 0
            if kind not in (TWICE, BITS):
                exponent = self.coder.signed(EXPONENT + (388 if kind != BINARY else 0))
                low, high = (-1022, 1022) if kind == BINARY else (1, 18)
                exponent = min(max(exponent, low), high)
            self.scale = (kind, exponent)
        memory.scale = self.scale

    # Numbers

    def classed(self, context, which, classes):
        length = self.coder.tree(7, context + 128 * which)
        return self.coder.below(min(length, 64), context + 128 * classes) if length else 0

    def field(self, context, memory):
        value = self.classed(context, memory.classes.get(context, 17), FIELD_CLASSES)
        memory.classes[context] = min(value.bit_length(), 16)
        return value

    def known(self, memory):
        bits = memory.last
        if bits >> 52 & 0x7FF == 0x7FF or bits == 1 << 63:
            return None
        return integer(memory.scale, double_of(bits))

    def next(self, memory):
        known = self.known(memory)
        if not memory.has_row or known is None:
            return self.first(memory)
        return signed64(known + zigzag(self.field(LAST, memory)))

    def first(self, memory):
        if self.coder.bit(RELATIVE):
            return signed64((self.known(memory) or 0) + self.coder.signed(FIRST + 776))
        return self.coder.signed(FIRST + (0 if memory.scale == (BINARY, 0) else 388))

    def value(self, number, memory):
        if memory.scale[0] == CORRECTED:
            memory.correction = signed64(memory.correction + self.coder.signed(CORRECTION))
        return bits_of(double(memory.scale, number, memory.correction))

    # Forms

    def counter(self, row, memory):
        known = self.known(memory)
        if not memory.has_row or known is None:
            first = self.first(memory)
        else:
            memory.step = signed64(memory.step + zigzag(self.field(STEP, memory)))
            first = signed64(known + memory.step)
        row.first = row.min = double_of(self.value(first, memory))
        memory.increase = signed64(memory.increase + zigzag(self.field(INCREASE, memory)))
        row.last = row.max = double_of(self.value(signed64(first + memory.increase), memory))
        row.sum = row.last * float(row.count) if row.is_constant() else (row.min / 2 + row.max / 2) * float(row.count)

    def gauge(self, row, memory):
        last = self.next(memory)
        row.last = double_of(self.value(last, memory))
        under = self.field(BELOW_MIN, memory)
        lowest = signed64(last - under)
        row.min = double_of(self.value(lowest, memory))
        over = self.field(ABOVE_MAX, memory)
        row.max = double_of(self.value(signed64(last + over), memory))
        row.sum = self.sum(row, lowest, under + over, memory)
        self.sketch(row)

    def sum(self, row, lowest, spread, memory):
        if row.count <= 2:
            return row.min + row.max
        kind = memory.scale[0]
        if kind != BITS and self.coder.bit(SUM_FLAG + kind):
            product = row.count * spread & (1 << 64) - 1
            guess = signed64(lowest * row.count + product // 2)
            residual = zigzag(self.classed(SUM, (product.bit_length() + 1) // 2, WIDE_CLASSES))
            return double_of(self.value(signed64(guess + residual), memory))
        guess = place(bits_of((row.min / 2 + row.max / 2) * float(row.count)))
        return double_of(at_place(guess + self.coder.signed(SUM_BITS)))

    def odd(self, row):
        row.sum, row.min, row.max, row.last = (double_of(self.coder.raw(64)) for _ in range(4))
        if row.counter:
            row.first, row.carried = (double_of(self.coder.raw(64)) for _ in range(2))
        elif not row.is_constant():
            self.sketch(row)

    # Sketches

    def sketch(self, row):
        row.bins = {}
        if self.coder.bit(SKETCH_FLAG):
            known = {key(row.min), key(row.max), key(row.last)}
            need(row.count >= len(known), "fewer values than bins")
            row.bins = dict.fromkeys(known, 1)
            self.divide(row.count - len(known), key(row.min), key(row.max), row.bins)
            return
        row.collapsed = bool(self.coder.bit(SKETCH_FLAG + 1))
        bin_key = 0
        for _ in range(self.coder.number(BINS)):
            bin_key += self.coder.signed(BIN_STEP)
            row.bins[bin_key] = self.coder.number(BIN_COUNT)

    def divide(self, left, low, high, bins):
        if left == 0:
            return
        if low >= high:
            bins[low] = bins.get(low, 0) + left
            return
        middle = low + high >> 1
        if left < 8:
            lower = self.coder.tree(3, FEW + 8 * left)
        else:
            lower = left // 2 + zigzag(self.classed(MANY, (left.bit_length() + 1) // 2, WIDE_CLASSES))
        need(0 <= lower <= left, "more values than there are")
        self.divide(lower, low, middle, bins)
        self.divide(left - lower, middle + 1, high, bins)


def lines(envelope, _):
    segment = Rollups(envelope)
    yield f"rollups {segment.rung} {segment.watermark}"
    for number, start, row in segment.rows:
        text = f"rollup {number} {start} {row.count}"
        if segment.rung != COUNTS:
            values = [row.sum, row.min, row.max, row.last] + ([row.first, row.carried] if row.counter else [])
            text += f" {row.last_at} " + " ".join(f"{bits_of(value):016x}" for value in values)
            if row.bins is not None:
                text += " collapsed" if row.collapsed else ""
                text += "".join(f" {bin_key}:{count}" for bin_key, count in sorted(row.bins.items()))
        yield text
