/** Trains fresh layers of ranks that a person has set; says why it cannot where all of them are 0. */
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactElement } from 'react';
import type { LayerRank } from '../../telemetry/events';
import { totalRank } from '../../telemetry/ranks';
import { useActions } from '../scope';

interface RetrainButtonProps extends Pick<ButtonProps, 'size' | 'disabled'> {
  ranks: readonly LayerRank[];
}

export function RetrainButton({ ranks, disabled, size }: RetrainButtonProps): ReactElement {
  const { retrain } = useActions();
  const isEmpty = totalRank(ranks) === 0;
  return (
    <>
      <Button size={size} disabled={disabled || isEmpty} onClick={() => void retrain(ranks)}>
        Retrain with these ranks
      </Button>
      {isEmpty && <span className="quiet">A rank above 0 somewhere is needed.</span>}
    </>
  );
}
