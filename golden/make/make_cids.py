#!/usr/bin/env python3
"""What Kubo names files and folders: golden/cids/files.json, options.json and directories.json.

usage: make_cids.py --ipfs BINARY [--out FOLDER] [--only files|options|directories]

Needs numpy and a Kubo binary, which dream-storage/ipfs/kubo/build makes. No daemon runs, and nothing is stored but the few files of
the folders: a repository of its own in a temporary folder. About five minutes.
"""
import argparse
import json
import os
import subprocess
import tempfile

import numpy

CHUNK = 262_144
LINKS = 174
SPREAD_BEYOND = 262_144
GIB = 1 << 30
PIECE = 1 << 20
TEXT = b"a red apple, flat style; "

CONTENTS = {
    "multiplicative": "byte i is (i * 0x9E3779B1 mod 2^32) >> 24",
    "text": 'the ASCII text "a red apple, flat style; " over and over',
    "zeros": "every byte is 0",
}


def pieces(kind, size):
    """The content, a piece at a time."""
    for start in range(0, size, PIECE):
        count = min(PIECE, size - start)
        if kind == "multiplicative":
            index = numpy.arange(start, start + count, dtype=numpy.uint64)
            yield ((index * 0x9E3779B1 & 0xFFFFFFFF) >> 24).astype(numpy.uint8).tobytes()
        elif kind == "text":
            shift = start % len(TEXT)
            yield (TEXT * (count // len(TEXT) + 2))[shift : shift + count]
        else:
            yield bytes(count)


class Kubo:
    def __init__(self, binary, repository):
        self.binary = binary
        self.environment = dict(os.environ, IPFS_PATH=repository, IPFS_TELEMETRY="off")
        self.run("init", "--profile=test", "--empty-repo")

    def run(self, *arguments):
        command = [self.binary, *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def add(self, kind, size, *options):
        command = [self.binary, "add", "--only-hash", "--quieter", *options]
        with subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for piece in pieces(kind, size):
                process.stdin.write(piece)
            process.stdin.close()
            cid = process.stdout.read().decode().strip()
        assert process.returncode == 0, command
        return cid


def options(version, raw, chunk):
    return [f"--cid-version={version}", f"--raw-leaves={str(raw).lower()}", f"--chunker=size-{chunk}", f"--max-file-links={LINKS}"]


def borders(step, *multiples):
    return [multiple * step + off for multiple in multiples for off in (-1, 0, 1)]


def write(path, head, name, entries):
    """One entry a line."""
    lines = [f'  "{key}": {json.dumps(value)},' for key, value in head.items()]
    body = ",\n".join("    " + json.dumps(entry, ensure_ascii=True) for entry in entries)
    with open(path, "w", encoding="ascii") as out:
        out.write("{\n" + "\n".join(lines) + f'\n  "{name}": [\n{body}\n  ]\n}}\n')


def make_files(kubo, folder, version):
    """The cases are those of the file itself."""
    path = os.path.join(folder, "files.json")
    with open(path, encoding="utf-8") as old:
        entries = json.load(old)["files"]
    for entry in entries:
        entry["cid"] = kubo.add(entry["content"], entry["size"], *options(1, True, entry["chunk"]))
    head = {
        "format": "dream-golden-cids-1",
        "made_by": f"Kubo {version}: ipfs add --cid-version=1 --only-hash --chunker=size-CHUNK (262144 is its default)",
        "contents": CONTENTS,
    }
    write(path, head, "files", entries)


def make_options(kubo, folder, version):
    """Every border of chunks and of nodes up to 1 GiB, for each pair of options."""
    sizes = [0, 1, 2, 1000]
    sizes += borders(CHUNK, 1, 2, LINKS, LINKS + 1, 2 * LINKS, 23 * LINKS)
    sizes += [GIB - 1, GIB]
    cases = [(size, CHUNK) for size in sizes]
    # The third level of nodes begins beyond 1 GiB with the usual chunks.
    cases += [(size, 1024) for size in borders(1024, 1, LINKS, LINKS**2, LINKS**2 + LINKS)]
    cases += [(size, 1 << 20) for size in borders(1 << 20, 1, LINKS)]
    entries = []
    for size, chunk in cases:
        entry = {"size": size, "chunk": chunk}
        for number in (0, 1):
            for raw in (False, True):
                key = f"v{number}" + (" raw" if raw else "")
                entry[key] = kubo.add("multiplicative", size, *options(number, raw, chunk))
        entries.append(entry)
    head = {
        "format": "dream-golden-cid-options-1",
        "made_by": f"Kubo {version}: ipfs add --only-hash --cid-version=0|1 --raw-leaves=false|true (raw) --chunker=size-CHUNK",
        "content": CONTENTS["multiplicative"],
    }
    write(os.path.join(folder, "options.json"), head, "files", entries)


def directory_cases():
    def numbered(count, size=10):
        return {f"file-{i:05d}": size for i in range(count)}

    odd = [
        "a", "A1", " lead", "in side", "-rf", "--help", ".hidden", "..two", "#", "%2F", "~", "a'b", "(x)", "[y]", "{z}",
        "$HOME", "`id`", "a;b", "a&b", "a=b", "a,b", "@", "+", "!", "^", "e\u0301", "\u00e4\u00f6", "\u65e5\u672c\u8a9e", "\U0001f642",
        "\u05e9\u05dc\u05d5\u05dd", "x" * 255, "0", "00", "10", "9", "\u00df", "\u03a9", "name.with.many.dots", "\u0131",
    ]
    nested = {f"{'/'.join('abcdefghijklmnopqrstuvwxyz'[:depth])}/file": depth for depth in range(1, 27)}
    nested["top"] = 300_000
    # 46 bytes each, and 82 left to the limit.
    full = numbered(5697)
    return [
        ("no entries", {}, ["empty/in/side"]),
        ("one large file", {"large": 3 * CHUNK + 1}, []),
        ("odd names", {name: index for index, name in enumerate(odd)}, []),
        ("nested", nested, ["a/b/none"]),
        ("sizes around every border", {f"of {size}": size for size in [0, 1, *borders(CHUNK, 1, 2)]}, []),
        ("2,000 files", numbered(2000), []),
        ("the most that one node holds", {**full, "x" * 46: 10}, []),
        ("one byte more, and spread", {**full, "x" * 47: 10}, []),
        ("12,000 files, spread over two levels", numbered(12_000, 3), []),
    ]


def make_directories(kubo, folder, version):
    entries = []
    for name, files, empty in directory_cases():
        with tempfile.TemporaryDirectory() as scratch:
            root = os.path.join(scratch, "root")
            os.mkdir(root)
            for path in empty:
                os.makedirs(os.path.join(root, path))
            for path, size in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "wb") as out:
                    out.writelines(pieces("multiplicative", size))
            entry = {"name": name, "spread": []}
            for number in (0, 1):
                for raw in (False, True):
                    key = f"v{number}" + (" raw" if raw else "")
                    # Only these cases come near the limit, and they have no folders in them.
                    cid_bytes = 34 if key == "v0" else 36
                    if sum(cid_bytes + len(path) for path in files) > SPREAD_BEYOND and "/" not in "".join(files):
                        entry["spread"].append(key)
                    arguments = ["--only-hash", "--recursive", "--hidden", "--quieter", *options(number, raw, CHUNK)]
                    entry[key] = kubo.run("add", *arguments, root)
        if len(files) > 100:
            first = {path: size for path, size in files.items() if not path.startswith("file-")}
            count = len(files) - len(first)
            entry["numbered"] = {"name": "file-%05d", "count": count, "size": files["file-00000"]}
            files = first
        entry.update(files=files, empty_folders=empty)
        entries.append(entry)
    head = {
        "format": "dream-golden-directories-1",
        "made_by": f"Kubo {version}: ipfs add --recursive --hidden --cid-version=0|1 --raw-leaves=false|true (raw)",
        "content": "of a file: " + CONTENTS["multiplicative"],
    }
    write(os.path.join(folder, "directories.json"), head, "directories", entries)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ipfs", required=True)
    parser.add_argument("--out", default=os.path.join(os.path.dirname(__file__), "..", "cids"))
    parser.add_argument("--only", choices=["files", "options", "directories"])
    arguments = parser.parse_args()
    makers = {"files": make_files, "options": make_options, "directories": make_directories}
    with tempfile.TemporaryDirectory() as repository:
        kubo = Kubo(arguments.ipfs, repository)
        version = kubo.run("version", "--number")
        for name, make in makers.items():
            if arguments.only in (None, name):
                make(kubo, arguments.out, version)


if __name__ == "__main__":
    main()
