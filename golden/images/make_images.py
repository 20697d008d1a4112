"""Makes the files of this folder, all but `webp/*.webp`, with Pillow, piexif and numpy; nothing is taken from elsewhere.

    pip install pillow==13.0.0 piexif==1.1.3 numpy
    python make_images.py            writes decode/, text/, resize/, webp/*.ppm and images.json
    python make_images.py --check    checks that Pillow (libwebp) reads webp/*.webp, which our encoder wrote, as their .ppm

Pictures are stored raw (PPM and PGM) so that a test needs no decoder to know what to expect. JSON rows:
decode   file, picture it must give, alpha channel (PGM) if any, tolerance: the largest difference of a value
text     file, generation parameters that it must give (null: none)
resize   source, size, filter, result; all by Pillow
webp     picture, file that our lossless encoder must write for it, byte for byte
"""

import argparse
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import piexif
import piexif.helper
from PIL import Image, ImageFile, ImageOps

HERE = Path(__file__).parent
ROWS = {"decode": [], "text": [], "resize": [], "webp": []}


def picture(width, height, seed=1):
    """A picture with a gradient, edges and some noise."""
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    red = x * 255 // max(1, width - 1)
    green = y * 255 // max(1, height - 1)
    blue = ((x // 7 + y // 5) % 2) * 160 + rng.randint(0, 60, (height, width))
    disc = (x - width * 0.6) ** 2 + (y - height * 0.4) ** 2 < (min(width, height) * 0.28) ** 2
    rgb = np.stack([red, green, blue], axis=2)
    rgb[disc] = (230, 40, 30)
    return rgb.astype(np.uint8)


def save_raw(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = b"P6" if values.ndim == 3 else b"P5"
    height, width = values.shape[:2]
    path.write_bytes(kind + b"\n%d %d\n255\n" % (width, height) + values.astype(np.uint8).tobytes())


def decode_row(name, data, rgb, alpha=None, tolerance=0):
    path = HERE / "decode" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    row = {"file": "decode/" + name, "picture": f"decode/{name}.ppm", "tolerance": tolerance}
    save_raw(HERE / row["picture"], rgb)
    if alpha is not None:
        row["alpha"] = f"decode/{name}.pgm"
        save_raw(HERE / row["alpha"], alpha)
    ROWS["decode"].append(row)


# --- PNG: written here, since Pillow writes few of the kinds ---

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def pack_row(samples, depth):
    flat = samples.reshape(-1)
    if depth == 16:
        return flat.astype(">u2").tobytes()
    if depth == 8:
        return flat.astype(np.uint8).tobytes()
    bits = np.zeros(-(-len(flat) * depth // 8) * 8, np.uint8)
    for i in range(depth):
        bits[i : len(flat) * depth : depth] = (flat >> (depth - 1 - i)) & 1
    return np.packbits(bits).tobytes()


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, step):
    """Filters the rows by each of the five filters in turn."""
    out = bytearray()
    above = bytes(len(rows[0])) if rows else b""
    for n, row in enumerate(rows):
        kind = n % 5
        out.append(kind)
        for i, value in enumerate(row):
            a = row[i - step] if i >= step else 0
            b = above[i]
            c = above[i - step] if i >= step else 0
            out.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255)
        above = row
    return bytes(out)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, colour, depth, palette=None, trns=None, interlaced=False, extra=b""):
    height, width = samples.shape[:2]
    step = max(1, CHANNELS[colour] * depth // 8)
    data = b""
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.shape[0] and part.shape[1]:
            data += filtered([pack_row(row, depth) for row in part], step)
    packed = zlib.compress(data, 9)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    out += extra
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if trns is not None:
        out += chunk(b"tRNS", trns)
    half = len(packed) // 2
    return out + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")


def make_png():
    rgb = picture(23, 17)
    height, width = rgb.shape[:2]
    rng = np.random.RandomState(7)
    deep = rgb.astype(np.uint16) * 256 + rng.randint(0, 256, rgb.shape)
    alpha = rng.randint(0, 256, (height, width, 1))
    for interlaced in (False, True):
        suffix = "_interlaced" if interlaced else ""

        def row(name, samples, colour, depth, expected, expected_alpha=None, **options):
            data = png(samples, colour, depth, interlaced=interlaced, **options)
            decode_row(name + suffix + ".png", data, expected, expected_alpha)
            image = Image.open(io.BytesIO(data))
            # Pillow reads 16-bit grey as such and has no 8-bit view of it.
            if not (depth == 16 and colour == 0):
                assert np.array_equal(np.asarray(image.convert("RGB")), expected), name
            # Of fewer bits, it compares the transparent grey with values that it scaled before.
            if expected_alpha is not None and depth < 16 and not (depth < 8 and colour == 0):
                assert np.array_equal(np.asarray(image.convert("RGBA"))[:, :, 3], expected_alpha), name

        for depth in (1, 2, 4, 8, 16):
            levels = deep[:, :, 0].astype(np.uint32) >> (16 - depth)
            eight = levels >> 8 if depth == 16 else levels * 255 // ((1 << depth) - 1)
            grey = np.repeat(eight[:, :, None], 3, axis=2)
            row(f"grey{depth}", levels, 0, depth, grey)
            stated = int(levels[3, 5])
            clear = np.where(levels == stated, 0, 255)
            row(f"grey{depth}_trns", levels, 0, depth, grey, clear, trns=struct.pack(">H", stated))
        for depth in (1, 2, 4, 8):
            count = min(1 << depth, 200)
            colours = rng.randint(0, 256, (count, 3))
            indexes = rng.randint(0, count, (height, width))
            row(f"palette{depth}", indexes, 3, depth, colours[indexes], palette=colours)
            shades = rng.randint(0, 256, count - 1)
            clear = np.append(shades, 255)[indexes]
            row(f"palette{depth}_trns", indexes, 3, depth, colours[indexes], clear, palette=colours, trns=bytes(shades.tolist()))
        row("rgb8", rgb, 2, 8, rgb)
        row("rgb16", deep, 2, 16, deep >> 8)
        stated = rgb[8, 13]
        row("rgb8_trns", rgb, 2, 8, rgb, np.where((rgb == stated).all(axis=2), 0, 255), trns=struct.pack(">3H", *map(int, stated)))
        stated = deep[8, 13]
        row("rgb16_trns", deep, 2, 16, deep >> 8, np.where((deep == stated).all(axis=2), 0, 255), trns=struct.pack(">3H", *map(int, stated)))
        grey = np.repeat(rgb[:, :, :1], 3, axis=2)
        row("grey_alpha8", np.concatenate([rgb[:, :, :1], alpha], axis=2), 4, 8, grey, alpha[:, :, 0])
        row("grey_alpha16", np.concatenate([deep[:, :, :1], alpha * 256 + 77], axis=2), 4, 16, grey, alpha[:, :, 0])
        row("rgba8", np.concatenate([rgb, alpha], axis=2), 6, 8, rgb, alpha[:, :, 0])
        row("rgba16", np.concatenate([deep, alpha * 256 + 77], axis=2), 6, 16, rgb, alpha[:, :, 0])
    for size in ((1, 1), (3, 2), (5, 9)):
        small = picture(*size)
        decode_row(f"rgb8_{size[0]}x{size[1]}_interlaced.png", png(small, 2, 8, interlaced=True), small)
    turned = chunk(b"eXIf", orientation_exif(6)[6:])
    decode_row("rgb8_orientation6.png", png(rgb, 2, 8, extra=turned), np.rot90(rgb, 3))


def orientation_exif(value):
    return piexif.dump({"0th": {piexif.ImageIFD.Orientation: value}})


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pillow_rgb(data):
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def make_jpeg():
    image = Image.fromarray(picture(45, 31))
    kinds = {
        "444": dict(quality=90, subsampling=0),
        "422": dict(quality=85, subsampling=1),
        "420": dict(quality=80, subsampling=2),
        "progressive": dict(quality=80, progressive=True),
        "optimized": dict(quality=30, optimize=True),
        "restart": dict(quality=80, restart_marker_blocks=2),
        "rgb": dict(quality=90, keep_rgb=True),
    }
    for name, options in kinds.items():
        data = saved(image, "JPEG", **options)
        decode_row(f"{name}.jpg", data, pillow_rgb(data))
    data = saved(image.convert("L"), "JPEG", quality=80)
    decode_row("grey.jpg", data, pillow_rgb(data))
    # Cyan, magenta, yellow and black, inverted as Adobe stores them (Pillow does so).
    inks = Image.fromarray(np.dstack([255 - picture(45, 31), picture(45, 31, 3)[:, :, 2] // 2]), "CMYK")
    data = saved(inks, "JPEG", quality=92)
    decode_row("cmyk.jpg", data, pillow_rgb(data))
    # The same with luma and colour differences: only the Adobe marker says which.
    marker = data.index(b"Adobe")
    ycck = bytearray(data)
    ycck[marker + 11] = 2
    decode_row("ycck.jpg", bytes(ycck), pillow_rgb(bytes(ycck)))
    for value in range(1, 9):
        data = saved(image, "JPEG", quality=95, subsampling=0, exif=orientation_exif(value))
        decode_row(f"orientation{value}.jpg", data, pillow_rgb(data))
    plain = saved(image, "JPEG", quality=80)
    decode_row("trailing_bytes.jpg", plain + b"\0\0\0\0more", pillow_rgb(plain))
    # Without JFIF and Adobe markers, colours are luma and differences all the same.
    length = struct.unpack(">H", plain[4:6])[0]
    bare = plain[:2] + plain[4 + length :]
    decode_row("bare.jpg", bare, pillow_rgb(bare))


def make_webp_decode():
    rgb = picture(61, 47)
    rng = np.random.RandomState(5)
    flat = np.zeros((47, 61, 3), np.uint8)
    flat[10:30, 12:50] = (200, 30, 40)
    flat[25:45, 5:20] = (20, 90, 200)
    noise = rng.randint(0, 256, (40, 33, 3)).astype(np.uint8)
    alpha = rng.randint(0, 256, (47, 61, 1)).astype(np.uint8)
    photo = picture(150, 110, 9)
    cases = {"picture": rgb, "flat": flat, "noise": noise, "photo": photo, "one": rgb[:1, :1], "row": rgb[:1], "column": rgb[:, :1]}
    for count in (2, 3, 4, 5, 16, 17, 200):
        colours = rng.randint(0, 256, (count, 3)).astype(np.uint8)
        cases[f"palette{count}"] = colours[rng.randint(0, count, (21, 35))]
    for name, values in cases.items():
        for method in (0, 6) if name in ("picture", "photo") else (4,):
            data = saved(Image.fromarray(values), "WEBP", lossless=True, quality=100 if method else 20, method=method)
            assert np.array_equal(pillow_rgb(data), values)
            decode_row(f"{name}_{method}.webp", data, values)
    rgba = np.dstack([rgb, alpha])
    data = saved(Image.fromarray(rgba), "WEBP", lossless=True, exact=True)
    decode_row("alpha.webp", data, rgb, alpha[:, :, 0])
    data = saved(Image.fromarray(rgb), "WEBP", lossless=True, exif=orientation_exif(8))
    decode_row("orientation8.webp", data, np.rot90(rgb))


def make_gif_and_bmp():
    rgb = picture(29, 22)
    image = Image.fromarray(rgb)
    reduced = image.quantize(30)
    data = saved(reduced, "GIF")
    decode_row("plain.gif", data, pillow_rgb(data))
    data = saved(reduced, "GIF", interlace=0, save_all=True, append_images=[image.rotate(90).quantize(9)])
    decode_row("animated.gif", data, pillow_rgb(data))
    clear = int(np.asarray(reduced)[4, 4])
    data = saved(reduced, "GIF", transparency=clear)
    decode_row("transparent.gif", data, pillow_rgb(data), np.where(np.asarray(reduced) == clear, 0, 255))
    for name, mode in (("rgb", image), ("grey", image.convert("L")), ("palette", reduced), ("one_bit", image.convert("1"))):
        data = saved(mode, "BMP")
        decode_row(f"{name}.bmp", data, pillow_rgb(data))


# --- texts ---

TEXTS = {
    "latin": "a photo of a cat\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64, Version: v1.10.1",
    "japanese": "猫の写真、高品質\nNegative prompt: 低品質\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 8, Size: 64x64",
    "emoji": "emoji 😀 prompt\nSteps: 4, Sampler: LCM, CFG scale: 1.5, Seed: 3, Size: 64x64",
}


def text_row(name, data, text):
    path = HERE / "text" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    ROWS["text"].append({"file": "text/" + name, "text": text})


def inserted(exif, data):
    out = io.BytesIO()
    piexif.insert(exif, data, out)
    return out.getvalue()


def comment_exif(value):
    return piexif.dump({"Exif": {piexif.ExifIFD.UserComment: value}})


def little_endian(comment, tag=0x9286, kind=7):
    """Exif data in the other byte order than piexif writes."""
    head = b"II*\0" + struct.pack("<I", 8)
    if tag == 0x9286:
        first = struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
        return b"Exif\0\0" + head + first + struct.pack("<HHHIII", 1, tag, kind, len(comment), 44, 0) + comment
    return b"Exif\0\0" + head + struct.pack("<HHHIII", 1, tag, kind, len(comment), 26, 0) + comment


def make_texts():
    image = Image.fromarray(picture(16, 12))
    jpeg = saved(image, "JPEG", quality=80)
    lossy = saved(image, "WEBP", quality=80)
    lossless = saved(image, "WEBP", lossless=True)
    alpha = saved(image.convert("RGBA"), "WEBP", quality=80)
    for name, text in TEXTS.items():
        # What AUTOMATIC1111 does: save the picture, then let piexif put the comment in.
        exif = comment_exif(piexif.helper.UserComment.dump(text, encoding="unicode"))
        text_row(f"{name}.jpg", inserted(exif, jpeg), text)
        text_row(f"{name}_lossy.webp", inserted(exif, lossy), text)
        text_row(f"{name}_lossless.webp", inserted(exif, lossless), text)
    text = TEXTS["latin"]
    raw = text.encode()
    text_row("alpha.webp", inserted(comment_exif(piexif.helper.UserComment.dump(text, encoding="unicode")), alpha), text)
    text_row("pillow_exif.webp", saved(image, "WEBP", lossless=True, exif=comment_exif(b"ASCII\0\0\0" + raw)), text)
    text_row("ascii.jpg", inserted(comment_exif(b"ASCII\0\0\0" + raw), jpeg), text)
    text_row("unstated.jpg", inserted(comment_exif(b"\0" * 8 + TEXTS["japanese"].encode()), jpeg), TEXTS["japanese"])
    text_row("no_code.jpg", inserted(comment_exif(raw), jpeg), text)
    text_row("jis.jpg", inserted(comment_exif(piexif.helper.UserComment.dump(TEXTS["japanese"], encoding="jis")), jpeg), TEXTS["japanese"])
    text_row("little_endian.jpg", inserted(little_endian(b"UNICODE\0" + text.encode("utf-16-le")), jpeg), text)
    text_row("little_endian_big_text.jpg", inserted(little_endian(b"UNICODE\0" + text.encode("utf-16-be")), jpeg), text)
    text_row("byte_order_mark.jpg", inserted(comment_exif(b"UNICODE\0" + text.encode("utf-16")), jpeg), text)
    text_row("description.jpg", inserted(little_endian(raw + b"\0", 0x010E, 2), jpeg), text)
    text_row("camera_description.jpg", inserted(little_endian(b"SOME CAMERA\0", 0x010E, 2), jpeg), None)
    text_row("blank_comment.jpg", inserted(comment_exif(b"ASCII\0\0\0" + b" " * 20), jpeg), None)
    text_row("none.jpg", jpeg, None)
    text_row("none.webp", lossless, None)
    text_row("none.gif", saved(image.quantize(8), "GIF"), None)
    text_row("none.bmp", saved(image, "BMP"), None)


# --- resizing ---


def make_resize():
    sources = {"colour": picture(37, 29, 11), "grey": picture(37, 29, 12)[:, :, 2]}
    for name, values in sources.items():
        source = f"resize/{name}.{'ppm' if values.ndim == 3 else 'pgm'}"
        save_raw(HERE / source, values)
        for width, height in ((37, 29), (16, 16), (64, 48), (37, 11), (90, 29), (1, 1), (5, 70), (13, 3)):
            for label, kind in (("lanczos", Image.Resampling.LANCZOS), ("nearest", Image.Resampling.NEAREST)):
                result = np.asarray(Image.fromarray(values).resize((width, height), kind))
                path = f"resize/{name}_{label}_{width}x{height}.{source[-3:]}"
                save_raw(HERE / path, result)
                ROWS["resize"].append({"source": source, "width": width, "height": height, "filter": label, "result": path})


# --- pictures for our own encoder ---


def make_webp_encode():
    rng = np.random.RandomState(3)
    flat = np.full((40, 50, 3), (12, 200, 90), np.uint8)
    stripes = np.zeros((30, 45, 3), np.uint8)
    stripes[:, ::3] = (255, 255, 0)
    cases = {
        "one": picture(1, 1),
        "row": picture(19, 1),
        "column": picture(1, 19),
        "flat": flat,
        "stripes": stripes,
        "noise": rng.randint(0, 256, (17, 33, 3)),
        "picture": picture(70, 53),
    }
    for name, values in cases.items():
        save_raw(HERE / f"webp/{name}.ppm", values)
        ROWS["webp"].append({"picture": f"webp/{name}.ppm", "file": f"webp/{name}.webp"})


def check_webp():
    for row in json.loads((HERE / "images.json").read_text())["webp"]:
        image = Image.open(HERE / row["file"])
        expected = Image.open(HERE / row["picture"])
        assert image.mode == "RGB" and np.array_equal(np.asarray(image), np.asarray(expected)), row
        print(row["file"], "is right")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        check_webp()
        return
    make_png()
    make_jpeg()
    make_webp_decode()
    make_gif_and_bmp()
    make_texts()
    make_resize()
    make_webp_encode()
    index = "{\n" + ",\n".join(
        f'"{name}": [\n' + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n]" for name, rows in ROWS.items()
    )
    (HERE / "images.json").write_text(index + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
