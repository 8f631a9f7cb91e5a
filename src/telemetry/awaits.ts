/** What a run waits for where it does not go on by itself, in the names of the page's buttons. */
export const awaits = {
  threshold: 'The search is over: Threshold now derives the ranks.',
  retrain: 'The ranks are found: press Retrain to go on.',
} as const;
