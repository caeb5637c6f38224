/** Runs a task after those before it. */
export type Enqueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs tasks one after the other, in the order they came; one that fails holds none back. */
export function createQueue(): Enqueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
