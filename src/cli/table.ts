const unsafe = /[\p{Cc}\p{Cf}]/gu;

/** A text for a terminal: what could move the cursor or reverse the text is shown as �. */
export function plainText(text: string): string {
  return text.replaceAll(unsafe, '�');
}

/** Aligned columns for a terminal. Names come from registries, so every cell is made plain. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly number[] } = {},
): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (options.right?.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((cells) => line(cells.map(plainText))).join('\n');
}
