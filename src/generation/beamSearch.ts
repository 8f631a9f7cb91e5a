/** Beam search as transformers 4.21 does it, or as the authors of LoRA did for E2E and WebNLG; see `BeamConvention`. */
import { bestCandidates, repeatingTokens, without } from './candidates';
import {
  type Decoder,
  eventLoopTurns,
  type FinishReason,
  type Generation,
  type GenerationControl,
  type GenerationResult,
  type Hypothesis,
  type Prompt,
} from './decoder';
import { type BeamOptions, checkGenerationOptions } from './options';

interface Beam {
  ids: number[];
  logProbability: number;
}

/** A beam to go on with, and the beam it comes from. */
interface Successor extends Beam {
  from: number;
}

/** @throws Error with one sentence where an option is out of range; the decoder is disposed of in any case */
export async function* beamSearch(
  decoder: Decoder,
  prompts: readonly Prompt[],
  options: BeamOptions,
  { cancelled = () => false }: GenerationControl = {},
): Generation {
  checkGenerationOptions(options);
  const Search = options.convention === 'transformers' ? TransformersSearch : AuthorsSearch;
  const searches = prompts.map((prompt) => {
    const maxNewTokens = Math.min(options.maxNewTokens, decoder.room(prompt));
    return new Search(prompt.ids, { ...options, maxNewTokens });
  });
  const turn = eventLoopTurns();
  let live = searches.map((_, prompt) => prompt);
  try {
    let rows = live.length === 0 ? [] : await decoder.start(prompts);
    while (live.length > 0 && !cancelled()) {
      const order: number[] = [];
      const tokens: number[] = [];
      const staying: number[] = [];
      let first = 0;
      for (const prompt of live) {
        const search = searches[prompt] as BeamSearch;
        const width = search.beams.length;
        const successors = search.step(rows.slice(first, first + width));
        const leader = search.best();
        if (leader)
          yield {
            row: prompt,
            tokenId: leader.ids.at(-1) as number,
            ids: [...leader.ids],
            logProbability: leader.logProbability,
          };
        if (!search.done) {
          staying.push(prompt);
          for (const { from, ids } of successors) {
            order.push(first + from);
            tokens.push(ids.at(-1) as number);
          }
        }
        first += width;
      }
      await turn();
      live = staying;
      if (live.length > 0 && !cancelled()) {
        decoder.reorder(order);
        rows = await decoder.next(tokens);
      }
    }
  } finally {
    decoder.dispose();
  }
  return searches.map((search) => search.result());
}

/** The beams of one prompt and its finished hypotheses. */
abstract class BeamSearch {
  beams: Beam[] = [{ ids: [], logProbability: 0 }];
  done = false;
  /** Best first. */
  protected finished: Hypothesis[] = [];

  constructor(
    protected readonly prompt: readonly number[],
    protected readonly options: BeamOptions,
  ) {}

  /** Length by which a hypothesis is judged. @param ids generated, the end of text included */
  protected abstract judgedLength(ids: readonly number[], reason: FinishReason): number;
  /** Log-probabilities of a beam's next token, with what may not come at −∞. */
  protected abstract allowed(beam: Beam, row: Float64Array): Float64Array;
  protected abstract advance(rows: Float64Array[]): Successor[];

  /** One more token for every beam. @param rows log-probabilities, a row per beam */
  step(rows: readonly Float64Array[]): Successor[] {
    const successors = this.advance(rows.map((row, i) => this.allowed(this.beams[i] as Beam, row)));
    if (successors.length > 0) this.beams = successors;
    if (this.done) return [];
    if (successors[0]?.ids.length === this.options.maxNewTokens) {
      for (const beam of successors) this.keep(beam, 'length');
      this.done = true;
    }
    if (successors.length === 0) this.done = true;
    return this.done ? [] : successors;
  }

  /** The best finished hypothesis once all is done, else the beam in the lead. */
  best(): Beam | undefined {
    return this.done ? this.finished[0] : (this.beams[0] ?? this.finished[0]);
  }

  result(): GenerationResult {
    // Nothing is finished where the search was cancelled early, or every token banned.
    const finishReason = this.done ? 'length' : 'cancelled';
    const beam = this.beams[0] as Beam;
    const best = this.finished[0] ?? { ...beam, score: this.score(beam, finishReason), finishReason };
    const hypotheses = this.finished.length > 0 ? this.finished : [best];
    return { ...best, finishReason: this.done ? best.finishReason : finishReason, hypotheses };
  }

  protected bans(history: readonly number[], generated: number): Set<number> {
    const banned = repeatingTokens(history, this.options.noRepeatNgramSize ?? 0);
    if (generated < (this.options.minNewTokens ?? 0)) for (const id of this.options.endIds) banned.add(id);
    return banned;
  }

  protected candidates(rows: readonly Float64Array[], count: number): Successor[] {
    const offsets = this.beams.map(({ logProbability }) => logProbability);
    return bestCandidates(rows, offsets, count).map(({ from, token, score }) => ({
      from,
      ids: [...(this.beams[from] as Beam).ids, token],
      logProbability: score,
    }));
  }

  protected ended({ ids }: Beam): boolean {
    return this.options.endIds.includes(ids.at(-1) as number);
  }

  protected score({ ids, logProbability }: Beam, reason: FinishReason): number {
    return this.penalised(logProbability, this.judgedLength(ids, reason));
  }

  /** A length of 0 is that of an empty hypothesis without prompt, which has no mean to speak of. */
  protected penalised(sum: number, length: number): number {
    return sum / Math.max(1, length) ** (this.options.lengthPenalty ?? 1);
  }

  /** Puts a hypothesis among the finished ones, at most as many as there are beams. */
  protected keep({ ids, logProbability }: Beam, finishReason: FinishReason): void {
    const score = this.score({ ids, logProbability }, finishReason);
    const { beams } = this.options;
    const full = this.finished.length === beams;
    if (full && score <= (this.finished[beams - 1] as Hypothesis).score) return;
    if (full) this.finished.pop();
    const at = this.finished.findIndex((other) => other.score < score);
    this.finished.splice(at < 0 ? this.finished.length : at, 0, { ids, logProbability, score, finishReason });
  }
}

class TransformersSearch extends BeamSearch {
  protected judgedLength(ids: readonly number[], reason: FinishReason): number {
    return this.prompt.length + ids.length - (reason === 'end' ? 1 : 0);
  }

  protected allowed({ ids }: Beam, row: Float64Array): Float64Array {
    return without(row, this.bans([...this.prompt, ...ids], ids.length));
  }

  protected advance(rows: Float64Array[]): Successor[] {
    const { beams, earlyStopping = false } = this.options;
    const candidates = this.candidates(rows, 2 * beams);
    const length = this.prompt.length + (this.beams[0] as Beam).ids.length;
    const successors: Successor[] = [];
    for (const [rank, candidate] of candidates.entries()) {
      if (!this.ended(candidate)) successors.push(candidate);
      else if (rank < beams) this.keep(candidate, 'end');
      if (successors.length === beams) break;
    }
    const lead = candidates[0];
    if (lead && this.finished.length === beams) {
      const worst = (this.finished[beams - 1] as Hypothesis).score;
      this.done = earlyStopping || worst >= this.penalised(lead.logProbability, length);
    }
    return successors;
  }
}

class AuthorsSearch extends BeamSearch {
  protected judgedLength(ids: readonly number[]): number {
    return ids.length;
  }

  protected allowed({ ids }: Beam, row: Float64Array): Float64Array {
    return without(row, this.bans(ids, ids.length), true);
  }

  protected advance(rows: Float64Array[]): Successor[] {
    const { beams, lengthPenalty = 1, maxNewTokens } = this.options;
    const successors: Successor[] = [];
    for (const candidate of this.candidates(rows, beams)) {
      if (this.ended(candidate)) this.keep(candidate, 'end');
      else successors.push(candidate);
    }
    // The authors go on to the last step; where no beam can come to beat the best, what is left changes nothing.
    const best = this.finished[0];
    const lead = successors[0];
    if (best && lead && lengthPenalty >= 0)
      this.done = best.score >= this.penalised(lead.logProbability, maxNewTokens);
    return successors;
  }
}
