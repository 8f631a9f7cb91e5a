/** The numbers of a kept run as text: a table of its series as CSV, and every state of the selection as JSON lines. */
import type { SeriesName, StoredHistory } from '../../store/history';
import { quantities } from '../../store/selectionFrames';

const columns: Partial<Record<SeriesName, readonly string[]>> = {
  search: ['search_train_loss', 'search_validation_loss'],
  norms: ['hypergradient_direct_norm', 'hypergradient_implicit_norm'],
  inspection: ['cosine_to_exact', 'implicit_cosine_to_exact', 'implicit_share', 'implicit_share_exact'],
  autolora: ['retrain_train_loss'],
  lora: ['lora_train_loss'],
};

const phaseOf: Partial<Record<SeriesName, string>> = {
  search: 'search',
  norms: 'search',
  inspection: 'search',
  autolora: 'retrain',
  lora: 'train',
};

/** One row per phase and step; a number that was not reported is empty. */
export function telemetryCsv({ series }: StoredHistory): string {
  const names = (Object.keys(columns) as (keyof typeof columns)[]).filter((name) => series[name]?.x.length);
  const headings = names.flatMap((name) => columns[name] ?? []);
  const rows = new Map<string, string[]>();
  let offset = 0;
  for (const name of names) {
    const { x, columns: values } = series[name];
    x.forEach((step, i) => {
      const key = `${phaseOf[name]},${step}`;
      const row = rows.get(key) ?? new Array<string>(headings.length).fill('');
      values.forEach((column, c) => {
        const value = column[i] as number;
        row[offset + c] = Number.isFinite(value) ? String(value) : '';
      });
      rows.set(key, row);
    });
    offset += values.length;
  }
  const lines = [...rows].map(([key, row]) => `${key},${row.join(',')}`);
  return `${['phase,step', ...headings].join(',')}\n${lines.join('\n')}\n`;
}

/** One line per reported search step: each layer's a, β, direct and implicit term, ‖A_j‖·‖B_j‖, threshold and rank. */
export function telemetryLines({ frames: { layers, components, frames } }: StoredHistory): string {
  return frames
    .map(({ step, values, thresholds, ranks }) => {
      const line = {
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
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}
