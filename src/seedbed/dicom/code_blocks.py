"""Code blocks of JPEG 2000: whether the decoder of each ends where its bytes end.

An arithmetic decoder makes something of any bytes, but after damage it needs more or fewer of them. OpenJPEG
counts that for codestreams that promise a predictable termination. Its own encoder, Kakadu and JasPer end
closely enough to be counted as if they did.
"""

import ctypes
import re
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

COD, TILE = 0xFF52, 0xFF90
STYLE = 12
"""Where the style of code blocks stands in the marker segment COD (ISO/IEC 15444-1 table A.12)."""
BYPASS, PREDICTABLE, HIGH_THROUGHPUT = 0x01, 0x10, 0x40
LEFT, ADDED = 4, 8
"""Bytes that a decoder may leave, and may miss, at the end of a block: encoders differ (local rule)."""
COUNTED = re.compile(r"(\d+) (remaining bytes|synthesized)")
CODESTREAM, PARAMETERS_SIZE = 0, 1 << 16
POINTER = ctypes.c_void_p
HEARS = ctypes.CFUNCTYPE(None, ctypes.c_char_p, POINTER)
SIGNATURES: dict[str, tuple[list[Any], Any]] = {
    "opj_create_decompress": ([ctypes.c_int], POINTER),
    "opj_set_warning_handler": ([POINTER, HEARS, POINTER], ctypes.c_int),
    "opj_set_default_decoder_parameters": ([POINTER], None),
    "opj_setup_decoder": ([POINTER, POINTER], ctypes.c_int),
    "opj_stream_create_default_file_stream": ([ctypes.c_char_p, ctypes.c_int], POINTER),
    "opj_read_header": ([POINTER, POINTER, ctypes.POINTER(POINTER)], ctypes.c_int),
    "opj_decode": ([POINTER, POINTER, POINTER], ctypes.c_int),
    "opj_stream_destroy": ([POINTER], None),
    "opj_destroy_codec": ([POINTER], None),
    "opj_image_destroy": ([POINTER], None),
}
"""Functions of OpenJPEG 2 (openjpeg.h)."""


@cache
def openjpeg() -> ctypes.CDLL | None:
    """Return OpenJPEG as it lies in the decoder's module; None where that shows no functions (Windows)."""
    found = find_spec("_openjpeg")
    try:
        library = ctypes.CDLL(str(found.origin if found else ""))
        for name, (arguments, result) in SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes, function.restype = arguments, result
    except (OSError, AttributeError):
        return None
    return library


def check_code_blocks(codestream: bytes) -> None:
    """Refuse a codestream with a code block that ends elsewhere than its bytes; silent where none can tell.

    Parameters
    ----------
    codestream : bytes
        JPEG 2000 (ISO/IEC 15444-1), from SOC to EOC.

    Raises
    ------
    ValueError
    """
    library = openjpeg()
    promising = _promising(codestream)
    if library is None or promising is None:
        return
    with TemporaryDirectory(prefix="seedbed-") as name:
        path = Path(name, "block.j2k")
        path.write_bytes(promising)
        said = _decode(library, path)
    for warning in said:
        counted = COUNTED.search(warning)
        if counted and int(counted[1]) > (LEFT if counted[2].startswith("remaining") else ADDED):
            raise ValueError(f"a code block does not end where its bytes end ({warning.strip()})")


def _promising(codestream: bytes) -> bytes | None:
    """Let the codestream promise a predictable termination; None for styles that are counted otherwise."""
    place = 2
    while place + STYLE < len(codestream):
        marker, length = struct.unpack(">HH", codestream[place : place + 4])
        if marker == COD:
            style = codestream[place + STYLE]
            if style & (BYPASS | HIGH_THROUGHPUT):
                return None
            at = place + STYLE
            return codestream[:at] + bytes([style | PREDICTABLE]) + codestream[at + 1 :]
        if marker == TILE:
            return None
        place += 2 + length
    return None


def _decode(library: ctypes.CDLL, path: Path) -> list[str]:
    """Decode a codestream once more and return the warnings."""
    said: list[str] = []
    hears = HEARS(lambda text, _: said.append(text.decode("latin-1")))
    codec = library.opj_create_decompress(CODESTREAM)
    stream = library.opj_stream_create_default_file_stream(str(path).encode(), 1)
    parameters, image = ctypes.create_string_buffer(PARAMETERS_SIZE), POINTER()
    library.opj_set_warning_handler(codec, hears, None)
    library.opj_set_default_decoder_parameters(parameters)
    library.opj_setup_decoder(codec, parameters)
    if library.opj_read_header(stream, codec, ctypes.byref(image)):
        library.opj_decode(codec, stream, image)
        library.opj_image_destroy(image)
    library.opj_stream_destroy(stream)
    library.opj_destroy_codec(codec)
    return said
