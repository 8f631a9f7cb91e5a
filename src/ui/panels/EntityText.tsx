/** A sentence with its named entities: each underlined in its type's colour and named, so that colour alone says nothing. */
import type { CSSProperties, ReactElement } from 'react';
import { entitiesOf } from '../../metrics/entities';

interface EntityTextProps {
  words: readonly string[];
  tags: readonly string[];
  /** Types in the order of the task's labels; decides the colours. */
  types: readonly string[];
}

/** Entity types of a tagging task's labels, in their order. */
export function typesOf(labels: readonly string[]): string[] {
  return [...new Set(labels.filter((label) => label !== 'O').map((label) => label.replace(/^[A-Z]-/, '')))];
}

/** Hues that stay apart for red-green deficiency, by lightness and by the name beside them. */
const hues = [212, 28, 168, 300, 48, 340, 250, 120];

export function EntityText({ words, tags, types }: EntityTextProps): ReactElement {
  const parts: ReactElement[] = [];
  let at = 0;
  for (const { type, start, end } of entitiesOf(tags)) {
    if (start > at) parts.push(<span key={at}>{words.slice(at, start).join(' ')} </span>);
    const hue = hues[Math.max(0, types.indexOf(type)) % hues.length];
    parts.push(
      <mark key={start} className="entity" style={{ '--hue': hue } as CSSProperties}>
        {words.slice(start, end + 1).join(' ')} <small>{type.replace(/_/g, ' ')}</small>
      </mark>,
      <span key={`${start} space`}> </span>,
    );
    at = end + 1;
  }
  if (at < words.length) parts.push(<span key={at}>{words.slice(at).join(' ')}</span>);
  return <span className="entity-text">{parts}</span>;
}
