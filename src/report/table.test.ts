import { describe, expect, it } from 'vitest';
import { fields, fieldTitle } from '../config/fields';
import { comparedMethods } from './comparedMethods';
import { toCsv, toSeedCsv } from './csv';
import { escapeLatex, toLatex } from './latex';
import { toMarkdown } from './markdown';
import { recipes } from './recipes';
import { columnGroups, footnotes, showTable, type Table } from './table';
import { triedSettings } from './triedSettings';

const seeds = (...values: number[]) => values.map((value, i) => ({ seed: i + 1, value }));

const table: Table = {
  name: 'table9',
  caption: 'Scores, 100 % & more',
  rowHeading: 'Method',
  comparedWith: 'lora',
  columns: [
    { key: 'params', label: 'Params', digits: 0 },
    { key: 'cola', label: 'CoLA', better: 'higher', digits: 1, factor: 100 },
    { key: 'ter', label: 'TER', group: 'WebNLG', better: 'lower', digits: 2 },
  ],
  rows: [
    {
      key: 'full',
      label: 'Full FT',
      forReference: true,
      cells: { params: seeds(1000), cola: seeds(0.9, 0.9, 0.9) },
    },
    {
      key: 'lora',
      label: 'LoRA',
      cells: { params: seeds(10), cola: seeds(0.5, 0.6, 0.7), ter: seeds(0.501, 0.503) },
    },
    {
      key: 'autolora',
      label: 'AutoLoRA (η=0)',
      cells: { params: seeds(9), cola: seeds(0.51, 0.611, 0.709), ter: seeds(0.5, 0.5) },
    },
    { key: 'dora', label: 'Do_RA', cells: {} },
  ],
  notes: ['Mini scale.'],
};

describe('showTable', () => {
  const cellOf = (row: number, column: number, of = table) => showTable(of)[row]?.cells[column];

  it('gives mean, spread, best and the paired test', () => {
    expect(cellOf(1, 1)).toMatchObject({ centre: '60.0', spread: '10.0', best: false, significant: false });
    // Differences of 0.010, 0.011, 0.009: t = 0.01 / (0.001 / √3).
    expect(cellOf(2, 1)).toMatchObject({ centre: '61.0', best: true, significant: true, seeds: 3 });
    expect(cellOf(2, 1)?.test?.statistic).toBeCloseTo(10 * Math.sqrt(3), 8);
    expect(cellOf(3, 1)).toMatchObject({ centre: undefined, best: false });
  });

  it('leaves reference rows out of the contest, and counts without a better end', () => {
    expect(cellOf(0, 1)).toMatchObject({ centre: '90.0', best: false });
    expect(showTable(table).some(({ cells }) => cells[0]?.best)).toBe(false);
  });

  it('calls equal to the shown digit equally good, the lower where lower is better', () => {
    expect(cellOf(1, 2)).toMatchObject({ centre: '0.50', best: true });
    expect(cellOf(2, 2)).toMatchObject({ centre: '0.50', best: true });
    const finer = { ...table, columns: table.columns.map((column) => ({ ...column, digits: 3 })) };
    expect([1, 2].map((row) => cellOf(row, 2, finer)?.best)).toEqual([false, true]);
  });

  it('makes nothing bold by a mean that a bad seed of the others is missing from', () => {
    // LoRA is better on every seed that both have; AutoLoRA lacks the one where LoRA failed.
    const lora = { key: 'lora', label: 'LoRA', cells: { cola: seeds(0.5, 0.52, 0.48, 0.51, 0.2) } };
    const autolora = { key: 'autolora', label: 'AutoLoRA', cells: { cola: seeds(0.49, 0.5, 0.47, 0.5) } };
    const uneven: Table = { ...table, columns: table.columns.slice(1, 2), rows: [lora, autolora] };
    expect(showTable(uneven).map(({ cells }) => [cells[0]?.best, cells[0]?.fewer])).toEqual([
      [false, false],
      [false, true],
    ]);
    expect(toMarkdown(uneven)).toContain('| AutoLoRA | 49.0 ± 1.4 \\* (4) |');
    expect(toLatex(uneven)).toContain('{\\scriptsize (4)}');
    expect(footnotes(uneven).join(' ')).toContain('of so many seeds');
    expect(footnotes(uneven).join(' ')).not.toContain('Bold');
    // Full finetuning is shown for orientation: a seed that it alone has counts for nobody.
    const full = {
      key: 'full',
      label: 'Full FT',
      forReference: true,
      cells: { cola: seeds(0.9, 0.9, 0.9, 0.9, 0.9, 0.9) },
    };
    expect(showTable({ ...uneven, rows: [full, lora] }).map(({ cells }) => cells[0]?.fewer)).toEqual([
      false,
      false,
    ]);
    // Among those that have all seeds there is a best.
    const third = { key: 'dora', label: 'DoRA', cells: { cola: seeds(0.3, 0.3, 0.3, 0.3, 0.3) } };
    expect(
      showTable({ ...uneven, rows: [lora, autolora, third] }).map(({ cells }) => cells[0]?.best),
    ).toEqual([true, false, false]);
  });

  it('marks means over fewer seeds in columns without a better end too', () => {
    const uneven: Table = {
      ...table,
      columns: [{ key: 'params', label: 'Params', digits: 0 }],
      rows: [
        { key: 'lora', label: 'LoRA', cells: { params: seeds(10, 10, 10) } },
        { key: 'autolora', label: 'AutoLoRA', cells: { params: seeds(7) } },
        { key: 'dora', label: 'DoRA', cells: {} },
      ],
    };
    expect(showTable(uneven).map(({ cells }) => [cells[0]?.best, cells[0]?.fewer])).toEqual([
      [false, false],
      [false, true],
      [false, false],
    ]);
    expect(toMarkdown(uneven)).toContain('| AutoLoRA | 7 (1) |');
    expect(footnotes(uneven)).toContain(
      'A number in brackets: of so many seeds, one of the others’ missing.',
    );
  });

  it('says what is not in the contest for bold', () => {
    const lacking = { ...table.rows[2], cells: { cola: seeds(0.99) } } as Table['rows'][number];
    const rows = [...table.rows.slice(0, 2), lacking, { ...table.rows[1], key: 'dora', label: 'DoRA' }];
    expect(footnotes({ ...table, rows: rows as Table['rows'] })).toContain(
      'Bold: best mean of a column, rows for reference and means over fewer seeds left out.',
    );
  });

  it('pairs by seed, over the seeds that both rows have', () => {
    const [, lora, autolora] = table.rows;
    const other = {
      ...autolora,
      cells: {
        cola: [
          { seed: 3, value: 0.8 },
          { seed: 2, value: 0.6 },
        ],
      },
    };
    const shown = showTable({ ...table, rows: [lora, other] as Table['rows'] });
    // Seed 3: 0.8 − 0.7, seed 2: 0.6 − 0.6.
    expect(shown[1]?.cells[1]?.test).toMatchObject({ pairs: 2 });
    expect(shown[1]?.cells[1]?.test?.statistic).toBeCloseTo(1, 10);
  });

  it('parts thousands, of the spread too, and never the digits behind the point', () => {
    const shownAs = (digits: number, ...values: number[]) =>
      cellOf(0, 0, {
        ...table,
        columns: [{ key: 'x', label: 'X', digits }],
        rows: [{ key: 'one', label: 'One', cells: { x: seeds(...values) } }],
      });
    expect(shownAs(0, 12288, 14288)).toMatchObject({ centre: '13,288', spread: '1,414' });
    expect(shownAs(4, 1234567.12345)?.centre).toBe('1,234,567.1235');
    expect(shownAs(0, 999)?.centre).toBe('999');
    expect(shownAs(0, -12288)?.centre).toBe('−12,288');
    expect(shownAs(5, 0.12345)?.centre).toBe('0.12345');
  });

  it('has a true minus, and no sign on what rounds to 0, which is as good as 0', () => {
    const signed: Table = {
      ...table,
      columns: [{ key: 'cola', label: 'CoLA', better: 'higher', digits: 1, factor: 100 }],
      rows: [-0.0001, 0, -0.125].map((value, i) => ({
        key: `${i}`,
        label: `${i}`,
        cells: { cola: seeds(value) },
      })),
    };
    expect(showTable(signed).map(({ cells }) => [cells[0]?.centre, cells[0]?.best])).toEqual([
      ['0.0', true],
      ['0.0', true],
      ['−12.5', false],
    ]);
    expect(toMarkdown(signed)).toContain('| 2 | −12.5 |');
    expect(toLatex(signed)).toContain('2 & $-$12.5 ');
    expect(toCsv(signed)).toContain('2,,CoLA,1,-0.125,');
  });

  it('knows neither spread nor test of one seed', () => {
    const one = {
      ...table,
      rows: table.rows.map((row) => ({
        ...row,
        cells: { cola: (row.cells.cola ?? []).slice(0, 1) },
      })),
    };
    expect(cellOf(2, 1, one)).toMatchObject({ centre: '51.0', spread: undefined, significant: false });
    expect(footnotes(one)[0]).toContain('One seed: no spread and no test');
    expect(toMarkdown(one)).not.toContain('±');
  });
});

describe('formats', () => {
  it('Markdown', () => {
    expect(toMarkdown(table)).toBe(
      [
        'Scores, 100 % & more',
        '',
        '| Method | Params | CoLA | WebNLG TER |',
        '| --- | ---: | ---: | ---: |',
        '| Full FT | 1,000 | 90.0 ± 0.0 \\* | – |',
        '| LoRA | 10 | 60.0 ± 10.0 | **0.50** ± 0.00 |',
        '| AutoLoRA (η=0) | 9 | **61.0** ± 10.0 \\* | **0.50** ± 0.00 |',
        '| Do\\_RA | – | – | – |',
        '',
        '- Mean ± sample standard deviation over n = 1 to 3 seeds.',
        '- Lower is better: TER.',
        '- Bold: best mean of a column, rows for reference left out.',
        '- \\* differs from LoRA: paired t-test over the seeds that both have (n = 2 to 3), two-sided p \\< 0.05, not corrected for the 3 comparisons of this table; 2 are marked.',
        '- Mini scale.',
        '',
      ].join('\n'),
    );
  });

  it('LaTeX', () => {
    const text = toLatex(table);
    expect(text).toContain('\\caption{Scores, 100 \\% \\& more}');
    expect(text).toContain('     & \\multicolumn{2}{c}{} & \\multicolumn{1}{c}{WebNLG} \\\\');
    expect(text).toContain('\\cmidrule(lr){4-4}');
    expect(text).toContain(
      'AutoLoRA ($\\eta$=0) & 9 & \\textbf{61.0} {\\scriptsize $\\pm$ 10.0}$^{*}$ & \\textbf{0.50} {\\scriptsize $\\pm$ 0.00} \\\\',
    );
    expect(text).toContain('Do\\_RA & -- & -- & -- \\\\');
    // In text mode, where a comma sets no space behind itself.
    expect(text).toContain('Full FT & 1,000 & ');
    expect(text.match(/\\begin\{/g)?.length).toBe(text.match(/\\end\{/g)?.length);
    expect(escapeLatex('a\\b{c}~^#$_')).toBe(
      'a\\textbackslash{}b\\{c\\}\\textasciitilde{}\\textasciicircum{}\\#\\$\\_',
    );
  });

  it('LaTeX takes no first cell for an option of what stands before it', () => {
    const rows = ['[NEG]', '*', 'a|b'].map((label) => ({ key: label, label, cells: {} }));
    const text = toLatex({ ...table, rowHeading: '[x]', columns: table.columns.slice(0, 1), rows });
    for (const first of ['{}[x] & Params', '{}[NEG] & --', '{}* & --', 'a\\textbar{}b & --'])
      expect(text).toContain(`    ${first} \\\\\n`);
  });

  it('CSV, in full precision, a row per seed in the second', () => {
    const quoted = { ...table, columns: [{ ...table.columns[1], label: 'CoLA, "MCC"' }] } as Table;
    const [heading, full, lora] = toCsv(quoted).split('\n');
    expect(heading).toBe('method,group,column,n,mean,sd,pairs,t,p,better');
    expect(full).toMatch(/^full,,"CoLA, ""MCC""",3,0\.9\d*,\S*,3,5\.19615242\d+,0\.0350\d+,higher$/);
    // The row that others are tested against has no test.
    expect(lora).toMatch(/^lora,,"CoLA, ""MCC""",3,0\.6\d*,0\.0999\d+,,,,higher$/);
    const rows = toSeedCsv(table).trim().split('\n');
    expect(rows[0]).toBe('method,group,column,seed,value');
    expect(rows).toContain('autolora,WebNLG,TER,2,0.5');
    expect(rows).toHaveLength(1 + (1 + 3) + (1 + 3 + 2) + (1 + 3 + 2));
  });

  it('heads runs of columns of one group', () => {
    expect(columnGroups(table.columns)).toEqual([
      { label: undefined, span: 2 },
      { label: 'WebNLG', span: 1 },
    ]);
  });
});

describe('LaTeX', () => {
  it('has a command for every sign that recipes, methods and settings have in their names', () => {
    const texts = [
      ...recipes.flatMap(({ caption, notes = [] }) => [caption, ...notes]),
      ...comparedMethods.map(({ label }) => label),
      ...triedSettings.flatMap(({ title, tried }) => [title, ...tried.map(({ label }) => label)]),
      ...fields.map(fieldTitle),
    ];
    const left = texts.map(escapeLatex).filter((text) => [...text].some((sign) => sign > '~'));
    expect(left).toEqual([]);
    expect(escapeLatex('Spearman’s ρ, λ = 2 & 50 %')).toBe("Spearman's $\\rho$, $\\lambda$ = 2 \\& 50 \\%");
  });
});
