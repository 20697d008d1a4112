#!/usr/bin/env python3
"""Receipts and the leaves that they commit to, encoded as the documentation says: golden/receipts/receipts.json.

usage: make_receipts.py [--out FOLDER]

Needs nothing but Python. Written from docs/concepts/receipts.md, RFC 6962 (Merkle trees) and the DAG-CBOR specification, not from the
Java code.
"""
import argparse
import hashlib
import json
import os
import struct


def sha256(data):
    return hashlib.sha256(data).digest()


def head(major, value):
    for limit, extra, form in ((24, None, None), (1 << 8, 24, ">B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q")):
        if value < limit:
            return bytes([major << 5 | (value if extra is None else extra)]) + (b"" if form is None else struct.pack(form, value))
    raise ValueError(value)


def cbor(value):
    """Deterministic CBOR: the shortest heads, keys by length and then by bytes."""
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        return head(3, len(data)) + data
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return head(5, len(keys)) + b"".join(cbor(key) + cbor(value[key]) for key in keys)


def leaf(entry):
    data = b"dream-latents-v1" + struct.pack("<2I", entry["pass"], entry["call"]) + struct.pack("<4I", *entry["shape"])
    data += struct.pack("<I", len(entry["history"]))
    for array in [entry["latents"]] + entry["history"]:
        data += struct.pack("<%df" % len(array), *array)
    return data


def root(entries):
    if len(entries) == 1:
        return sha256(b"\0" + entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\1" + root(entries[:split]) + root(entries[split:]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(os.path.dirname(__file__), ".."))
    folder = os.path.join(parser.parse_args().out, "receipts")
    os.makedirs(folder, exist_ok=True)

    shape = [1, 2, 1, 2]
    leaves = [
        {"pass": 0, "call": 0, "shape": shape, "latents": [0.5, -1.25, 3.0, 1e-7], "history": []},
        {"pass": 0, "call": 1, "shape": shape, "latents": [0.25, -1.0, 2.0, 0.0], "history": [[1.0, 2.0, 3.0, 4.0]]},
        {"pass": 0, "call": 2, "shape": shape, "latents": [-0.0, 7.5, 100.0, -2.0], "history": []},
        {"pass": 1, "call": 0, "shape": [1, 2, 1, 3], "latents": [1, 2, 3, 4, 5, 6], "history": []},
        {"pass": 1, "call": 1, "shape": [1, 2, 1, 3], "latents": [6, 5, 4, 3, 2, 1], "history": []},
    ]
    encoded = [leaf(entry) for entry in leaves]
    for entry, data in zip(leaves, encoded):
        entry["hex"] = data.hex()

    files = [{"path": "unet/model.onnx", "size": 12, "sha256": sha256(bytes(12))}]
    receipt = {
        "version": 1,
        "request": sha256(b"the request"),
        "model": {"name": "dream-mini", "digest": sha256(cbor(files))},
        "files": files,
        "seed": 7,
        "noise": "torch-cpu",
        "scheduler": "DPM++ 2M",
        "engine": {"name": "onnxruntime", "version": "1.28.0", "provider": "cpu", "dtype": "float32"},
        "substitutions": ["execution provider cpu instead of cuda"],
        "latents": {"root": root(encoded), "leaves": len(encoded)},
        # A CID of version 1, raw, SHA-256.
        "output": bytes([1, 0x55, 0x12, 0x20]) + sha256(b"the image"),
        "perceptualHash": -81985529216486896,
        "worker": "ed25519:" + "8a" * 32,
    }
    plain = {key: value for key, value in receipt.items() if key != "latents"}
    document = {
        "format": "leaves and receipts; hex is the canonical encoding",
        "leaves": leaves,
        "root": root(encoded).hex(),
        "receipt": {"hex": cbor(receipt).hex(), "sha256": sha256(cbor(receipt)).hex()},
        "receipt_without_latents": {"hex": cbor(plain).hex(), "sha256": sha256(cbor(plain)).hex()},
    }
    with open(os.path.join(folder, "receipts.json"), "w") as out:
        json.dump(document, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
