/** The task: every one of the paper in its group, with what it asks, and classification by labels of one's own. */
import { Popover } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useId, useState } from 'react';
import { modelProblem, taskGroups, taskInfo } from '../../store/choices';
import { Icon } from '../controls/icons';
import { useActions, usePlayground } from '../scope';

export function TaskChoice(): ReactElement {
  const id = useId();
  const [open, setOpen] = useState(false);
  const chosen = usePlayground((state) => state.draft.data.task);
  const { setTask } = useActions();
  const info = taskInfo(chosen);
  return (
    <div className="choice">
      <span className="choice-title" id={id}>
        Task
      </span>
      <Popover
        opened={open}
        onChange={setOpen}
        position="bottom-start"
        shadow="md"
        width={340}
        withinPortal
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <button
            type="button"
            className="choice-button"
            aria-labelledby={`${id} ${id}-value`}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <span id={`${id}-value`}>{info?.title ?? chosen}</span>
            <Icon name="down" size={14} />
          </button>
        </Popover.Target>
        <Popover.Dropdown className="task-list" aria-label="Tasks" onKeyDown={walk}>
          {taskGroups.map(({ title, tasks }) => (
            <section key={title} aria-label={title}>
              <h4>{title}</h4>
              {tasks.map((task) => (
                <button
                  key={task.name}
                  type="button"
                  aria-pressed={task.name === chosen}
                  data-autofocus={task.name === chosen || undefined}
                  onClick={() => {
                    setTask(task.name);
                    setOpen(false);
                  }}
                >
                  <b>{task.title}</b>
                  <span>{task.description}</span>
                </button>
              ))}
            </section>
          ))}
        </Popover.Dropdown>
      </Popover>
      <p className="field-why">{info?.description ?? `There is no task “${chosen}” here; choose one.`}</p>
      <Unsuited />
    </div>
  );
}

/** Arrow keys, Home and End go through the list, as in any menu. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const last = buttons.length - 1;
  const next = { ArrowDown: Math.min(last, at + 1), ArrowUp: Math.max(0, at - 1), Home: 0, End: last }[
    event.key
  ];
  if (next === undefined) return;
  event.preventDefault();
  buttons[next]?.focus();
}

/** Says before Play that the model cannot serve the task, and offers the one that can. */
export function Unsuited(): ReactElement | null {
  const draft = usePlayground((state) => state.draft);
  const shape = usePlayground((state) => state.modelShape);
  const { useSuitedModel: takeSuitedModel } = useActions();
  const problem = modelProblem(draft, shape);
  if (!problem) return null;
  return (
    <p className="problem" role="status">
      {problem.message}{' '}
      <button type="button" className="problem-remedy" onClick={takeSuitedModel}>
        Use {problem.remedy}
      </button>
    </p>
  );
}
