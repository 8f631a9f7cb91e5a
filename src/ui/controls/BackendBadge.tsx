/** Which backend trains, on what device, and why not a faster one. */
import { Popover } from '@mantine/core';
import type { ReactElement } from 'react';
import type { BackendName, BackendReport } from '../../runtime/protocol';
import { compact } from '../numbers';
import { usePlayground } from '../scope';

const titles: Record<BackendName, string> = { webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' };

/** e.g. `WASM SIMD, 1 thread`, `WebGPU · NVIDIA H100`. */
export const backendText = ({ name, description }: BackendReport): string =>
  description.startsWith(titles[name]) ? description : `${titles[name]} · ${description}`;

export function BackendBadge(): ReactElement {
  const backend = usePlayground((state) => state.backend);
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
      </Popover.Dropdown>
    </Popover>
  );
}
