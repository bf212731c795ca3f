#!/usr/bin/env python3
"""How long documents take: a PDF of 60 pages and 10 MB, and slides by LibreOffice.

usage: tests/bench/documents/run.py [BUILD] [--json FILE]

BUILD is a build folder with conf-convert in it, build/release if not given. Wanted: the first page of the PDF within 2 s and
all within 30 s; 30 slides within 30 s, of which LibreOffice's own time is printed. Exit status 1 where that does not
hold. Without LibreOffice the slides are left out, and that is said.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
FIRST_MAX, ALL_MAX, SLIDES_MAX = 2.0, 30.0, 30.0


def pdf(pages, megabytes):
    """Text, lines and a picture of noise on each page: noise cannot be packed, so the size is what it says."""
    chance = random.Random(1)
    side = int((megabytes * 1_000_000 / pages / 3) ** 0.5)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for number in range(1, pages + 1):
        noise = zlib.compress(chance.randbytes(side * side * 3), 1)
        objects.append(b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8"
                       b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (side, side, len(noise), noise))
        image = len(objects)
        text = b"".join(b"BT /F 12 Tf 50 %d Td (Line %d of page %d, as a lecture has them on its slides) Tj ET\n"
                        % (420 - 14 * i, i, number) for i in range(25))
        content = text + b"q 150 0 0 150 400 40 cm /I Do Q"
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 450]/Resources<</Font<</F 3 0 R>>/XObject<</I %d 0 R>>>>"
                       b"/Contents %d 0 R>>" % (image, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), pages)
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(made))


def odp(path, slides):
    """Slides of OpenDocument, from which LibreOffice makes the PPTX."""
    names = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
             'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
             'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
             'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
             'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
             'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"')
    pages = "".join(
        f'<draw:page draw:name="p{n}" draw:master-page-name="m"><draw:frame svg:width="24cm" svg:height="12cm" '
        'svg:x="2cm" svg:y="2cm"><draw:text-box>'
        + "".join(f"<text:p>Slide {n}, point {i}: something to talk about</text:p>" for i in range(1, 9))
        + "</draw:text-box></draw:frame></draw:page>" for n in range(1, slides + 1))
    kind = "application/vnd.oasis.opendocument.presentation"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {names} office:version="1.2">'
                         f"<office:body><office:presentation>{pages}</office:presentation></office:body>"
                         "</office:document-content>")
        archive.writestr("styles.xml", f'<?xml version="1.0"?><office:document-styles {names} office:version="1.2">'
                         '<office:automatic-styles><style:page-layout style:name="l"><style:page-layout-properties '
                         'fo:page-width="28cm" fo:page-height="15.75cm"/></style:page-layout></office:automatic-styles>'
                         '<office:master-styles><style:master-page style:name="m" style:page-layout-name="l"/>'
                         "</office:master-styles></office:document-styles>")
        # LibreOffice opens no package with parts that its list does not have.
        entries = "".join(f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{media}"/>'
                          for name, media in (("/", kind), ("content.xml", "text/xml"), ("styles.xml", "text/xml")))
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
                         '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
                         f"{entries}</manifest:manifest>")


def convert(program, file, folder):
    """Seconds to: the number of pages, the first page, the end; and how many pages there were."""
    begun, first, known, pages = time.monotonic(), None, None, 0
    with subprocess.Popen([program, file, folder], stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            event = json.loads(line)
            now = time.monotonic() - begun
            if event["event"] == "failed":
                sys.exit(f"FAILED {file}: {event['message']}")
            if event["event"] == "pages":
                known = now
            if event["event"] == "page":
                pages += 1
                first = first or now
    return known, first, time.monotonic() - begun, pages


def main(arguments):
    build, out = ROOT / "build/release", None
    while arguments:
        word = arguments.pop(0)
        if word == "--json" and arguments:
            out = arguments.pop(0)
        elif word in ("-h", "--help"):
            print(__doc__.strip())
            return 0
        else:
            build = pathlib.Path(word)
    program = build / "bin/conf-convert"
    good, figures = True, {}
    with tempfile.TemporaryDirectory(prefix="conf-bench-documents-") as name:
        folder = pathlib.Path(name)
        (folder / "talk.pdf").write_bytes(pdf(60, 10))
        size = (folder / "talk.pdf").stat().st_size / 1e6
        _, first, whole, pages = convert(program, folder / "talk.pdf", folder / "pdf")
        good = first <= FIRST_MAX and whole <= ALL_MAX and pages == 60
        figures["pdf"] = {"megabytes": size, "pages": pages, "first_s": first, "all_s": whole}
        print(f"PDF, {pages} pages, {size:.1f} MB: first page {first:.2f} s (at most {FIRST_MAX:.0f}), "
              f"all {whole:.2f} s (at most {ALL_MAX:.0f})")
        if shutil.which("soffice") is None:
            print("slides: left out, LibreOffice is not installed")
        else:
            odp(folder / "talk.odp", 30)
            profile = f"-env:UserInstallation=file://{folder}/profile"
            subprocess.run(["soffice", "--headless", profile, "--convert-to", "pptx", "--outdir", folder,
                            folder / "talk.odp"], check=True, capture_output=True)
            begun = time.monotonic()
            subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/fresh", "--convert-to", "pdf",
                            "--outdir", folder / "alone", folder / "talk.pptx"], check=True, capture_output=True)
            alone = time.monotonic() - begun
            known, first, whole, pages = convert(program, folder / "talk.pptx", folder / "pptx")
            good = good and whole <= SLIDES_MAX and pages == 30
            figures["pptx"] = {"pages": pages, "office_s": known, "office_alone_s": alone, "first_s": first, "all_s": whole}
            print(f"PPTX, {pages} slides: LibreOffice {known:.2f} s ({alone:.2f} s outside of the sandbox), first page "
                  f"{first:.2f} s, all {whole:.2f} s (at most {SLIDES_MAX:.0f})")
    if out:
        pathlib.Path(out).write_text(json.dumps(figures, indent=1) + "\n")
    print(f"{1 if good else 0} passed, {0 if good else 1} failed; load {os.getloadavg()[0]:.1f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
