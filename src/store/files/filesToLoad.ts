/** The files that a configuration is loaded over: chosen by the person, or cached from the Hub. */
import type { ExperimentConfig } from '../../config/experiment';
import type { Request } from '../../runtime/protocol';
import { dataProblem, modelProblem } from '../choices';
import type { HubDownloads } from '../hub/hubDownloads';
import type { ChosenFiles } from '../runs/runRecord';
import { nameOfFiles } from './chosenFiles';
import { shapeOfFiles } from './modelShape';

type FilesToLoad = Pick<
  Extract<Request, { type: 'load' }>,
  'modelFiles' | 'trainFiles' | 'devFiles' | 'adapterFiles' | 'commits'
>;

/** @throws Error naming the file that the configuration asks for and that is not chosen */
function checkChosen({ model, data, adapter }: ExperimentConfig, files: ChosenFiles): void {
  if (model.source === 'files' && !files.model) {
    throw new Error(
      `This experiment uses ${model.name ? `the checkpoint “${model.name}”` : 'a checkpoint of your own'}: drop its folder on the page, or choose the embedded model.`,
    );
  }
  if (data.source === 'files' && !files.train) {
    throw new Error(
      `This experiment trains on ${data.trainFile ? `the file “${data.trainFile}”: choose it again` : 'a file of your own: choose it'}, or go back to the embedded data.`,
    );
  }
  for (const [what, asked, chosen] of [
    ['train', data.trainFile, nameOfFiles(files.train)],
    ['dev', data.evaluateOn === 'dev' && data.devFile, nameOfFiles(files.dev)],
  ] as const) {
    if (data.source === 'files' && asked && chosen && asked !== chosen)
      throw new Error(
        `This experiment’s ${what} file is “${asked}”, and “${chosen}” is chosen: choose “${asked}” again.`,
      );
  }
  if (adapter.from && !files.adapter) {
    throw new Error(
      `This experiment starts from the adapter “${adapter.from}”: drop its adapter_config.json and adapter_model.safetensors on the page, or remove it.`,
    );
  }
}

/**
 * What the worker's `load` takes besides the configuration.
 * @throws Error saying which file is missing or what in the files does not fit
 */
export async function filesToLoad(
  config: ExperimentConfig,
  files: ChosenFiles,
  hub: HubDownloads,
): Promise<FilesToLoad> {
  checkChosen(config, files);
  const { model, data, adapter } = config;
  // A model of the Hub is checked by the worker, which reads it anyway.
  const shape = model.source === 'files' ? await shapeOfFiles(files) : undefined;
  const problem = modelProblem(config, shape)?.message ?? dataProblem(config, files);
  if (problem) throw new Error(problem);
  const dataOfHub = data.source === 'hub' ? await hub.openData(config) : undefined;
  const modelOfHub = model.source === 'hub' ? await hub.openModel(config) : undefined;
  const own = data.source === 'files' ? files : dataOfHub;
  return {
    modelFiles: model.source === 'files' ? files.model?.files : modelOfHub?.files,
    trainFiles: own?.train,
    devFiles: own?.dev,
    adapterFiles: adapter.from ? files.adapter?.files : undefined,
    ...((modelOfHub ?? dataOfHub) && {
      commits: { model: modelOfHub?.commit, data: dataOfHub?.commit },
    }),
  };
}
