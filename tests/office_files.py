"""Small office files, PDFs and zips, made by hand: what a customer may send with a phrase in it."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

_W = '<w:document xmlns:w="w"><w:body>{}</w:body></w:document>'


def packed(members: Mapping[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", how) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(*paragraphs: str, split: bool = False) -> bytes:
    """Return a text document; with `split` each word stands in runs that break in its middle."""
    between = "</w:t></w:r><w:r><w:t>" if split else ""
    texts = (
        "".join(f"<w:r><w:t>{word[:2]}{between}{word[2:]} </w:t></w:r>" for word in paragraph.split())
        for paragraph in paragraphs
    )
    return packed({"word/document.xml": _W.format("".join(f"<w:p>{text}</w:p>" for text in texts))})


def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a sheet whose strings stand in the shared table, sorted as some programs write them."""
    strings = sorted({cell for row in rows for cell in row})
    cells = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + place)}{number}" t="s"><v>{strings.index(cell)}</v></c>'
            for place, cell in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    return packed({"xl/sharedStrings.xml": f"<sst>{shared}</sst>", "xl/worksheets/sheet1.xml": cells})


def pptx(text: str) -> bytes:
    """Return a presentation of one slide."""
    return packed({"ppt/slides/slide1.xml": f"<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"})


def odt(text: str) -> bytes:
    """Return an OpenDocument text."""
    body = f"<office:text><text:p>{text}</text:p></office:text>"
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": body})


def encrypted(content: bytes) -> bytes:
    """Return a zip that says of each member that it is encrypted."""
    out = bytearray(content)
    for sign, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = out.find(sign)
        while at >= 0:
            out[at + flags] |= 1
            at = out.find(sign, at + 4)
    return bytes(out)


def pdf(lines: Sequence[str], pages: int = 1) -> bytes:
    """Return a PDF with these lines on each page."""
    drawn = "BT /F1 12 Tf 14 TL 50 780 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        content = 5 + 2 * number
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {content} 0 R >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    out, places = b"%PDF-1.4\n", list[int]()
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()
