"""What is sealed comes out whole or not at all, and only by its passphrase."""

import io
import secrets
from collections.abc import Callable
from functools import cache

import pytest

from tomoiki.core import sealing
from tomoiki.core.sealing import CHUNK, TAG, Damaged, FromNewer, NotABackup, WrongPassphrase, seal, unseal

PASSPHRASE = "trà xanh ở Tōkyō"  # noqa: S105 - of nothing but these tests
HEADER = sealing._HEADER.size  # noqa: SLF001 - tests cut the file where it ends


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    seal([content], target, PASSPHRASE)
    return target.getvalue()


def opened(file: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return b"".join(unseal(io.BytesIO(file), passphrase))


@cache
def three_chunks() -> bytes:
    return sealed(secrets.token_bytes(2 * CHUNK + 10))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_goes_in_comes_out(size: int) -> None:
    content = secrets.token_bytes(size)

    assert opened(sealed(content)) == content


def test_small_and_large_parts_are_one_stream() -> None:
    parts, target = [b"a", b"", b"b" * (2 * CHUNK), b"c"], io.BytesIO()
    seal(parts, target, PASSPHRASE)

    assert opened(target.getvalue()) == b"".join(parts)


def test_the_same_content_never_looks_the_same() -> None:
    assert sealed(b"same")[20:] != sealed(b"same")[20:]


@pytest.mark.parametrize("passphrase", ["", "tra xanh o Tokyo", f"{PASSPHRASE} "])
def test_another_passphrase_opens_nothing(passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        opened(three_chunks(), passphrase)


def test_a_passphrase_typed_on_another_keyboard_is_the_same() -> None:
    composed, combining = "tr\u00e0", "tra\u0300"
    target = io.BytesIO()
    seal([b"tea"], target, composed)

    assert opened(target.getvalue(), combining) == b"tea"


BLOCK = CHUNK + TAG
CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "cut in the last chunk": lambda file: file[:-1],
    "cut between chunks": lambda file: file[: HEADER + 2 * BLOCK],
    "cut after the first chunk": lambda file: file[: HEADER + BLOCK],
    "cut after the header": lambda file: file[:HEADER],
    "cut to less than a tag": lambda file: file[: HEADER + 3],
    "something added": lambda file: file + b"\0",
    "two chunks swapped": lambda file: (
        file[:HEADER] + file[HEADER + BLOCK :][:BLOCK] + file[HEADER:][:BLOCK] + file[HEADER + 2 * BLOCK :]
    ),
    "a chunk twice": lambda file: file[: HEADER + BLOCK] + file[HEADER:],
    "a chunk left out": lambda file: file[:HEADER] + file[HEADER + BLOCK :],
    "a bit of the content": lambda file: file[:-30] + bytes([file[-30] ^ 1]) + file[-29:],
    "a bit of the nonce": lambda file: file[: HEADER - 1] + bytes([file[HEADER - 1] ^ 1]) + file[HEADER:],
    "cost beyond reason": lambda file: file[:16] + b"\x40" + file[17:],
    "no cost": lambda file: file[:17] + b"\0" + file[18:],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Damaged):
        opened(change(three_chunks()))


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04" + b"\0" * 200, sealing.MAGIC])
def test_another_file_is_no_backup(file: bytes) -> None:
    with pytest.raises(NotABackup):
        opened(file)


def test_a_later_form_is_left_to_a_later_program() -> None:
    at = len(sealing.MAGIC)

    with pytest.raises(FromNewer):
        opened(three_chunks()[:at] + b"\x02" + three_chunks()[at + 1 :])
