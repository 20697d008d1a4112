"""A tiny safety checker in the form of Hugging Face's ONNX exports, and what it and CLIP's preprocessing give in Python.

usage: python make_safety.py        (in any folder; needs numpy, pillow 13, onnx, onnxruntime 1.28)

safety_checker/model.onnx finds a picture unsafe if its mean red, normalised as CLIP does, is larger than its mean blue by 0.5. Names and
types are those of diffusers' scripts/convert_stable_diffusion_checkpoint_to_onnx.py: clip_input [batch, 3, 224, 224] and images [batch,
height, width, 3] in; out_images (black where unsafe) and has_nsfw_concepts (bool) out.

The preprocessing is that of CLIPImageProcessor with CLIP's own settings: the shorter side to 224 with Pillow's bicubic filter, the longer
one truncated to whole pixels, the middle cut out, x / 255, normalised.
"""

import hashlib
import json
import os

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
PICTURES = ["../dream-mini/apple.png", "../dream-mini/rocket_blue.png", "../dream-mini/wide.png", "large.png", "tall.png", "tiny.png"]


def synthetic(name):
    """Closed-form pictures: larger than 224 and not square, very tall, and smaller than the filter."""
    width, height = {"large.png": (331, 262), "tall.png": (57, 201), "tiny.png": (8, 16)}[name]
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [np.sin(x * 0.31 + y * 0.17), np.cos(x * 0.07 - y * 0.43), np.sin((x * x + y * y) * 0.003)]
    rgb = np.stack([127.5 + 127.5 * w for w in waves], -1)
    rgb[(x.astype(int) // 7 + y.astype(int) // 5) % 3 == 0] = 255
    return Image.fromarray(np.rint(rgb).astype(np.uint8), "RGB")


def checker():
    def constant(name, values, dtype):
        return numpy_helper.from_array(np.array(values, dtype), name)

    nodes = [
        helper.make_node("ReduceMean", ["clip_input"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("Gather", ["means", "zero"], ["red"], axis=1),
        helper.make_node("Gather", ["means", "two"], ["blue"], axis=1),
        helper.make_node("Sub", ["red", "blue"], ["difference"]),
        helper.make_node("Greater", ["difference", "half"], ["has_nsfw_concepts"]),
        helper.make_node("Unsqueeze", ["has_nsfw_concepts", "axes"], ["mask"]),
        helper.make_node("Where", ["mask", "black", "images"], ["out_images"]),
    ]
    graph = helper.make_graph(
        nodes,
        "safety_checker",
        [
            helper.make_tensor_value_info("clip_input", T.FLOAT, ["batch", "channels", "height", "width"]),
            helper.make_tensor_value_info("images", T.FLOAT, ["batch", "image_height", "image_width", "image_channels"]),
        ],
        [
            helper.make_tensor_value_info("out_images", T.FLOAT, ["batch", "image_height", "image_width", "image_channels"]),
            helper.make_tensor_value_info("has_nsfw_concepts", T.BOOL, ["batch"]),
        ],
        [
            constant("zero", 0, np.int64),
            constant("two", 2, np.int64),
            constant("half", 0.5, np.float32),
            constant("axes", [1, 2, 3], np.int64),
            constant("black", 0, np.float32),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    os.makedirs(os.path.join(HERE, "safety_checker"), exist_ok=True)
    onnx.save(model, os.path.join(HERE, "safety_checker", "model.onnx"))


def clip(image):
    width, height = image.size
    short = min(width, height)
    resized = image.resize((int(224 * width / short), int(224 * height / short)), Image.Resampling.BICUBIC)
    left, top = (resized.width - 224) // 2, (resized.height - 224) // 2
    pixels = np.asarray(resized)[top : top + 224, left : left + 224]
    return pixels, ((pixels.astype(np.float32) / np.float32(255) - MEAN) / STD).transpose(2, 0, 1)


def main():
    checker()
    session = ort.InferenceSession(os.path.join(HERE, "safety_checker", "model.onnx"))
    cases = []
    for name in PICTURES:
        path = os.path.join(HERE, name)
        if "/" not in name:
            synthetic(name).save(path)
        image = Image.open(path).convert("RGB")
        pixels, values = clip(image)
        images = np.asarray(image, np.float32)[None] / 255
        _, unsafe = session.run(None, {"clip_input": values[None], "images": images})
        cases.append(
            {
                "picture": name,
                "width": image.width,
                "height": image.height,
                "crop_sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
                "values": [round(float(v), 6) for v in values.reshape(-1)[:: 224 * 224 // 8 + 13]],
                "unsafe": bool(unsafe[0]),
            }
        )
        print(cases[-1]["picture"], cases[-1]["unsafe"])
    with open(os.path.join(HERE, "cases.json"), "w") as out:
        json.dump(cases, out, indent=1)
        out.write("\n")


main()
