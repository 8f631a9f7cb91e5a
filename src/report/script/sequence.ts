/** Python for texts and pairs of texts: GLUE from the Hub or tables, head, batches and scores. */

export const pythonSequence = String.raw`
def read_data(args):
    """Train and dev as {text, pair, label}, and the classes' names; of a regression none."""
    if args.train_file or args.dev_file:
        if not (args.train_file and args.dev_file):
            raise SystemExit("Give both --train-file and --dev-file.")
        # Labels of one's own: both files are read by the columns of the first train file, as in the playground.
        columns = None if GLUE is not None else columns_of(records_in(args.train_file[0]), args.train_file[0])
        return rows_of_files(args.train_file, columns), rows_of_files(args.dev_file, columns), LABELS
    if GLUE is None:
        raise SystemExit("This task's data are files: give --train-file and --dev-file.")
    from datasets import load_dataset

    glue = load_dataset("nyu-mll/glue", GLUE)
    first, second = COLUMNS
    labels = None if REGRESSION else glue["train"].features["label"].names

    def rows(split):
        return [
            {"text": row[first], "pair": row[second] if second else None, "label": row["label"]} for row in split
        ]

    return rows(glue["train"]), rows(glue["validation_matched" if GLUE == "mnli" else "validation"]), labels


def records_in(path):
    """Records of a table with a header (TSV, CSV) or of JSON lines."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        if path.endswith((".jsonl", ".ndjson", ".json")):
            return [json.loads(line) for line in file if line.strip()]
        if path.endswith(".csv"):
            return list(csv.DictReader(file))
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows_of_files(paths, columns=None):
    """Rows as {text, pair, label}, by the given columns or those of each file."""
    rows = []
    for path in paths:
        records = records_in(path)
        used = columns or columns_of(records, path)
        text, pair, label = (used.get(field) for field in ("text", "pair", "label"))
        for number, record in enumerate(records, 1):
            if record.get(text) is None or record.get(label) is None or (pair and record.get(pair) is None):
                raise SystemExit(f"{path}, record {number}: a column of {used} is missing; it has {list(record)}.")
            rows.append(
                {"text": record[text], "pair": record[pair] if pair else None, "label": class_of(record[label], path)}
            )
    return rows


def columns_of(records, path):
    """Field to column: FILE_COLUMNS, or what has a usual name, as the playground finds it."""
    columns = dict(FILE_COLUMNS)
    names_there = []
    if not columns:
        names_there = list(dict.fromkeys(name for record in records for name in record if name))
        free = {re.sub(r"[\W_]", "", name.lower()): name for name in reversed(names_there)}
        for field, (_, names) in USUAL_COLUMNS.items():
            known = next((name for name in names if name in free), None)
            if known is not None:
                columns[field] = free.pop(known)
    if any(required and field not in columns for field, (required, _) in USUAL_COLUMNS.items()):
        raise SystemExit(f"{path}: which columns? It has {names_there}; set FILE_COLUMNS at the top of this script.")
    print(f"{path}: {columns}", flush=True)
    return columns


def class_of(label, path):
    if REGRESSION:
        return float(label)
    name = str(label).lower() if isinstance(label, bool) else str(label).strip()
    if name in LABELS:
        return LABELS.index(name)
    # Tables of GLUE have indices; labels of one's own are always names.
    if GLUE is not None and name.isdigit() and int(name) < len(LABELS):
        return int(name)
    raise SystemExit(f'{path}: the label "{label}" is none of {", ".join(LABELS)}.')


def load_model(args, labels):
    tokenizer = AutoTokenizer.from_pretrained(args.model, revision=args.revision)
    head = {"num_labels": 1, "problem_type": "regression"}
    if not REGRESSION:
        head = {
            "num_labels": len(labels),
            "id2label": dict(enumerate(labels)),
            "label2id": {name: index for index, name in enumerate(labels)},
        }
    model = AutoModelForSequenceClassification.from_pretrained(
        args.model, revision=args.revision, ignore_mismatched_sizes=True, **head
    )
    return model, tokenizer


def train_rows(train, tokenizer, args):
    return train


def collate(tokenizer, max_length, rows):
    texts = [row["text"] for row in rows]
    pairs = [row["pair"] for row in rows] if rows[0]["pair"] is not None else None
    batch = tokenizer(texts, pairs, truncation=True, max_length=max_length, padding=True, return_tensors="pt")
    kind = torch.float32 if REGRESSION else torch.long
    batch["labels"] = torch.tensor([row["label"] for row in rows], dtype=kind)
    return batch


def loss_of(model, batch):
    return model(**batch).loss


def evaluate(accelerator, model, tokenizer, dev, args, labels, last):
    model.eval()
    loader = DataLoader(dev, batch_size=args.batch_size, collate_fn=partial(collate, tokenizer, args.max_length))
    predicted, gold = [], []
    for batch in accelerator.prepare(loader):
        with torch.no_grad():
            logits = model(**batch).logits.float()
        found = logits.squeeze(-1) if REGRESSION else logits.argmax(-1)
        found, expected = accelerator.gather_for_metrics((found, batch["labels"]))
        predicted += found.tolist()
        gold += expected.tolist()
    return regression_scores(predicted, gold) if REGRESSION else class_scores(predicted, gold, len(labels))


def class_scores(predicted, gold, classes):
    """Accuracy; of two classes also F1 of the second and Matthews correlation."""
    right = sum(p == g for p, g in zip(predicted, gold))
    scores = {"accuracy": right / len(gold)}
    if classes == 2:
        counts = {pair: 0 for pair in ((0, 0), (0, 1), (1, 0), (1, 1))}
        for pair in zip(predicted, gold):
            counts[pair] += 1
        hit, false_alarm, miss, rest = counts[1, 1], counts[1, 0], counts[0, 1], counts[0, 0]
        below = math.sqrt((hit + false_alarm) * (hit + miss) * (rest + false_alarm) * (rest + miss))
        scores["f1"] = 2 * hit / max(1, 2 * hit + false_alarm + miss)
        scores["matthews"] = (hit * rest - false_alarm * miss) / below if below else 0.0
    return scores


def regression_scores(predicted, gold):
    return {"pearson": correlation(predicted, gold), "spearman": correlation(ranks_of(predicted), ranks_of(gold))}


def ranks_of(values):
    """Places from 1 up; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for at in range(start, end + 1):
            ranks[order[at]] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def correlation(x, y):
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    both = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    spread = math.sqrt(sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y))
    return both / spread if spread else 0.0
`;
