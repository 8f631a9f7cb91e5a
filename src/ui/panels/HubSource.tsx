/** A model or a data set from the Hugging Face Hub: named, weighed before it is fetched, downloaded when asked. */
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { type Field, fieldAt } from '../../config/fields';
import { familyFor, isGlueTask, taskInfo } from '../../store/choices';
import type { HubJob, HubPart } from '../../store/hub/hubDownloads';
import { glueRepo, modelPresets } from '../../store/hub/hubPresets';
import { FieldControl } from '../controls/FieldControl';
import { describeBytes, whole } from '../numbers';
import { useActions, useHub, useHubActions, usePlayground, useReadState } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { HubCachePanel, HubEndpointPanel } from './HubCache';
import '../styles/hub.css';

const field = (path: string) => fieldAt(path) as Field;

export default function HubSource({ part }: { part: HubPart }): ReactElement {
  return (
    <div className="hub">
      {part === 'model' ? <ModelName /> : <DataName />}
      {!isSecureContext && (
        <p className="problem" role="status">
          This page came by plain http from another machine; browsers give such pages nowhere to keep
          downloads. Open it from localhost or by https, or choose the files under Files.
        </p>
      )}
      <HubActions part={part} />
      <HubEndpointPanel />
      <HubCachePanel />
    </div>
  );
}

function ModelName(): ReactElement {
  const name = usePlayground((state) => state.draft.model.name);
  const kind = usePlayground((state) => taskInfo(state.draft.data.task)?.kind ?? 'classification');
  const { setField } = useActions();
  const writes = familyFor(kind) === 'gpt2';
  return (
    <>
      <NameInput
        label="Model on the Hub"
        placeholder="owner/name"
        value={name}
        onValue={(value) => setField('model.name', value)}
      />
      <div className="hub-presets">
        {modelPresets
          .filter(({ description }) => description.startsWith('GPT-2') === writes)
          .map((preset) => (
            <button
              key={preset.name}
              type="button"
              className="toggle"
              aria-pressed={preset.name === name}
              title={`${preset.repo}: ${preset.description}`}
              onClick={() => setField('model.name', preset.name)}
            >
              {preset.name}
            </button>
          ))}
      </div>
      <FieldControl field={field('model.revision')} />
    </>
  );
}

function DataName(): ReactElement {
  const data = usePlayground((state) => state.draft.data);
  const { setField } = useActions();
  const glue = data.repository === glueRepo;
  const task = taskInfo(data.task);
  return (
    <>
      <NameInput
        label="Data set on the Hub"
        placeholder="owner/name"
        value={data.repository}
        onValue={(value) => setField('data.repository', value)}
      />
      <p className="field-why">
        {glue
          ? isGlueTask(data.task)
            ? `The part “${data.task}” of GLUE: its train and validation splits.`
            : `GLUE has no ${task?.title ?? data.task}: name another data set, and its files if it has several parts.`
          : 'Its train and validation splits, or the files named here.'}
      </p>
      {!glue && (
        <>
          <FieldControl field={field('data.trainFile')} />
          <FieldControl field={field('data.devFile')} />
        </>
      )}
      <FieldControl field={field('data.revision')} />
    </>
  );
}

interface NameInputProps {
  label: string;
  placeholder: string;
  value: string;
  onValue(value: string): void;
}

/** Text that counts on Enter or on leaving, so that no name is looked up letter by letter. */
function NameInput({ label, placeholder, value, onValue }: NameInputProps): ReactElement {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = () => {
    if (text.trim() !== value) onValue(text.trim());
  };
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        commit();
      }}
    >
      <TextInput
        size="xs"
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
      />
    </form>
  );
}

function HubActions({ part }: { part: HubPart }): ReactElement {
  const section = useRef<HTMLElement>(null);
  useKeptFocus(section);
  const job = useHub((state) => state[part]);
  const endpoint = useHub((state) => state.endpoint.url);
  const hub = useHubActions();
  const readState = useReadState();
  const { setField } = useActions();
  const busy = job.status === 'estimating' || job.status === 'downloading';
  const what = part === 'model' ? 'model' : 'data set';
  return (
    <section ref={section} aria-label={`${part === 'model' ? 'Model' : 'Data set'} on the Hub`}>
      <div className="hub-actions">
        <Button
          size="compact-xs"
          variant="default"
          loading={job.status === 'estimating'}
          disabled={busy}
          onClick={() => void hub.estimate(part, readState().draft)}
        >
          Estimate
        </Button>
        {job.status === 'downloading' ? (
          <Button size="compact-xs" variant="default" onClick={() => hub.cancel(part)}>
            Cancel
          </Button>
        ) : (
          <Button
            size="compact-xs"
            disabled={busy || job.status === 'cached'}
            onClick={() => void hub.download(part, readState().draft)}
          >
            {partial(job) ? 'Resume download' : 'Download'}
          </Button>
        )}
      </div>
      {job.status === 'downloading' && <Progress job={job} />}
      {job.status !== 'downloading' && job.estimate && <Estimate job={job} />}
      <p className="hub-status" role="status">
        {job.status === 'cached' && job.cached
          ? `Downloaded: ${describeBytes(job.cached.bytes)} in this browser; Play needs no network.`
          : (job.message ??
            (job.status === 'missing'
              ? `This ${what} is not in this browser. ${job.estimate ? 'Download fetches it' : 'Estimate asks for its size, Download fetches it'} from ${hostOf(endpoint)}; before that nothing is asked.`
              : ''))}
      </p>
      {job.cached?.commit && job.cached.commit !== job.cached.revision && (
        <p className="field-why">
          {job.cached.revision} stands for commit {job.cached.commit.slice(0, 10)}…{' '}
          <button
            type="button"
            className="toggle"
            onClick={() => setField(`${part}.revision`, job.cached?.commit ?? '')}
          >
            pin it
          </button>
        </p>
      )}
    </section>
  );
}

const partial = ({ estimate, progress, message }: HubJob) =>
  message !== undefined &&
  (progress !== undefined ||
    (estimate?.bytes !== undefined && (estimate.bytesToDownload ?? 0) < estimate.bytes));

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

function Progress({ job: { progress, estimate } }: { job: HubJob }): ReactElement {
  const total = progress?.total ?? estimate?.bytes;
  const bytes = progress?.bytes ?? 0;
  return (
    <div className="hub-progress">
      <progress max={total ?? 1} value={total ? bytes : undefined} aria-label="Download" />
      <span>
        {describeBytes(bytes)}
        {total !== undefined && ` of ${describeBytes(total)}`}
        {progress && progress.bytesPerSecond > 0 && ` · ${describeBytes(progress.bytesPerSecond)}/s`}
        {progress?.retrying && ' · the connection broke off, trying again'}
      </span>
      <small>{progress?.file}</small>
    </div>
  );
}

/** What it weighs, and what training it will take, before anything is fetched. */
function Estimate({ job: { estimate } }: { job: HubJob }): ReactElement | null {
  if (!estimate) return null;
  const { bytes, bytesToDownload, freeBytes, parameters, shape, memory, commit, files } = estimate;
  const rows: [string, string | undefined][] = [
    [
      'download',
      bytes === undefined
        ? 'size unknown'
        : `${describeBytes(bytesToDownload ?? bytes)}${bytesToDownload !== undefined && bytesToDownload < bytes ? ` of ${describeBytes(bytes)}` : ''} in ${files.length} files`,
    ],
    ['free space', freeBytes === undefined ? undefined : describeBytes(freeBytes)],
    ['parameters', parameters === undefined ? undefined : whole(parameters)],
    ['shape', shape && `${shape.layers} blocks of width ${shape.hiddenSize}`],
    [
      'memory to train',
      memory &&
        `about ${describeBytes(memory.weightBytes + memory.stepBytes)}: weights ${describeBytes(memory.weightBytes)}, a step ${describeBytes(memory.stepBytes)}`,
    ],
    ['commit', commit && `${commit.slice(0, 10)}…`],
  ];
  return (
    <dl className="hub-facts" aria-label="Estimate">
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
