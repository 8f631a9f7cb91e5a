/** What the page does in a few sentences, and its keys. */
import { Kbd, Modal } from '@mantine/core';
import { type ReactElement, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { OfflineScope } from '../offlineScope';

const keys: [keys: string[], what: string][] = [
  [['Space'], 'play or pause'],
  [['.'], 'one whole step'],
  [['W'], 'weights half step'],
  [['B'], 'β half step'],
  [['R'], 'reset, same seed'],
  [['?'], 'this help'],
  [['Esc'], 'close'],
  [['←', '↑', '→', '↓'], 'walk the heatmap, once it has the focus'],
  [['←', '→'], 'Learn: the chapter before, the next one'],
];

export default function HelpDialog({ opened, onClose }: { opened: boolean; onClose(): void }): ReactElement {
  // Mantine gives the focus back from a dialog only if it saw it open.
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return (
    <Modal
      opened={mounted && opened}
      onClose={onClose}
      title={<b>How to read this page</b>}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="help">
        <p>
          LoRA adds a low-rank update to a frozen layer: the sum of <i>k</i> rank-1 components. AutoLoRA gives
          each component a weight <i>a</i>, a softmax per layer, and learns it: weights <i>W</i> step on the
          training half, then the logits <i>β</i> step on the validation half, looking one step of <i>W</i>{' '}
          ahead. Components that end below <i>λ = 1/k</i> are pruned; what is left is the layer’s rank. Fresh
          layers of those ranks are then trained on everything, beside plain LoRA of about the same size.
        </p>
        <p>
          In the heatmap, grey is the threshold, blue is above and orange below, by doublings. The
          hypergradient has a <i>direct</i> term (how β moves the validation loss now) and an <i>implicit</i>{' '}
          one (how β changes the step that W is about to take).
        </p>
        <p>
          <b>Threshold now</b> ends the search and derives the ranks. With <b>Auto</b> on, Play goes on by
          itself: threshold, retraining, evaluation, then plain LoRA; off, it stops after the search.{' '}
          <b>Slow</b> rests half a second after every step, and says which half is stepped on which examples.
        </p>
        <dl className="help-keys">
          {keys.map(([names, what]) => (
            <div key={what}>
              <dt>
                {names.map((name) => (
                  <Kbd key={name}>{name}</Kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <p className="quiet">
          Everything runs in this tab; nothing is sent anywhere. A run is kept in this browser and is here
          again after a reload; Play goes on.
        </p>
        <OfflineNote />
      </div>
    </Modal>
  );
}

/** Whether the page works without a network, and how to forget the copy. */
function OfflineNote(): ReactElement | null {
  const copy = useContext(OfflineScope);
  const status = useSyncExternalStore(
    (listener) => copy?.subscribe(listener) ?? (() => {}),
    () => copy?.status,
  );
  if (!copy || status === 'none') return null;
  return (
    <p className="quiet">
      The page is kept in this browser and works without a network, downloads from the Hub excepted.{' '}
      <button type="button" className="toggle" onClick={() => void copy.remove()}>
        Forget the copy
      </button>
    </p>
  );
}
