/** Of one layer, whichever setting gives it. */
export const largestRank = 64;
