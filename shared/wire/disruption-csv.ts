import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { parseCsv } from './csv.ts';

/*
 * Disruptions as a table: one row each, columns named by the header in any order. A cell lists several things with
 * semicolons between, suspensions as ISO 8601 intervals (`2025-11-09/2026-11-27`); an empty cell says nothing.
 */

const listed = (cell: string): string[] => cell.split(';').map((part) => part.trim());

/** What a cell says, by its column. A quota has three. */
const columns: Readonly<Record<string, (cell: string) => unknown>> = {
  ...Object.fromEntries(
    [
      ...['kind', 'title', 'description', 'affectedShare', 'from', 'to', 'source', 'reference'],
      ...['quotaAllowed', 'quotaOf', 'quotaUnit'],
    ].map((name) => [name, (cell: string): unknown => cell]),
  ),
  ...Object.fromEntries(
    ['origins', 'products', 'minerals', 'stages', 'destinations'].map((name) => [name, listed]),
  ),
  suspended: (cell) =>
    listed(cell).map((interval) => {
      const [from, to, ...more] = interval.split('/');
      return more.length === 0 ? { from, to } : { from, to: interval };
    }),
};
export const disruptionColumns = Object.keys(columns);

/** The JSON that the same import would be. Nothing in it has been judged yet. Errors: malformed_request. */
export function disruptionsFromCsv(text: string): Result<unknown> {
  const [header, ...rows] = parseCsv(text) ?? [];
  if (header === undefined) return malformed('The body is not CSV with a header.');
  const names = header.map((name) => name.trim());
  const unknown = names.find((name) => !disruptionColumns.includes(name));
  if (unknown !== undefined || new Set(names).size < names.length)
    return malformed(`Each column is one of ${disruptionColumns.join(', ')}, and there once.`);
  const uneven = rows.findIndex((row) => row.length !== names.length);
  if (uneven >= 0) return malformed(`Row ${uneven + 1} has not as many cells as the header.`);
  return ok({
    disruptions: rows.map((row) => {
      const cells = names.flatMap((name, place) => {
        const cell = row[place]?.trim() ?? '';
        return cell === '' ? [] : [[name, columns[name]?.(cell)] as const];
      });
      const { quotaAllowed, quotaOf, quotaUnit, ...rest } = Object.fromEntries(cells);
      if (quotaAllowed === undefined && quotaOf === undefined && quotaUnit === undefined) return rest;
      return {
        ...rest,
        quota: {
          allowed: { amount: quotaAllowed, unit: quotaUnit },
          of: { amount: quotaOf, unit: quotaUnit },
        },
      };
    }),
  });
}

const malformed = (detail: string) => fail(problem('malformed_request', detail));
