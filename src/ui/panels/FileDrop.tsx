/** Where a person's own checkpoint and data come in: a drop zone and pickers; nothing leaves the machine. */
import { type ReactElement, useRef, useState } from 'react';
import { useActions, usePlayground } from '../scope';
import { readDrop, readPicked } from './readDrop';

export function FileDrop(): ReactElement {
  const files = usePlayground((state) => state.files);
  const { chooseFiles, dropFiles } = useActions();
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const tables = useRef<HTMLInputElement>(null);
  const picked = (input: HTMLInputElement) => {
    if (input.files?.length) void chooseFiles(readPicked(input.files));
    input.value = '';
  };
  return (
    <section
      className="drop"
      data-over={over}
      aria-label="Your own model and data"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void readDrop(event.dataTransfer).then(chooseFiles);
      }}
    >
      <div className="drop-line">
        <span>
          {files.model ? (
            <>
              <b>{files.model.name}/</b> {files.model.files.length} files
            </>
          ) : (
            'Embedded model'
          )}
        </span>
        {files.model && (
          <button type="button" className="toggle" onClick={() => dropFiles('model')}>
            embedded
          </button>
        )}
        <button type="button" className="toggle" onClick={() => folder.current?.click()}>
          checkpoint…
        </button>
      </div>
      <div className="drop-line">
        <span>
          {files.train || files.dev ? (
            <>
              <b>{files.train?.name ?? 'no train file'}</b>, {files.dev?.name ?? 'no dev file'}
            </>
          ) : (
            'Embedded data'
          )}
        </span>
        {(files.train || files.dev) && (
          <button type="button" className="toggle" onClick={() => dropFiles('data')}>
            embedded
          </button>
        )}
        <button type="button" className="toggle" onClick={() => tables.current?.click()}>
          train, dev…
        </button>
      </div>
      <p className="field-why">
        Or drop a Hugging Face RoBERTa folder, or train.tsv and dev.tsv of SST-2 or CoLA, here. Nothing leaves
        this machine.
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
        ref={tables}
        type="file"
        hidden
        data-testid="data-input"
        aria-label="Train and dev files"
        multiple
        accept=".tsv,.txt,.csv"
        onChange={(event) => picked(event.currentTarget)}
      />
    </section>
  );
}
