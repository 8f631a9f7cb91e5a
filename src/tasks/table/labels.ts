/** A table's label cell as a class index or a score: by index, by name, or by the names the file gives its indices. */
import type { SequenceTask } from '../task';
import { type Cell, cellText } from './table';

/**
 * True for an empty cell, and for −1 and "-", the Hub's mark of a test row and MNLI's of a pair without agreement. Among
 * labels of one's own those two may be classes (−1, 0, 1), unless the file names its classes.
 */
export function isUnlabelled(cell: Cell, ownLabels = false): boolean {
  if (cell === null || (typeof cell === 'string' && cell.trim() === '')) return true;
  return !ownLabels && /^\s*(?:-1(?:\.0*)?|-)\s*$/.test(String(cell));
}

const plain = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');

/**
 * Of labels of one's own: the name itself, in another case where no other label has that name; never an index, since 3 may be
 * the name of another class than the fourth.
 */
export function ownLabelReader(task: SequenceTask): (cell: Cell) => number | undefined {
  const byName = new Map(task.labels.map((name, i) => [name, i]));
  const plainNames = task.labels.map(plain);
  return (cell) => {
    if (typeof cell === 'object') return undefined;
    const text = cellText(cell).trim();
    const alike = plainNames.indexOf(plain(text));
    return (
      byName.get(text) ?? (alike >= 0 && alike === plainNames.lastIndexOf(plain(text)) ? alike : undefined)
    );
  };
}

/**
 * @param classNames what the file calls its indices; where a name is none of the task's, the index itself counts.
 * @returns a reader that gives undefined for a cell that is no label of the task.
 */
export function labelReader(
  task: SequenceTask,
  classNames: readonly string[] | undefined,
): (cell: Cell) => number | undefined {
  if (task.kind === 'regression') {
    return (cell) => {
      if (typeof cell !== 'number' && (typeof cell !== 'string' || cell.trim() === '')) return undefined;
      const value = Number(cell);
      return Number.isFinite(value) ? value : undefined;
    };
  }
  const byName = new Map(task.labels.map((name, i) => [plain(name), i]));
  return (cell) => {
    if (typeof cell === 'object') return undefined;
    const text = String(cell);
    // A number is an index into the file's names, even where names are numbers too.
    const meantBy = typeof cell === 'number' ? classNames?.[cell] : undefined;
    if (meantBy !== undefined && byName.has(plain(meantBy))) return byName.get(plain(meantBy));
    const named = byName.get(plain(text));
    if (named !== undefined) return named;
    if (/^\s*(?:true|false)\s*$/i.test(text)) {
      return task.labels.length === 2 ? Number(plain(text) === 'true') : undefined;
    }
    if (!/^\s*\d+(?:\.0*)?\s*$/.test(text)) return undefined;
    const index = Number(text);
    const meant = classNames?.[index];
    if (meant !== undefined && byName.has(plain(meant))) return byName.get(plain(meant));
    return index < task.labels.length ? index : undefined;
  };
}
