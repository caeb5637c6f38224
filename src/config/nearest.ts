/** The name that somebody probably meant. */

/** How many characters have to be added, removed, replaced or exchanged with their neighbor. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= to.length; at += 1) {
      const isSame = from[row - 1] === to[at - 1];
      const isExchanged = row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
      const candidates = [(last[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1, (last[at - 1] ?? 0) + (isSame ? 0 : 1)];
      if (isExchanged) candidates.push((beforeLast[at - 2] ?? 0) + 1);
      current.push(Math.min(...candidates));
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}

/** The name with the smallest distance, if that is at most `furthest`. */
export function nearestName(text: string, names: readonly string[], furthest: number): string | undefined {
  const ranked = names.map((name) => ({ name, distance: editDistance(text, name) })).filter(({ distance }) => distance <= furthest);
  return ranked.toSorted((a, b) => a.distance - b.distance)[0]?.name;
}
