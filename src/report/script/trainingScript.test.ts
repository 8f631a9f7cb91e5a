/** The script for the full-size model: valid Python for every task and method, with the run's ranks and alphas in it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { type MethodName, methodFacts, methodNames } from '../../config/methods';
import { taskExperiment } from '../../config/taskSettings';
import { taskByName } from '../../tasks/registry';
import type { LayerRank } from '../../telemetry/events';
import { alphaOf, type ScriptSource, trainingScript } from './trainingScript';

const ranks: LayerRank[] = [
  { layer: '0.query', rank: 3 },
  { layer: '0.value', rank: 0 },
  { layer: '1.query', rank: 1 },
  { layer: '1.value', rank: 5 },
];

function sourceOf(task: string, role: MethodName, more = {}): ScriptSource {
  const config = parseExperimentConfig({ ...taskExperiment(task), method: role, ...more });
  const { kind, labels } = taskByName(task);
  return {
    config,
    model: { name: 'small', layers: 2 },
    task: { name: task, kind, labels: [...labels] },
    role,
    ranks,
  };
}

const tasks = ['cola', 'sst2', 'mrpc', 'qqp', 'mnli', 'qnli', 'rte', 'stsb', 'bionlp', 'e2e', 'webnlg'];
const methods = methodNames.filter((name) => methodFacts[name].ranks);
const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : undefined;
if (!python) console.log('Skipped: there is no python3 here to check the scripts with.');

/** Runs a program over scripts; what it prints. */
function runPython(program: string, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'autolora-script-'));
  try {
    const paths = Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    const { status, stdout, stderr } = spawnSync('python3', ['-c', program, ...paths], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('trainingScript', () => {
  it.skipIf(!python)('is Python for every task and every method with ranks', () => {
    const files = Object.fromEntries(
      tasks.flatMap((task) =>
        methods.map((role) => [`${task}_${role}.py`, trainingScript(sourceOf(task, role))]),
      ),
    );
    // py_compile is what `python3 -m py_compile` runs; unknown names are found by comparing what is loaded with what is bound.
    const program = `
import builtins, py_compile, sys, symtable
for path in sys.argv[1:]:
    py_compile.compile(path, doraise=True)
    table = symtable.symtable(open(path, encoding="utf-8").read(), path, "exec")
    known = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    def walk(scope):
        for s in scope.get_symbols():
            if s.is_global() and s.is_referenced() and s.get_name() not in known and not hasattr(builtins, s.get_name()):
                raise SystemExit(f"{path}: {s.get_name()} is not defined")
        for child in scope.get_children():
            walk(child)
    walk(table)
    unused = [s.get_name() for s in table.get_symbols() if s.is_imported()
              and open(path, encoding="utf-8").read().count(s.get_name()) < 2]
    if unused:
        raise SystemExit(f"{path}: {unused} are imported and not used")
print(len(sys.argv) - 1)
`;
    expect(Number(runPython(program, files))).toBe(tasks.length * methods.length);
  });

  it.skipIf(!python)('takes ranks over by relative depth', () => {
    const program = `
import ast, sys
tree = ast.parse(open(sys.argv[1], encoding="utf-8").read())
scope = {"LEARNED_BLOCKS": 4}
for node in tree.body:
    if getattr(node, "name", "") == "learned_block":
        exec(compile(ast.Module([node], []), "script", "exec"), scope)
take = scope["learned_block"]
print([take(i, 4) for i in range(4)], [take(i, 12) for i in range(12)], [take(i, 2) for i in range(2)])
`;
    expect(runPython(program, { 'train.py': trainingScript(sourceOf('sst2', 'autolora')) }).trim()).toBe(
      '[0, 1, 2, 3] [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3] [1, 3]',
    );
  });

  it('holds ranks, alphas, data and method', () => {
    const script = trainingScript(sourceOf('mrpc', 'autolora'));
    expect(script).toContain(
      'RANKS = {\n    "0.query": 3, "0.value": 0,\n    "1.query": 1, "1.value": 5,\n}',
    );
    expect(script).toContain('"1.value": 16');
    expect(script).toContain('GLUE = "mrpc"\nCOLUMNS = ("sentence1", "sentence2")');
    expect(script).toContain('LEARNED_BLOCKS = 2');
    expect(script).toContain('MODEL = "FacebookAI/roberta-base"');
    expect(trainingScript(sourceOf('stsb', 'rslora'))).toMatch(/REGRESSION = True\n.*LABELS = \[\]/);
    expect(trainingScript(sourceOf('sst2', 'rslora'))).toContain('USE_RSLORA = True');
    expect(trainingScript(sourceOf('sst2', 'dora'))).toContain('USE_DORA = True');
    expect(trainingScript(sourceOf('sst2', 'lora-plus'))).toContain('LORA_PLUS_RATIO = 16');
    expect(trainingScript(sourceOf('bionlp', 'lora'))).toContain('"B-protein"');
    expect(trainingScript(sourceOf('e2e', 'lora'))).toContain('"num_beams": 4, "length_penalty": 0.8');
    const hub = { model: { source: 'hub', name: 'me/roberta', revision: 'abc' } };
    expect(trainingScript(sourceOf('sst2', 'lora', hub))).toContain('MODEL = "me/roberta"\nREVISION = "abc"');
  });

  it('writes alphas that keep the scaling of training', () => {
    const { config } = sourceOf('sst2', 'autolora', { retrain: { scaling: 'constant' } });
    expect(alphaOf('autolora', config, 4)).toBe(8);
    expect(alphaOf('adalora', config, 3)).toBe(4);
    expect(alphaOf('sora', config, 3)).toBe(6);
    expect(alphaOf('lora', config, 3)).toBe(16);
  });

  it('refuses what has no ranks to train with', () => {
    expect(() => trainingScript({ ...sourceOf('sst2', 'full'), ranks: [] })).toThrow('has no ranks');
    const none = ranks.map(({ layer }) => ({ layer, rank: 0 }));
    expect(() => trainingScript({ ...sourceOf('sst2', 'lora'), ranks: none })).toThrow('Every rank is 0');
  });
});
