/** RFC 4180: lines end in CRLF; what holds a comma, a quote or a line break is quoted, and quotes in it doubled. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * The rows of a CSV text by the same rules; a line may also end in LF alone, and a byte order mark is passed over. What
 * follows a closing quote, or is never closed, makes it no CSV: `undefined`.
 */
export function parseCsv(text: string): string[][] | undefined {
  // A field and what ends it. Sticky, so that every character belongs to one match.
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  pattern.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  const rows: string[][] = [];
  let row: string[] = [];
  while (pattern.lastIndex < text.length || row.length > 0) {
    const [, quoted, plain = '', end] = pattern.exec(text) ?? [];
    if (end === undefined) return undefined;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** Whether an Accept header would rather have CSV than JSON; JSON where it does not care (RFC 9110, 12.5.1). */
export function prefersCsv(accept: string | undefined): boolean {
  const weights = new Map(
    (accept ?? '').split(',').map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const q = parameters.find((each) => each.startsWith('q='));
      return [type, q === undefined ? 1 : Number(q.slice(2))] as const;
    }),
  );
  const of = (type: string, group: string): number =>
    weights.get(type) ?? weights.get(group) ?? weights.get('*/*') ?? 0;
  return of('text/csv', 'text/*') > of('application/json', 'application/*');
}
