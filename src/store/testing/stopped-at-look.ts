/** A signal that is aborted while work is done: from the so-and-so-manieth time on that it is looked at. */
export function stoppedAtLook(look: number): AbortSignal {
  const { signal } = new AbortController();
  let looks = 0;
  return Object.defineProperty(signal, 'aborted', { get: () => (looks += 1) > look });
}
