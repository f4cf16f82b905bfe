"""Catalogue segments of version 2, after Shared/README.md ("Catalogue (kind 2)")."""

from entropy import ArithmeticDecoder
from records import text
from texts import TextModel
from wire import Reader, need

SAME_NAME, KIND, CANDIDATE, SAME_SHAPE, KNOWN_SHAPE, SHAPE_PLACE = 0, 16, 528, 544, 552, 560
SHAPE_SIZE, KNOWN_LABEL, LABEL_PLACE, SAME, NEXT, KNOWN = 948, 1336, 1344, 1732, 1988, 2116
PLACE, RESOLUTION, COEFFICIENT, EXPONENT, CELLS = 2148, 2536, 2544, 2932, 3320
SUFFIXES = [b"_total", b"_bucket", b"_sum", b"_count", b"_info", b"_seconds", b"_bytes"]


class Vocabulary:
    def __init__(self):
        self.texts, self.successors, self.last = [], {}, None
        self.same_history = self.next_history = 0

    def use(self, place):
        if self.last is not None and self.last != place:
            self.successors[self.last] = place
        self.last = place


class Row:
    name = shape = kind = same_name = 0
    values = ()
    resolution = None

    def key(self):
        return self.shape, tuple(self.values), self.same_name


class Catalogue:
    def __init__(self, envelope):
        need(envelope.flags == 0, "unknown flags")
        header = Reader(envelope.content)
        count, first = header.count(65_536), header.count(1_000_000)
        need(count >= 1 and first + count <= 1_000_000, "definitions")
        self.coder = ArithmeticDecoder(header.rest(), [1 << 21] * CELLS, [0] * CELLS)
        self.texts = TextModel(self.coder, count)
        self.label_names, self.vocabularies = [b"__name__"], [Vocabulary()]
        self.shapes, self.rows, self.following = [], [], {}
        self.name_history = self.candidate_history = self.shape_history = 0
        self.definitions, labels = [], 0
        for number in range(first, first + count):
            row = self.read_row()
            labels += len(row.values)
            need(labels <= 1_048_576, "too many labels")
            self.definitions.append((number, row.kind, row.resolution, self.labels_of(row)))
        self.coder.finish()

    def labels_of(self, row):
        pairs = [(b"__name__", self.vocabularies[0].texts[row.name])]
        for label, value in zip(self.shapes[row.shape], row.values):
            pairs.append((self.label_names[label], self.vocabularies[label].texts[value]))
        return [(text(name), text(value)) for name, value in sorted(pairs) if value]

    def listed(self, count, context):
        distance = self.coder.number(context)
        need(distance < count, "a place outside of its list")
        return count - 1 - distance

    def read_row(self):
        previous = self.rows[-1] if self.rows else None
        guess = self.following.get(previous.key()) if previous else None
        row = Row()
        self.read_name(row, previous, guess)
        self.read_resolution(row, previous)
        if not self.read_candidate(row, guess):
            self.read_shape(row, previous)
            changed, row.values = 0, []
            for label in self.shapes[row.shape]:
                place, changed = self.read_value(label, changed)
                row.values.append(place)
        self.vocabularies[0].use(row.name)
        for label, place in zip(self.shapes[row.shape], row.values):
            self.vocabularies[label].use(place)
        if previous:
            self.following[previous.key()] = row
        self.rows.append(row)
        return row

    def read_name(self, row, previous, guess):
        if previous:
            expected = (1 if guess.same_name else 2) if guess else 0
            row.same_name = self.coder.bit(SAME_NAME + 4 * expected + self.name_history)
            self.name_history = (2 * self.name_history & 3) + row.same_name
        if row.same_name:
            row.name, row.kind = previous.name, previous.kind
            return
        row.name = self.read_word(0)
        name = self.vocabularies[0].texts[row.name]
        ending = next((place for place, end in enumerate(SUFFIXES, 1) if name.endswith(end)), 0)
        row.kind = self.coder.tree(3, KIND + 8 * (8 * ending + (previous.kind if previous else 0)))

    def read_resolution(self, row, previous):
        coder = self.coder
        if coder.bit(RESOLUTION + row.same_name):
            row.resolution = previous.resolution if previous else None
        elif coder.bit(RESOLUTION + 2):
            coefficient, exponent = coder.number(COEFFICIENT), coder.signed(EXPONENT)
            row.resolution = resolution(coefficient, exponent)

    def read_candidate(self, row, guess):
        if not guess or guess.same_name != row.same_name:
            return False
        hit = self.coder.bit(CANDIDATE + 2 * self.candidate_history + row.same_name)
        self.candidate_history = (2 * self.candidate_history & 7) + hit
        if hit:
            row.shape, row.values = guess.shape, guess.values
        return hit

    def read_shape(self, row, previous):
        if previous:
            same = self.coder.bit(SAME_SHAPE + 2 * self.shape_history + row.same_name)
            self.shape_history = (2 * self.shape_history & 3) + same
            if same:
                row.shape = previous.shape
                return
            if self.coder.bit(KNOWN_SHAPE + row.same_name):
                row.shape = self.listed(len(self.shapes), SHAPE_PLACE)
                return
        size = self.coder.number(SHAPE_SIZE)
        need(size <= 64, "too many labels")
        shape = []
        for _ in range(size):
            if self.coder.bit(KNOWN_LABEL):
                shape.append(self.listed(len(self.label_names), LABEL_PLACE))
            else:
                self.label_names.append(self.texts.read(1, b"", 1024))
                self.vocabularies.append(Vocabulary())
                shape.append(len(self.label_names) - 1)
        names = [self.label_names[label] for label in shape]
        need(names == sorted(set(names)) and 0 not in shape, "labels out of order")
        row.shape = len(self.shapes)
        self.shapes.append(shape)

    def read_value(self, label, changed):
        vocabulary, slot = self.vocabularies[label], min(label, 31)
        if vocabulary.last is not None:
            same = self.coder.bit(SAME + 8 * slot + 2 * vocabulary.same_history + changed)
            vocabulary.same_history = (2 * vocabulary.same_history & 3) + same
            if same:
                return vocabulary.last, changed
            changed = 1
        place = self.read_word(label)
        need(vocabulary.texts[place], "a label without a value")
        return place, changed

    def read_word(self, label):
        vocabulary, slot = self.vocabularies[label], min(label, 31)
        if vocabulary.last in vocabulary.successors:
            following = self.coder.bit(NEXT + 4 * slot + vocabulary.next_history)
            vocabulary.next_history = (2 * vocabulary.next_history & 3) + following
            if following:
                return vocabulary.successors[vocabulary.last]
        count = len(vocabulary.texts)
        if count and self.coder.bit(KNOWN + slot):
            return self.listed(count, PLACE)
        beside = b"" if vocabulary.last is None else vocabulary.texts[vocabulary.last]
        vocabulary.texts.append(self.texts.read(label + 2, beside, 4096))
        return count


def resolution(coefficient, exponent):
    """The step as a decimal, or None where it is out of range."""
    if not (1 <= coefficient <= 999_999):
        return None
    while coefficient % 10 == 0 and exponent < 12:
        coefficient, exponent = coefficient // 10, exponent + 1
    if not -12 <= exponent <= 12:
        return None
    if exponent >= 0:
        return f"{coefficient}{'0' * exponent}"
    digits = str(coefficient).rjust(1 - exponent, "0")
    return f"{digits[:exponent]}.{digits[exponent:]}"


def catalogue(envelope):
    """Definitions as (number, kind, resolution, labels)."""
    return Catalogue(envelope).definitions
