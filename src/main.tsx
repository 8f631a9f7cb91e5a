/** The page's entry: wires the training worker, the browser's storage and the address to the store, and renders. */
import './ui/mantineStyles';
import './ui/styles/tokens.css';
import './ui/styles/layout.css';
import { createRoot } from 'react-dom/client';
import { decodeLink } from './config/link';
import { openOfflineCopy } from './offline/register';
import { createRunClient } from './runtime/client';
import { createHubClient } from './runtime/hubClient';
import { fetchModelShape } from './store/files/modelShape';
import { createPlayground } from './store/playground';
import { openRunStorage } from './store/runs/persistence';
import { followLink } from './ui/linkState';
import { followTitle } from './ui/pageTitle';
import { Root } from './ui/Root';
import { reloadPage } from './ui/reloadPage';

/** A browser may forbid it. */
function storageOfBrowser(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return window[name];
  } catch {
    return undefined;
  }
}

const navigation = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined;
const playground = createPlayground({
  client: createRunClient(),
  hub: createHubClient(),
  settings: { lasting: storageOfBrowser('localStorage'), ofTab: storageOfBrowser('sessionStorage') },
  storage: openRunStorage(),
  locks: navigator.locks,
  link: decodeLink(location.hash),
  isReload: navigation?.type === 'reload' || navigation?.type === 'back_forward',
  fetchModelShape,
});
followLink(playground);
followTitle(playground);

// A tab that is closed has no time to answer; one that is only hidden has.
addEventListener('pagehide', () => void playground.actions.save());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void playground.actions.save();
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root.');
const offline = openOfflineCopy(
  // The development server has no copy to offer.
  import.meta.env.PROD ? navigator.serviceWorker : undefined,
  './sw.js',
  () => void reloadPage(playground.actions),
);
createRoot(root).render(<Root playground={playground} offline={offline} />);

// The engine and the charts are large: they load once the page stands.
requestAnimationFrame(() =>
  setTimeout(() => {
    // The copy for offline use is made last: it would compete with what the page itself still loads.
    void playground.begin().then(() => offline.start());
    void import('./ui/charts/LineFigure');
  }, 0),
);
