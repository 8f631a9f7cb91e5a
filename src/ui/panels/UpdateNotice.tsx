/** A newer version of the site waits: said quietly, and taken when the person says so, never in the middle of a run. */
import { type ReactElement, useContext, useState, useSyncExternalStore } from 'react';
import { Icon } from '../controls/icons';
import { OfflineScope } from '../offlineScope';
import { usePlayground } from '../scope';
import '../styles/notices.css';

export function UpdateNotice(): ReactElement | null {
  const copy = useContext(OfflineScope);
  const status = useSyncExternalStore(
    (listener) => copy?.subscribe(listener) ?? (() => {}),
    () => copy?.status,
  );
  const running = usePlayground((state) => state.progress?.status === 'running');
  const [later, setLater] = useState(false);
  if (status !== 'newer' || later) return null;
  return (
    <div className="notices">
      <div className="notice" role="status" data-level="info">
        <span>
          A newer version of this page is ready.{' '}
          {running ? 'It can be loaded when the run is paused or finished.' : 'Your runs and settings stay.'}
        </span>
        <button type="button" className="toggle" disabled={running} onClick={() => copy?.update()}>
          Reload now
        </button>
        <button type="button" className="notice-close" aria-label="Later" onClick={() => setLater(true)}>
          <Icon name="close" size={13} />
        </button>
      </div>
    </div>
  );
}
