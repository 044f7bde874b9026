/** A suspension that leaves the turn. */
export const pause = (ms = 1) => new Promise(resolve => setTimeout(resolve, ms));
