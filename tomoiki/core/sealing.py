"""A stream sealed with a passphrase: scrypt for the key, AES-256-GCM for numbered chunks whose last one is marked.

The file: magic and version, cost of scrypt, salt, a check by which a wrong passphrase is known, a nonce's beginning;
then chunks of one mebibyte. The nonce of a chunk is that beginning, its number, and whether it is the last (the STREAM
construction), and each vouches for the header too: nothing can be cut off, added, swapped or changed unseen.
"""

import hmac
import secrets
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"tomoiki backup\n"
VERSION = 1
CHUNK = 2**20
TAG = 16  # what AES-GCM adds to a chunk
_HEADER = struct.Struct(
    f">{len(MAGIC)}sBBBB16s16s7s"
)  # magic, version, scrypt n r p, salt, check, nonce's beginning
_COST = (16, 8, 1)  # of scrypt: 64 MB and a tenth of a second for each guess
_MOST_COST = (20, 16, 4)  # a made-up file must not take all memory


class BackupFault(Exception):  # noqa: N818 - its kinds are named after the fact
    """A backup cannot be made or put back; says why and how to go on, in words."""

    words = ""

    def __str__(self) -> str:
        """Return the words."""
        return super().__str__() or self.words


class NotABackup(BackupFault):
    """It does not begin like one."""

    words = "This file is no backup of tomoiki."


class FromNewer(BackupFault):
    """Its form, or the schema in it, is of a later version."""

    words = "This backup was made by a newer tomoiki. Use that one."


class WrongPassphrase(BackupFault):
    """The passphrase is another one."""

    words = "The passphrase is wrong."


class Damaged(BackupFault):
    """Something is missing, added or changed."""

    words = "This backup is damaged or incomplete. Take another one."


def seal(parts: Iterable[bytes], target: BinaryIO, passphrase: str) -> None:
    """Write the parts, sealed; holds no more than a chunk of them."""
    salt, beginning = secrets.token_bytes(16), secrets.token_bytes(7)
    key, check = _derive(passphrase, salt, _COST)
    header = _HEADER.pack(MAGIC, VERSION, *_COST, salt, check, beginning)
    cipher = AESGCM(key)
    target.write(header)
    target.writelines(
        cipher.encrypt(_nonce(beginning, number, is_last), chunk, header)
        for number, (chunk, is_last) in enumerate(_in_chunks(parts))
    )


def unseal(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """Yield what was sealed, chunk by chunk; raise BackupFault, perhaps only at the end: then all of it is void."""
    header = source.read(_HEADER.size)
    if not header.startswith(MAGIC) or len(header) < _HEADER.size:
        raise NotABackup
    _magic, version, *cost, salt, check, beginning = _HEADER.unpack(header)
    if version > VERSION:
        raise FromNewer
    if any(given > most for given, most in zip(cost, _MOST_COST, strict=True)) or 0 in cost:
        raise Damaged
    key, found = _derive(passphrase, salt, (cost[0], cost[1], cost[2]))
    if not hmac.compare_digest(check, found):
        raise WrongPassphrase
    yield from _open(source, AESGCM(key), beginning, header)


def _open(source: BinaryIO, cipher: AESGCM, beginning: bytes, header: bytes) -> Iterator[bytes]:
    number, block = 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(beginning, number, not following), block, header)
        except (InvalidTag, ValueError):  # ValueError: shorter than a tag
            raise Damaged from None
        if not following:
            return
        number, block = number + 1, following


def _derive(passphrase: str, salt: bytes, cost: tuple[int, int, int]) -> tuple[bytes, bytes]:
    """Return the key and the check; a passphrase is the same whatever keyboard composed its letters."""
    logarithm, block, lanes = cost
    words = unicodedata.normalize("NFKC", passphrase).encode()
    derived = Scrypt(salt=salt, length=48, n=2**logarithm, r=block, p=lanes).derive(words)
    return derived[:32], derived[32:]


def _nonce(beginning: bytes, number: int, is_last: bool) -> bytes:
    return beginning + struct.pack(">IB", number, is_last)


def _in_chunks(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield chunks of one length and whether it is the last, which alone may be shorter, even empty."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        while len(waiting) > CHUNK:
            yield bytes(waiting[:CHUNK]), False
            del waiting[:CHUNK]
    yield bytes(waiting), True
