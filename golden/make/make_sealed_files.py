"""Makes golden/sealed-files: the sealed form of model files, written from its description with the `cryptography` package.

usage: python3 make_sealed_files.py FOLDER
"""

import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEGMENT = 1 << 16


def cbor_head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError(number)


def text(value):
    encoded = value.encode()
    return cbor_head(3, len(encoded)) + encoded


def info(path, content):
    digest = hashlib.sha256(content).digest()
    return (
        cbor_head(5, 4)
        + text("path") + text(path)
        + text("size") + cbor_head(0, len(content))
        + text("sha256") + cbor_head(2, 32) + digest
        + text("purpose") + text("dream-protocol sealed model file 1")
    )


def seal(path, content, key, salt):
    material = HKDF(hashes.SHA256(), 32 + 7 + 32, salt, info(path, content)).derive(key)
    cipher, prefix, commitment = AESGCM(material[:32]), material[32:39], material[39:]
    out = b"DSM1" + salt + commitment
    count = max(1, -(-len(content) // SEGMENT))
    for i in range(count):
        nonce = prefix + i.to_bytes(4, "big") + bytes([1 if i == count - 1 else 0])
        out += cipher.encrypt(nonce, content[i * SEGMENT:(i + 1) * SEGMENT], None)
    return out


def content(size):
    """Byte i is the highest byte of i * 0x9E3779B1 in 32 bits."""
    return bytes((i * 0x9E3779B1 & 0xFFFFFFFF) >> 24 for i in range(size))


def main(folder):
    key = bytes(range(32))
    cases = []
    for number, (path, size) in enumerate([
        ("empty.json", 0),
        ("style.safetensors", 5),
        ("unet/model.safetensors", SEGMENT),
        ("unet/grün.safetensors", 2 * SEGMENT + 3),
    ]):
        salt = bytes([number + 1]) * 32
        plain = content(size)
        sealed = seal(path, plain, key, salt)
        case = {
            "path": path,
            "size": size,
            "key": key.hex(),
            "salt": salt.hex(),
            "sealedSize": len(sealed),
            "sealedSha256": hashlib.sha256(sealed).hexdigest(),
        }
        if size < 100:
            case["sealed"] = sealed.hex()
        cases.append(case)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cases.json").write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
