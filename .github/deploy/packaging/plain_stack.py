"""Marks the stack of a 64-bit program as data, which a hardened unit requires. Usage: plain_stack.py PROGRAM

Swift links what writes crash traces with an assembler file that does not say that it needs no code on the stack.
"""

import pathlib
import struct
import sys

STACK, EXECUTABLE = 0x6474E551, 1

file = pathlib.Path(sys.argv[1])
content = bytearray(file.read_bytes())
if content[:6] != b"\x7fELF\x02\x01":
    sys.exit(f"{file} is not a 64-bit ELF program of this byte order")
(start,) = struct.unpack_from("<Q", content, 32)
size, count = struct.unpack_from("<HH", content, 54)
for header in range(start, start + size * count, size):
    kind, flags = struct.unpack_from("<II", content, header)
    if kind == STACK:
        struct.pack_into("<I", content, header + 4, flags & ~EXECUTABLE)
file.write_bytes(content)
