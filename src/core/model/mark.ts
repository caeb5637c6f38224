/** How a total is known. */

/**
 * How a day's total is known: read, reconstructed, read but in doubt, or taken over from another program's records. `frozen`: it
 * stands still although the registry's own days move, or the reverse; `restated`: it disagrees with them otherwise. A series keeps
 * the position in this list.
 */
export const marks = ['read', 'backfilled', 'frozen', 'restated', 'imported'] as const;
export type Mark = (typeof marks)[number];
