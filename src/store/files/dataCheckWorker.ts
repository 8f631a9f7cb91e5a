/** The worker that looks at own data: large files never hold up the page. */
import type { DataQuestion } from './dataCheck';
import { checkData } from './readDataCheck';

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = async ({ data }: MessageEvent<{ id: number; question: DataQuestion }>) => {
  scope.postMessage({ id: data.id, answer: await checkData(data.question) });
};
