/** Own data looked at before it is trained on: what a file is read as, its first rows, its columns, what is wrong. */
import type { FileBlob } from '../../runtime/protocol';
import type { ColumnMapping } from '../../tasks/table/mapping';
import type { TablePreview } from '../../tasks/table/table';

/** What to look at: the task, its column mapping as the configuration writes it, and the files. */
export interface DataQuestion {
  task: string;
  columns: string;
  train: readonly FileBlob[];
  dev: readonly FileBlob[];
}

/** What was found in the train or the dev files. */
export interface FileCheck {
  /** First rows: of the table as it stands, or of the examples where the file is one of the task's originals. */
  preview?: TablePreview;
  /** True where the columns are mapped; an original file needs no mapping. */
  table: boolean;
  /** Columns by their usual names. */
  suggestion: ColumnMapping;
  /** Usable examples; undefined where `error` says why there are none. */
  examples?: number;
  notes: string[];
  error?: string;
}

export interface DataAnswer {
  train?: FileCheck;
  dev?: FileCheck;
  /** Classes that the train file gives a classification of one's own. */
  labels?: string[];
}

/** Looks at data in a worker of its own; a newer question makes an older one's answer void. */
export interface DataChecker {
  /** Undefined where a newer question came. */
  ask(question: DataQuestion): Promise<DataAnswer | undefined>;
  dispose(): void;
}

const startWorker = () =>
  new Worker(new URL('./dataCheckWorker.ts', import.meta.url), { type: 'module', name: 'autolora-data' });

/** The worker starts with the first question and ends when the checker is disposed of. */
export function createDataChecker(): DataChecker {
  let worker: Worker | undefined;
  let open: { id: number; settle(answer: DataAnswer | undefined): void } | undefined;
  let nextId = 1;
  const settle = (id: number, answer: DataAnswer | undefined) => {
    if (open?.id !== id) return;
    const { settle: answerIt } = open;
    open = undefined;
    answerIt(answer);
  };
  return {
    ask(question) {
      if (open) settle(open.id, undefined);
      const id = nextId++;
      worker ??= startWorker();
      worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: DataAnswer }>) =>
        settle(data.id, data.answer);
      worker.onerror = () => {
        worker = undefined;
        settle(id, {
          train: {
            table: false,
            suggestion: {},
            notes: [],
            error: 'The preview could not be made; Play reads the files all the same.',
          },
        });
      };
      return new Promise((answer) => {
        open = { id, settle: answer };
        worker?.postMessage({ id, question });
      });
    },
    dispose() {
      worker?.terminate();
      worker = undefined;
      if (open) settle(open.id, undefined);
    },
  };
}
