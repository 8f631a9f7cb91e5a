/** A word and what it means: shown to the mouse, to the keyboard and to a finger. */
import { Tooltip } from '@mantine/core';
import type { ReactElement } from 'react';

export function Explained({ by, children }: { by: string | undefined; children: string }): ReactElement {
  if (!by) return <>{children}</>;
  return (
    <Tooltip label={by} multiline maw={260}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: an explanation must be reachable */}
      <span className="explained" tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  );
}
