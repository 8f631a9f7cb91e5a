/** The model: embedded, a checkpoint folder of one's own, or one from the Hub. */
import { NativeSelect } from '@mantine/core';
import { lazy, type ReactElement, useId } from 'react';
import { embeddedModels } from '../../store/choices';
import { describedBy } from '../controls/FieldControl';
import { PagePart } from '../PagePart';
import { useActions, usePlayground } from '../scope';
import { SourceSwitch } from './SourceSwitch';

const HubSource = lazy(() => import('./HubSource'));

interface ModelChoiceProps {
  onFolder(): void;
  onFiles(): void;
}

export function ModelChoice({ onFolder, onFiles }: ModelChoiceProps): ReactElement {
  const source = usePlayground((state) => state.draft.model.source);
  const { setModelSource } = useActions();
  return (
    <div className="choice">
      <span className="choice-title">Model</span>
      <SourceSwitch label="Model source" value={source} onChange={setModelSource} />
      {source === 'embedded' && <Embedded />}
      {source === 'files' && <Folder onFolder={onFolder} onFiles={onFiles} />}
      {source === 'hub' && (
        <PagePart name="The Hub">
          <HubSource part="model" />
        </PagePart>
      )}
    </div>
  );
}

function Embedded(): ReactElement {
  const id = useId();
  const name = usePlayground((state) => state.draft.model.name);
  const { setField } = useActions();
  const known = embeddedModels.find((model) => model.name === name);
  return (
    <>
      <NativeSelect
        id={id}
        size="xs"
        mt={6}
        aria-label="Embedded model"
        attributes={describedBy(`${id}-why`)}
        value={name}
        data={[...embeddedModels.map((model) => model.name), ...(known ? [] : [name])]}
        onChange={(event) => setField('model.name', event.currentTarget.value)}
      />
      <p className="field-why" id={`${id}-why`}>
        {known ? `${known.description}; pretrained here, no download.` : `There is no embedded “${name}”.`}
      </p>
    </>
  );
}

function Folder({ onFolder, onFiles }: ModelChoiceProps): ReactElement {
  const model = usePlayground((state) => state.files.model);
  const named = usePlayground((state) => state.draft.model.name);
  return (
    <>
      <div className="drop-line">
        <span>
          {model ? (
            <>
              <b>{model.name}/</b> {model.files.length} files
            </>
          ) : named ? (
            `“${named}” is not here`
          ) : (
            'no checkpoint yet'
          )}
        </span>
        <button type="button" className="toggle" onClick={onFolder}>
          folder…
        </button>
        <button type="button" className="toggle" onClick={onFiles}>
          files…
        </button>
      </div>
      <p className="field-why">
        A Hugging Face folder of RoBERTa or GPT-2: config.json, *.safetensors, tokenizer.json.
      </p>
    </>
  );
}
