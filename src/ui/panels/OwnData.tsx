/** Own data before it is trained on: what it is read as, which column holds what, its first rows, what is wrong. */

import { NativeSelect } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { type TaskInfo, taskInfo } from '../../store/choices';
import { nameOfFiles } from '../../store/files/chosenFiles';
import {
  createDataChecker,
  type DataAnswer,
  type DataChecker,
  type FileCheck,
} from '../../store/files/dataCheck';
import type { ChosenFiles } from '../../store/runs/runRecord';
import { type ColumnMapping, fieldsOf, formatMapping, parseMapping } from '../../tasks/table/mapping';
import type { Task } from '../../tasks/task';
import { whole } from '../numbers';
import { ScrollX } from '../ScrollX';
import { useActions, usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import '../styles/ownData.css';

export default function OwnData(): ReactElement | null {
  const info = taskInfo(usePlayground((state) => state.draft.data.task));
  const files = usePlayground((state) => state.files);
  return info && (files.train || files.dev) ? <Checked info={info} files={files} /> : null;
}

function Checked({ info, files }: { info: TaskInfo; files: ChosenFiles }): ReactElement {
  const card = useRef<HTMLDetailsElement>(null);
  useKeptFocus(card);
  const task = info.name;
  const columns = usePlayground((state) => state.draft.data.columns);
  const begun = usePlayground((state) => state.facts.start !== undefined);
  const checker = useRef<DataChecker>(undefined);
  const [read, setRead] = useState<ReadData>();
  useEffect(() => {
    const made = createDataChecker();
    checker.current = made;
    return () => made.dispose();
  }, []);
  useEffect(() => {
    const question = { task, columns, train: files.train ?? [], dev: files.dev ?? [] };
    const of = { train: files.train, dev: files.dev };
    void checker.current?.ask(question).then((answer) => answer && setRead({ answer, of }));
  }, [task, columns, files.train, files.dev]);
  const mapping = mappingOf(columns);
  const answer = answerOn(files, read);
  const mapped = answer.train?.table ? answer.train : answer.dev?.table ? answer.dev : undefined;
  return (
    <details className="card own-data" ref={card} open={!begun} aria-label="Your data">
      <summary>
        <h2>Your data</h2>
        <span className="quiet">
          {(['train', 'dev'] as const)
            .map((role) => `${role}: ${countText(answer[role], files[role] !== undefined)}`)
            .join(' · ')}
        </span>
      </summary>
      <div className="own-data-body">
        <div>
          {mapped?.preview && (
            <Mapping
              task={info as Task}
              columns={columns}
              suggestion={mapped.suggestion}
              there={mapped.preview.columns}
            />
          )}
          {(['train', 'dev'] as const).map((role) => {
            const check = answer[role];
            if (!check) return null;
            return (
              <div key={role} className="own-data-said" data-role={role}>
                {check.error && (
                  <p className="problem" role="status">
                    {check.error}
                  </p>
                )}
                {check.notes.map((note) => (
                  <p key={note} className="field-why">
                    {note}
                  </p>
                ))}
              </div>
            );
          })}
          {answer.labels && <p className="field-why">Labels: {answer.labels.join(', ')}.</p>}
          <Sizes train={answer.train?.examples} dev={answer.dev?.examples} />
        </div>
        <div className="own-data-tables">
          {(['train', 'dev'] as const).map((role) => (
            <Preview
              key={role}
              title={`${role}: ${nameOfFiles(files[role])}`}
              check={answer[role]}
              readAs={titlesByColumn(info as Task, answer[role], mapping)}
            />
          ))}
        </div>
      </div>
    </details>
  );
}

interface ReadData {
  answer: DataAnswer;
  /** The files that it is about. */
  of: Pick<ChosenFiles, 'train' | 'dev'>;
}

/** What is known of the files that are chosen now: of others, while these are read, nothing. */
function answerOn(files: ChosenFiles, read: ReadData | undefined): DataAnswer {
  if (!read) return {};
  const { train, labels, dev } = read.answer;
  return {
    ...(read.of.train === files.train && { train, labels }),
    // It says too how much of dev stands in train.
    ...(read.of.dev === files.dev && read.of.train === files.train && { dev }),
  };
}

const countText = (check: FileCheck | undefined, chosen: boolean) =>
  check === undefined
    ? chosen
      ? 'reading…'
      : 'none'
    : check.examples === undefined
      ? check.preview
        ? `${whole(check.preview.rowCount)} rows, not usable yet`
        : 'not usable yet'
      : `${whole(check.examples)} examples`;

interface MappingProps {
  task: Task;
  columns: string;
  suggestion: ColumnMapping;
  /** Columns of the file. */
  there: readonly string[];
}

/** One select per thing that the task reads. */
function Mapping({ task, columns, suggestion, there }: MappingProps): ReactElement {
  const { setField } = useActions();
  const mapping = mappingOf(columns) ?? suggestion;
  return (
    <fieldset className="mapping">
      <legend>Which column holds what</legend>
      {fieldsOf(task).map(({ field, title, required }) => (
        <div className="mapping-row" key={field}>
          <span>
            {title}
            {!required && <small> (if any)</small>}
          </span>
          <NativeSelect
            size="xs"
            aria-label={title}
            value={mapping[field] ?? ''}
            data={[{ value: '', label: required ? 'choose…' : 'none' }, ...there]}
            onChange={(event) => {
              const { [field]: _, ...others } = mapping;
              const { value } = event.currentTarget;
              setField('data.columns', formatMapping(value ? { ...others, [field]: value } : others));
            }}
          />
        </div>
      ))}
      {columns !== '' && (
        <button type="button" className="toggle" onClick={() => setField('data.columns', '')}>
          back to the usual names
        </button>
      )}
    </fieldset>
  );
}

/** What each column of a table is read as, in the words of the selects beside it. */
function titlesByColumn(task: Task, check?: FileCheck, mapping?: ColumnMapping): Map<string, string> {
  const titles = new Map<string, string>();
  if (!check?.table) return titles;
  const used = mapping ?? check.suggestion;
  for (const { field, title } of fieldsOf(task)) {
    const column = used[field];
    if (column !== undefined) titles.set(column, title);
  }
  return titles;
}

function mappingOf(columns: string): ColumnMapping | undefined {
  try {
    return parseMapping(columns);
  } catch {
    return undefined; // The check says so.
  }
}

/** How much of it is used, since a size was set for the embedded data. */
function Sizes({ train, dev }: { train?: number; dev?: number }): ReactElement | null {
  const { trainSize, devSize } = usePlayground((state) => state.draft.data);
  const { setField } = useActions();
  const cut = [
    train !== undefined &&
      trainSize > 0 &&
      trainSize < train &&
      `${whole(trainSize)} of ${whole(train)} train`,
    dev !== undefined && devSize > 0 && devSize < dev && `${whole(devSize)} of ${whole(dev)} dev`,
  ].filter(Boolean);
  if (cut.length === 0) return null;
  return (
    <p className="field-why">
      Uses {cut.join(' and ')} examples.{' '}
      <button
        type="button"
        className="toggle"
        onClick={() => {
          setField('data.trainSize', 0);
          setField('data.devSize', 0);
        }}
      >
        use all
      </button>
    </p>
  );
}

interface PreviewProps {
  title: string;
  check?: FileCheck;
  readAs: ReadonlyMap<string, string>;
}

function Preview({ title, check, readAs }: PreviewProps): ReactElement | null {
  const preview = check?.preview;
  if (!preview) return null;
  return (
    <figure>
      <figcaption>
        {title} <span className="quiet">{whole(preview.rowCount)} rows</span>
      </figcaption>
      <ScrollX label={`First rows of ${title}`}>
        <table className="preview">
          <thead>
            <tr>
              {preview.columns.map((column) => (
                <th key={column} scope="col">
                  {column} {readAs.has(column) && <small>{readAs.get(column)}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are their places
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={preview.columns[j]}>{cell.length > 160 ? `${cell.slice(0, 160)}…` : cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </figure>
  );
}
