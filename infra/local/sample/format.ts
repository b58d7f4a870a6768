import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { divide, formatDecimal, tenTo, trimDecimal } from '../../../shared/kernel/decimal.ts';

/** Text for a terminal of a hundred columns. */
export const columns = 100;

/** "1234567.5" as "1,234,567.50" with at least so many digits after the point. */
export function grouped(value: Decimal, digits = 0): string {
  const [whole = '', fraction] = formatDecimal(trimDecimal(value, digits)).split('.');
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}

/** A part of a whole in per cent with one digit, rounded down. */
export function percent(part: Decimal, whole: Decimal): string {
  if (whole.units === 0n) return '–';
  const permille = divide(part.units * tenTo(whole.scale) * 1000n, whole.units * tenTo(part.scale), 'down');
  return `${permille / 10n}.${permille % 10n} %`;
}

/** Cut to a width, with an ellipsis where something is missing. */
export const fitted = (text: string, width: number): string =>
  (text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width);

/** "2027-Q1" to "2028-Q4" as "Q1/27–Q4/28". */
export function quarterSpan(first: string, last: string): string {
  const short = (quarter: string) => `${quarter.slice(5)}/${quarter.slice(2, 4)}`;
  return first === last ? short(first) : `${short(first)}–${short(last)}`;
}

/** Lines of at most `columns`, the following ones indented. */
export function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Rows of cells in columns as wide as their widest cell; `right` names the columns of numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
