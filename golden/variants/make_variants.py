"""Half-precision and quantised variants of the tiny sd15 model, and the images that they give in Python.

usage: python make_variants.py        (in any folder; needs numpy, pillow, onnx, onnxruntime 1.28)

Writes beside itself, from ../pipelines/sd15/model:
  float16/<part>/model.onnx   all weights, inputs and outputs float16 (the embedding of the timestep stays float32 inside)
  weights16/unet/model.onnx   weights and arithmetic float16, inputs and outputs float32
  int8/<part>/model.onnx      weights int8, activations quantised for each run; inputs and outputs float32
  cases.json, <case>.png, <case>.latents.npy

The reference is DDIM (arXiv 2010.02502) in float64 over the networks' float32 or float16 results, written here from the paper, with the
noise of torch's generator for the processor. Before anything is written, it is run on the float32 model and compared with
../pipelines/sd15/ddim.latents.npy, which came from diffusers.
"""

import json
import os
import shutil

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = os.path.join(HERE, "..", "pipelines", "sd15")
PARTS = ("text_encoder", "unet", "vae_decoder")
FLOAT, FLOAT16 = onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16
CASES = [
    {"name": "lighthouse", "prompt": "oil painting of a lighthouse in a storm", "seed": 7, "steps": 10, "guidance": 7.5},
    {"name": "cat", "prompt": "a photo of a cat", "seed": 0, "steps": 8, "guidance": 1.0},
]


def randn(seed, count):
    """torch.randn of a multiple of 16 numbers on the processor: Box-Muller over blocks of 16 uniform numbers of 24 bits."""
    words = np.random.RandomState(seed & 0xFFFFFFFF).randint(0, 1 << 32, count, np.uint64)
    u = ((words & 0xFFFFFF).astype(np.float32) * np.float32(2**-24)).reshape(-1, 2, 8)
    radius = np.sqrt(np.float32(-2) * np.log(np.float32(1) - u[:, 0]))
    angle = np.float32(2 * np.pi) * u[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)


def to_half(source, target, keep_io):
    """Makes every float32 tensor of a graph float16, but for the sines of the timestep, which need the precision, and scales of Resize."""
    model = onnx.load(source)
    graph = model.graph
    del graph.value_info[:]
    single = {name for n in graph.node if n.op_type == "Resize" for name in n.input[1:]}
    single |= {name for n in graph.node if n.name.startswith("/time_proj/") for name in [*n.input, *n.output]}

    def half(tensor):
        if tensor.data_type == FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))

    for tensor in graph.initializer:
        if tensor.name not in single:
            half(tensor)
    for node in graph.node:
        if node.output[0] in single:
            continue
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                half(attribute.t)
            elif node.op_type == "Cast" and attribute.name == "to" and attribute.i == FLOAT:
                attribute.i = FLOAT16
    before, after = [], []
    for port in [*graph.input, *graph.output]:
        kind = port.type.tensor_type
        if kind.elem_type != FLOAT:
            continue
        if not keep_io:
            kind.elem_type = FLOAT16
            continue
        inner = port.name + "_half"
        is_input = port in graph.input
        for node in graph.node:
            names = node.input if is_input else node.output
            for i, name in enumerate(names):
                if name == port.name:
                    names[i] = inner
        if is_input:
            before.append(helper.make_node("Cast", [port.name], [inner], to=FLOAT16))
        else:
            after.append(helper.make_node("Cast", [inner], [port.name], to=FLOAT))
    nodes = [*before, *graph.node, *after]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, target)


def make(variant, part):
    source = os.path.join(BASE, "model", part, "model.onnx")
    target = os.path.join(HERE, variant, part, "model.onnx")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if variant == "int8":
        quantize_dynamic(source, target, weight_type=QuantType.QInt8)
    else:
        to_half(source, target, variant == "weights16")


class Model:
    def __init__(self, variant):
        options = ort.SessionOptions()
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        self.sessions = {}
        for part in PARTS:
            own = os.path.join(HERE, variant, part, "model.onnx")
            path = own if os.path.exists(own) else os.path.join(BASE, "model", part, "model.onnx")
            self.sessions[part] = ort.InferenceSession(path, options)

    def run(self, part, **inputs):
        session = self.sessions[part]
        types = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int32)": np.int32, "tensor(int64)": np.int64}
        feeds = {i.name: np.asarray(inputs[i.name]).astype(types[i.type]) for i in session.get_inputs()}
        return session.run(None, feeds)[0].astype(np.float32)


def generate(model, case, ids):
    config = json.load(open(os.path.join(BASE, "model", "scheduler", "scheduler_config.json")))
    train = config["num_train_timesteps"]
    betas = np.linspace(config["beta_start"] ** 0.5, config["beta_end"] ** 0.5, train) ** 2
    alphas = np.cumprod(1 - betas)
    stride = train // case["steps"]
    times = (np.arange(case["steps"]) * stride)[::-1] + config["steps_offset"]
    guided = case["guidance"] > 1
    prompts = ["", case["prompt"]] if guided else [case["prompt"]]
    text = np.concatenate([model.run("text_encoder", input_ids=[ids[p]]) for p in prompts])
    x = randn(case["seed"], 4 * 8 * 8).reshape(1, 4, 8, 8).astype(np.float64)
    for t in times:
        sample = np.concatenate([x] * len(prompts)).astype(np.float32)
        rows = model.run("unet", sample=sample, timestep=[t], encoder_hidden_states=text).astype(np.float64)
        noise = rows[:1] + case["guidance"] * (rows[1:] - rows[:1]) if guided else rows
        now, before = alphas[t], alphas[t - stride] if t >= stride else alphas[0]
        clean = (x - (1 - now) ** 0.5 * noise) / now**0.5
        x = before**0.5 * clean + (1 - before) ** 0.5 * noise
    picture = model.run("vae_decoder", latent_sample=x / 0.18215)[0]
    rgb = np.rint(np.clip(picture.transpose(1, 2, 0) / 2 + 0.5, 0, 1) * 255).astype(np.uint8)
    return x.astype(np.float32), Image.fromarray(rgb)


def main():
    golden = json.load(open(os.path.join(BASE, "cases.json")))
    ids = {e["text"]: e["ids"] for e in golden["embeddings"]}
    ids[""] = [998] + [999] * 76
    expected = np.load(os.path.join(BASE, "ddim.latents.npy"))
    base, _ = generate(Model("none"), CASES[0], ids)
    assert np.abs(base - expected).max() < 1e-3 * max(1, np.abs(expected).max()), np.abs(base - expected).max()

    cases = []
    for variant, parts in (("float16", PARTS), ("weights16", ("unet",)), ("int8", PARTS)):
        shutil.rmtree(os.path.join(HERE, variant), ignore_errors=True)
        for part in parts:
            make(variant, part)
        model = Model(variant)
        for case in CASES:
            latents, image = generate(model, case, ids)
            plain, _ = generate(Model("none"), case, ids)
            name = f"{variant}_{case['name']}"
            np.save(os.path.join(HERE, name + ".latents.npy"), latents)
            image.save(os.path.join(HERE, name + ".png"))
            change = float(np.abs(latents - plain).max() / max(1, np.abs(plain).max()))
            cases.append({**case, "name": name, "variant": variant, "change_from_float32": round(change, 6)})
            print(cases[-1])
    with open(os.path.join(HERE, "cases.json"), "w") as out:
        json.dump(cases, out, indent=1)
        out.write("\n")


main()
