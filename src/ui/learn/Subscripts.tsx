/** Symbols with an index below, as the equations have them: `L_T` is L with a T below it. */
import { Fragment, type ReactElement } from 'react';

/** Text, each piece with the index that follows it. */
export function subscriptPieces(text: string): { text: string; below: string }[] {
  return text.split(/(?<=_[A-Za-z])/).map((piece) => {
    const [, before = piece, below = ''] = /^(.*)_([A-Za-z])$/s.exec(piece) ?? [];
    return { text: before, below };
  });
}

export function Subscripts({ text }: { text: string }): ReactElement {
  return (
    <>
      {subscriptPieces(text).map((piece) => (
        <Fragment key={piece.text}>
          {piece.text}
          {piece.below && <sub>{piece.below}</sub>}
        </Fragment>
      ))}
    </>
  );
}

/** How far an index is below its line. */
const drop = 4;

/** The same in a drawing. */
export function SvgSubscripts({ text }: { text: string }): ReactElement {
  return (
    <>
      {subscriptPieces(text).map((piece, i) => (
        <Fragment key={piece.text}>
          <tspan dy={i > 0 ? -drop : 0}>{piece.text}</tspan>
          {piece.below && (
            <tspan dy={drop} fontSize="72%">
              {piece.below}
            </tspan>
          )}
        </Fragment>
      ))}
    </>
  );
}
