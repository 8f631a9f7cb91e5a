/** Dropped files find their places, and what does not fit is named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointFiles, dataFiles } from '../../cli/folders';
import { temporaryFolder } from '../../testing/temporaryFolder';
import { filesFor, guessTask, sortFiles } from './chosenFiles';

const file = (path: string) => ({ path, blob: new Blob([path]) });

describe('sortFiles', () => {
  it('takes a checkpoint folder, and only the files beside its config.json', () => {
    const { chosen, notes } = sortFiles(
      ['my/onnx/model.json', 'my/config.json', 'my/model.safetensors', 'my/merges.txt', 'my/README.md'].map(
        file,
      ),
    );
    expect(chosen.model?.name).toBe('my');
    expect(chosen.model?.files.map(({ name }) => name)).toEqual([
      'config.json',
      'model.safetensors',
      'merges.txt',
    ]);
    expect(chosen.train).toBeUndefined();
    expect(notes).toEqual([]);
  });

  it('takes a checkpoint of an older form as the command line does, which says what is wrong with it', () => {
    const names = ['config.json', 'pytorch_model.bin', 'tokenizer.json', 'training_args.bin', 'vocab.txt'];
    const folder = temporaryFolder('old');
    for (const name of names) writeFileSync(join(folder, name), '');
    const read = checkpointFiles(folder).map(({ name }) => name);
    const { chosen, notes } = sortFiles(names.map((name) => file(`old/${name}`)));
    expect(chosen).toEqual({ model: { name: 'old', files: expect.anything() } });
    expect(chosen.model?.files.map(({ name }) => name)).toEqual(read);
    expect(read).toContain('pytorch_model.bin');
    expect(notes).toEqual([]);
  });

  it('finds train and dev, and passes over test', () => {
    const { chosen, notes } = sortFiles(['SST-2/dev.tsv', 'SST-2/test.tsv', 'SST-2/train.tsv'].map(file));
    expect(chosen.train?.map(({ name }) => name)).toEqual(['train.tsv']);
    expect(chosen.dev?.map(({ name }) => name)).toEqual(['dev.tsv']);
    expect(notes[0]).toContain('test.tsv');
  });

  it('takes many files in the order of their paths, as the command line does', () => {
    const paths = ['train/1triples/Food.xml', 'train/10triples/City.xml', 'train/1triples/City.xml'];
    const folder = temporaryFolder('order');
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    const read = dataFiles(join(folder, 'train')).map(({ name }) => name);
    const picked = paths.map(file);
    const pathsOf = (files: readonly { blob: Blob }[] | undefined) =>
      files?.map(({ blob }) => picked.find((one) => one.blob === blob)?.path.slice('train/'.length));
    expect(pathsOf(sortFiles(picked).chosen.train)).toEqual(read);
    expect(pathsOf(filesFor(picked))).toEqual(read);
    expect(pathsOf(sortFiles([...picked].reverse()).chosen.train)).toEqual(read);
  });

  it('says what is missing', () => {
    expect(sortFiles([file('model.safetensors')]).notes[0]).toContain('config.json');
    expect(sortFiles([file('photo.png')]).notes[0]).toContain('Nothing here could be used (1 file)');
  });
});

describe('guessTask', () => {
  it('knows SST-2 by its header and CoLA by its columns', () => {
    expect(guessTask('sentence\tlabel\r\nfine \t1')).toBe('sst2');
    expect(guessTask('gj04\t1\t\tOur friends.\n')).toBe('cola');
    expect(guessTask('index\tsentence\n0\tx')).toBeUndefined();
  });
});

describe('an adapter folder', () => {
  it('that holds another form of it below is taken at its root, and nothing of it is left over', () => {
    const names = ['adalora/adapter_config.json', 'adalora/adapter_model.safetensors', 'adapter_config.json'];
    const picked = [...names, 'adapter_model.safetensors'].map((name) => ({
      path: `mine/${name}`,
      blob: new Blob([name]),
    }));
    const { chosen, notes } = sortFiles(picked);
    expect(chosen.adapter?.name).toBe('mine');
    expect(chosen.adapter?.files.map(({ blob }) => blob)).toEqual([picked[2]?.blob, picked[3]?.blob]);
    expect(notes).toEqual([]);
  });
});
