/**
 * A run as one file, to be taken to another browser: a first line that says what it is, JSON, and behind it the bytes of all
 * typed arrays, which the JSON names by place.
 */
import { type ExperimentConfig, parseExperimentConfig } from '../../config/experiment';
import type { BackendReport, Snapshot } from '../../runtime/protocol';
import type { StoredHistory } from '../history';
import type { KeptRun, RunScore, RunSummary } from './runRecord';

const magic = 'autolora-run';
const version = 1;

const arrays = { Float32Array, Float64Array, Uint16Array, Uint8Array, Int32Array } as const;
type ArrayName = keyof typeof arrays;

/** A typed array in the JSON. */
interface Placed {
  $array: ArrayName;
  at: number;
  length: number;
}

const nameOf = (value: object): ArrayName | undefined =>
  (Object.keys(arrays) as ArrayName[]).find((name) => value instanceof arrays[name]);

export function encodeRunFile(run: KeptRun): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let at = 0;
  const json = JSON.stringify(run, (_key, value) => {
    const name = typeof value === 'object' && value !== null ? nameOf(value) : undefined;
    // JSON has no NaN; gaps in the series are inside typed arrays.
    if (!name) return value;
    const array = value as InstanceType<(typeof arrays)[ArrayName]>;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const placed: Placed = { $array: name, at, length: array.length };
    parts.push(bytes);
    at += bytes.length;
    return placed;
  });
  const text = new TextEncoder().encode(json);
  const head = new TextEncoder().encode(`${magic} ${version} ${text.length}\n`);
  const file = new Uint8Array(head.length + text.length + at);
  file.set(head);
  file.set(text, head.length);
  let offset = head.length + text.length;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

const isScore = (score: Partial<RunScore> | undefined): boolean =>
  typeof score?.primary === 'string' &&
  typeof score.metrics === 'object' &&
  typeof score.parameters?.adapter === 'number' &&
  Array.isArray(score.ranks);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isHistory = (history: Partial<StoredHistory> | undefined): boolean =>
  isObject(history?.series) &&
  Object.values(history.series).every(
    (series) =>
      series?.x instanceof Float64Array &&
      Array.isArray(series.columns) &&
      series.columns.every((column) => column instanceof Float32Array && column.length === series.x.length),
  ) &&
  Array.isArray(history.frames?.layers) &&
  Array.isArray(history.frames.frames) &&
  history.frames.frames.every(
    (frame) =>
      frame?.values instanceof Float32Array &&
      frame.thresholds instanceof Float32Array &&
      frame.ranks instanceof Uint16Array,
  );

/** Absent where the weights were not taken along. */
const isSnapshot = (snapshot: Partial<Snapshot> | undefined): boolean =>
  snapshot === undefined || (isObject(snapshot?.state) && snapshot.tensors instanceof Uint8Array);

/** Absent in runs of earlier versions. */
const isBackend = (backend: Partial<BackendReport> | undefined): boolean =>
  backend === undefined || (typeof backend?.name === 'string' && typeof backend.description === 'string');

/** Absent in runs of earlier versions. */
const isExamples = (examples: RunSummary['examples']): boolean =>
  examples === undefined ||
  (isObject(examples) &&
    [examples.train, examples.scored].every(Number.isFinite) &&
    (examples.available === undefined || Number.isFinite(examples.available)));

/** @throws Error one sentence that names the file, what is wrong, and what to do */
export function decodeRunFile(name: string, bytes: Uint8Array): KeptRun {
  const end = bytes.subarray(0, 64).indexOf(10);
  const head = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  const match = /^autolora-run (\d+) (\d+)$/.exec(head);
  if (!match)
    throw new Error(`${name} is no run of the playground: export one on the Runs screen (.autolora).`);
  if (Number(match[1]) > version)
    throw new Error(
      `${name} was written by a newer version of the playground: reload this page, then try again.`,
    );
  const start = end + 1 + Number(match[2]);
  if (start > bytes.length) throw new Error(`${name} is cut off: export or copy the run again.`);
  const body = bytes.subarray(start);
  const revive = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$array' in value) {
      const { $array, at, length } = value as Placed;
      const kind = arrays[$array];
      const size = kind ? length * kind.BYTES_PER_ELEMENT : Infinity;
      const counted = Number.isSafeInteger(at) && Number.isSafeInteger(length) && at >= 0 && length >= 0;
      if (!kind || !counted || at + size > body.length)
        throw new Error(`${name} is cut off: export or copy the run again.`);
      return new kind(body.slice(at, at + size).buffer);
    }
    if (Array.isArray(value)) return value.map(revive);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
  };
  let run: KeptRun;
  try {
    run = revive(JSON.parse(new TextDecoder().decode(bytes.subarray(end + 1, start)))) as KeptRun;
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Error(`${name} is damaged (its description is no JSON): export or copy the run again.`);
    throw error;
  }
  const { summary, history, facts, progress, snapshot } = run;
  const whole =
    typeof summary?.id === 'string' &&
    typeof summary.name === 'string' &&
    typeof summary.notes === 'string' &&
    Number.isFinite(summary.createdAt) &&
    Number.isFinite(summary.savedAt) &&
    Array.isArray(summary.tags) &&
    summary.tags.every((tag) => typeof tag === 'string') &&
    Array.isArray(summary.scores) &&
    summary.scores.every(isScore) &&
    isExamples(summary.examples) &&
    (summary.diverged === undefined || Array.isArray(summary.diverged)) &&
    isHistory(history) &&
    Array.isArray(facts?.phases) &&
    isObject(facts.evaluations) &&
    isBackend(facts.backend) &&
    typeof progress?.phase === 'string' &&
    isSnapshot(snapshot);
  if (!whole) throw new Error(`${name} lacks parts of a run: export it again.`);
  let config: ExperimentConfig;
  try {
    config = parseExperimentConfig(summary.config);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
  return { ...run, summary: { ...summary, config } };
}
