/** True classes down, predicted ones across, as its corner says; shade is the share of the true class. */
import type { CSSProperties, ReactElement } from 'react';
import { percent } from '../numbers';

interface ConfusionMatrixProps {
  /** confusion[true][predicted] */
  confusion: readonly (readonly number[])[];
  labels: readonly string[];
  title: string;
}

export function ConfusionMatrix({ confusion, labels, title }: ConfusionMatrixProps): ReactElement | null {
  if (confusion.length === 0) return null;
  const name = (index: number) => labels[index] ?? String(index);
  return (
    <table className="confusion" aria-label={`${title}: confusion matrix`}>
      <thead>
        <tr>
          <td className="confusion-corner">true ↓ / said →</td>
          {confusion.map((_, predicted) => (
            <th scope="col" key={name(predicted)}>
              {name(predicted)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {confusion.map((row, truth) => {
          const total = row.reduce((sum, count) => sum + count, 0);
          return (
            <tr key={name(truth)}>
              <th scope="row">{name(truth)}</th>
              {row.map((count, predicted) => {
                const share = total > 0 ? count / total : 0;
                return (
                  <td
                    key={name(predicted)}
                    data-right={truth === predicted}
                    style={{ '--share': share } as CSSProperties}
                  >
                    <b>{count}</b> <small>{percent(share, 0)}</small>
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
