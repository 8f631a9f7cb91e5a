"""The training loop of `npm run pretrain -- --trainer torch`, in PyTorch, for a machine with a CUDA GPU.

    python3 scripts/pretrain_torch.py FOLDER [--seconds S]

FOLDER is .cache/pretrain/NAME with job.json (configuration, options, files), init.safetensors (the initial weights under
Hugging Face's names) and the encoded rows that scripts/rowCache.ts wrote, all made by scripts/pretrain.ts, which also makes the
checkpoint and measures its perplexity with the project's own engine afterwards. Objective, curriculum, schedule and AdamW
are those of src/experiment/pretraining.ts; the draws of masks and batches are PyTorch's own. The model is Hugging Face's.
Writes trained.safetensors and log.jsonl. With --seconds the schedule runs over that time instead of job.json's steps.
"""
import argparse
import json
import math
import os
import time

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel, RobertaConfig, RobertaForMaskedLM

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--seconds", type=float)
given = parser.parse_args()
job = json.load(open(os.path.join(given.folder, "job.json")))
options, family = job["options"], job["family"]
device = "cuda"
torch.manual_seed(options["seed"])
torch.set_float32_matmul_precision("high")


def read_rows(path):
    """Groups of rows as (ids padded with pad_id, lengths), both int16 on the GPU."""
    content = open(path, "rb").read()
    end = content.index(b"\n")
    counts = json.loads(content[:end])
    body = np.frombuffer(content, dtype="<u2", offset=end + 1)
    at, groups = 0, {}
    for name, count in counts:
        starts, lengths = np.empty(count, np.int64), np.empty(count, np.int64)
        for i in range(count):
            lengths[i] = body[at]
            starts[i] = at + 1
            at += 1 + int(body[at])
        ids = np.full((count, int(lengths.max())), job["padId"], np.int16)
        columns = np.arange(ids.shape[1])
        kept = columns[None, :] < lengths[:, None]
        ids[kept] = body[(starts[:, None] + columns[None, :])[kept]].astype(np.int16)
        groups[name] = (torch.from_numpy(ids).to(device), torch.from_numpy(lengths).to(device))
    return groups


class Batches:
    """Batches of rows of about the same length, in a new order every epoch."""

    def __init__(self, rows, size):
        self.ids, self.lengths = rows
        self.size = size
        self.waiting = []

    def next(self):
        if not self.waiting:
            order = torch.randperm(len(self.lengths), device=device)
            # A stable sort by eighths of the length: within one, the order stays random.
            order = order[torch.sort((self.lengths[order] + 7) // 8, stable=True).indices]
            count = len(order) // self.size
            cut = order[: count * self.size].view(count, self.size)
            longest = ((self.lengths[cut].amax(1) + 7) // 8 * 8).clamp(max=self.ids.shape[1]).tolist()
            turns = torch.randperm(count).tolist()
            self.waiting = [(cut[i], longest[i]) for i in turns]
        rows, longest = self.waiting.pop()
        return self.ids[rows, :longest].long(), self.lengths[rows]


rows = read_rows(job["rows"])
batch_size = options["batchSize"]
batches = {name: Batches(group, batch_size) for name, group in rows.items() if name != "heldOut"}
config = job["config"]
for name in ("hidden_dropout_prob", "attention_probs_dropout_prob", "resid_pdrop", "embd_pdrop", "attn_pdrop"):
    if name in config:
        config[name] = 0.0
for name in ("torch_dtype", "architectures"):
    config.pop(name, None)
model = (
    RobertaForMaskedLM(RobertaConfig(**config)) if family == "roberta" else GPT2LMHeadModel(GPT2Config(**config))
).to(device)
# Tied by hand, whatever this version of transformers does on its own.
if family == "roberta":
    model.lm_head.decoder.weight = model.roberta.embeddings.word_embeddings.weight
    model.lm_head.decoder.bias = model.lm_head.bias
else:
    model.lm_head.weight = model.transformer.wte.weight
initial = load_file(os.path.join(given.folder, "init.safetensors"))
own = {name: value for name, value in model.named_parameters()}
prefix = "" if family == "roberta" else "transformer."
renamed = {(name if name in own else prefix + name): value for name, value in initial.items()}
missing, unknown = set(own) - set(renamed), set(renamed) - set(own)
if missing or unknown:
    raise SystemExit(f"Weights and model differ: missing {sorted(missing)}, unknown {sorted(unknown)}")
with torch.no_grad():
    for name, value in renamed.items():
        if own[name].shape != value.shape:
            raise SystemExit(f"{name} is {tuple(value.shape)}, expected {tuple(own[name].shape)}")
        own[name].copy_(value)
model.train()
special = torch.zeros(config["vocab_size"], dtype=torch.bool, device=device)
special[torch.tensor(job["specialIds"], device=device)] = True
salient = torch.zeros_like(special)
if job["salientIds"]:
    salient[torch.tensor(job["salientIds"], device=device)] = True


def masked_loss(ids, with_salient):
    """Cross-entropy of the predicted tokens: 80 % of them masked, 10 % replaced, 10 % left (RoBERTa)."""
    drawn = torch.rand(ids.shape, device=device) < options["maskFraction"]
    if with_salient:
        drawn |= salient[ids]
    drawn &= ~special[ids]
    fate = torch.rand(ids.shape, device=device)
    random_ids = torch.randint(config["vocab_size"], ids.shape, device=device)
    inputs = torch.where(drawn & (fate < 0.8), job["maskId"], ids)
    inputs = torch.where(drawn & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    logits = model(input_ids=inputs, attention_mask=(ids != job["padId"]).long()).logits
    labels = torch.where(drawn, ids, -100)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def next_token_loss(ids, lengths):
    """Cross-entropy of every next token; half of the batches start at a random position."""
    size, length = ids.shape
    first = int(torch.randint(config["n_positions"] - length + 1, (1,))) if torch.rand(1) < 0.5 else 0
    positions = torch.arange(first, first + length, device=device)[None].expand(size, length)
    # Rows are padded on the right, where causal attention never looks.
    logits = model(input_ids=ids, position_ids=positions).logits
    beyond = torch.arange(length, device=device)[None] >= lengths[:, None]
    labels = ids.masked_fill(beyond, -100)[:, 1:]
    return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels.flatten())


def rate_at(progress):
    """Linear warm-up and decay in every cycle."""
    warm, step = options["warmupFraction"], progress * total_steps
    for steps in options["cycles"]:
        if step < steps:
            done = step / steps
            return options["learningRate"] * (done / warm if done < warm else (1 - done) / (1 - warm))
        step -= steps
    return 0.0


total_steps = sum(options["cycles"])


optimizer = torch.optim.AdamW(
    model.parameters(),
    lr=options["learningRate"],
    betas=(0.9, 0.98),
    eps=1e-8,
    weight_decay=options["weightDecay"],
    fused=True,
)
plain_share = options["plainSteps"] / total_steps
last_from = 1 - options["cycles"][-1] / total_steps if "last" in batches else 2
log = open(os.path.join(given.folder, "log.jsonl"), "w")
began = time.time()
step, lines, read, losses = 0, 0, 0, torch.zeros((), device=device)
while True:
    elapsed = time.time() - began
    progress = elapsed / given.seconds if given.seconds else step / total_steps
    if progress >= 1:
        break
    stage = "plain" if progress < plain_share else "last" if progress >= last_from else "all"
    ids, lengths = batches[stage].next()
    loss = masked_loss(ids, stage == "last") if family == "roberta" else next_token_loss(ids, lengths)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), options["clipNorm"])
    for group in optimizer.param_groups:
        group["lr"] = rate_at(progress)
    optimizer.step()
    step += 1
    lines += batch_size
    losses += loss.detach()
    read += 1
    if step % 500 == 0 or step == 100:
        mean = float(losses) / read
        entry = {"step": step, "trainLoss": round(mean, 4), "learningRate": float(f"{rate_at(progress):.4g}")}
        entry |= {"stage": stage, "lines": lines, "seconds": round(time.time() - began)}
        print(json.dumps(entry), flush=True)
        log.write(json.dumps(entry) + "\n")
        log.flush()
        losses.zero_()
        read = 0
        if not math.isfinite(mean):
            raise SystemExit(f"The loss is {mean} at step {step}: take a smaller --learning-rate.")
log.write(json.dumps({"step": step, "lines": lines, "seconds": round(time.time() - began)}) + "\n")
log.close()
back = {name: own[new].detach().float().cpu().contiguous() for new, name in ((n if n in own else prefix + n, n) for n in initial)}
save_file(
    back,
    os.path.join(given.folder, "trained.safetensors"),
    {"step": str(step), "lines": str(lines), "seconds": str(round(time.time() - began)), "device": torch.cuda.get_device_name(), "torch": torch.__version__},
)
print(f"{step} steps, {lines} lines, {time.time() - began:.0f} s", flush=True)
