/** Embedded, own files, or the Hub: where the model or the data comes from. */
import { SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import { type Source, sources } from '../../config/sources';

const labels: Record<Source, string> = { embedded: 'Embedded', files: 'Files', hub: 'Hub' };

interface SourceSwitchProps {
  label: string;
  value: Source;
  onChange(source: Source): void;
}

export function SourceSwitch({ label, value, onChange }: SourceSwitchProps): ReactElement {
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-label={label}
      value={value}
      data={sources.map((source) => ({ value: source, label: labels[source] }))}
      onChange={(source) => onChange(source as Source)}
    />
  );
}
