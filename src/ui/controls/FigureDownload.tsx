/** Two small buttons on a figure's card: the drawing as SVG or PNG, with the run's name on it. */
import type { ReactElement, RefObject } from 'react';
import { methodFacts } from '../../config/methods';
import { taskTitle } from '../../store/choices';
import { shownConfig } from '../../store/state';
import { downloadBlob } from '../download';
import { type FigureText, figureSvg, svgToPng } from '../figureFile';
import { useActions, useReadState } from '../scope';

interface FigureDownloadProps extends Omit<FigureText, 'title'> {
  /** The card: its largest drawing is taken. */
  frame: RefObject<HTMLElement | null>;
  title: string;
  /** Of what, where it is not the run on the page. */
  caption?: string;
}

/** The drawing of a card; icons are drawings too, so the largest. */
function drawingOf(card: HTMLElement): SVGSVGElement | undefined {
  const area = (svg: SVGSVGElement) => svg.getBoundingClientRect().width * svg.getBoundingClientRect().height;
  return [...card.querySelectorAll('svg')].sort((one, other) => area(other) - area(one))[0];
}

export function FigureDownload(props: FigureDownloadProps): ReactElement {
  const { frame, title, caption, ...more } = props;
  const readState = useReadState();
  const { notify } = useActions();
  const save = async (kind: 'svg' | 'png') => {
    const drawing = frame.current && drawingOf(frame.current);
    if (!drawing) return;
    const config = shownConfig(readState());
    const run =
      caption ??
      `${taskTitle(config.data.task)}, ${config.model.name}, ${methodFacts[config.method].title}, seed ${config.seed}`;
    const svg = figureSvg(drawing, { title: `${title}: ${run}`, ...more });
    const of = caption === undefined ? `${config.data.task}-seed${config.seed}` : 'compared';
    const name = `${title.toLowerCase().replace(/[^a-z]+/g, '-')}-${of}.${kind}`;
    try {
      downloadBlob(name, kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await svgToPng(svg));
    } catch (error) {
      notify('warning', (error as Error).message);
    }
  };
  return (
    <span className="figure-download">
      {(['svg', 'png'] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          className="toggle"
          aria-label={`${title} as ${kind.toUpperCase()}`}
          onClick={() => void save(kind)}
        >
          {kind.toUpperCase()}
        </button>
      ))}
    </span>
  );
}
