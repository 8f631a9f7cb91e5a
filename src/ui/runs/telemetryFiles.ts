/** The numbers of a run as text: a table of its series as CSV, and all that it told as JSON lines. */
import type { SeriesName } from '../../store/history';
import { fileNameOf } from '../../store/runs/runNames';
import type { KeptRun, RunSummary } from '../../store/runs/runRecord';
import { quantities } from '../../store/selectionFrames';
import type { EvaluationEvent } from '../../telemetry/events';
import { jsonLines } from '../../telemetry/jsonLines';

/** A kept run, or the one on the page. */
interface Told extends Pick<KeptRun, 'history' | 'facts'> {
  summary: Pick<RunSummary, 'id' | 'name' | 'createdAt' | 'config'>;
}

interface SeriesText {
  /** In the first column. */
  phase: string;
  /** Heading of each number. */
  columns: readonly string[];
}

/** The series in the order of the table; what is trained without AutoLoRA has its method's name. */
function seriesTexts({ summary: { config } }: Told): [SeriesName, SeriesText][] {
  const other = config.method === 'autolora' ? 'lora' : config.method;
  return [
    ['search', { phase: 'search', columns: ['search_train_loss', 'search_validation_loss'] }],
    ['norms', { phase: 'search', columns: ['hypergradient_direct_norm', 'hypergradient_implicit_norm'] }],
    [
      'inspection',
      {
        phase: 'search',
        columns: [
          'cosine_to_exact',
          'implicit_cosine_to_exact',
          'implicit_share',
          'implicit_share_exact',
          'norm_ratio_to_exact',
          'implicit_norm_ratio_to_exact',
        ],
      },
    ],
    ['autolora', { phase: 'retrain', columns: ['retrain_train_loss'] }],
    ['lora', { phase: 'train', columns: [`${other.replaceAll('-', '_')}_train_loss`] }],
    ['ranks', { phase: 'train', columns: ['total_rank'] }],
    // Counted over all phases, one after the other.
    ['cost', { phase: 'all', columns: ['step_ms', 'held_megabytes'] }],
  ];
}

/** One row per phase and step; a number that was not reported is empty. */
export function telemetryCsv(run: Told): string {
  const { series } = run.history;
  const texts = seriesTexts(run).filter(([name]) => series[name]?.x.length);
  const headings = texts.flatMap(([, { columns }]) => columns);
  const rows = new Map<string, string[]>();
  let offset = 0;
  for (const [name, { phase, columns }] of texts) {
    const { x, columns: values } = series[name];
    x.forEach((step, i) => {
      const key = `${phase},${step}`;
      const row = rows.get(key) ?? new Array<string>(headings.length).fill('');
      values.forEach((column, c) => {
        const value = column[i] as number;
        row[offset + c] = Number.isFinite(value) ? String(value) : '';
      });
      rows.set(key, row);
    });
    offset += columns.length;
  }
  const lines = [...rows].map(([key, row]) => `${key},${row.join(',')}`);
  return `${['phase,step', ...headings].join(',')}\n${lines.join('\n')}\n`;
}

/**
 * One object per line, told apart by `type`: `run` (name, configuration), `start`, `phase` (with costs), `ranks` and `evaluation` as in the
 * command line's telemetry.jsonl, but predictions; `series` (one per reported step, with the headings of the CSV); and
 * `selection` (one per reported search step): each layer's a, β, direct and implicit term, ‖A_j‖·‖B_j‖, threshold, rank.
 */
export function telemetryLines(run: Told): string {
  const { summary, history, facts } = run;
  const { layers, components, frames } = history.frames;
  const { id, name, createdAt, config } = summary;
  const withoutPredictions = ({ predictions: _, ...event }: EvaluationEvent) => event;
  const series = seriesTexts(run).flatMap(([key, { phase, columns }]) => {
    const own = history.series[key];
    return Array.from(own?.x ?? [], (step, i) => ({
      type: 'series',
      phase,
      step,
      ...Object.fromEntries(
        columns.flatMap((heading, c) => {
          const value = own?.columns[c]?.[i];
          return value !== undefined && Number.isFinite(value) ? [[heading, value]] : [];
        }),
      ),
    }));
  });
  const selection = frames.map(({ step, values, thresholds, ranks }) => ({
    type: 'selection',
    step,
    layers: layers.map((layer, row) => ({
      layer,
      threshold: thresholds[row],
      rank: ranks[row],
      ...Object.fromEntries(
        quantities.map((quantity, plane) => {
          const start = (plane * layers.length + row) * components;
          return [quantity, [...values.subarray(start, start + components)]];
        }),
      ),
    })),
  }));
  const lines: readonly unknown[] = [
    { type: 'run', id, name, createdAt: new Date(createdAt).toISOString(), config },
    ...(facts.start ? [facts.start] : []),
    ...series,
    ...selection,
    ...facts.phases,
    ...(facts.ranks ? [facts.ranks] : []),
    ...Object.values(facts.evaluations).map(withoutPredictions),
    ...(facts.doneMs === undefined ? [] : [{ type: 'done', wallMs: facts.doneMs }]),
  ];
  return jsonLines(lines);
}

export type TelemetryKind = 'csv' | 'jsonl';

/** For `download`: a run's telemetry under its name. */
export function telemetryFile(run: Told, kind: TelemetryKind): [name: string, text: string, type: string] {
  const name = `${fileNameOf(run.summary.name)}.${kind}`;
  return kind === 'csv'
    ? [name, telemetryCsv(run), 'text/csv']
    : [name, telemetryLines(run), 'application/jsonl'];
}
