/** Round numbers for axes. */

/** 1, 2 or 5 times a power of ten: the smallest with which a span takes no more than `count` steps. */
function roundStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((rung) => rung * power >= rough * 0.999) ?? 10);
}

/** Multiples of a step, without the crumbs of a product. */
function multiples(step: number, first: number, last: number): number[] {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}

/** Up to `count` + 1 round values from 0 to `max`, `leastStep` apart or more: 1 for what is counted. */
export function linearTicks(max: number, { count = 5, leastStep = 0 } = {}): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0];
  const step = Math.max(leastStep, roundStep(max, count));
  return multiples(step, 0, Math.floor(max / step + 1e-9));
}

/** Round values that enclose [low, high], `leastStep` apart or more; the first and the last are the domain. */
export function enclosingTicks(low: number, high: number, { count = 4, leastStep = 0 } = {}): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const step = Math.max(leastStep, roundStep(high > low ? high - low : Math.abs(high) || 1, count));
  const first = Math.floor(low / step + 1e-9);
  return multiples(step, first, Math.max(first + 1, Math.ceil(high / step - 1e-9)));
}

/** Powers of ten around [low, high], thinned to about six; the first and the last are the domain. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > 0) || !Number.isFinite(high)) return [0.1, 1];
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const stride = Math.max(1, Math.ceil((last - first) / 6));
  const ticks: number[] = [];
  for (let power = first; power < last + stride; power += stride) ticks.push(Number(`1e${power}`));
  return ticks;
}
