"""Read a PDF with PDFium, which did not write it."""

import ctypes
import re
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

A4_PT = (210 / 25.4 * 72, 297 / 25.4 * 72)


@dataclass(frozen=True)
class ReadPdf:
    """Texts of the pages, without spaces and line breaks; sizes in points; whether each font is embedded."""

    texts: list[str]
    sizes: list[tuple[float, float]]
    fonts: dict[str, bool]


def read_pdf(content: bytes) -> ReadPdf:
    with pypdfium2.PdfDocument(content) as document:
        texts = [squeezed(page.get_textpage().get_text_range()) for page in document]
        sizes = [page.get_size() for page in document]
        fonts = {}
        for page in document:
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(item.raw)
                name = ctypes.create_string_buffer(200)
                pdfium.FPDFFont_GetBaseFontName(font, name, 200)
                fonts[name.value.decode()] = bool(pdfium.FPDFFont_GetIsEmbedded(font))
    return ReadPdf(texts, sizes, fonts)


def squeezed(text: str) -> str:
    """Text without white space: a layout may break lines anywhere."""
    return re.sub(r"\s+", "", text)
