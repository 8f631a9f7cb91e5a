/** What can be taken away of a run: adapters, merged checkpoints, the script for the full-size model, the result. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { methodNames } from '../../config/methods';
import { resultOf } from '../../store/resultFile';
import type { Role } from '../../telemetry/events';
import { download } from '../download';
import { useActions, usePlayground, useReadState } from '../scope';
import { zipParts } from '../zip';
import { roleTitle } from './RoleResult';

/** Methods that PEFT's LoRA cannot hold. */
const tensorsOnly: readonly Role[] = ['adapter', 'full'];

export function TakeAway(): ReactElement | null {
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const hasRanks = usePlayground((state) => state.facts.ranks !== undefined);
  const seed = usePlayground((state) => (state.loaded ?? state.draft).seed);
  const { exportAdapter, exportMerged, notify } = useActions();
  const readState = useReadState();
  const roles = methodNames.filter((role) => evaluations[role]);
  if (!hasRanks && roles.length === 0) return null;
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
  return (
    <div className="tools downloads">
      {roles.map((role) => (
        <Button
          key={role}
          size="compact-sm"
          variant="default"
          onClick={() => void takeFiles(`${role}-adapter-seed${seed}`, exportAdapter(role))}
        >
          {roleTitle(role)} adapter{tensorsOnly.includes(role) ? '' : ' (PEFT)'}
        </Button>
      ))}
      {roles
        .filter((role) => role !== 'adapter')
        .map((role) => (
          <Button
            key={role}
            size="compact-sm"
            variant="default"
            title="A Hugging Face checkpoint that needs no adapter: config.json, model.safetensors, tokenizer"
            onClick={() => void takeFiles(`${role}-merged-seed${seed}`, exportMerged(role))}
          >
            {roleTitle(role)} merged
          </Button>
        ))}
      {(hasRanks || roles.some((role) => !tensorsOnly.includes(role))) && (
        <Button
          size="compact-sm"
          variant="default"
          title="Trains the full-size model with these ranks: transformers, peft, accelerate"
          onClick={() => void takeScript()}
        >
          Python script
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() =>
          download(
            `autolora-result-seed${seed}.json`,
            `${JSON.stringify(resultOf(readState(), new Date()), null, 2)}\n`,
            'application/json',
          )
        }
      >
        Result (JSON)
      </Button>
    </div>
  );
}
