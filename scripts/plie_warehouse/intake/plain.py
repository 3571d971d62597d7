"""Files of a landing folder, opened without trusting them, and text of theirs, shown without trusting it."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path
from typing import BinaryIO

# Control signs, signs that are not seen or turn the text around, halves of signs, and what XML has no place for.
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
    "|[\U0001fffe\U0001ffff\U0010fffe\U0010ffff]"
)


class NotPlain(OSError):
    """What lies there is no plain file: a link, a pipe, a socket, a device."""


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file to read its bytes; a link is not followed and a pipe not waited for.

    Raises ``NotPlain``, or ``OSError`` when the file cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotPlain(f"{shown(path.name)} is no plain file")
    return os.fdopen(handle, "rb")


def shown(text: str) -> str:
    """Text that is safe on a screen, in a workbook and in JSON: what is not seen is a replacement sign or a blank."""
    return _UNSHOWN.sub(lambda sign: " " if sign[0] in "\t\n\r" else "\N{REPLACEMENT CHARACTER}", text)


def file_name(name: str) -> str:
    """The name of a file as a person reads it. Names that are not UTF-8 come from archives of code page 850."""
    try:
        text = os.fsencode(name).decode()
    except UnicodeDecodeError:
        text = os.fsencode(name).decode("cp850")
    return shown(unicodedata.normalize("NFC", text))


def no_pattern(path: Path | str) -> str:
    """The path for a reader of DuckDB, which would take ``[``, ``*`` and ``?`` in it for a pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))
