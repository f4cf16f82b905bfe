"""Rollup segments, after Shared/README.md ("Rollups (kind 4)")."""

from entropy import ArithmeticDecoder
from scales import BINARY, BITS, CORRECTED, TWICE, at_place, bits_of, double, double_of, integer, place
from wire import Reader, need, signed64

SERIES, COUNTER, SAME, PRESENT, SHAPE, SAME_COUNT, COUNT, LAST_AT = 0, 388, 390, 392, 396, 444, 446, 834
FORM, SCALE_FLAG, SCALE_KIND, EXPONENT, RELATIVE, FIRST = 1222, 1422, 1430, 1494, 2270, 2272
CORRECTION, LAST, BELOW_MIN, ABOVE_MAX, STEP, INCREASE = 3436, 3824, 6388, 8952, 11516, 14080
SUM_FLAG, SUM, SUM_BITS, SKETCH_FLAG, BINS = 16644, 16652, 21264, 21652, 21654
BIN_STEP, BIN_COUNT, FEW, MANY, CELLS = 22042, 22430, 22818, 22882, 27494
UNCHANGED, CONSTANT, PLAIN, ODD = range(4)
SECONDS = {1: 60, 2: 300, 3: 900, 4: 3600}


def unfolded(value):
    return value >> 1 ^ -(value & 1)


def clamp(value, low, high):
    return min(max(value, low), high)


def is_exception(bits):
    return bits >> 52 & 0x7FF == 0x7FF or bits == 1 << 63


def bin_key(bits):
    """The bin of DDSketch that a double is in."""
    exponent, negative = bits >> 52 & 0x7FF, bits >> 63
    if exponent == 0:
        key = 0
    elif exponent == 0x7FF:
        key = 71_611
    else:
        significand = 1 << 52 | bits & (1 << 52) - 1
        key = 35 * (exponent - 1) + (significand**35).bit_length() - 1 - 35 * 52 + 1
    return -key if negative else key


class Memory:
    """What is known of the series that is being read."""

    def __init__(self, counter, last):
        self.counter, self.last = counter, last
        self.scale, self.has_scale, self.has_row = (BINARY, 0), False, False
        self.correction = self.step = self.increase = 0
        self.shape, self.form = None, 4
        self.classes = {LAST: 17, BELOW_MIN: 17, ABOVE_MAX: 17, STEP: 17, INCREASE: 17}


class Rollups:
    def __init__(self, envelope):
        need(envelope.flags == 0, "unknown flags")
        header = Reader(envelope.content)
        self.rung = header.byte()
        length = 1000 * SECONDS[self.rung]
        first, intervals = header.signed(), header.count(1440)
        series_count, row_count, self.watermark = header.varint(), header.count(65_536), header.varint()
        self.coder = ArithmeticDecoder(header.rest(), [1 << 21] * CELLS, [0] * CELLS)
        self.shapes = [[] for _ in range(intervals)]
        self.forms = [4] * intervals
        self.last_shape, self.last_same, self.last_counter = 5, 0, 0
        self.scale, self.first_bits, self.presence = (BINARY, 0), 0, [1] * intervals
        self.rows, number = [], -1
        for _ in range(series_count):
            number += 1 + self.coder.number(SERIES)
            presence = self.read_presence()
            counter = self.last_counter = self.coder.bit(COUNTER + self.last_counter)
            memory = Memory(counter, self.first_bits)
            for interval in range(intervals):
                if presence[interval]:
                    start = (first + interval) * length
                    self.rows.append([number, start] + self.read_row(interval, start, memory))
        self.coder.finish()
        need(len(self.rows) == row_count and number + 1 == self.watermark, "counts")

    def read_presence(self):
        self.last_same = self.coder.bit(SAME + self.last_same)
        if not self.last_same:
            before, presence = 1, []
            for above in self.presence:
                before = self.coder.bit(PRESENT + 2 * before + above)
                presence.append(before)
            self.presence = presence
        return self.presence

    def classed(self, context, size, classes):
        length = self.coder.tree(7, context + 128 * size)
        return self.coder.below(min(length, 64), context + 128 * classes) if length else 0

    def field(self, memory, context):
        value = self.classed(context, memory.classes[context], 18)
        memory.classes[context] = min(value.bit_length(), 16)
        return value

    def read_shape(self, interval, memory):
        coder, kept = self.coder, self.shapes[interval]
        choice = coder.tree(3, SHAPE + 8 * self.last_shape)
        self.last_shape = min(choice, 4)
        if choice < len(kept):
            shape = kept.pop(choice)
        else:
            need(choice == 4, "a shape that is not there")
            count, at = memory.shape or (0, 0)
            if not coder.bit(SAME_COUNT + (memory.shape is not None)):
                count = coder.number(COUNT)
            shape = (count, at + coder.signed(LAST_AT))
            del kept[3:]
        kept.insert(0, shape)
        memory.shape = shape
        return shape

    def read_row(self, interval, start, memory):
        count, last_at = self.read_shape(interval, memory)
        if self.rung == 4:
            return [count]
        before = 5 * ((5 if memory.counter else 0) + memory.form) + self.forms[interval]
        form = memory.form = self.forms[interval] = self.coder.tree(2, FORM + 4 * before)
        values, bins = self.read_values(form, count, memory)
        if not memory.has_row:
            self.first_bits = values[3]
        memory.last, memory.has_row = values[3], True
        return [count] + values[:4] + [start + last_at] + values[4:] + [part for item in bins for part in item]

    def read_values(self, form, count, memory):
        """Bits of sum, minimum, maximum, last and, of a counter, first and carried; and bins."""
        if form in (UNCHANGED, CONSTANT):
            bits = memory.last
            if form == CONSTANT:
                self.read_scale(memory)
                bits = self.value(self.following(memory), memory)
            with_first = [bits, 0] if memory.counter else []
            return [bits_of(double_of(bits) * float(count)), bits, bits, bits] + with_first, []
        if form == ODD:
            values = [self.coder.raw(64) for _ in range(6 if memory.counter else 4)]
            differ = len({values[1], values[2], values[3]}) > 1
            bins = self.read_sketch(count, values[1:4]) if differ and not memory.counter else []
            return values, bins
        self.read_scale(memory)
        return self.read_counter(count, memory) if memory.counter else self.read_gauge(count, memory)

    def read_counter(self, count, memory):
        known = self.known(memory) if memory.has_row else None
        if known is None:
            first = self.first(memory)
        else:
            memory.step = signed64(memory.step + unfolded(self.field(memory, STEP)))
            first = signed64(known + memory.step)
        low = self.value(first, memory)
        memory.increase = signed64(memory.increase + unfolded(self.field(memory, INCREASE)))
        high = self.value(signed64(first + memory.increase), memory)
        total = (double_of(low) / 2 + double_of(high) / 2) * float(count)
        return [bits_of(total), low, high, high, low, 0], []

    def read_gauge(self, count, memory):
        coder, last = self.coder, self.following(memory)
        last_bits = self.value(last, memory)
        under = self.field(memory, BELOW_MIN)
        low = signed64(last - under)
        low_bits = self.value(low, memory)
        over = self.field(memory, ABOVE_MAX)
        high_bits = self.value(signed64(last + over), memory)
        minimum, maximum = double_of(low_bits), double_of(high_bits)
        kind = memory.scale[0]
        if count <= 2:
            total = bits_of(minimum + maximum)
        elif kind != BITS and coder.bit(SUM_FLAG + kind):
            spread = count * (under + over & (1 << 64) - 1) & (1 << 64) - 1
            guess = signed64(low * count + (spread >> 1))
            rest = self.classed(SUM, (spread.bit_length() + 1) // 2, 34)
            total = self.value(signed64(guess + unfolded(rest)), memory)
        else:
            guess = place(bits_of((minimum / 2 + maximum / 2) * float(count)))
            total = at_place(guess + coder.signed(SUM_BITS))
        values = [total, low_bits, high_bits, last_bits]
        return values, self.read_sketch(count, values[1:4])

    def read_scale(self, memory):
        if memory.has_scale:
            return
        coder, before = self.coder, self.scale[0]
        memory.has_scale = True
        if not coder.bit(SCALE_FLAG + before):
            kind = min(coder.tree(3, SCALE_KIND + 8 * before), BITS)
            if kind == BINARY:
                exponent = clamp(coder.signed(EXPONENT), -1022, 1022)
            elif kind in (TWICE, BITS):
                exponent = 6 if kind == TWICE else 0
            else:
                exponent = clamp(coder.signed(EXPONENT + 388), 1, 18)
            self.scale = kind, exponent
        memory.scale = self.scale

    @staticmethod
    def known(memory):
        return None if is_exception(memory.last) else integer(memory.scale, double_of(memory.last))

    def first(self, memory):
        if self.coder.bit(RELATIVE):
            return signed64((self.known(memory) or 0) + self.coder.signed(FIRST + 776))
        return self.coder.signed(FIRST + (0 if memory.scale == (BINARY, 0) else 388))

    def following(self, memory):
        known = self.known(memory) if memory.has_row else None
        if known is None:
            return self.first(memory)
        return signed64(known + unfolded(self.field(memory, LAST)))

    def value(self, number, memory):
        if memory.scale[0] == CORRECTED:
            memory.correction = signed64(memory.correction + self.coder.signed(CORRECTION))
        return bits_of(double(memory.scale, number, memory.correction))

    def read_sketch(self, count, extremes):
        coder = self.coder
        if coder.bit(SKETCH_FLAG):
            keys = [bin_key(bits) for bits in extremes]
            bins = dict.fromkeys(keys, 1)
            need(keys[0] <= keys[1] and count >= len(bins), "a sketch")
            self.divide(count - len(bins), keys[0], keys[1], bins)
            return sorted(bins.items())
        coder.bit(SKETCH_FLAG + 1)
        key, bins = 0, []
        for _ in range(coder.number(BINS)):
            key += coder.signed(BIN_STEP)
            bins.append((key, coder.number(BIN_COUNT)))
        return bins

    def divide(self, count, low, high, bins):
        if count == 0:
            return
        if low == high:
            bins[low] = bins.get(low, 0) + count
            return
        middle = low + high >> 1
        if count < 8:
            left = self.coder.tree(3, FEW + 8 * count)
        else:
            left = (count >> 1) + unfolded(self.classed(MANY, (count.bit_length() + 1) // 2, 34))
        need(0 <= left <= count, "a sketch's bin")
        self.divide(left, low, middle, bins)
        self.divide(count - left, middle + 1, high, bins)
