/** Which task's original files a content begins like; all else is a table. */
import { hasE2eLayout } from '../formats/e2e';
import { hasGlueLayout } from '../formats/glue';
import type { GlueTaskName } from '../formats/glueLayouts';
import { hasIobLayout } from '../formats/iob';
import { hasWebnlgLayout } from '../formats/webnlg';
import { ownTaskName, type Task } from '../task';

/** True if the content looks like one of the task's original files, labelled or not. */
export function hasOriginalLayout(task: Task, content: string): boolean {
  if (task.name === 'e2e') return hasE2eLayout(content);
  if (task.name === 'webnlg') return hasWebnlgLayout(content);
  if (task.name === 'bionlp') return hasIobLayout(content);
  // A task of one's own has no original files.
  return task.name !== ownTaskName && hasGlueLayout(task.name as GlueTaskName, content);
}
