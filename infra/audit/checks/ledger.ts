import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Cause, Entry } from '../../../shared/ledger/entry.ts';
import { entryId, isBalanced, netOf } from '../../../shared/ledger/posting.ts';
import { linesOf } from '../../../shared/ledger/statement.ts';
import { keys } from '../../../shared/store/keys.ts';
import type { Evidence } from '../evidence.ts';
import { keyOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { without } from '../../../shared/kernel/without.ts';

/** The ledger: every entry by itself, entries against lines, and all of them together. */
export function* checkLedger(evidence: Evidence): Generator<Finding> {
  for (const entry of evidence.entries) {
    const subject = `LEDGER#${entry.id}`;
    if (entry.id !== entryId(entry.cause, entry.quarter))
      yield finding('ledger_entry', subject, 'its id does not follow from its cause');
    if (!isBalanced(entry))
      yield finding('ledger_entry', subject, `it is out of balance: ${told(entry.postings)}`);
  }
  yield* lines(evidence);
  const all = evidence.lines.map(({ line }) => line);
  if ([...netOf(all).values()].some((net) => net !== 0n))
    yield finding('ledger_zero_sum', 'LEDGER', `all accounts together come to ${told(all)}`);
  yield* causes(evidence.entries);
}

const told = (postings: Parameters<typeof netOf>[0]): string =>
  [...netOf(postings)]
    .filter(([, net]) => net !== 0n)
    .map(([currency, net]) => `${net} minor units of ${currency}`)
    .join(', ');

/** Two postings of one account and their line, word for word. */
function* lines({ entries, lines: found }: Evidence): Generator<Finding> {
  const wanted = new Map(
    entries.flatMap((entry) =>
      linesOf(entry).map((line, index) => {
        const key = keyOf({ ...keys.ledgerLine(line.account, line.quarter, line.entry, index) });
        return [key, textOf(line)] as const;
      }),
    ),
  );
  for (const { key, line } of found) {
    const text = wanted.get(key);
    wanted.delete(key);
    if (text === undefined) yield finding('ledger_lines', key, 'no entry says so');
    else if (text !== textOf(line)) yield finding('ledger_lines', key, 'its entry says something else');
  }
  for (const key of wanted.keys()) yield finding('ledger_lines', key, 'the line is missing');
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));

function* causes(entries: readonly Entry[]): Generator<Finding> {
  for (const [about, own] of Map.groupBy(entries, ({ cause }) => aboutOf(cause))) {
    const numbers = own.map(({ cause }) => cause.sequence).sort((a, b) => a - b);
    if (numbers.some((number, index) => number !== index + 1))
      yield finding('ledger_causes', about, `numbers ${numbers.join(', ')}`);
  }
}

/** A cause without its number: what is settled, and then corrected. */
const aboutOf = (cause: Cause): string => canonicalJson(without(cause as { sequence: number }, 'sequence'));
