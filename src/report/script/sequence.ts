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
    """Records of Parquet, of a table with a header (tabs, semicolons or commas), of JSON or of JSON lines."""
    with open(path, "rb") as file:
        if file.read(4) == b"PAR1":
            return parquet_records(path)
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    ending = path.rsplit(".", 1)[-1].lower()
    if ending in ("jsonl", "ndjson"):
        records = json_lines(text)
    elif ending == "json" or (ending not in ("csv", "tsv") and text.lstrip().startswith(("[", "{"))):
        records = json_records(text)
    else:
        records = delimited_records(text, path)
    if not records or not all(isinstance(record, dict) for record in records):
        raise SystemExit(f"{path} holds no list of records with named fields.")
    return records


def parquet_records(path):
    """Records of Parquet, whose classes are indices into names that the file holds."""
    from datasets import ClassLabel, Dataset

    table = Dataset.from_parquet(path)
    records = table.to_list()
    for column, feature in table.features.items():
        if isinstance(feature, ClassLabel):
            for record in records:
                record[column] = named_class(record[column], feature)
    return records


def named_class(index, feature):
    """The file's name of a class, nothing for -1; where a task of GLUE does not know the name, the index stays."""
    if index is None or index < 0:
        return None
    name = feature.int2str(index)
    return name if GLUE is None or plain_name(name) in map(plain_name, LABELS) else index


def json_lines(text):
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def json_records(text):
    """An array of objects, alone or as the only array of an object; or JSON lines under another name."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return json_lines(text)
    if not isinstance(value, dict):
        return value
    lists = [part for part in value.values() if isinstance(part, list)]
    return lists[0] if len(lists) == 1 else [value]


def delimited_records(text, path):
    header = re.sub(r'"[^"]*"', "", re.match(r"[^\r\n]*", text)[0])
    tabs, semicolons, commas = (header.count(mark) for mark in "\t;,")
    delimiter = "\t" if 0 < tabs >= commas else ";" if semicolons > commas else ","
    if delimiter == "\t":
        # Tabs do without quotation marks, unless the rows come out even only with them.
        rows = [line.rstrip("\r").split("\t") for line in text.split("\n") if line.strip("\r")]
        if not is_even(rows) and is_even(quoted_rows(text, delimiter)):
            rows = quoted_rows(text, delimiter)
    else:
        rows = quoted_rows(text, delimiter)
    names = column_names(rows[0]) if rows else []
    for row in rows:
        if len(row) != len(names):
            raise SystemExit(f"{path}: a row has {len(row)} cells instead of {len(names)} ({', '.join(names)}): {row}")
    return [dict(zip(names, row)) for row in rows[1:]]


def quoted_rows(text, delimiter):
    csv.field_size_limit(2**31 - 1)
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[re.sub(r"\r\n?", "\n", cell) for cell in row] for row in found if row]


def is_even(rows):
    return len({len(row) for row in rows}) == 1


def column_names(header):
    """Empty names become "column 3", repeated ones "label (2)"."""
    names = []
    for place, cell in enumerate(header, 1):
        wanted = name = cell.strip() or f"column {place}"
        count = 1
        while name in names:
            count += 1
            name = f"{wanted} ({count})"
        names.append(name)
    return names


def rows_of_files(paths, columns=None):
    """Rows as {text, pair, label}, by the given columns or those of each file; those without a label or a text are skipped."""
    rows, skipped = [], 0
    for path in paths:
        records = records_in(path)
        used = columns or columns_of(records, path)
        there = {name for record in records for name in record}
        if not there.issuperset(used.values()):
            raise SystemExit(f"{path}: a column of {used} is missing; it has {sorted(there)}.")
        for record in records:
            cell = record.get(used["label"])
            if is_unlabelled(cell):
                skipped += 1
                continue
            label = class_of(cell, path)
            texts = {field: text_of(record.get(used[field]), path) for field in ("text", "pair") if field in used}
            if all(text.strip() for text in texts.values()):
                rows.append({"pair": None, **texts, "label": label})
            else:
                skipped += 1
    if not rows:
        raise SystemExit(f"{', '.join(paths)}: there is no row with a label and a text.")
    if skipped:
        print(f"{', '.join(paths)}: {skipped} rows without a label or a text were skipped.", flush=True)
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


def cell_text(cell):
    """A cell as text: JSON's 1.0 is "1", true is "true"."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def text_of(cell, path):
    if isinstance(cell, (list, dict)):
        raise SystemExit(f"{path}: {str(cell)[:60]} is not a text; choose other columns in FILE_COLUMNS.")
    return cell_text(cell)


def is_unlabelled(cell):
    """Empty cells; in tables of GLUE also -1 and "-", which may be labels of one's own."""
    text = cell_text(cell).strip()
    return text == "" or (GLUE is not None and re.fullmatch(r"-1(\.0*)?|-", text) is not None)


def plain_name(name):
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def class_of(cell, path):
    """A score, or the index of a label: by its name in any case; in tables of GLUE also by index or truth value."""
    name = cell_text(cell).strip()
    if REGRESSION:
        try:
            score = float(name)
        except ValueError:
            score = math.nan
        if math.isfinite(score):
            return score
        raise SystemExit(f'{path}: the score "{name}" is no number.')
    if name in LABELS:
        return LABELS.index(name)
    alike = [index for index, label in enumerate(LABELS) if plain_name(label) == plain_name(name)]
    if len(alike) == 1:
        return alike[0]
    if GLUE is not None:
        if len(LABELS) == 2 and name.lower() in ("true", "false"):
            return int(name.lower() == "true")
        if re.fullmatch(r"\d+(\.0*)?", name) and int(float(name)) < len(LABELS):
            return int(float(name))
    raise SystemExit(f'{path}: the label "{name}" is none of {", ".join(LABELS)}.')


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
