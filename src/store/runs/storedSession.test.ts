/** Real runs of every method through the formats in which a browser keeps and hands on a run: both write state as JSON. */
import { beforeAll, describe, expect, it } from 'vitest';
import { methodNames } from '../../config/methods';
import type { Snapshot } from '../../runtime/protocol';
import type { TelemetryEvent } from '../../telemetry/events';
import { switchBackend } from '../../testing/backends';
import { finish, inputFor, openSession, timeless } from '../../testing/tinySession';
import { noFacts, withEvent } from '../facts';
import { RunHistory } from '../history';
import { decodeRunFile, encodeRunFile } from './runFile';
import { type RunRecord, summaryOf } from './runRecord';
import { snapshotBlob, snapshotOf } from './weightFiles';

/** As a file of the browser's own. */
const throughWeightFile = async (snapshot: Snapshot): Promise<Snapshot> =>
  snapshotOf(new Uint8Array(await snapshotBlob(snapshot).arrayBuffer()));

beforeAll(() => switchBackend('wasm'));

describe.each(methodNames)('a run of %s', (method) => {
  it('goes on from a stored file, and from an exported one, to the same numbers', async () => {
    const input = () => inputFor('sequence', method);
    const { config } = input();
    const session = await openSession(input());
    const told: TelemetryEvent[] = [];
    while (session.progress.phase !== 'retrain' || session.progress.step < 3)
      told.push(...(await session.advance()));
    const snapshot = await session.snapshot();
    const history = new RunHistory();
    for (const event of told) history.push(event, config);
    const record: RunRecord = {
      version: 1,
      id: 'a',
      name: 'amber alder',
      createdAt: 1,
      savedAt: 2,
      config,
      progress: session.progress,
      snapshot: structuredClone(snapshot),
      history: history.stored(),
      facts: told.reduce(withEvent, noFacts),
    };
    const expected = timeless(await finish(session));
    session.dispose();
    expect(expected.map(({ type }: TelemetryEvent) => type)).toContain('evaluation');

    const goesOn = async (stored: Snapshot | undefined) => {
      const resumed = await openSession({ ...input(), snapshot: stored });
      const events = timeless(await finish(resumed));
      resumed.dispose();
      return events;
    };
    expect(await goesOn(await throughWeightFile(snapshot))).toEqual(expected);
    const { progress, facts, history: series } = record;
    const bytes = encodeRunFile({ summary: summaryOf(record), progress, facts, history: series, snapshot });
    const exported = decodeRunFile('a.autolora', bytes);
    expect(exported.history).toEqual(series);
    expect(exported.summary.config).toEqual(config);
    expect(await goesOn(exported.snapshot)).toEqual(expected);
  });
});
