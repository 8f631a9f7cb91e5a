/** What the worker tells while a run goes: telemetry, progress, and texts as they are written. */
import type { TelemetryEvent } from '../telemetry/events';
import type { PlaygroundContext } from './context';
import { withEvent } from './facts';

/**
 * Takes it into state and history, and stores the run where a phase begins or ends or it stops playing.
 * @returns ends it
 */
export function startReceiving(context: PlaygroundContext, save: () => Promise<unknown>): () => void {
  const { client, history } = context;

  const receive = (events: TelemetryEvent[]) => {
    const before = context.state.facts;
    let facts = before;
    for (const event of events) {
      if (event.type === 'notice') context.notify(event.level, event.message);
      if (event.type === 'start') {
        history.clear();
        context.set({ replayedStep: undefined });
      }
      facts = withEvent(facts, event);
      if (event.type === 'start' && context.state.backend.status === 'ready')
        facts = { ...facts, backend: context.state.backend.report };
      history.push(event, facts.start?.config ?? context.state.loaded ?? context.state.draft);
    }
    if (facts !== before) context.set({ facts });
    if (events.some(({ type }) => type === 'phase' || type === 'ranks' || type === 'done')) void save();
  };

  const unsubscribe = [
    client.onTelemetry(receive),
    client.onProgress((progress) => {
      const was = context.state.progress?.status;
      history.observe(progress);
      context.set({ progress });
      if (was === 'running' && progress.status !== 'running') void save();
    }),
    client.onGeneration((model, text) => {
      const { writing } = context.state;
      if (writing) context.set({ writing: { ...writing, [model]: text } });
    }),
  ];
  return () => {
    for (const end of unsubscribe) end();
  };
}
