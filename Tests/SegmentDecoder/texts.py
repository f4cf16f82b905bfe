"""The model of texts in catalogues of version 2, after Shared/README.md ("Texts")."""

from wire import need

MASK = 0xFFFFFFFF
END = 0xFF
CURVE = [
    1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047,
    2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
]  # fmt: skip


def squash(value):
    part, place = value & 127, (value >> 7) + 16
    return CURVE[place] * (128 - part) + CURVE[place + 1] * part + 64 >> 7


def stretched():
    table = []
    for value in range(-2047, 2048):
        while len(table) <= squash(value):
            table.append(value)
    return table + [2047] * (4096 - len(table))


STRETCH = stretched()


def mix(one, other):
    mixed = (one * 0x9E3779B1 & MASK) ^ ((other + 1) * 0x85EBCA6B & MASK)
    return mixed ^ mixed >> 15


def is_word(byte):
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or byte >= 0x61


def learnt(cell, bit, rate):
    """A cell (P, N) after a bit; `rate` is that of its N."""
    target = (1 << 22) - 1 if bit else 0
    return cell[0] + ((target - cell[0]) * rate >> 16), min(cell[1] + 1, 255)


class TextModel:
    def __init__(self, coder, count):
        self.coder = coder
        self.shift = 32 - (14 if count < 128 else 17)
        self.history = [END] * 6
        self.cells = [{} for _ in range(8)]
        self.match_cells = [(1 << 21, 0)] * 64
        self.weights = [[18_750] * 9 for _ in range(24)]
        self.ends = {}
        self.match, self.length = 0, 0
        self.total = 0

    def read(self, role, beside, limit):
        text, word, whole, word_length, place, along = bytearray(), 0, role, 0, 0, 1
        while True:
            expected = beside[place] if place < len(beside) else END
            contexts = self.contexts(word, whole, expected << 9 | along << 8)
            byte = self.byte(contexts, 2 * min(word_length, 3) + along)
            self.total += 1
            need(self.total <= 1_048_576, "too much text")
            if byte == END:
                return bytes(text)
            text.append(byte)
            need(len(text) <= limit, "a text that is too long")
            whole = mix(whole, byte)
            if is_word(byte):
                mixed = (word + byte + 1) * 0x9E3779B1 & MASK
                word, word_length = mixed ^ mixed >> 15, word_length + 1
            else:
                word = word_length = 0
            if along and expected == byte:
                place += 1
                continue
            along = 0
            if not is_word(byte) and byte in beside[place:]:
                place, along = beside.index(byte, place) + 1, 1

    def contexts(self, word, whole, beside):
        one, second, third, fourth, fifth = reversed(self.history[-5:])
        two = one + (second << 8)
        three = two + (third << 16)
        four = three + (fourth << 24)
        slot = mix(four, 9) >> 16
        if self.length == 0:
            self.match = self.ends.get(slot, 0)
            count = len(self.history)
            while (
                self.length < min(self.match, 32)
                and self.history[self.match - 1 - self.length] == self.history[count - 1 - self.length]
            ):
                self.length += 1
            if self.length < 4:
                self.length = 0
        self.ends[slot] = len(self.history)
        return [
            mix(one, 1), mix(two, 2), mix(three, 3), mix(four, 4),
            mix(mix(four, fifth), 5), mix(word, 6), mix(whole, 7), mix(beside, 8),
        ]  # fmt: skip

    def byte(self, contexts, situation):
        predicted = 256 | self.history[self.match] if self.length else 0
        node = 1
        for shift in range(7, -1, -1):
            matching = predicted >> shift + 1 == node
            kind = (1 if self.length < 8 else 2) if matching else 0
            node = 2 * node + self.bit(contexts, node, predicted >> shift & 1 if matching else None, 8 * kind + situation)
        byte = node & 255
        if self.length and self.history[self.match] == byte:
            self.match, self.length = self.match + 1, min(self.length + 1, 32)
        else:
            self.length = 0
        self.history.append(byte)
        return byte

    def bit(self, contexts, node, predicted, chosen):
        start = (1 << 21, 0)
        places = [((context + node * 0x2545F491) * 0x9E3779B1 & MASK) >> self.shift for context in contexts]
        cells = [table.get(place, start) for table, place in zip(self.cells, places)]
        inputs = [STRETCH[cell[0] >> 10] for cell in cells]
        match_cell = 2 * self.length - 2 + (predicted or 0)
        if predicted is None:
            inputs.append(0)
        else:
            inputs.append(STRETCH[min(max(self.match_cells[match_cell][0] >> 6, 32), 65_504) >> 4])
        weights = self.weights[chosen]
        total = sum(weight * value for weight, value in zip(weights, inputs)) >> 16
        mixed = squash(min(max(total, -2047), 2047))
        bit = self.coder.bit_with(16 * mixed + 8)
        error = 48 * ((4095 if bit else 0) - mixed)
        for index, value in enumerate(inputs):
            moved = weights[index] + (value * error + 32_768 >> 16)
            weights[index] = min(max(moved, -(1 << 20)), 1 << 20)
        for table, place, cell in zip(self.cells, places, cells):
            table[place] = learnt(cell, bit, 655_360 // (10 * cell[1] + 12))
        if predicted is not None:
            cell = self.match_cells[match_cell]
            self.match_cells[match_cell] = learnt(cell, bit, 131_072 // (2 * cell[1] + 3))
        return bit
