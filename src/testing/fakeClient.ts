/** A RunClient that makes up telemetry of the right shape, for tests of the store only: nothing here is trained. */
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import { RandomStream } from '../random/stream';
import type { RunClient } from '../runtime/client';
import type { AskedModel, Progress, Replies, Request, RequestType } from '../runtime/protocol';
import type { LayerRank, NoticeEvent, Role, TelemetryEvent } from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';

interface FakeState {
  step: number;
  role: Role;
  phase: Progress['phase'];
  beta: number[][];
}

/** What the worker answers only where it holds a run. */
const asksTheRun: ReadonlySet<RequestType> = new Set([
  'play',
  'step',
  'threshold',
  'retrain',
  'predict',
  'generate',
  'snapshot',
  'export-adapter',
  'export-merged',
]);

export class FakeClient implements RunClient {
  /** Every request in the order it came. */
  readonly asked: Request[] = [];
  /** Message with which the next request of a type fails. */
  readonly failures = new Map<RequestType, string>();
  config: ExperimentConfig = parseExperimentConfig({});
  progress: Progress = {
    status: 'empty',
    role: 'autolora',
    phase: 'search',
    step: 0,
    steps: 0,
    stepMs: 40,
    remainingMs: 0,
    tensors: 400,
    bytes: 21e6,
  };
  private state: FakeState = { step: 0, role: 'autolora', phase: 'search', beta: [] };
  private isLoaded = false;
  /** Why nothing of the loaded run is given away. */
  private refusal: string | undefined;
  private through = false;
  private random = RandomStream.of(1, 'data');
  private telemetry = new Set<(events: TelemetryEvent[]) => void>();
  private progressed = new Set<(progress: Progress) => void>();
  private written = new Set<(model: AskedModel, text: string) => void>();
  private lost = new Set<(message: string) => void>();

  constructor(readonly blocks = 4) {}

  async request<T extends RequestType>(request: Extract<Request, { type: T }>): Promise<Replies[T]> {
    this.asked.push(request);
    await Promise.resolve();
    const failure = this.failures.get(request.type);
    if (failure) {
      this.failures.delete(request.type);
      throw new Error(failure);
    }
    return this.answer(request) as Replies[T];
  }

  onTelemetry(listener: (events: TelemetryEvent[]) => void): () => void {
    this.telemetry.add(listener);
    return () => this.telemetry.delete(listener);
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.progressed.add(listener);
    return () => this.progressed.delete(listener);
  }

  onGeneration(listener: (model: AskedModel, text: string) => void): () => void {
    this.written.add(listener);
    return () => this.written.delete(listener);
  }

  /** A model has written so far. */
  write(model: AskedModel, text: string): void {
    for (const listener of this.written) listener(model, text);
  }

  onDeviceLost(listener: (message: string) => void): () => void {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }

  dispose(): void {
    this.telemetry.clear();
    this.progressed.clear();
    this.lost.clear();
  }

  loseDevice(message: string): void {
    this.isLoaded = false;
    for (const listener of this.lost) listener(message);
  }

  /** The device refuses work: nothing of the loaded run can be trusted any more. */
  refuse(message: string): void {
    this.refusal = message;
    this.say({ type: 'notice', level: 'error', message });
    this.progress = { ...this.progress, status: 'paused', failure: message, untrusted: true };
    for (const listener of this.progressed) listener(this.progress);
  }

  /** The run stops by itself. */
  fail(message: string, reason?: NoticeEvent['reason']): void {
    this.say({ type: 'notice', level: 'error', message, reason });
    this.tell('paused', this.progress.steps, { failure: message, diverged: reason && true });
  }

  say(...events: TelemetryEvent[]): void {
    for (const listener of this.telemetry) listener(events);
  }

  /** One step of whatever phase is on, if playing. Returns false when nothing is left to do. */
  tick(): boolean {
    if (this.progress.status !== 'running') return false;
    this.advance();
    return this.progress.status === 'running';
  }

  private answer(request: Request): unknown {
    if (asksTheRun.has(request.type)) {
      if (!this.isLoaded) throw new Error('No experiment is loaded yet: load one first.');
      if (this.refusal) throw new Error(this.refusal);
    }
    switch (request.type) {
      case 'start-backend':
        return {
          name: 'wasm',
          description: 'WASM SIMD, 2 threads',
          software: false,
          threads: 2,
          rejected: [{ name: 'webgpu', reason: 'This browser offers no GPU adapter.' }],
          selfCheckError: 3.1e-7,
        } satisfies Replies['start-backend'];
      case 'load': {
        this.isLoaded = true;
        this.refusal = undefined;
        this.config = parseExperimentConfig(request.config);
        const { rank } = this.config.adapter;
        const stored = request.snapshot?.state as FakeState | undefined;
        this.state = stored
          ? structuredClone(stored)
          : {
              step: 0,
              role: 'autolora',
              phase: 'search',
              beta: Array.from({ length: this.blocks * 2 }, () => new Array<number>(rank).fill(0)),
            };
        this.tell(this.state.phase === 'threshold' ? 'thresholded' : 'paused');
        return { config: this.config };
      }
      case 'play':
        this.through = request.through;
        this.tell('running');
        return null;
      case 'through':
        this.through = request.through;
        return null;
      case 'pause':
        this.tell('paused');
        return null;
      case 'unload':
        this.isLoaded = false;
        return null;
      case 'step':
        this.advance();
        this.tell('paused');
        return null;
      case 'threshold':
        this.threshold();
        return null;
      case 'retrain':
        this.enter('autolora', 'retrain', this.config.retrain.steps);
        this.tell('paused');
        return null;
      case 'snapshot':
        return { state: structuredClone(this.state), tensors: new Uint8Array(4) };
      case 'predict':
        return (['before', 'autolora', 'lora'] as const).map((model, i) => ({
          kind: 'classification',
          model,
          logits: [0, i],
          probabilities: [0.5 - 0.2 * i, 0.5 + 0.2 * i],
        }));
      case 'generate':
        return [{ model: 'before', text: `about ${request.source}`, finishReason: 'end' }];
      case 'export-adapter':
        return [{ name: 'adapter_config.json', bytes: new TextEncoder().encode('{}').buffer }];
      default:
        return null;
    }
  }

  private tell(
    status: Progress['status'],
    steps = this.progress.steps,
    { failure, diverged }: Pick<Progress, 'failure' | 'diverged'> = {},
  ): void {
    const { step, role, phase } = this.state;
    const planned = phase === 'search' ? this.config.search.steps : steps;
    this.progress = {
      ...this.progress,
      status,
      failure,
      diverged,
      untrusted: undefined,
      role,
      phase,
      step,
      steps: planned,
      remainingMs: Math.max(0, planned - step) * this.progress.stepMs,
    };
    for (const listener of this.progressed) listener(this.progress);
  }

  private enter(role: Role, phase: Progress['phase'], steps: number): void {
    Object.assign(this.state, { role, phase, step: 0 });
    this.say({ type: 'phase', role, phase, status: 'begin', steps });
    this.tell(this.progress.status, steps);
  }

  private get layers(): string[] {
    return Array.from({ length: this.blocks }, (_, block) => [`${block}.query`, `${block}.value`]).flat();
  }

  private advance(): void {
    const { state, config } = this;
    if (state.phase === 'search' && state.step === 0) {
      this.say(
        {
          type: 'start',
          config,
          model: {
            name: config.model.name,
            parameters: 1_234_000,
            layers: this.blocks,
            hidden: 128,
            vocabulary: 2000,
            source: 'embedded',
          },
          task: {
            name: config.data.task,
            kind: 'classification',
            labels: ['negative', 'positive'],
            trainSize: 1000,
            devSize: 500,
            searchTrainSize: 500,
            searchValidationSize: 500,
          },
          notes: [],
        },
        { type: 'phase', role: 'autolora', phase: 'search', status: 'begin', steps: config.search.steps },
      );
    }
    state.step += 1;
    const decay = Math.exp(-state.step / 80);
    if (state.phase === 'search') {
      this.search(decay);
      if (state.step >= config.search.steps) {
        this.threshold();
        if (!this.through) return;
        this.enter('autolora', 'retrain', config.retrain.steps);
      }
    } else {
      this.say({
        type: 'train',
        role: state.role,
        step: state.step,
        trainLoss: 0.2 + 0.5 * decay + 0.05 * this.random.normal(),
        learningRate: 1e-3,
        stepMs: 20,
      });
      if (state.step >= config.retrain.steps) {
        this.evaluate();
        return;
      }
    }
    this.tell(this.progress.status);
  }

  private search(decay: number): void {
    const { state, random } = this;
    state.beta.forEach((row, layer) => {
      row.forEach((value, j) => {
        const pull = Math.sin(layer * 7.3 + j * 2.1 + Math.sin(layer * j)) - 0.2;
        row[j] = value + 0.02 * pull + 0.004 * random.normal();
      });
    });
    this.say({
      type: 'search',
      step: state.step,
      trainLoss: 0.15 + 0.55 * decay + 0.04 * random.normal(),
      validationLoss: 0.25 + 0.45 * decay + 0.04 * random.normal(),
      directNorm: 0.02 * decay + 0.002,
      implicitNorm: 2e-4 * decay + 1e-5,
      learningRate: 1e-3,
      stepMs: 40 + 4 * random.uniform(),
      layers: state.beta.map((beta, layer) => {
        const exps = beta.map(Math.exp);
        const sum = exps.reduce((a, b) => a + b, 0);
        return {
          layer: this.layers[layer] as string,
          selection: exps.map((e) => e / sum),
          beta: [...beta],
          direct: beta.map((b) => -0.003 * b),
          implicit: beta.map(() => 1e-5 * random.normal()),
          magnitude: beta.map(() => 0.2 + random.uniform()),
        };
      }),
    });
  }

  private threshold(): void {
    const k = this.config.adapter.rank;
    const ranks: LayerRank[] = this.state.beta.map((beta, layer) => {
      const exps = beta.map(Math.exp);
      const mean = exps.reduce((a, b) => a + b, 0) / k;
      return { layer: this.layers[layer] as string, rank: exps.filter((e) => e >= mean * (1 - 1e-6)).length };
    });
    this.say(
      {
        type: 'phase',
        role: 'autolora',
        phase: 'search',
        status: 'end',
        steps: this.state.step,
        wallMs: 9600,
      },
      {
        type: 'ranks',
        step: this.state.step,
        threshold: ranks.map(() => 1 / k),
        ranks,
        totalRank: totalRank(ranks),
        rankPattern: Object.fromEntries(ranks.map(({ layer, rank }) => [layer, rank])),
        edited: false,
      },
    );
    this.state.phase = 'threshold';
    this.tell(this.through && this.progress.status === 'running' ? 'running' : 'thresholded');
  }

  private evaluate(): void {
    const { role } = this.state;
    const right = role === 'autolora' ? 0.87 : 0.85;
    const counts = Math.round(250 * right);
    this.say(
      { type: 'phase', role, phase: 'retrain', status: 'end', steps: this.state.step, wallMs: 4800 },
      {
        type: 'evaluation',
        role,
        kind: 'classification',
        metrics: { accuracy: right, loss: 0.4 },
        primary: 'accuracy',
        confusion: [
          [counts, 250 - counts],
          [250 - counts, counts],
        ],
        parameters: { adapter: 36_864, head: 16_770, frozen: 1_234_000 },
        ranks: this.layers.map((layer, i) => ({ layer, rank: role === 'autolora' ? (i % 5) + 1 : 3 })),
        predictions: Array.from({ length: 500 }, (_, i) => ({
          text: `the waiter in the third scene was not as dull as they said ${i}`,
          label: i % 2,
          prediction: i % 100 < right * 100 ? i % 2 : 1 - (i % 2),
          logits: [0.3, -0.2],
        })),
      },
    );
    if (role === 'autolora' && this.config.baseline.enabled) {
      this.enter('lora', 'retrain', this.config.retrain.steps);
    } else {
      this.state.phase = 'evaluate';
      this.say({ type: 'done', wallMs: 21_000 });
      this.tell('finished');
    }
  }
}
