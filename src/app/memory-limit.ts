/** The least memory that the program is made for. */

const mebibyte = 1024 ** 2;
const minBytes = 96 * mebibyte;

/** What is wrong with a limit of so many bytes, and what to do; undefined where it is large enough or not known (0). */
export function memoryWarning(limitBytes: number): string | undefined {
  if (limitBytes <= 0 || limitBytes >= minBytes) return undefined;
  const limit = Math.floor(limitBytes / mebibyte);
  return `the memory limit of ${limit} MiB is too small, and the system may kill the program at any time: set it to 128 MiB (docker run --memory 128m, mem_limit: 128m in a compose file, resources.limits.memory: 128Mi in Kubernetes)`;
}
