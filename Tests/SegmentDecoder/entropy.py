"""The arithmetic decoder and its numbers, after Shared/README.md ("The arithmetic decoder")."""

from wire import need


class ArithmeticDecoder:
    def __init__(self, data, probabilities, counts):
        self.data, self.position = data, 0
        self.range, self.code = 0xFFFFFFFF, 0
        self.probabilities, self.counts = probabilities, counts
        for _ in range(4):
            self.code = self.code << 8 | self.next()

    def next(self):
        self.position += 1
        need(self.position <= len(self.data) + 4, "the stream ends too early")
        return self.data[self.position - 1] if self.position <= len(self.data) else 0

    def finish(self):
        need(self.position >= len(self.data), "bytes behind the stream")

    def normalise(self):
        while self.range < 1 << 24:
            self.range = self.range << 8
            self.code = (self.code << 8 | self.next()) & 0xFFFFFFFF

    def bit(self, context):
        probability, count = self.probabilities[context], self.counts[context]
        result = self.bit_with(min(max(probability >> 6, 32), 65_504))
        target = (1 << 22) - 1 if result else 0
        moved = (target - probability) * (131_072 // (2 * count + 3)) >> 16
        self.probabilities[context] = probability + moved
        self.counts[context] = min(count + 1, 255)
        return result

    def bit_with(self, probability):
        """A decision that is true with a probability of so many 65536ths."""
        bound = (self.range >> 16) * probability
        result = int(self.code < bound)
        if result:
            self.range = bound
        else:
            self.code -= bound
            self.range -= bound
        self.normalise()
        return result

    def raw(self, width):
        value = 0
        while width > 0:
            piece = min(width, 12)
            width -= piece
            self.range >>= piece
            bits = min(self.code // self.range, (1 << piece) - 1)
            self.code -= bits * self.range
            self.normalise()
            value = value << piece | bits
        return value

    def tree(self, width, context):
        node = 1
        for _ in range(width):
            node = 2 * node + self.bit(context + node)
        return node - (1 << width)

    def below(self, length, context):
        if length == 1:
            return 1
        high = self.bit(context + 4 * length)
        value = 2 + high
        if length > 2:
            value = 2 * value + self.bit(context + 4 * length + 1 + high)
        if length > 3:
            value = value << length - 3 | self.raw(length - 3)
        return value

    def number(self, context):
        length = self.tree(7, context)
        return self.below(min(length, 64), context + 128) if length else 0

    def signed(self, context):
        value = self.number(context)
        return value >> 1 ^ -(value & 1)
