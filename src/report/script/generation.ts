/** Python for data to text: E2E and WebNLG from their original files, completions with labels, texts by beam search. */

export const pythonGeneration = String.raw`
def read_data(args):
    """Records as {source, references}, as the task's original files have them."""
    if not (args.train_file and args.dev_file):
        raise SystemExit("Give the task's files: --train-file and --dev-file.")
    return records_of(args.train_file), records_of(args.dev_file), None


def records_of(paths):
    """Each record once, with all its texts, in the order of the files."""
    records = {}
    for path in paths:
        for source, text in pairs_of(path):
            text = re.sub(r"\s*[\r\n]\s*", " ", text.strip())
            if text:
                records.setdefault(source, []).append(text)
    if not records:
        raise SystemExit(f"{', '.join(paths)}: there is no record with a text.")
    return [{"source": source, "references": texts} for source, texts in records.items()]


def pairs_of(path):
    """E2E's CSV (mr, ref) or "prompt||text" lines; WebNLG's XML or JSON lines (triples, lex)."""
    if path.endswith(".xml"):
        for entry in ElementTree.parse(path).getroot().iter("entry"):
            triples = [triple.text.split(" | ", 2) for triple in entry.find("modifiedtripleset").iter("mtriple")]
            for lex in entry.iter("lex"):
                text = lex.findtext("text") if lex.find("text") is not None else lex.text
                yield prompt_of_triples(triples), text or ""
        return
    with open(path, encoding="utf-8-sig", newline="") as file:
        if path.endswith((".jsonl", ".json")):
            for line in filter(str.strip, file):
                entry = json.loads(line)
                for lex in entry["lex"]:
                    yield prompt_of_triples(entry["triples"]), lex["text"]
        elif path.endswith(".csv"):
            for row in csv.DictReader(file):
                record = {key.lower(): value for key, value in row.items() if key}
                yield prompt_of_record(record["mr"]), record["ref"]
        else:
            for line in file:
                source, _, text = line.partition("||")
                if source.strip():
                    yield source.strip(), text


def prompt_of_triples(triples):
    return " | ".join(" : ".join(part.strip() for part in triple) for triple in triples)


def prompt_of_record(record):
    """name[Blue Spice], eatType[coffee shop] as "name : Blue Spice | Type : coffee shop"."""
    names = {"eatType": "Type", "familyFriendly": "family friendly", "priceRange": "price"}
    parts = []
    for name, value in re.findall(r"\s*([^\[\],]+)\[([^\]]*)\]", record):
        spaced = re.sub(r"(\d)-(?=\d)", r"\1 - ", re.sub(r"£(?=\d)", "£ ", value.strip()))
        parts.append(f"{names.get(name.strip(), name.strip())} : {spaced}")
    return " | ".join(parts)


def load_model(args, labels):
    tokenizer = AutoTokenizer.from_pretrained(args.model, revision=args.revision)
    model = AutoModelForCausalLM.from_pretrained(args.model, revision=args.revision)
    # GPT-2 has no padding token: any will do where the attention mask is 0.
    tokenizer.pad_token_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else end_of(model)
    return model, tokenizer


def end_of(model):
    return model.config.eos_token_id


def prompt_ids(source, tokenizer):
    """The record, then the token that starts the text."""
    start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    return tokenizer(source, add_special_tokens=False)["input_ids"] + [start]


def train_rows(train, tokenizer, args):
    """A row per text: prompt, text, end of text; the loss is on the text and its end alone."""
    rows = []
    for record in train:
        prompt = prompt_ids(record["source"], tokenizer)
        if len(prompt) >= args.max_length:
            raise SystemExit(f"{record['source'][:60]}… alone has {len(prompt)} tokens: raise --max-length.")
        for text in record["references"]:
            completion = tokenizer(" " + text, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
            labels = [-100] * len(prompt) + completion
            rows.append(((prompt + completion)[: args.max_length], labels[: args.max_length]))
    return rows


def collate(tokenizer, max_length, rows):
    length = max(len(ids) for ids, _ in rows)

    def padded(lists, value):
        return torch.tensor([[*items, *[value] * (length - len(items))] for items in lists])

    return {
        "input_ids": padded([ids for ids, _ in rows], tokenizer.pad_token_id),
        "attention_mask": padded([[1] * len(ids) for ids, _ in rows], 0),
        "labels": padded([labels for _, labels in rows], -100),
    }


def loss_of(model, batch):
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1]
    labels = batch["labels"][:, 1:]
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100, label_smoothing=LABEL_SMOOTHING
    )


def row_losses(model, batch):
    """Of each row the summed loss of its labels, without the smoothing of training, and their number."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1]
    labels = batch["labels"][:, 1:]
    losses = torch.nn.functional.cross_entropy(
        logits.transpose(1, 2).float(), labels, ignore_index=-100, reduction="none"
    )
    return losses.sum(1), (labels != -100).sum(1)


def evaluate(accelerator, model, tokenizer, dev, args, labels, last):
    """Mean loss of the labels of dev; at the end also the texts, written to generated.jsonl, and their BLEU."""
    model.eval()
    rows = train_rows(dev, tokenizer, args)
    loader = DataLoader(rows, batch_size=args.batch_size, collate_fn=partial(collate, tokenizer, args.max_length))
    total = counted = 0
    for batch in accelerator.prepare(loader):
        with torch.no_grad():
            losses, counts = accelerator.gather_for_metrics(row_losses(model, batch))
        total += sum(losses.tolist())
        counted += sum(counts.tolist())
    scores = {"loss": total / counted}
    if not last:
        return scores
    with accelerator.split_between_processes(list(range(len(dev)))) as mine:
        texts = write_texts(accelerator.unwrap_model(model), tokenizer, [dev[index]["source"] for index in mine], args)
        written = gather_object(list(zip(mine, texts)))
    if not accelerator.is_main_process:
        return scores
    by_index = dict(written)
    os.makedirs(args.out, exist_ok=True)
    with open(os.path.join(args.out, "generated.jsonl"), "w", encoding="utf-8") as file:
        for index, record in enumerate(dev):
            print(json.dumps({**record, "generated": by_index[index]}, ensure_ascii=False), file=file)
    return {**scores, **bleu_scores([by_index[index] for index in range(len(dev))], dev)}


def bleu_scores(texts, dev):
    """sacrebleu's BLEU without case, 0-1, and its signature; nothing where sacrebleu is not installed."""
    try:
        from sacrebleu.metrics import BLEU
    except ImportError:
        print("Install sacrebleu for BLEU; the texts are in generated.jsonl.", flush=True)
        return {}
    lists = [[bleu_text(text) for text in record["references"]] for record in dev]
    most = max(map(len, lists))
    streams = [[references[at] if at < len(references) else None for references in lists] for at in range(most)]
    metric = BLEU(lowercase=True, tokenize=BLEU_TOKENS, smooth_method="none")
    score = metric.corpus_score([bleu_text(text) for text in texts], streams).score
    return {"sacrebleu": score / 100, "signature": str(metric.get_signature())}


def bleu_text(text):
    """Of WebNLG words and signs apart, as LoRA's evaluation splits them; of E2E the text, which sacrebleu splits."""
    return " ".join(re.findall(r"\w+|[^\w\s]", text.lower())) if BLEU_TOKENS == "none" else text


class NoRepeats(LogitsProcessor):
    """No n tokens in a row come twice in a text. Those of its record do not count, unlike with no_repeat_ngram_size."""

    def __init__(self, size, start):
        self.size, self.start = size, start

    def __call__(self, input_ids, scores):
        for row, said in enumerate(input_ids[:, self.start :].tolist()):
            scores[row, repeating_tokens(said, self.size)] = -float("inf")
        return scores


def repeating_tokens(said, size):
    """Tokens that would complete an n-gram that was said already."""
    ends = range(size - 1, len(said)) if size > 0 else []
    last = said[len(said) - size + 1 :]
    return [said[end] for end in ends if said[end - size + 1 : end] == last]


def write_texts(model, tokenizer, sources, args):
    texts = []
    for first in range(0, len(sources), args.batch_size):
        prompts = [prompt_ids(source, tokenizer) for source in sources[first : first + args.batch_size]]
        length = max(map(len, prompts))
        # A decoder is padded on the left, so that every text goes on from its prompt's end.
        ids = torch.tensor([[tokenizer.pad_token_id] * (length - len(p)) + p for p in prompts])
        mask = torch.tensor([[0] * (length - len(p)) + [1] * len(p) for p in prompts])
        with torch.no_grad():
            found = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=mask.to(model.device),
                pad_token_id=tokenizer.pad_token_id,
                eos_token_id=tokenizer.eos_token_id,
                logits_processor=LogitsProcessorList([NoRepeats(NO_REPEAT_NGRAM, length)]),
                **DECODING,
            )
        texts += [tokenizer.decode(row[length:], skip_special_tokens=True).strip() for row in found]
    return texts
`;
