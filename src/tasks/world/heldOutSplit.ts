/**
 * Which of the world's texts belong to dev sets: decided by a hash of the text itself, so that train sets, dev sets and
 * the pretraining corpus can be drawn apart from one another and still never meet.
 */
import { hash32 } from '../../random/stream';
import type { Split } from '../task';
import { normalise } from './realisation';

/** One text in eight is held out for dev sets. */
const HELD_OUT_ONE_IN = 8;

/**
 * The split that a text, a pair or a record belongs to, by its words (case, marks and contractions do not matter).
 * Train sets and the pretraining corpus may hold `train` units only, dev sets `dev` units only.
 */
export function splitOf(...parts: readonly string[]): Split {
  let hash = 0x811c9dc5;
  const text = parts.map(normalise).join(' | ');
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash32(hash) % HELD_OUT_ONE_IN === 0 ? 'dev' : 'train';
}
