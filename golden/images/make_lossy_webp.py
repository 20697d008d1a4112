"""Makes decode/lossy_*.webp with libwebp's own tools, and adds what they must give to images.json. Nothing is taken from elsewhere.

    apt-get install webp            (cwebp and dwebp 1.2.4)
    python make_lossy_webp.py
"""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
PICTURE = "webp/picture.ppm"
ALPHA = "decode/rgba8.png"
CASES = [
    ("q20", PICTURE, ["-q", "20"]),
    ("q75", PICTURE, ["-q", "75"]),
    ("q100", PICTURE, ["-q", "100", "-m", "6"]),
    ("fast", PICTURE, ["-q", "50", "-m", "0"]),
    ("unfiltered", PICTURE, ["-q", "10", "-f", "0"]),
    ("filtered", PICTURE, ["-q", "10", "-f", "100", "-sharpness", "5"]),
    ("simple_filter", PICTURE, ["-q", "10", "-f", "80", "-nostrong"]),
    ("segments", "resize/colour.ppm", ["-q", "40", "-segments", "4", "-sns", "100"]),
    ("partitions", "resize/colour.ppm", ["-q", "60", "-partition_limit", "100"]),
    ("one_pixel", PICTURE, ["-q", "75", "-crop", "0", "0", "1", "1"]),
    ("odd", PICTURE, ["-q", "75", "-crop", "0", "0", "33", "17"]),
    ("narrow", PICTURE, ["-q", "75", "-crop", "3", "0", "1", "20"]),
    ("alpha", ALPHA, ["-q", "75"]),
    ("alpha_raw", ALPHA, ["-q", "75", "-alpha_method", "0"]),
    ("alpha_coarse", ALPHA, ["-q", "75", "-alpha_q", "20", "-alpha_filter", "best"]),
]


def read_pam(data):
    head, _, pixels = data.partition(b"ENDHDR\n")
    fields = dict(line.split(b" ", 1) for line in head.splitlines()[1:] if b" " in line)
    return int(fields[b"WIDTH"]), int(fields[b"HEIGHT"]), pixels


def main():
    index = HERE / "images.json"
    root = json.loads(index.read_text())
    root["decode"] = [row for row in root["decode"] if "/lossy_" not in row["file"]]
    for name, source, options in CASES:
        row = {"file": f"decode/lossy_{name}.webp", "picture": f"decode/lossy_{name}.webp.ppm", "tolerance": 0}
        file = HERE / row["file"]
        subprocess.run(["cwebp", "-quiet", *options, str(HERE / source), "-o", str(file)], check=True)
        pam = subprocess.run(["dwebp", "-quiet", str(file), "-pam", "-o", "-"], check=True, capture_output=True).stdout
        width, height, rgba = read_pam(pam)
        size = b"%d %d\n255\n" % (width, height)
        rgb = b"".join(rgba[i : i + 3] for i in range(0, len(rgba), 4))
        (HERE / row["picture"]).write_bytes(b"P6\n" + size + rgb)
        if source == ALPHA:
            row["alpha"] = f"decode/lossy_{name}.webp.pgm"
            (HERE / row["alpha"]).write_bytes(b"P5\n" + size + rgba[3::4])
        root["decode"].append(row)
    lines = [f'"{key}": [\n' + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n]" for key, rows in root.items()]
    index.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
