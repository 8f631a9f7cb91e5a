/** The method in eight chapters, each with its equation, a picture of the run at hand and something to try. */
import { type ReactElement, useCallback, useEffect, useRef, useState } from 'react';
import { hasBegun, needsRestart, type PlaygroundState, shownConfig } from '../../store/state';
import { FigureDownload } from '../controls/FigureDownload';
import { useActions, useHistory, usePlayground, useReadState } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { type Chapter, chapters, type TryIt } from './chapters';
import { Equation } from './Equation';
import { Picture, pictureKeys } from './pictures';
import { Subscripts } from './Subscripts';
import { symbolsOf } from './symbols';
import { canTry, isSet, type RunStanding, tryHint } from './trying';
import '../styles/learn.css';

export default function LearnScreen(): ReactElement {
  const { setLinkKey, notify } = useActions();
  const asked = usePlayground((state) => state.unknownKeys.find(([key]) => key === 'lesson')?.[1]);
  const known = chapters.findIndex(({ id }) => id === asked);
  /** Looked at last: what the link names on another screen is forgotten there. */
  const [last, setLast] = useState(0);
  if (known >= 0 && known !== last) setLast(known);
  const index = known >= 0 ? known : last;
  const chapter = chapters[index] as Chapter;
  const strange = known < 0 ? asked : undefined;
  useEffect(() => {
    // `lesson` without a name is the screen itself.
    if (strange)
      notify(
        'warning',
        `The link’s lesson=${strange.slice(0, 40)} is none of ${chapters.map(({ id }) => id).join(', ')}.`,
      );
  }, [strange, notify]);
  const heading = useRef<HTMLHeadingElement>(null);
  const go = useCallback(
    (next: number) => {
      const target = chapters[next];
      if (!target) return;
      setLinkKey('lesson', target.id);
      heading.current?.focus();
    },
    [setLinkKey],
  );
  useEffect(() => {
    const press = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
      if (ctrlKey || metaKey || altKey) return;
      // Arrows belong to sliders, lists and grids that have the focus.
      if (
        target instanceof Element &&
        target.closest('input, select, textarea, [role="grid"], [role="slider"], .equation')
      )
        return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      if (key === 'ArrowRight') go(index + 1);
      if (key === 'ArrowLeft') go(index - 1);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [index, go]);
  return (
    <div className="learn">
      <nav className="card lesson-list" aria-label="Chapters">
        <ol>
          {chapters.map(({ id, title }, i) => (
            <li key={id}>
              <button type="button" aria-current={i === index ? 'step' : undefined} onClick={() => go(i)}>
                {title}
              </button>
            </li>
          ))}
        </ol>
        <progress max={chapters.length} value={index + 1} aria-label="Chapters so far" />
      </nav>
      <article className="card lesson" aria-labelledby="lesson-title">
        <p className="quiet">
          Chapter {index + 1} of {chapters.length}
        </p>
        <h2 id="lesson-title" ref={heading} tabIndex={-1}>
          {chapter.title}
        </h2>
        {chapter.equations.map((equation) => (
          <Equation key={equation.latex} {...equation} />
        ))}
        {chapter.paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <div className="lesson-turn">
          <button type="button" className="toggle" disabled={index === 0} onClick={() => go(index - 1)}>
            ← {chapters[index - 1]?.title ?? 'Beginning'}
          </button>
          <button
            type="button"
            className="toggle"
            disabled={index === chapters.length - 1}
            onClick={() => go(index + 1)}
          >
            {chapters[index + 1]?.title ?? 'End'} →
          </button>
        </div>
      </article>
      <LiveCard key={chapter.id} chapter={chapter} />
    </div>
  );
}

/** The run at hand, as this chapter looks at it. */
function LiveCard({ chapter }: { chapter: Chapter }): ReactElement {
  const card = useRef<HTMLElement>(null);
  useKeptFocus(card);
  const { history } = useHistory(4, card);
  const config = usePlayground(shownConfig);
  const start = usePlayground((state) => state.facts.start);
  const busy = usePlayground((state) => state.busy);
  const { step } = useActions();
  const [layer, setLayer] = useState(1);
  const { frames } = history;
  const frame = frames.latest;
  const chosen = Math.min(layer, frames.layers.length - 1);
  const perLayer = !['losses', 'ways', 'ranks'].includes(chapter.picture);
  return (
    <section className="card lesson-live" ref={card} aria-labelledby="live-title">
      <div className="card-head">
        <h3 id="live-title">In this run</h3>
        <div className="tools">
          {frame && perLayer && (
            <label className="quiet">
              layer{' '}
              <select value={chosen} onChange={({ currentTarget }) => setLayer(Number(currentTarget.value))}>
                {frames.layers.map((name, i) => (
                  <option key={name} value={i}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {frame && chapter.picture !== 'ranks' && (
            <FigureDownload
              frame={card}
              title={chapter.title}
              detail={perLayer ? `layer ${frames.layers[chosen]}, step ${frame.step}` : `step ${frame.step}`}
              legend={pictureKeys[chapter.picture]}
            />
          )}
        </div>
      </div>
      {frame ? (
        <>
          <dl className="lesson-symbols">
            {symbolsOf(chapter.picture, { config, start, history, frame, layer: chosen }).map(
              ({ symbol, value }) => (
                <div key={symbol}>
                  <dt>
                    <Subscripts text={symbol} />
                  </dt>
                  <dd>{value}</dd>
                </div>
              ),
            )}
          </dl>
          <Picture name={chapter.picture} history={history} frame={frame} layer={chosen} />
          <Tries tries={chapter.tries} />
        </>
      ) : config.method !== 'autolora' ? (
        <p>This run’s method searches nothing. Choose AutoLoRA in the Lab to see its pictures here.</p>
      ) : (
        <>
          <p>
            There is no run yet. One step of the experiment that the Lab’s controls say fills this picture
            with real numbers.
          </p>
          <button
            type="button"
            className="toggle lesson-begin"
            disabled={busy !== undefined}
            onClick={() => void step('both')}
          >
            Take one step
          </button>
          <Tries tries={chapter.tries.filter(({ kind }) => kind === 'set')} />
        </>
      )}
    </section>
  );
}

function Tries({ tries }: { tries: readonly TryIt[] }): ReactElement {
  const standing: RunStanding = {
    status: usePlayground((state) => state.progress?.status),
    phase: usePlayground((state) => state.progress?.phase),
    viewing: usePlayground((state) => state.viewing === true),
    through: usePlayground((state) => state.through),
  };
  const hint = tryHint(tries, standing);
  return (
    <>
      <div className="lesson-tries">
        {tries.map((one) => (
          <TryButton key={one.label} one={one} disabled={!canTry(one, standing)} />
        ))}
      </div>
      {hint && <p className="quiet lesson-hint">{hint}</p>}
    </>
  );
}

/** What makes the controls true. */
const whatBegins = (state: PlaygroundState) =>
  needsRestart(state)
    ? 'Restart with changes begins a run with it'
    : hasBegun(state)
      ? 'the run on the page is one with it'
      : 'Play begins a run with it';

function TryButton({ one, disabled }: { one: TryIt; disabled: boolean }): ReactElement {
  const actions = useActions();
  const readState = useReadState();
  const act = () => {
    switch (one.kind) {
      case 'step':
        return void actions.step(one.half);
      case 'threshold':
        return void actions.threshold();
      case 'play':
        return void actions.togglePlay();
      case 'set':
        if (isSet(one.fields, readState().draft))
          return actions.notify('info', 'The controls say so already.');
        for (const [path, value] of Object.entries(one.fields)) actions.setField(path, value);
        return actions.notify('info', `The controls say “${one.label}” now: ${whatBegins(readState())}.`);
    }
  };
  return (
    <button type="button" className="toggle" disabled={disabled} onClick={act}>
      {one.label}
    </button>
  );
}
