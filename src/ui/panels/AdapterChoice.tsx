/** An adapter of one's own to begin from: chosen, scored alone or trained on, removed. */
import { Switch } from '@mantine/core';
import { type ReactElement, useRef } from 'react';
import { methodFacts } from '../../config/methods';
import { useActions, usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';

export function AdapterChoice({ onPick }: { onPick(): void }): ReactElement {
  const choice = useRef<HTMLFieldSetElement>(null);
  useKeptFocus(choice);
  const from = usePlayground((state) => state.draft.adapter.from);
  const method = usePlayground((state) => state.draft.method);
  const steps = usePlayground((state) => state.draft.retrain.steps);
  const isHere = usePlayground((state) => state.files.adapter !== undefined);
  const { removeAdapter, scoreOnly } = useActions();
  return (
    <fieldset className="choice adapter-choice" ref={choice}>
      <legend className="choice-title">Adapter to start from</legend>
      <div className="drop-line">
        <span>{from === '' ? 'none: fresh layers' : isHere ? <b>{from}</b> : `“${from}” is not here`}</span>
        <button type="button" className="toggle" aria-label="Choose an adapter" onClick={onPick}>
          adapter…
        </button>
        {from && (
          <button type="button" className="toggle" aria-label="Remove the adapter" onClick={removeAdapter}>
            remove
          </button>
        )}
      </div>
      {from && (
        <Switch
          size="xs"
          mt={4}
          label="Only score it, without training"
          checked={steps === 0}
          onChange={(event) => scoreOnly(event.currentTarget.checked)}
        />
      )}
      <p className="field-why">
        {from
          ? `Goes on as ${methodFacts[method].title} with its own ranks and scaling, on the model and the data above.`
          : 'PEFT’s adapter_config.json and adapter_model.safetensors: LoRA, rsLoRA, DoRA or AdaLoRA, to score or to train on.'}
      </p>
    </fieldset>
  );
}
