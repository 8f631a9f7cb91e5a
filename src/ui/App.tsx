/** The page: masthead, transport, experiment, heatmap, charts, result. */
import {
  ActionIcon,
  Button,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import {
  Activity,
  lazy,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { encodeLink } from '../config/link';
import { shownConfig } from '../store/state';
import { isLeft } from '../store/sweep/sweepQueue';
import { Icon } from './controls/icons';
import { TransportBar } from './controls/TransportBar';
import { type Hideable, hiddenParts, hideable, unknownParts } from './embedding';
import { PagePart } from './PagePart';
import { CostPanel } from './panels/CostPanel';
import { EstimatorPanel } from './panels/EstimatorPanel';
import { ExperimentPanel } from './panels/ExperimentPanel';
import { LossPanel } from './panels/LossPanel';
import { MethodRanks } from './panels/MethodRanks';
import { NormPanel } from './panels/NormPanel';
import { Notices } from './panels/Notices';
import { RankPanel } from './panels/RankPanel';
import { ResultPanel } from './panels/ResultPanel';
import { SelectionPanel } from './panels/SelectionPanel';
import { UpdateNotice } from './panels/UpdateNotice';
import { useActions, usePlayground, useReadState, useSweep } from './scope';
import { type ScreenName, screens, unknownScreen, useScreen } from './screens';
import { useDrops } from './useDrops';
import { useKeptScroll } from './useKeptScroll';
import { useKeys } from './useKeys';

const OwnData = lazy(() => import('./panels/OwnData'));
const HelpDialog = lazy(() => import('./panels/HelpDialog'));

export function App(): ReactElement {
  const [help, setHelp] = useState<'never' | 'open' | 'closed'>('never');
  const openHelp = useCallback(() => setHelp('open'), []);
  const actions = useActions();
  useKeys(actions, openHelp);
  useDrops();
  const unknownKeys = usePlayground((state) => state.unknownKeys);
  const hidden = useMemo(() => hiddenParts(unknownKeys), [unknownKeys]);
  const strange = unknownParts(unknownKeys)
    .map((name) => `“${name.slice(0, 40)}”`)
    .join(', ');
  useWarning(
    strange === ''
      ? undefined
      : `The link hides ${strange}, which this page has not: ${hideable.join(', ')}.`,
  );
  const nowhere = unknownScreen(unknownKeys)?.slice(0, 40);
  useWarning(
    nowhere === undefined
      ? undefined
      : `The link asks for the screen “${nowhere}”, which this page has not: ${screens.map(({ name }) => name).join(', ')}.`,
  );
  return (
    <div className="page">
      {!hidden.has('masthead') && <Masthead onHelp={openHelp} />}
      <TransportBar />
      <main>
        <UpdateNotice />
        <Screens lab={<Lab hidden={hidden} />} />
        <Notices />
      </main>
      {help !== 'never' && (
        <PagePart name="Help">
          <HelpDialog opened={help === 'open'} onClose={() => setHelp('closed')} />
        </PagePart>
      )}
    </div>
  );
}

/**
 * The screen that is looked at, and those that were: they keep what was typed and chosen on them, but nothing of them is shown,
 * read out or kept up to date meanwhile (`Activity` ends their effects). A screen is fetched when it is first looked at.
 */
function Screens({ lab }: { lab: ReactNode }): ReactElement {
  const screen = useScreen();
  const [seen, setSeen] = useState<readonly ScreenName[]>([screen]);
  if (!seen.includes(screen)) setSeen([...seen, screen]);
  return (
    <>
      {screens
        .filter(({ name }) => seen.includes(name))
        .map(({ name, content: Content }) => (
          <Activity key={name} mode={name === screen ? 'visible' : 'hidden'}>
            <KeptScroll opened={name === seen[0]} />
            {Content ? (
              <PagePart name="This screen" fallback={<p className="quiet">Loading…</p>}>
                <Content />
              </PagePart>
            ) : (
              lab
            )}
          </Activity>
        ))}
    </>
  );
}

/** Brings its screen back to where it was scrolled to. */
function KeptScroll({ opened }: { opened: boolean }): null {
  useKeptScroll(opened);
  return null;
}

/** Says a sentence when it comes up or changes. */
function useWarning(sentence: string | undefined): void {
  const { notify } = useActions();
  useEffect(() => {
    if (sentence !== undefined) notify('warning', sentence);
  }, [sentence, notify]);
}

/** The main screen: experiment, what the method learns, charts, result. */
function Lab({ hidden }: { hidden: ReadonlySet<Hideable> }): ReactElement {
  const ownData = usePlayground((state) => state.draft.data.source === 'files');
  const searches = usePlayground((state) => shownConfig(state).method === 'autolora');
  return (
    <>
      {ownData && !hidden.has('experiment') && (
        <PagePart name="The check of your data">
          <OwnData />
        </PagePart>
      )}
      <div className="columns" data-experiment={!hidden.has('experiment')}>
        {!hidden.has('experiment') && (
          <div className="column column-experiment">
            <ExperimentPanel />
          </div>
        )}
        {!hidden.has('selection') && (
          <div className="column">
            {searches ? (
              <>
                <SelectionPanel />
                <RankPanel />
              </>
            ) : (
              <MethodRanks />
            )}
          </div>
        )}
        {!hidden.has('charts') && <Charts searches={searches} />}
      </div>
      {!hidden.has('result') && <ResultPanel />}
    </>
  );
}

/** The chart that is pointed at is drawn ten times a second, the others two to four times. */
function Charts({ searches }: { searches: boolean }): ReactElement {
  const [focus, setFocus] = useState<'loss' | 'norms'>();
  return (
    <div className="column column-charts">
      <LossPanel focused={focus === 'loss'} onFocus={(on) => setFocus(on ? 'loss' : undefined)} />
      {searches && (
        <NormPanel focused={focus === 'norms'} onFocus={(on) => setFocus(on ? 'norms' : undefined)} />
      )}
      <EstimatorPanel />
      <CostPanel />
    </div>
  );
}

function ScreenSwitch(): ReactElement {
  const screen = useScreen();
  const { setLinkKey } = useActions();
  const show = (name: string) => {
    setLinkKey('lesson', undefined);
    setLinkKey('screen', name === 'lab' ? undefined : name);
  };
  return (
    <nav className="screens" aria-label="Screens">
      {screens.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          aria-current={name === screen ? 'page' : undefined}
          onClick={() => show(name)}
        >
          {title}
          {name === 'runs' && <WaitingRuns />}
        </button>
      ))}
    </nav>
  );
}

/** How many experiments of a sweep wait for somebody to go on with it. */
function WaitingRuns(): ReactElement | null {
  const count = useSweep(({ items, going }) => (going ? 0 : items.filter(isLeft).length));
  if (count === 0) return null;
  return (
    <>
      {' '}
      <span className="screen-mark" title="Runs of a sweep that wait">
        {count}
        <VisuallyHidden> of a sweep wait</VisuallyHidden>
      </span>
    </>
  );
}

function Masthead({ onHelp }: { onHelp(): void }): ReactElement {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { notify } = useActions();
  const readState = useReadState();
  const share = async () => {
    // Not the address, which is written a moment later than the control that was just left.
    const { draft, unknownKeys } = readState();
    const link = `${location.origin}${location.pathname}${location.search}${encodeLink(draft, unknownKeys)}`;
    try {
      await navigator.clipboard.writeText(link);
      notify('info', 'The link to this experiment is in the clipboard.');
    } catch {
      notify('warning', `The browser gave no access to the clipboard; the link is: ${link}`);
    }
  };
  return (
    <header className="masthead">
      <h1>AutoLoRA Playground</h1>
      <p>Watch a bilevel loop choose the rank of every LoRA layer, in this tab.</p>
      <ScreenSwitch />
      <div className="masthead-tools">
        <ActionIcon
          variant="subtle"
          color="gray"
          size={34}
          aria-label="Copy the link to this experiment"
          onClick={() => void share()}
        >
          <Icon name="link" size={18} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={34}
          aria-label={scheme === 'dark' ? 'Light colours' : 'Dark colours'}
          onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
        >
          <Icon name={scheme === 'dark' ? 'sun' : 'moon'} size={18} />
        </ActionIcon>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          px={10}
          aria-label="Help and keys"
          onClick={onHelp}
        >
          ?
        </Button>
      </div>
    </header>
  );
}
