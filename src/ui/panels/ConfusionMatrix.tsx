/** True classes down, predicted ones across, as its corner says; shade is the share of the true class. */
import type { CSSProperties, ReactElement } from 'react';
import { methodFacts } from '../../config/methods';
import { shownConfig } from '../../store/state';
import type { Role } from '../../telemetry/events';
import { TableDownload } from '../controls/TableDownload';
import { percent } from '../numbers';
import { ScrollX } from '../ScrollX';
import { usePlayground } from '../scope';

interface ConfusionMatrixProps {
  /** confusion[true][predicted] */
  confusion: readonly (readonly number[])[];
  labels: readonly string[];
  role: Role;
}

export default function ConfusionMatrix({ confusion, labels, role }: ConfusionMatrixProps): ReactElement {
  const seed = usePlayground((state) => shownConfig(state).seed);
  const { title } = methodFacts[role];
  const name = (index: number) => labels[index] ?? String(index);
  const table = {
    name: `${role}-confusion-seed${seed}`,
    caption: `Confusion matrix of ${title}`,
    head: ['true / said', ...confusion.map((_, predicted) => name(predicted))],
    rows: confusion.map((row, truth) => [name(truth), ...row.map(String)]),
  };
  return (
    <>
      <ScrollX label={table.caption}>
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
      </ScrollX>
      <TableDownload table={table} />
    </>
  );
}
