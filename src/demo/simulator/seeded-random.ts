/** Random numbers that are the same in every run with the same seed. */

/** A generator of numbers in [0, 1): Marsaglia's xorshift of 32 bits. */
export function createSeededRandom(seed: number): () => number {
  // A state of 0 would stay 0; similar seeds are spread, so that they do not begin alike.
  let state = Math.imul(seed ^ 0x5b_d1_e9_95, 0x9e_37_79_b1) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 8; warmUp += 1) next();
  return next;
}

/** A number from 0 to 2^32 − 1 that stands for a text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  return hash;
}
