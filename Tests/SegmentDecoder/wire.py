"""Envelope and numbers of segments, after Shared/README.md ("Segments", "Envelope")."""

import shutil
import subprocess

SEGMENT_BYTES = 262_144
BODY_BYTES = 8 << 20


class Malformed(Exception):
    """The bytes are not what the specification allows."""


def need(condition, what):
    if not condition:
        raise Malformed(what)


def crc32c(data):
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum ^= byte
        for _ in range(8):
            checksum = checksum >> 1 ^ (0x82F63B78 if checksum & 1 else 0)
    return checksum ^ 0xFFFFFFFF


def signed64(value):
    """Two's complement, wrapped around."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


class Reader:
    def __init__(self, data):
        self.data = data
        self.position = 0

    def take(self, count):
        need(count <= len(self.data) - self.position, "the bytes end too early")
        self.position += count
        return self.data[self.position - count : self.position]

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        value = 0
        for place in range(10):
            byte = self.byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                need(value < 1 << 64, "a varint of more than 64 bits")
                return value
        raise Malformed("a varint of more than ten bytes")

    def count(self, limit):
        value = self.varint()
        need(value <= limit, f"{value} is above {limit}")
        return value

    def signed(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def u32(self):
        return int.from_bytes(self.take(4), "little")

    def rest(self):
        return self.take(len(self.data) - self.position)

    def finish(self):
        need(self.position == len(self.data), "bytes are left over")


class Envelope:
    def __init__(self, data):
        need(len(data) <= SEGMENT_BYTES, "a segment that is too long")
        need(data[:2] == b"HS" and len(data) >= 9, "no segment")
        self.version, self.kind, self.flags = data[2:5]
        self.checksum = int.from_bytes(data[-4:], "little")
        need(crc32c(data[:-4]) == self.checksum, "a wrong checksum")
        self.content = data[5:-4]

    def body(self, reader):
        """What `reader` has reached, taken out of its zstd frame if it is in one."""
        need(self.flags in (0, 1), "unknown flags")
        rest = reader.rest()
        return unpack(rest) if self.flags == 1 else rest


def unpack(frame):
    # Python has no zstd of its own before 3.14; the command-line tool is as good a stranger.
    program = shutil.which("zstd")
    need(program, "the program zstd is missing (Debian: zstd)")
    limit = f"--memory={BODY_BYTES}"
    done = subprocess.run([program, "-dcq", limit], input=frame, capture_output=True, check=False)
    need(done.returncode == 0, f"zstd: {done.stderr.decode(errors='replace').strip()}")
    need(len(done.stdout) <= BODY_BYTES, "a body that is too long")
    return done.stdout
