/** The data: embedded, files of one's own, or a data set from the Hub. */
import { lazy, type ReactElement } from 'react';
import { dataProblem, taskInfo } from '../../store/choices';
import { nameOfFiles } from '../../store/files/chosenFiles';
import { PagePart } from '../PagePart';
import { useActions, usePlayground } from '../scope';
import { SourceSwitch } from './SourceSwitch';

const HubSource = lazy(() => import('./HubSource'));

interface DataChoiceProps {
  onPick(role: 'both' | 'train' | 'dev'): void;
}

export function DataChoice({ onPick }: DataChoiceProps): ReactElement {
  const source = usePlayground((state) => state.draft.data.source);
  const problem = usePlayground((state) => dataProblem(state.draft, state.files));
  const { setDataSource } = useActions();
  return (
    <div className="choice">
      <span className="choice-title">Data</span>
      <SourceSwitch label="Data source" value={source} onChange={setDataSource} />
      {source === 'embedded' && (
        <p className="field-why">Sentences of this project’s own grammar, of the same kind as the task’s.</p>
      )}
      {source === 'files' && <Files onPick={onPick} />}
      {source === 'hub' && (
        <PagePart name="The Hub">
          <HubSource part="data" />
        </PagePart>
      )}
      {problem && (
        <p className="problem" role="status">
          {problem}
        </p>
      )}
    </div>
  );
}

function Files({ onPick }: DataChoiceProps): ReactElement {
  const files = usePlayground((state) => state.files);
  const task = usePlayground((state) => state.draft.data.task);
  return (
    <>
      {(['train', 'dev'] as const).map((role) => (
        <div className="drop-line" key={role}>
          <span>
            {role}: <b>{nameOfFiles(files[role]) || 'none'}</b>
          </span>
          <button
            type="button"
            className="toggle"
            aria-label={`Choose ${role} files`}
            onClick={() => onPick(role)}
          >
            {role}…
          </button>
        </div>
      ))}
      <div className="drop-line">
        <span className="quiet">or both at once, by their names</span>
        <button type="button" className="toggle" onClick={() => onPick('both')}>
          both…
        </button>
      </div>
      {files.train && files.dev && (
        <p className="field-why">Takes {taskInfo(task)?.files ?? 'tables.'} Or any table, by its columns.</p>
      )}
    </>
  );
}
