/** Embedded, own files, or the Hub: where the model or the data comes from. */
import { SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';

export type Source = 'embedded' | 'files' | 'hub';

const sources: { value: Source; label: string }[] = [
  { value: 'embedded', label: 'Embedded' },
  { value: 'files', label: 'Files' },
  { value: 'hub', label: 'Hub' },
];

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
      data={sources}
      onChange={(source) => onChange(source as Source)}
    />
  );
}
