"""Changes of bytes, drawn by chance: what transfers, editors and enemies do to files."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

TOKENS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"\r", b"\n\n", b"\t"),
    *(b'"', b'""', b"'", b",", b";", b"\\", b"{", b"}", b"[", b"]", b":", b"- ", b"&a", b"*a", b"(" * 300, b"[" * 3000),
    *(b"-1", b"1e309", b"nan", b"9" * 40, b"0000-00-00", b"9999-12-31", b"NULL", b"\\N", b"A" * 5000),
    *(b"!!python/object:os.system", b"=cmd|' /C calc'!A0", b"'; DROP TABLE people; --", b"read_csv('/etc/passwd')"),
    *(b"../../etc/passwd", b"<!ENTITY", b"PK\x03\x04", b"PAR1", b"SELECT", b"FROM"),
)
Mutation = Callable[[bytes, Random], bytes]


def _place(content: bytes, random: Random) -> int:
    return random.randrange(len(content) + 1)


def flip(content: bytes, random: Random) -> bytes:
    """Change single bits."""
    changed = bytearray(content)
    for _ in range(random.choice([1, 1, 3, 20])):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(content: bytes, random: Random) -> bytes:
    """Keep the beginning."""
    return content[: _place(content, random)]


def drop(content: bytes, random: Random) -> bytes:
    """Take a piece out."""
    start = _place(content, random)
    return content[:start] + content[start + random.choice([1, 4, 40]) :]


def double(content: bytes, random: Random) -> bytes:
    """Put a piece in twice."""
    start = _place(content, random)
    return content[: start + random.choice([1, 20, 200])] + content[start:]


def insert(content: bytes, random: Random) -> bytes:
    """Put in something that means something to a reader."""
    start = _place(content, random)
    return content[:start] + random.choice(TOKENS) + content[start:]


def swap(content: bytes, random: Random) -> bytes:
    """Exchange two pieces."""
    first, second = sorted((_place(content, random), _place(content, random)))
    size = random.choice([1, 8, 30])
    return (
        content[:first]
        + content[second : second + size]
        + content[first + size : second]
        + content[first : first + size]
        + content[second + size :]
    )


MUTATIONS: tuple[Mutation, ...] = (flip, cut, drop, double, insert, insert, swap)


def mutated(content: bytes, random: Random) -> bytes:
    """Return content after one to three changes."""
    for _ in range(random.choice([1, 1, 2, 3])):
        content = random.choice(MUTATIONS)(content, random)
    return content
