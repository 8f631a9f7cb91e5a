/** Which backend trains, on what device, and why not a faster one. */
import { Popover } from '@mantine/core';
import type { ReactElement } from 'react';
import type { BackendName, BackendReport } from '../../runtime/protocol';
import { askedBackend } from '../../store/backendLink';
import type { BackendState } from '../../store/state';
import { writeLink } from '../linkState';
import { compact } from '../numbers';
import { reloadPage } from '../reloadPage';
import { useActions, usePlayground, useReadState } from '../scope';

const titles: Record<BackendName, string> = { webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' };

/** What the page can be reloaded on instead: `auto` is its own choice; undefined where there is nothing else. */
function otherBackend(
  backend: BackendState,
  asked: BackendName | undefined,
): BackendName | 'auto' | undefined {
  const name = backend.status === 'ready' ? backend.report.name : (asked ?? 'webgpu');
  if (backend.status !== 'starting' && name === 'webgpu') return 'wasm';
  return asked && 'auto';
}

/** e.g. `WASM SIMD, 1 thread`, `WebGPU · NVIDIA H100`. */
export const backendText = ({ name, description }: BackendReport): string =>
  description.startsWith(titles[name]) ? description : `${titles[name]} · ${description}`;

/** The run goes on there as it stands. */
function useReloadOn() {
  const actions = useActions();
  const readState = useReadState();
  return (name: BackendName | 'auto') => {
    actions.setLinkKey('backend', name === 'auto' ? undefined : name);
    writeLink(readState());
    void reloadPage(actions);
  };
}

export function BackendBadge(): ReactElement {
  const backend = usePlayground((state) => state.backend);
  const other = otherBackend(
    backend,
    usePlayground(({ unknownKeys }) => askedBackend(unknownKeys)),
  );
  const reloadOn = useReloadOn();
  const report = backend.status === 'ready' ? backend.report : undefined;
  const text =
    backend.status === 'starting'
      ? 'Starting the engine…'
      : backend.status === 'failed'
        ? 'No backend'
        : backendText(backend.report);
  const dot =
    backend.status === 'failed'
      ? 'failed'
      : !report
        ? 'starting'
        : report.name === 'webgpu' && !report.software
          ? 'fast'
          : 'fallback';
  return (
    <Popover
      position="bottom-end"
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
      width="min(400px, calc(100vw - 24px))"
    >
      <Popover.Target>
        <button type="button" className="badge-button" aria-label={`Backend: ${text}`}>
          <span className="badge-dot" data-state={dot} />
          <span className="text">{text}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {backend.status === 'failed' && <p>{backend.message}</p>}
        {backend.status === 'starting' && <p className="quiet">The backend is being started and checked.</p>}
        {report && (
          <dl className="badge-facts">
            <dt>Backend</dt>
            <dd>{titles[report.name]}</dd>
            <dt>Device</dt>
            <dd>
              {report.description}
              {report.software && ' (a software renderer: expect it to be slow)'}
            </dd>
            {report.name === 'wasm' && (
              <>
                <dt>Threads</dt>
                <dd>{report.threads}</dd>
              </>
            )}
            <dt>Self-check</dt>
            <dd>
              loss and gradients within {compact(report.selfCheckError, 2)} of the CPU’s (relative, worst
              tensor)
            </dd>
            {report.rejected.map(({ name, reason }) => [
              <dt key={`${name} refused`}>Not {titles[name]}</dt>,
              <dd key={name}>{reason}</dd>,
            ])}
            <dt>Runs</dt>
            <dd>in this tab, on your machine; nothing is sent anywhere</dd>
          </dl>
        )}
        {other && (
          <button type="button" className="toggle" onClick={() => reloadOn(other)}>
            Reload the page on {other === 'auto' ? 'the fastest that works' : titles[other]}
          </button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
