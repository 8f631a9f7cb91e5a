/** Where a model or the data comes from. */
export const sources = ['embedded', 'files', 'hub'] as const;
export type Source = (typeof sources)[number];
