/** Python that every training script has: the learned ranks on the full-size model, optimizer, loop over several GPUs. */

/** Imports and the command line; names in percent signs are filled in by `trainingScript.ts`. */
export const pythonImports = `
%MODULES%

import torch
from accelerate import Accelerator
from accelerate.utils import %GATHER%set_seed
from peft import LoraConfig, get_peft_model
from torch.utils.data import DataLoader
from transformers import %CLASSES%, AutoTokenizer%PROCESSORS%, get_scheduler
`;

export const pythonArguments = `
def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=MODEL, help="name on the Hub or folder; default: %(default)s")
    parser.add_argument("--revision", help=f"of the model; default of {MODEL}: {REVISION or 'main'}")
    parser.add_argument("--out", default=OUT, help="folder for the adapter and the scores")
    parser.add_argument("--train-file", nargs="+", help=TRAIN_HELP)
    parser.add_argument("--dev-file", nargs="+", help="the same for the dev set")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--batch-size", type=int, default=BATCH_SIZE, help="examples per step on each GPU")
    parser.add_argument("--accumulate", type=int, default=1, help="batches per step")
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--warmup", type=float, default=0.06, help="share of the steps")
    parser.add_argument("--clip", type=float, default=1.0, help="largest norm of a gradient")
    parser.add_argument("--max-length", type=int, default=MAX_LENGTH, help="tokens per example")
    parser.add_argument("--precision", choices=["no", "fp16", "bf16"], default="no")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--strict", action="store_true", help="refuse a model of another number of blocks")
    args = parser.parse_args()
    if args.revision is None and args.model == MODEL:
        args.revision = REVISION
    return args
`;

/** Ranks and alphas of any number of blocks, and PEFT's configuration with them. */
export const pythonRanks = `
def learned_block(block, blocks):
    """The learned block that a block takes its ranks from: the same one, else the one at the same relative depth."""
    return (2 * block + 1) * LEARNED_BLOCKS // (2 * blocks)


def check_blocks(blocks, args):
    if blocks == LEARNED_BLOCKS:
        return
    said = (
        f"The ranks were learned on {LEARNED_BLOCKS} blocks and {args.model} has {blocks}: block i takes those of "
        f"learned block floor((i + 1/2) * {LEARNED_BLOCKS} / {blocks}). This is a guess, not something that was learned."
    )
    if args.strict:
        raise SystemExit(said + " Refused, since --strict was given.")
    print(said, flush=True)


def with_lora(model, rank_pattern, alpha_pattern, **more):
    """PEFT's LoRA on the modules that the patterns name."""
    if not rank_pattern:
        raise SystemExit("Every block here takes its ranks from a learned block of rank 0: no LoRA is left to train.")
    config = LoraConfig(
        task_type=PEFT_TASK,
        r=max(rank_pattern.values()),
        lora_alpha=max(alpha_pattern.values()),
        rank_pattern=rank_pattern,
        alpha_pattern=alpha_pattern,
        target_modules=list(rank_pattern),
        lora_dropout=LORA_DROPOUT,
        bias="none",
        use_rslora=USE_RSLORA,
        use_dora=USE_DORA,
        **more,
    )
    return get_peft_model(model, config)
`;

export const pythonRobertaAdapter = `
def longest_input(config):
    """In tokens: positions begin after the padding id."""
    return config.max_position_embeddings - config.pad_token_id - 1


def with_adapter(model, args):
    """The model with LoRA of the learned ranks on its query and value projections."""
    blocks = model.config.num_hidden_layers
    check_blocks(blocks, args)
    rank_pattern, alpha_pattern = {}, {}
    for block in range(blocks):
        for part in ("query", "value"):
            layer = f"{learned_block(block, blocks)}.{part}"
            # PEFT refuses rank 0: such a projection simply gets no adapter.
            if RANKS[layer] > 0:
                name = f"roberta.encoder.layer.{block}.attention.self.{part}"
                rank_pattern[name] = RANKS[layer]
                alpha_pattern[name] = ALPHAS[layer]
    return with_lora(model, rank_pattern, alpha_pattern)


def is_decayed(name):
    return True


def plain_weights(model):
    """Nothing to undo before saving."""
`;

export const pythonGpt2Adapter = `
def longest_input(config):
    """In tokens."""
    return config.n_positions


class Parts(torch.nn.Module):
    """B times a constant: the scaling of the query and of the value in their own rows and columns, zero elsewhere."""

    def __init__(self, scale):
        super().__init__()
        self.register_buffer("scale", scale, persistent=False)

    def forward(self, weight):
        return weight * self.scale


def with_adapter(model, args):
    """
    GPT-2 keeps query, key and value in one matrix, c_attn, on which PEFT puts one LoRA layer. Of rank r_q + r_v, with B
    held to zero outside the query's rows for the first r_q components and the value's for the others, it is exactly two
    LoRA layers of ranks r_q and r_v, as they were learned. alpha = rank, since B carries the scaling.
    """
    blocks, width = model.config.n_layer, model.config.n_embd
    check_blocks(blocks, args)
    rank_pattern = {}
    for block in range(blocks):
        learned = learned_block(block, blocks)
        rank = RANKS[f"{learned}.query"] + RANKS[f"{learned}.value"]
        if rank > 0:
            rank_pattern[f"transformer.h.{block}.attn.c_attn"] = rank
    alpha_pattern = {name: math.sqrt(rank) if USE_RSLORA else rank for name, rank in rank_pattern.items()}
    adapted = with_lora(model, rank_pattern, alpha_pattern, fan_in_fan_out=True)
    for block in range(blocks):
        name = f"transformer.h.{block}.attn.c_attn"
        if name not in rank_pattern:
            continue
        module = adapted.get_submodule(f"base_model.model.{name}")
        query, value = (f"{learned_block(block, blocks)}.{part}" for part in ("query", "value"))
        split = RANKS[query]
        scale = torch.zeros(3 * width, rank_pattern[name])
        scale[:width, :split] = scaling_of(query)
        scale[2 * width :, split:] = scaling_of(value)
        torch.nn.utils.parametrize.register_parametrization(module.lora_B["default"], "weight", Parts(scale))
        if USE_DORA:
            # Outputs without a LoRA layer keep their magnitude.
            mask = (scale.abs().sum(1) > 0).float()
            module.lora_magnitude_vector["default"].weight.register_hook(
                lambda gradient, mask=mask: gradient * mask.to(gradient.device)
            )
    return adapted


def is_decayed(name):
    """DoRA's magnitudes are not: the decay would change those of outputs without a LoRA layer too."""
    return "lora_magnitude" not in name


def scaling_of(layer):
    rank = RANKS[layer]
    return 0.0 if rank == 0 else ALPHAS[layer] / (math.sqrt(rank) if USE_RSLORA else rank)


def plain_weights(model):
    """B as the product that it stands for, so that PEFT saves and loads it like any other."""
    for name, module in model.named_modules():
        if torch.nn.utils.parametrize.is_parametrized(module, "weight"):
            torch.nn.utils.parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
`;

export const pythonTraining = `
def parameter_groups(model, args):
    """LoRA+ lets B learn faster."""
    groups = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            rate = args.learning_rate * (LORA_PLUS_RATIO if "lora_B" in name else 1.0)
            decay = args.weight_decay if is_decayed(name) else 0.0
            groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": members, "lr": rate, "weight_decay": decay} for (rate, decay), members in groups.items()]


def steps_in(batches, args):
    """Of the optimizer, by batches per epoch: accelerate also takes one at the end of each epoch."""
    return max(1, math.ceil(math.ceil(batches / args.accumulate) * args.epochs))


def main():
    args = parse_arguments()
    accelerator = Accelerator(mixed_precision=args.precision, gradient_accumulation_steps=args.accumulate)
    set_seed(args.seed)
    train, dev, labels = read_data(args)
    accelerator.print(f"{len(train)} train and {len(dev)} dev examples")
    model, tokenizer = load_model(args, labels)
    args.max_length = min(args.max_length, longest_input(model.config))
    # Some checkpoints are stored as float16, in which AdamW diverges; --precision is for the products alone.
    model = with_adapter(model.float(), args)
    if accelerator.is_main_process:
        model.print_trainable_parameters()

    pad = partial(collate, tokenizer, args.max_length)
    rows = train_rows(train, tokenizer, args)
    loader = DataLoader(rows, batch_size=args.batch_size, shuffle=True, collate_fn=pad)
    optimizer = torch.optim.AdamW(parameter_groups(model, args), lr=args.learning_rate)
    batches = math.ceil(len(loader) / accelerator.num_processes)
    steps = steps_in(batches, args)
    # Moved by hand, once per step on any number of GPUs; so it is not prepared.
    scheduler = get_scheduler("linear", optimizer, math.ceil(args.warmup * steps), steps)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)

    step = 0
    while step < steps:
        model.train()
        for batch in loader:
            with accelerator.accumulate(model):
                loss = loss_of(model, batch)
                accelerator.backward(loss)
                if accelerator.sync_gradients and args.clip > 0:
                    accelerator.clip_grad_norm_(model.parameters(), args.clip)
                optimizer.step()
                optimizer.zero_grad()
            if accelerator.sync_gradients:
                scheduler.step()
                step += 1
                if step % 50 == 0 or step == steps:
                    accelerator.print(f"step {step} of {steps}, loss {loss.item():.4f}", flush=True)
                if step == steps:
                    break
        if step < steps:
            accelerator.print(json.dumps(evaluate(accelerator, model, tokenizer, dev, args, labels, False)), flush=True)

    scores = evaluate(accelerator, model, tokenizer, dev, args, labels, True)
    accelerator.print(json.dumps(scores), flush=True)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        trained = accelerator.unwrap_model(model)
        plain_weights(trained)
        trained.save_pretrained(args.out)
        tokenizer.save_pretrained(args.out)
        with open(os.path.join(args.out, "scores.json"), "w") as file:
            json.dump({"scores": scores, "arguments": vars(args)}, file, indent=2)
    accelerator.end_training()


if __name__ == "__main__":
    main()
`;
