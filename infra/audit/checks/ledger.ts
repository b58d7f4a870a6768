import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Settlement } from '../../../shared/contracts/settlement/settlement.ts';
import type { Cause } from '../../../shared/ledger/entry.ts';
import { entryId, isBalanced, netOf } from '../../../shared/ledger/posting.ts';
import { linesOf } from '../../../shared/ledger/statement.ts';
import { keys } from '../../../shared/store/table/keys.ts';
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
  yield* causes(evidence);
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

/** What is settled without anything being owed has a number, and no entry. */
function* causes({ entries, settlements, supportSettlements }: Evidence): Generator<Finding> {
  const silent = new Set([
    ...[...settlements.values()].flat().flatMap(causesOf).map(placeOf),
    ...supportSettlements
      .filter(({ entries: posted }) => posted.length === 0)
      .map(({ agreement, quarter, sequence }) => placeOf({ kind: 'support', agreement, quarter, sequence })),
  ]);
  const counted = entries.flatMap(({ cause }) => ('sequence' in cause ? cause : []));
  for (const [about, own] of Map.groupBy(counted, (cause) => aboutOf(cause))) {
    const numbers = own.map(({ sequence }) => sequence).sort((a, b) => a - b);
    const missing = Array.from({ length: numbers.at(-1) ?? 0 }, (_, index) => index + 1).filter(
      (number) => !numbers.includes(number) && !silent.has(`${about} ${number}`),
    );
    if (missing.length > 0 || new Set(numbers).size !== numbers.length)
      yield finding('ledger_causes', about, `numbers ${numbers.join(', ')}`);
  }
}

type Counted = Extract<Cause, { sequence: number }>;

/** What a settlement may have posted. */
function causesOf(settlement: Settlement): Counted[] {
  const { contract, quarter, sequence, kind } = settlement;
  if (kind !== 'year') return [{ kind, contract, quarter, sequence }];
  const { year } = settlement;
  return (['take-or-pay', 'upside', 'shortfall'] as const).map((each) => ({
    kind: each,
    contract,
    year,
    sequence,
  }));
}

const placeOf = (cause: Counted): string => `${aboutOf(cause)} ${cause.sequence}`;

/** A cause without its number: what is settled, and then corrected. */
const aboutOf = (cause: Counted): string => canonicalJson(without(cause, 'sequence'));
