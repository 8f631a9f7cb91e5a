/** Python for tags of words: IOB files, head, batches and entity scores. */

export const pythonTagging = String.raw`
def read_data(args):
    """Sentences as {words, tags}, from files of a word and its tag per line (JNLPBA, CoNLL), in IOB2."""
    if not (args.train_file and args.dev_file):
        raise SystemExit("Give the task's files: --train-file and --dev-file.")
    return sentences_of(args.train_file), sentences_of(args.dev_file), LABELS


def sentences_of(paths):
    sentences = []
    for path in paths:
        words, tags = [], []
        with open(path, encoding="utf-8-sig") as file:
            for number, line in enumerate([*file, "\n"], 1):
                line = line.rstrip("\r\n")
                if not line.strip() or line.startswith(("###", "-DOCSTART-")):
                    if words:
                        sentences.append({"words": words, "tags": tags})
                    words, tags = [], []
                    continue
                cells = line.split("\t") if "\t" in line else line.split()
                if len(cells) < 2:
                    raise SystemExit(f"{path}, line {number}: found {line!r} instead of a word and its tag.")
                words.append(cells[0])
                tags.append(cells[-1])
    for sentence in sentences:
        for tag in sentence["tags"]:
            if tag not in LABELS:
                raise SystemExit(f'The tag "{tag}" is none of {", ".join(LABELS)}.')
    return sentences


def load_model(args, labels):
    tokenizer = AutoTokenizer.from_pretrained(args.model, revision=args.revision, add_prefix_space=True)
    model = AutoModelForTokenClassification.from_pretrained(
        args.model,
        revision=args.revision,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={name: index for index, name in enumerate(labels)},
        ignore_mismatched_sizes=True,
    )
    return model, tokenizer


def train_rows(train, tokenizer, args):
    return train


def collate(tokenizer, max_length, rows):
    batch = tokenizer(
        [row["words"] for row in rows],
        is_split_into_words=True,
        truncation=True,
        max_length=max_length,
        padding=True,
        return_tensors="pt",
    )
    labels = torch.full(batch["input_ids"].shape, -100)
    for index, row in enumerate(rows):
        before = None
        for token, word in enumerate(batch.word_ids(index)):
            # The first token of a word carries its tag.
            if word is not None and word != before:
                labels[index, token] = LABELS.index(row["tags"][word])
            before = word
    batch["labels"] = labels
    return batch


def loss_of(model, batch):
    return model(**batch).loss


def evaluate(accelerator, model, tokenizer, dev, args, labels, last):
    model.eval()
    loader = DataLoader(dev, batch_size=args.batch_size, collate_fn=partial(collate, tokenizer, args.max_length))
    hits = found = expected = scored = 0
    for batch in accelerator.prepare(loader):
        with torch.no_grad():
            predicted = model(**batch).logits.argmax(-1)
        both = accelerator.pad_across_processes((predicted, batch["labels"]), dim=1, pad_index=-100)
        for guess, gold in zip(*(part.tolist() for part in accelerator.gather_for_metrics(both))):
            # Rows come in the order of dev; words that were cut count as O.
            given = entities(dev[scored]["tags"])
            guessed = entities([labels[guess[index]] for index, label in enumerate(gold) if label != -100])
            scored += 1
            hits += len(guessed & given)
            found += len(guessed)
            expected += len(given)
    precision, recall = hits / max(1, found), hits / max(1, expected)
    return {"precision": precision, "recall": recall, "f1": 2 * hits / max(1, found + expected)}


def entities(tags):
    """Whole entities as (kind, first word, word after the last), as conlleval counts them."""
    spans, start, kind = set(), 0, None
    for index, tag in enumerate([*tags, "O"]):
        if kind is not None and (tag[:2] != "I-" or tag[2:] != kind):
            spans.add((kind, start, index))
            kind = None
        if tag != "O" and kind is None:
            start, kind = index, tag[2:]
    return spans
`;
