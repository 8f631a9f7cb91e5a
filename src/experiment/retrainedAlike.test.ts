/** What the recipe `stability` stands on: LoRA at given ranks is AutoLoRA's retraining, and a split seed changes the split alone. */
import { beforeAll, describe, expect, it } from 'vitest';
import { shorthandOf } from '../config/askedRanks';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { mergeExperiments } from '../report/settings';
import { sst2Task } from '../tasks/sst2';
import type { Example } from '../tasks/task';
import type { RanksEvent, TelemetryEvent } from '../telemetry/events';
import { switchBackend } from '../testing/backends';
import { tinyModel } from '../testing/tinyModel';
import { evaluationOf, finish, lossesOf, ofType } from '../testing/tinySession';
import { ExperimentSession } from './session';

const examples = (count: number, first: number) =>
  Array.from(
    { length: count },
    (_, i): Example => ({
      text: `w${first + i} ${i % 2 ? 'yes' : 'no'}`,
      label: i % 2,
    }),
  );

async function run(more: ExperimentInput): Promise<TelemetryEvent[]> {
  const session = await ExperimentSession.create({
    config: parseExperimentConfig(
      mergeExperiments(
        {
          seed: 3,
          reportEvery: 1,
          data: { trainSize: 0, devSize: 0 },
          adapter: { rank: 4 },
          search: { steps: 3, batchSize: 4, betaLearningRate: 0.5 },
          retrain: { steps: 5, batchSize: 4, learningRate: 0.01 },
          baseline: { enabled: false },
        },
        more,
      ),
    ),
    model: tinyModel(),
    task: sst2Task,
    train: examples(12, 0),
    dev: examples(6, 40),
    notes: [],
  });
  const events = await finish(session);
  session.dispose();
  return events;
}

const searchOf = (events: readonly TelemetryEvent[]) =>
  ofType(events, 'search').map(({ trainLoss }) => trainLoss);

beforeAll(() => switchBackend('cpu'));

describe('retraining at given ranks', () => {
  it('of plain LoRA is AutoLoRA’s, number for number', async () => {
    const searched = await run({ method: 'autolora' });
    const { ranks } = ofType(searched, 'ranks')[0] as RanksEvent;
    // Not one rank everywhere, or it would show nothing.
    expect(new Set(ranks.map(({ rank }) => rank)).size).toBeGreaterThan(1);
    const rankPattern = shorthandOf(ranks);
    const given = await run({ method: 'lora', adapter: { rankPattern } });
    expect(lossesOf(given)).toEqual(lossesOf(searched));
    expect(evaluationOf(given).metrics).toEqual(evaluationOf(searched).metrics);
    expect(evaluationOf(given).predictions).toEqual(evaluationOf(searched).predictions);
  });
});

describe('data.splitSeed', () => {
  it('changes what the search sees, and nothing of what is retrained', async () => {
    const [own, same, other] = [
      await run({ method: 'autolora' }),
      await run({ method: 'autolora', data: { splitSeed: 3 } }),
      await run({ method: 'autolora', data: { splitSeed: 4 } }),
    ];
    expect(searchOf(same)).toEqual(searchOf(own));
    expect(searchOf(other)).not.toEqual(searchOf(own));
    const lora = await run({ method: 'lora' });
    const loraOtherSplit = await run({ method: 'lora', data: { splitSeed: 4 } });
    expect(lossesOf(loraOtherSplit)).toEqual(lossesOf(lora));
  });
});
