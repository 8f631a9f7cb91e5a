/** What the tab's own storage keeps for a reload: which run it has, and what a person tries with its ranks. */
import { nothingTried, type TriedRanks } from './state';
import { readText, type TextStorage, writeText } from './textStorage';

const runKey = 'autolora-run';
const triedKey = 'autolora-tried';

const isTried = (tried: Partial<TriedRanks> | undefined): tried is TriedRanks =>
  typeof tried?.shift === 'number' && Object.values(tried.ranks ?? {}).every(Number.isInteger);

export class TabMemory {
  constructor(private readonly storage?: TextStorage) {}

  /** The run that the tab had; a page that is no reload of it takes up the run that was stored last. */
  get run(): string | undefined {
    return readText(this.storage, runKey);
  }

  noteRun(id: string): void {
    writeText(this.storage, runKey, id);
  }

  /** Keeps what is tried with a run's ranks, in place of what was tried with another's; undefined: nothing any more. */
  noteTried(run: string, tried: TriedRanks | undefined): void {
    writeText(this.storage, triedKey, tried && JSON.stringify({ run, tried }));
  }

  /** @returns undefined where nothing is kept, or another run's */
  triedOf(run: string): TriedRanks | undefined {
    try {
      const kept = JSON.parse(readText(this.storage, triedKey) ?? '{}') as {
        run?: string;
        tried?: TriedRanks;
      };
      return kept.run === run && isTried(kept.tried) ? { ...nothingTried, ...kept.tried } : undefined;
    } catch {
      return undefined;
    }
  }
}
