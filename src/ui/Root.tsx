/** The providers around the page. */
import { MantineProvider } from '@mantine/core';
import { type ReactElement, StrictMode } from 'react';
import type { OfflineCopy } from '../offline/register';
import type { Playground } from '../store/playground';
import { App } from './App';
import { OfflineScope } from './offlineScope';
import { PlaygroundScope } from './scope';
import { theme } from './theme';

export function Root({
  playground,
  offline,
}: {
  playground: Playground;
  offline: OfflineCopy;
}): ReactElement {
  return (
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <PlaygroundScope value={playground}>
          <OfflineScope value={offline}>
            <App />
          </OfflineScope>
        </PlaygroundScope>
      </MantineProvider>
    </StrictMode>
  );
}
