/** RFC 4180: lines end in CRLF; what holds a comma, a quote or a line break is quoted, and quotes in it doubled. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

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
