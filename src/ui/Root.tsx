/** The providers around the page. */
import { MantineProvider } from '@mantine/core';
import { type ReactElement, StrictMode } from 'react';
import type { Playground } from '../store/playground';
import { App } from './App';
import { PlaygroundScope } from './scope';
import { theme } from './theme';

export function Root({ playground }: { playground: Playground }): ReactElement {
  return (
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <PlaygroundScope value={playground}>
          <App />
        </PlaygroundScope>
      </MantineProvider>
    </StrictMode>
  );
}
