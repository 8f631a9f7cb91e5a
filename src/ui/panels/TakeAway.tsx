/**
 * What can be taken away of a run: adapters, merged checkpoints, the script for the full-size model, the result, what was said of
 * each example, telemetry.
 */
import { Button, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { methodFacts } from '../../config/methods';
import { evaluatedRoles, scoredOn } from '../../store/facts';
import { resultFileOf } from '../../store/resultFile';
import { shownConfig } from '../../store/state';
import type { Role } from '../../telemetry/events';
import { jsonLines } from '../../telemetry/jsonLines';
import { Icon } from '../controls/icons';
import { download } from '../download';
import { type TelemetryKind, telemetryFile } from '../runs/telemetryFiles';
import { useActions, useHistoryNow, usePlayground, useReadState } from '../scope';
import { useTakeRun } from '../useTakeRun';
import { zipParts } from '../zip';

/** Methods that PEFT's LoRA cannot hold. */
const tensorsOnly: readonly Role[] = ['adapter', 'full'];

export default function TakeAway(): ReactElement {
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const hasRanks = usePlayground((state) => state.facts.ranks !== undefined);
  const scored = usePlayground((state) => scoredOn(state.facts));
  const seed = usePlayground((state) => shownConfig(state).seed);
  const { exportAdapter, exportMerged, notify, save } = useActions();
  const takeRun = useTakeRun();
  const history = useHistoryNow();
  const readState = useReadState();
  const roles = evaluatedRoles({ evaluations });
  const takeFiles = async (name: string, files: ReturnType<typeof exportAdapter>) => {
    const taken = await files;
    if (taken) download(`${name}.zip`, zipParts(name, taken), 'application/zip');
  };
  const takeScript = async () => {
    // Of no use before there is a run, and text by the kilobyte.
    const { scriptOfState } = await import('../../store/scriptFile');
    try {
      const { name, text } = scriptOfState(readState());
      download(name, text, 'text/x-python');
    } catch (error) {
      notify('error', (error as Error).message);
    }
  };
  const takePredictions = (role: Role) =>
    download(
      `${role}-predictions-seed${seed}.jsonl`,
      jsonLines(evaluations[role]?.predictions ?? []),
      'application/jsonl',
    );
  const takeTelemetry = (kind: TelemetryKind) => {
    const state = readState();
    if (!state.run) return;
    const summary = { ...state.run, config: shownConfig(state) };
    download(...telemetryFile({ summary, facts: state.facts, history: history.stored() }, kind));
  };
  const takeKept = async () => {
    // Why it cannot be stored has been said.
    if ((await save()) === 'failed') return;
    const { run } = readState();
    if (run) await takeRun(run.id);
  };
  const takeResult = () =>
    download(
      `autolora-result-seed${seed}.json`,
      `${JSON.stringify(resultFileOf(readState(), new Date()), null, 2)}\n`,
      'application/json',
    );
  return (
    <div className="tools">
      <Menu
        position="bottom-end"
        shadow="md"
        width="min(440px, calc(100vw - 24px))"
        // Longer than the room beside the button, it scrolls: the page must not, since a menu without its button is hidden.
        middlewares={{ flip: { fallbackStrategy: 'bestFit' }, size: { padding: 6 } }}
        withinPortal
      >
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<Icon name="down" size={13} />}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="download-menu">
          {roles.map((role) => (
            <Item
              key={role}
              title={`${methodFacts[role].title} adapter${tensorsOnly.includes(role) ? '' : ' (PEFT)'}`}
              what={tensorsOnly.includes(role) ? 'The trained tensors' : 'The low-rank layers alone'}
              onClick={() => void takeFiles(`${role}-adapter-seed${seed}`, exportAdapter(role))}
            />
          ))}
          {roles
            .filter((role) => role !== 'adapter')
            .map((role) => (
              <Item
                key={role}
                title={`${methodFacts[role].title} merged`}
                what="A Hugging Face checkpoint that needs no adapter"
                onClick={() => void takeFiles(`${role}-merged-seed${seed}`, exportMerged(role))}
              />
            ))}
          {(hasRanks || roles.some((role) => !tensorsOnly.includes(role))) && (
            <Item
              title="Python script"
              what="Trains the full-size model with these ranks: transformers, peft, accelerate"
              onClick={() => void takeScript()}
            />
          )}
          <Item
            title="Run (.autolora)"
            what="Scores, curves, settings, weights: to open or compare in another browser; no files or texts of your own"
            onClick={() => void takeKept()}
          />
          <Item title="Result (JSON)" what="Ranks, scores, costs and settings" onClick={takeResult} />
          {roles.map((role) => (
            <Item
              key={role}
              title={`${methodFacts[role].title} predictions (JSON lines)`}
              what={`Each ${scored} example with its text and what the model said`}
              onClick={() => takePredictions(role)}
            />
          ))}
          <Item
            title="Telemetry (CSV)"
            what="Losses, norms, ranks and costs by step"
            onClick={() => takeTelemetry('csv')}
          />
          <Item
            title="Telemetry (JSON lines)"
            what="The same, with all selection weights and their gradients"
            onClick={() => takeTelemetry('jsonl')}
          />
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Item({ title, what, onClick }: { title: string; what: string; onClick(): void }): ReactElement {
  return (
    <Menu.Item onClick={onClick}>
      {title} <span className="download-what">{what}</span>
    </Menu.Item>
  );
}
