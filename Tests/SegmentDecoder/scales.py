"""How whole numbers become doubles and back, after Shared/README.md ("Scales")."""

import struct

from wire import signed64

BINARY, DIVIDED, MULTIPLIED, CORRECTED, TWICE, BITS = range(6)


def bits_of(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def double_of(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def place(bits):
    """A double's place in the order of all doubles."""
    value = signed64(bits)
    return value ^ (1 << 63) - 1 if value < 0 else value


def at_place(value):
    value = signed64(value)
    return (value ^ (1 << 63) - 1 if value < 0 else value) & (1 << 64) - 1


def double(scale, number, correction=0):
    kind, exponent = scale
    value = float(number)
    if kind == BINARY:
        return value * 2.0**exponent
    if kind == DIVIDED:
        return value / 10.0**exponent
    if kind == MULTIPLIED:
        return value * float(f"1e-{exponent}")
    if kind == CORRECTED:
        return double_of(at_place(place(bits_of(value / 10.0**exponent)) + correction))
    if kind == TWICE:
        return value / 1000 / 1000
    return double_of(at_place(number))


def integer(scale, value):
    """The integer that stands for a double, or None."""
    kind, exponent = scale
    if kind == BITS:
        return place(bits_of(value))
    up = 2.0**-exponent if kind == BINARY else 1e6 if kind == TWICE else 10.0**exponent
    scaled = value * up
    if not abs(scaled) <= 2.0**53:
        return None
    number = int(scaled - 0.5 if scaled < 0 else scaled + 0.5)
    if kind == CORRECTED:
        distance = place(bits_of(value)) - place(bits_of(double((DIVIDED, exponent), number)))
        return number if abs(distance) <= 4096 else None
    return number if bits_of(double(scale, number)) == bits_of(value) else None
