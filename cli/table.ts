/** Columns for a person to read; the last one may be as long as it likes. */
export function table(heads: string[], rows: string[][], none: string): string {
  if (rows.length === 0) return none;
  const all = heads.some((head) => head !== '') ? [heads, ...rows] : rows;
  const widths = heads.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
