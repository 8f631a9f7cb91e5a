/** The offline copy, for the components that speak of it. */
import { createContext } from 'react';
import type { OfflineCopy } from '../offline/register';

export const OfflineScope = createContext<OfflineCopy | undefined>(undefined);
