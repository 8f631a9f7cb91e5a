/** Agreement of rank vectors: its value against pairwise Spearman, and a p-value that chance gives as often as it should. */
import { describe, expect, it } from 'vitest';
import { spearmanCorrelation } from '../metrics/correlation';
import { RandomStream } from '../random/stream';
import { agreementTest, recipeAgreement } from './agreement';
import type { ComparedMethod } from './comparedMethods';
import { planRuns } from './plan';
import { rankTable } from './rankTable';
import { recipeByName } from './recipes';
import { type MethodRun, ranksByTask } from './records';
import { meanAgreement } from './statistics';
import { showTable } from './table';

const vectors = [
  [1, 2, 3, 4, 5, 6, 7, 8],
  [2, 1, 3, 3, 5, 8, 6, 7],
  [1, 1, 4, 3, 6, 6, 8, 7],
];

describe('agreementTest', () => {
  it('has the mean of Spearman’s ρ over all pairs', () => {
    expect(agreementTest([vectors])?.spearman).toBeCloseTo(
      meanAgreement(vectors, spearmanCorrelation) as number,
      12,
    );
    const [a, b, c] = vectors as [number[], number[], number[]];
    expect(agreementTest([[a, b], [c, b], [a]])?.spearman).toBeCloseTo(
      (spearmanCorrelation(a, b) + spearmanCorrelation(c, b)) / 2,
      12,
    );
    expect(agreementTest([[a], []])).toBeUndefined();
  });

  it('finds agreement that is there, and the exact p of a small case', () => {
    expect(agreementTest([vectors])?.pValue).toBe(1e-4);
    // Of 3! orders one agrees fully: p = 1/6.
    expect(
      agreementTest([
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ])?.pValue,
    ).toBeCloseTo(1 / 6, 1);
    // A constant vector has no order: beside one other there is nothing to compare.
    expect(
      agreementTest([
        [
          [1, 2, 3],
          [4, 4, 4],
        ],
      ]),
    ).toBeUndefined();
  });

  it('finds none among random vectors more often than chance', () => {
    const small = Array.from({ length: 50 }, (_, trial) => {
      const random = RandomStream.of(trial, 'ranks', 7);
      const drawn = Array.from({ length: 3 }, () => Array.from({ length: 8 }, () => 1 + random.below(8)));
      return agreementTest([drawn])?.pValue as number;
    });
    // 5 are expected, sd 2.
    const hits = small.filter((pValue) => pValue <= 0.1).length;
    expect(hits).toBeGreaterThan(0);
    expect(hits).toBeLessThan(14);
  }, 60_000);
});

describe('recipeAgreement', () => {
  const recipe = recipeByName('stability');
  const plan = planRuns(
    { tasks: ['sst2'], methods: ['autolora', 'autolora-other-split'], seeds: [1, 2, 3] },
    (task) => ({ data: { task } }),
  );
  const record = (method: string, seed: number, ranks: readonly number[]): MethodRun => ({
    method,
    task: 'sst2',
    seed,
    metrics: { accuracy: 0.5 },
    ranks: ranks.map((rank, i) => ({ layer: `${i >> 1}.${i % 2 ? 'value' : 'query'}`, rank })),
    adapterParameters: 1,
    cost: { wallMs: 1, steps: 1, tokens: 1, passes: 1 },
  });

  it('has each seed’s mean with the others, and each split’s own pair', () => {
    const [a, b, c] = vectors as [number[], number[], number[]];
    const records = [
      record('autolora', 1, a),
      record('autolora', 2, b),
      record('autolora', 3, c),
      record('autolora-other-split', 2, [...b].reverse()),
    ];
    const table = recipeAgreement(recipe, plan, records, []);
    const cells = table?.rows[0]?.cells;
    expect(cells?.seeds?.map(({ value }) => value)).toEqual(
      [
        [a, b, c],
        [b, a, c],
        [c, a, b],
      ].map(([own, one, other]) =>
        expect.closeTo(
          (spearmanCorrelation(own as number[], one as number[]) +
            spearmanCorrelation(own as number[], other as number[])) /
            2,
          12,
        ),
      ),
    );
    expect(cells?.split).toEqual([{ seed: 2, value: spearmanCorrelation(b, [...b].reverse()) }]);
    expect(table && showTable(table)[0]?.cells[0]?.centre).toBe('35.7');
    expect(table?.notes.some((note) => note.startsWith('SST-2, between seeds: mean ρ 0.9'))).toBe(true);
    expect(table?.notes.at(-1)).toContain('2 of 6 runs without a result');
  });

  it('says the same ρ as the table of ranks, one rank everywhere left out of both', () => {
    const [a, b, c] = vectors as [number[], number[], number[]];
    const level = a.map(() => 4);
    const records = [a, b, level].map((ranks, i) => record('autolora', i + 1, ranks));
    const table = recipeAgreement(recipe, plan, records, []);
    expect(table?.rows[0]?.cells.seeds?.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(table?.notes).toContain('SST-2: 1 of 3 seeds gave every layer one rank and is left out.');
    const ranks = rankTable(
      recipe,
      plan,
      plan.methods[0] as ComparedMethod,
      ranksByTask(plan, records, 'autolora'),
      records,
      [],
    );
    const rho = spearmanCorrelation(a, b).toFixed(2);
    expect(table && showTable(table)[0]?.cells[1]?.centre).toBe(rho);
    expect(table?.notes.some((note) => note.includes(`between seeds: mean ρ ${rho},`))).toBe(true);
    expect(ranks.notes[0]).toContain(`Spearman ${rho}, `);
    expect(ranks.notes[0]).toContain(' 1 of 3 seeds gave every layer one rank and is left out.');
    // Of its own split there is no ρ either.
    const twins = [record('autolora', 1, level), record('autolora-other-split', 1, c)];
    expect(recipeAgreement(recipe, plan, twins, [])?.rows[0]?.cells.split).toEqual([]);
  });

  it('is left out where there is nothing to compare', () => {
    expect(recipeAgreement(recipe, plan, [record('autolora', 1, [1, 2])], [])).toBeUndefined();
  });
});
