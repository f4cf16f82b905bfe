"""Metrics segments, after Shared/README.md ("Metrics (kind 1)")."""

import copy

from entropy import ArithmeticDecoder
from scales import BINARY, BITS, CORRECTED, DIVIDED, TWICE, bits_of, double, integer
from wire import Reader, need, signed64

HOLD, LINEAR, DRIFT, REFERENCE, MEAN = range(5)
CELLS = 8_196
GROUP, TIME, LIST, RUN, PARTIAL, ROWS = 0, 388, 1164, 1172, 1560, 1568
UNCHANGED, CONSTANT, EXCEPTION, EXCEPTION_KIND = 1956, 2020, 2036, 2044
SCALE_FLAG, SCALE_KIND, EXPONENT, FIRST = 2060, 2076, 2140, 2916
ABSOLUTE, RELATIVE, FIRST_SIGN, PREDICTOR = 2932, 3708, 4096, 4100
SAME, DISTANCE, ZERO, SIGN, LENGTH_TREE = 4340, 4344, 4732, 4804, 4828
EQUAL, ABOVE, MORE, BELOW, CORRECTION = 7004, 7020, 7036, 7548, 7808
EXCEPTIONS = [0x7FF8000000000001, 0x7FF8000000000000, 0x7FF0000000000002, 0x7FF << 52, 0xFFF << 52, 1 << 63]


class Memory:
    """What is known of one series."""

    def __init__(self):
        self.last = self.x = self.delta = self.drift = self.mean = self.correction = 0
        self.reference, self.scale, self.predictor = None, (BINARY, 0), HOLD
        self.expected = self.spread = self.residuals = self.activity = self.differences = 0
        self.signs = 1
        self.has_number = False
        self.was_exception = self.had_exceptions = self.was_partial = 0


class Group:
    def __init__(self, first):
        self.last, self.interval, self.series = first, 0, {}


class Context:
    """What a segment leaves for the one that follows it."""

    def __init__(self):
        self.probabilities, self.counts = [1 << 21] * CELLS, [0] * CELLS
        self.groups = {}


class Neighbours:
    """What the columns of a group know of those before them."""

    def __init__(self, rows):
        self.unchanged = self.constant = self.first = self.expected = 0
        self.scale, self.predictor = (BINARY, 0), HOLD
        self.changes, self.active = [0] * rows, []


def clamp(value, low, high):
    return min(max(value, low), high)


def predecessor(envelope):
    """The checksum of the segment that a predicted one needs, or None."""
    header = Reader(envelope.content)
    for _ in range(5):
        header.varint()
    return header.u32() if envelope.flags & 1 else None


class Metrics:
    """One segment. `contexts` holds what earlier ones left, by their checksum, and is added to."""

    def __init__(self, envelope, contexts):
        header = Reader(envelope.content)
        need(envelope.flags in (0, 1), "unknown flags")
        self.first = header.signed()
        self.last = self.first + header.count(7_200_000)
        sample_count, row_count = header.count(1_000_000), header.count(1_000_000)
        need(8 * (sample_count + row_count) <= 8 << 20, "too many samples")
        self.watermark = header.count(1_000_000)
        # Two segments may have one predecessor: its context is copied, not taken.
        context = copy.deepcopy(contexts[header.u32()]) if envelope.flags else Context()
        self.groups = context.groups
        self.coder = ArithmeticDecoder(header.rest(), context.probabilities, context.counts)
        self.samples, times = [], []
        group_count = self.coder.number(GROUP)
        need(group_count <= 4096, "too many groups")
        seen = set()
        for _ in range(group_count):
            group = self.coder.number(GROUP)
            need(group not in seen, "a group twice")
            seen.add(group)
            times += self.read_group(group, row_count - len(times))
        self.coder.finish()
        need(len(self.samples) == sample_count and len(times) == row_count, "counts")
        need(not times or (min(times), max(times)) == (self.first, self.last), "times")
        contexts[envelope.checksum] = context

    def read_group(self, number, most_rows):
        coder = self.coder
        rows = coder.number(GROUP)
        need(1 <= rows <= most_rows, "rows")
        known = number in self.groups
        group = self.groups.setdefault(number, Group(self.first))
        times = [self.read_time(group, known, row) for row in range(rows)]
        old, listed = self.read_list(group, known)
        beside = Neighbours(rows)
        whole, was_partial = coder.bit(PARTIAL), 0
        for series in listed:
            need(series < self.watermark, "a series above the watermark")
            memory, present = group.series[series], list(range(rows))
            if not whole:
                was_partial = coder.bit(PARTIAL + 1 + was_partial + 2 * memory.was_partial)
                memory.was_partial = was_partial
                if was_partial:
                    present = self.read_presence(rows)
            values = self.read_column(series, memory, series in old, present, rows, beside)
            self.samples += [(number, times[row], series, bits) for row, bits in zip(present, values)]
        return times

    def read_time(self, group, known, row):
        error = self.coder.signed(TIME if not known and row < 2 else TIME + 388)
        at = signed64(group.last + group.interval + error)
        if known or row > 0:
            if abs(error) < abs(group.interval) >> 3:
                group.interval = signed64(group.interval + (error >> 2))
            else:
                group.interval = signed64(at - group.last)
        group.last = at
        return at

    def read_list(self, group, known):
        """The listed series that the group knew before, and all that are listed."""
        coder, before = self.coder, sorted(group.series)
        if known and coder.bit(LIST):
            return set(before), before
        old, previous = [], 1
        for series in before:
            previous = coder.bit(LIST + 1 + previous)
            if previous:
                old.append(series)
        count, fresh, following = coder.number(GROUP), [], 0
        while len(fresh) < count:
            following += coder.number(RUN)
            length = coder.number(RUN)
            need(1 <= length <= count - len(fresh) and following + length <= self.watermark, "a run of series")
            for series in range(following, following + length):
                need(series not in group.series, "a series twice")
                group.series[series] = Memory()
                fresh.append(series)
            following += length
        return set(old), sorted(old + fresh)

    def read_presence(self, rows):
        present, following = [], 0
        runs = self.coder.number(ROWS)
        need(1 <= runs <= rows, "runs of rows")
        for _ in range(runs):
            following += self.coder.number(ROWS)
            length = self.coder.number(ROWS)
            need(length >= 1 and following + length <= rows, "a run of rows")
            present += range(following, following + length)
            following += length
        return present

    def read_scale(self, memory, known, beside):
        coder, kind_before = self.coder, beside.scale[0]
        if coder.bit(SCALE_FLAG + (8 if known else 0) + kind_before):
            return memory.scale if known else beside.scale
        kind = min(coder.tree(3, SCALE_KIND + 8 * kind_before), BITS)
        if kind == BINARY:
            return kind, clamp(coder.signed(EXPONENT), -1022, 1022)
        if kind in (TWICE, BITS):
            return kind, 6 if kind == TWICE else 0
        return kind, clamp(coder.signed(EXPONENT + 388), 1, 18)

    def read_reference(self, memory, beside):
        coder, active = self.coder, beside.active
        near = [place for place in range(max(0, len(active) - 64), len(active)) if active[place][0] == memory.reference]
        if near and coder.bit(SAME):
            return active[near[0]]
        distance = min(coder.number(DISTANCE), 63) + 1
        return active[-distance] if distance <= len(active) else None

    def read_column(self, series, memory, known, present, rows, beside):
        coder, constant = self.coder, 0
        if known:
            unchanged = coder.bit(UNCHANGED + 4 * (memory.activity & 15) + beside.unchanged)
            beside.unchanged = (2 * beside.unchanged & 3) + unchanged
            if unchanged:
                memory.activity = memory.activity << 1 & 255
                return [memory.last] * len(present)
        else:
            constant = coder.bit(CONSTANT + beside.constant)
            beside.constant = (2 * beside.constant & 7) + constant
        memory.had_exceptions = coder.bit(EXCEPTION + memory.had_exceptions)
        scale = beside.scale = self.read_scale(memory, known, beside)
        predictor, reference = HOLD, None
        if not constant:
            history = memory.predictor if known and memory.activity else 5
            predictor = coder.tree(3, PREDICTOR + 8 * (5 * history + beside.predictor))
            predictor = predictor if predictor <= MEAN else HOLD
            beside.predictor = predictor
            if predictor == REFERENCE:
                reference = self.read_reference(memory, beside)
        rescale(memory, scale)
        differences, values = [0] * rows, []
        for row in present[:1] if constant else present:
            bits, difference = self.read_sample(memory, predictor, reference, row, beside)
            values.append(bits)
            if not constant:
                differences[row] = difference
                beside.changes[row] = 1 if difference == 0 else 2
        if constant:
            values *= len(present)
        elif len(present) == rows:
            beside.active.append((series, scale, differences))
        memory.last, memory.predictor = values[-1], predictor
        if reference:
            memory.reference = reference[0]
        beside.expected = memory.expected
        memory.activity = (memory.activity << 1 | 1 - constant) & 255
        return values

    def read_sample(self, memory, predictor, reference, row, beside):
        coder, difference = self.coder, 0
        if memory.had_exceptions:
            memory.was_exception = coder.bit(EXCEPTION + 2 + memory.was_exception)
            if memory.was_exception:
                kind = coder.tree(3, EXCEPTION_KIND)
                return (EXCEPTIONS[kind] if kind < 6 else coder.raw(64)), 0
        if memory.has_number:
            expected = self.expectation(memory, predictor, reference, row)
            residual = self.read_residual(memory, predictor, beside.changes[row], beside)
            following = signed64(memory.x + expected + residual)
            difference = memory.delta = signed64(following - memory.x)
            change = signed64(signed64(16 * difference) - memory.drift) >> memory.differences
            memory.drift = signed64(memory.drift + change)
            memory.differences = min(memory.differences + 1, 3)
            memory.x = following
            memory.mean = signed64(memory.mean + (signed64(16 * following - memory.mean) >> 2))
        else:
            self.read_first(memory, beside)
        if memory.scale[0] == CORRECTED:
            memory.correction = signed64(memory.correction + coder.signed(CORRECTION))
        return bits_of(double(memory.scale, memory.x, memory.correction)), difference

    def read_first(self, memory, beside):
        coder, before = self.coder, beside.first
        kind = before if before in (0, 1) else 2
        if coder.bit(FIRST + kind):
            memory.x = before
        else:
            relative = coder.bit(FIRST + 4 + kind)
            negative = coder.bit(FIRST_SIGN + relative)
            absolute = ABSOLUTE + (0 if memory.scale == (BINARY, 0) else 388)
            size = coder.number(RELATIVE if relative else absolute)
            memory.x = signed64((-size if negative else size) + (before if relative else 0))
            beside.first = memory.x
        memory.has_number, memory.mean = True, signed64(16 * memory.x)

    @staticmethod
    def expectation(memory, predictor, reference, row):
        if predictor == LINEAR:
            return memory.delta
        if predictor == DRIFT:
            return signed64(memory.drift + 8) >> 4
        if predictor == MEAN:
            return (signed64(memory.mean + 8) >> 4) - memory.x
        if predictor == HOLD or reference is None:
            return 0
        _, scale, differences = reference
        if scale[0] != BINARY or memory.scale[0] != BINARY:
            return differences[row]
        shift = scale[1] - memory.scale[1]
        if shift < 0:
            return differences[row] >> -shift
        return signed64(differences[row] << shift) if shift < 64 else 0

    def read_residual(self, memory, predictor, change, beside):
        coder = self.coder
        group = {HOLD: 0, MEAN: 0, LINEAR: 1, DRIFT: 1, REFERENCE: 2}[predictor]
        zero = coder.bit(ZERO + 3 * (8 * group + (memory.residuals & 7)) + change)
        memory.residuals = (memory.residuals << 1 | 1 - zero) & 255
        if zero:
            return 0
        negative = coder.bit(SIGN + 8 * group + memory.signs)
        length = self.read_length(memory, beside)
        size = coder.below(length, BELOW)
        if memory.expected == 0:
            memory.expected, memory.spread = 16 * length, 16
        else:
            memory.spread = 3 * memory.spread + abs(16 * length - memory.expected) + 2 >> 2
            memory.expected = 3 * memory.expected + 16 * length + 2 >> 2
        memory.signs = 2 * memory.signs + negative
        if memory.signs >= 8:
            memory.signs = 4 + (memory.signs & 3)
        return -size if negative else size

    def read_length(self, memory, beside):
        coder = self.coder
        if memory.expected == 0:
            return clamp(coder.tree(7, LENGTH_TREE + 128 * min(beside.expected >> 6, 16)), 1, 64)
        expected = clamp(memory.expected + 8 >> 4, 1, 64)
        surety = sum(memory.spread >= limit for limit in (12, 24, 48))
        context = 4 * surety + ((memory.expected + 8 & 15) >> 2)
        if coder.bit(EQUAL + context):
            return expected
        above = 1 if expected == 1 else 0 if expected == 64 else coder.bit(ABOVE + context)
        step, end = (1, 64) if above else (-1, 1)
        length, count = expected + step, 0
        while length != end and coder.bit(MORE + 64 * (2 * surety + above) + count):
            length += step
            count += 1
        return length


def rescale(memory, scale):
    """Brings a series' memory to a new scale."""
    if memory.scale == scale:
        return
    if memory.has_number:
        old = (DIVIDED, memory.scale[1]) if memory.scale[0] == CORRECTED else memory.scale
        number = integer(scale, double(old, memory.x))
        memory.has_number = number is not None
        memory.x = number or 0
        memory.mean = signed64(16 * memory.x)
    memory.delta = memory.drift = memory.differences = memory.correction = memory.expected = 0
    memory.scale = scale
