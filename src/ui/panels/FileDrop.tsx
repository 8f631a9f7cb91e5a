/** Model, data and adapter, and the drop zone that they share: files dropped anywhere are sorted by their names. */
import { type ReactElement, useRef, useState } from 'react';
import { dataEndings } from '../../store/files/chosenFiles';
import { useActions } from '../scope';
import { AdapterChoice } from './AdapterChoice';
import { DataChoice } from './DataChoice';
import { ModelChoice } from './ModelChoice';
import { readPicked } from './readDrop';

export function FileDrop(): ReactElement {
  const { chooseFiles, chooseData } = useActions();
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const checkpoint = useRef<HTMLInputElement>(null);
  const data = useRef<HTMLInputElement>(null);
  const adapter = useRef<HTMLInputElement>(null);
  const role = useRef<'both' | 'train' | 'dev'>('both');
  const picked = (input: HTMLInputElement) => {
    if (input.files?.length) void chooseFiles(readPicked(input.files));
    input.value = '';
  };
  const pickedData = (input: HTMLInputElement) => {
    const asked = role.current;
    role.current = 'both';
    if (asked === 'both') return picked(input);
    if (input.files?.length) void chooseData(asked, readPicked(input.files));
    input.value = '';
  };
  return (
    <section
      className="drop"
      data-over={over}
      aria-label="Your own model and data"
      onDragOver={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={() => setOver(false)}
    >
      <ModelChoice onFolder={() => folder.current?.click()} onFiles={() => checkpoint.current?.click()} />
      <DataChoice
        onPick={(which) => {
          role.current = which;
          data.current?.click();
        }}
      />
      <AdapterChoice onPick={() => adapter.current?.click()} />
      <p className="field-why">
        Files and folders can be dropped anywhere on the page. Nothing leaves this machine.
      </p>
      <input
        ref={folder}
        type="file"
        hidden
        data-testid="model-input"
        aria-label="Checkpoint folder"
        multiple
        // @ts-expect-error: not in React's types, but in every browser
        webkitdirectory=""
        onChange={(event) => picked(event.currentTarget)}
      />
      <input
        ref={checkpoint}
        type="file"
        hidden
        data-testid="checkpoint-input"
        aria-label="Checkpoint files"
        multiple
        accept=".json,.safetensors,.txt"
        onChange={(event) => picked(event.currentTarget)}
      />
      <input
        ref={adapter}
        type="file"
        hidden
        data-testid="adapter-input"
        aria-label="Adapter files"
        multiple
        accept=".json,.safetensors"
        onChange={(event) => picked(event.currentTarget)}
      />
      <input
        ref={data}
        type="file"
        hidden
        data-testid="data-input"
        aria-label="Train and dev files"
        multiple
        accept={dataEndings}
        onChange={(event) => pickedData(event.currentTarget)}
      />
    </section>
  );
}
