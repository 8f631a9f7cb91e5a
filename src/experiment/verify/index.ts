/** Golden folders against this engine on the tfjs backend that is current: one verifier per kind, looked up by name. */
import * as tf from '@tensorflow/tfjs';
import type { BackendName, NamedFile, VerifyCheck, VerifyReport } from '../../runtime/protocol';
import { verifyAdalora } from './adalora';
import { verifyAutolora } from './autolora';
import { type GoldenFolder, NotComparable, openGoldenFolder } from './folder';
import { verifyGpt2Generate } from './gpt2Generate';
import { metricVerifiers } from './metrics';
import { verifyGpt2Language, verifySequenceClassification, verifyTokenClassification } from './modelOutputs';
import { verifyPeftAdapter } from './peftAdapter';
import { verifyPretrainedVocabulary } from './pretrainedVocabulary';
import { verifyThreshold } from './threshold';
import { verifyTokenizer } from './tokenizerCases';

/** Computes and compares, in a scope that frees what it leaves; throws `NotComparable` where the folder is not for this program. */
export type Verifier = (folder: GoldenFolder, backend: BackendName) => Promise<VerifyCheck[]>;

const verifiers: Readonly<Record<string, Verifier>> = {
  'roberta-sequence-classification': verifySequenceClassification,
  'roberta-token-classification': verifyTokenClassification,
  'gpt2-lm': verifyGpt2Language,
  'gpt2-generate': verifyGpt2Generate,
  autolora: verifyAutolora,
  adalora: verifyAdalora,
  'peft-adapter': verifyPeftAdapter,
  threshold: verifyThreshold,
  tokenizer: verifyTokenizer,
  'tokenizer-pretrained-vocab': verifyPretrainedVocabulary,
  ...metricVerifiers,
};

export { companionPaths } from './pretrainedVocabulary';

/**
 * Compares everything a golden folder holds. Never throws on account of the folder: one that cannot be compared is
 * `skipped` with the reason, and does not pass.
 * @param files golden.json and what lies below its folder; companions (see `companionPaths`) under their own paths
 * @param backend name of the current tfjs backend, which decides between the CPU's bounds and the GPU's
 */
export async function verifyFolder(
  folderName: string,
  files: readonly NamedFile[],
  backend: BackendName,
): Promise<VerifyReport> {
  const report = { folder: folderName, kind: 'unknown', backend };
  const engine = tf.engine();
  // A comparison that fails midway leaves nothing on the device either.
  engine.startScope();
  try {
    const folder = openGoldenFolder(folderName, files);
    report.kind = folder.golden.string('kind');
    const verifier = verifiers[report.kind];
    if (!verifier)
      throw new NotComparable(
        `The kind "${report.kind}" is not known here; known are ${Object.keys(verifiers).join(', ')}.`,
      );
    const checks = await verifier(folder, backend);
    if (checks.length === 0) throw new NotComparable(`${folderName}: golden.json expects nothing.`);
    return { ...report, checks, passed: checks.every(({ passed }) => passed) };
  } catch (error) {
    return { ...report, checks: [], skipped: (error as Error).message, passed: false };
  } finally {
    engine.endScope();
  }
}
