import type { Decimal } from '../../shared/kernel/decimal.ts';
import { formatDecimal } from '../../shared/kernel/decimal.ts';

/** What the launcher says, to people as text or to programs as one JSON object per line. */
export interface Reporter {
  /** Something is being done. */
  step(text: string): void;
  /** Something worth knowing has happened. */
  event(name: string, fields: Record<string, unknown>, text: string): void;
  /** Something is wrong. */
  problem(text: string): void;
}

export function reporter(json: boolean): Reporter {
  const line = (event: string, fields: Record<string, unknown>): void => {
    process.stdout.write(`${JSON.stringify({ event, ...fields }, exactly)}\n`);
  };
  return json
    ? {
        step: (text) => {
          line('step', { text });
        },
        event: (name, fields) => {
          line(name, fields);
        },
        problem: (text) => {
          line('problem', { text });
        },
      }
    : {
        step: (text) => {
          process.stdout.write(`· ${text}\n`);
        },
        event: (_name, _fields, text) => {
          process.stdout.write(`${text}\n`);
        },
        problem: (text) => {
          process.stderr.write(`${text}\n`);
        },
      };
}

/** Exact values go as text, as they do on the wire. */
const exactly = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : isDecimal(value) ? formatDecimal(value) : value;

const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'object' &&
  value !== null &&
  'units' in value &&
  typeof value.units === 'bigint' &&
  'scale' in value;
