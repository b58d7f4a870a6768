import { createHash } from 'node:crypto';
import { canonical } from './digest.ts';
import { attempt, fraction } from './exact.ts';
import type { Report } from './verify.ts';

type Json = Readonly<Record<string, unknown>>;
interface Opened {
  readonly salt: string;
  readonly value: unknown;
}
interface Event extends Json {
  readonly type: string;
  readonly at: string;
  readonly hash: string;
  readonly sealed?: string;
  readonly opened?: Opened;
}
interface Terms extends Json {
  readonly schedule: readonly {
    readonly price: { readonly amount: string };
    readonly landedPrice: { readonly amount: string };
    readonly waterfall: Readonly<Record<string, string>>;
  }[];
}
interface Chain {
  readonly contract: string;
  readonly terms?: Terms;
  readonly termsDigest: string;
  readonly sealed?: Readonly<Record<string, string>>;
  readonly opened: Readonly<Record<string, Opened>>;
  readonly events: readonly Event[];
  readonly head: string;
}

export const isChain = (document: unknown): boolean =>
  typeof document === 'object' &&
  document !== null &&
  'format' in document &&
  document.format === 'lodestone-contract-chain-1';

const sha256 = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

/**
 * Computes every hash of a contract's chain again, from the document alone: of the terms, of each event on the one before
 * it, of what is sealed where it is opened; and that the terms opened add up.
 *
 * @param known the contract as `GET /v1/contracts/{id}` tells it, or its head as known from elsewhere.
 */
export function verifyChain(
  document: unknown,
  known: { readonly record?: unknown; readonly digest?: string | undefined } = {},
): Report {
  const failures: { pointer: string; problem: string }[] = [];
  const checked: string[] = [];
  const fail = (pointer: string, problem: string): void => {
    failures.push({ pointer, problem });
  };
  const chain = document as Chain;
  for (const check of [terms, opened, waterfalls, events, head])
    attempt(fail, '', () => {
      const before = failures.length;
      const words = check(chain, fail);
      if (words !== undefined && failures.length === before) checked.push(words);
    });
  attempt(fail, '', () => {
    const before = failures.length;
    if (known.digest !== undefined && known.digest !== chain.head)
      fail('/head', `should be ${known.digest}, the head that you know`);
    if (known.record !== undefined) matches(chain, known.record as Json, fail);
    const what = known.record === undefined ? 'the head that you know' : 'what the contract itself shows';
    if ((known.digest ?? known.record) !== undefined && failures.length === before)
      checked.push(`It ends in ${what}`);
  });
  return { verified: failures.length === 0, checked, failures };
}

type Fail = (pointer: string, problem: string) => void;

function terms({ contract, terms: shown, sealed, termsDigest }: Chain, fail: Fail): string | undefined {
  if (shown === undefined) return 'The terms are not shown: their digest is taken as given';
  if (shown['id'] !== contract) fail('/terms/id', `is not that of the chain, ${contract}`);
  const digest = sha256(sealed === undefined ? shown : { ...shown, sealed });
  if (digest !== termsDigest) fail('/termsDigest', `the terms give ${digest}`);
  return `The terms, with ${Object.keys(sealed ?? {}).length} parts sealed, have the digest ${termsDigest}`;
}

const commitment = ({ salt, value }: Opened): string => sha256([salt, value]);

function opened({ sealed = {}, opened: shown, events: all }: Chain, fail: Fail): string {
  for (const [name, part] of Object.entries(shown))
    if (commitment(part) !== sealed[name]) fail(`/opened/${name}`, 'is not what was sealed');
  const assays = all.filter((event) => event.opened !== undefined);
  for (const event of assays)
    if (commitment(event.opened!) !== event.sealed)
      fail(`/events/${all.indexOf(event)}/opened`, 'is not what was sealed');
  const parts = Object.keys(shown).length;
  return `${count(parts, 'part')} of the terms and ${count(assays.length, 'assay')}: opened as they were sealed`;
}

/** Where the reader sees how the price came about: ask + floorUplift + scarcity is the price, duties and levy the rest. */
function waterfalls({ terms: shown, sealed, opened: parts }: Chain, fail: Fail): string | undefined {
  const pricing = parts['pricing']?.value as
    { readonly schedule: readonly Readonly<Record<string, string>>[] } | undefined;
  if (shown === undefined || (sealed !== undefined && pricing === undefined)) return undefined;
  const { schedule } = shown;
  for (const [index, { price, landedPrice, waterfall }] of schedule.entries()) {
    const all = { ...waterfall, ...pricing?.schedule[index] };
    const sum = (...names: string[]): bigint =>
      names.reduce((total, name) => total + nano(all[name] ?? '0'), 0n);
    const at = `/terms/schedule/${index}`;
    const paid = sum('ask', 'floorUplift', 'scarcity');
    if (paid !== nano(price.amount)) fail(`${at}/price`, 'is not ask + floor uplift + scarcity');
    if (paid + sum('duties', 'levy') !== nano(landedPrice.amount))
      fail(`${at}/landedPrice`, 'is not price + duties + levy');
    if (nano(landedPrice.amount) !== sum('landed')) fail(`${at}/waterfall/landed`, 'is not the landed price');
  }
  return `${count(schedule.length, 'quarter')}: ask + floor uplift + scarcity + duties + levy = landed`;
}

/** Billionths: prices have nine digits after the point at most. */
const nano = (decimal: string): bigint => {
  const { over, under } = fraction(decimal);
  return (over * 10n ** 9n) / under;
};

function events({ contract, termsDigest, terms: shown, events: all }: Chain, fail: Fail): string {
  let previous = termsDigest;
  let last = '';
  for (const [index, event] of all.entries()) {
    const { hash } = event;
    const covered = Object.entries(event).filter(([name]) => name !== 'hash' && name !== 'opened');
    const own = sha256({ contract, ...Object.fromEntries(covered), previous });
    if (own !== hash) fail(`/events/${index}/hash`, `should be ${own}, behind ${previous}`);
    if (event.at < last) fail(`/events/${index}/at`, 'is before the event before it');
    if ((event.type === 'concluded') !== (index === 0))
      fail(`/events/${index}/type`, 'a contract is concluded first, and once');
    previous = hash;
    last = event.at;
  }
  if (all.length === 0) fail('/events', 'there is none');
  if (shown !== undefined && all[0]?.at !== shown['concludedAt'])
    fail('/events/0/at', 'is not when the terms say that it was concluded');
  return `${count(all.length, 'event')}, each hashed with the one before it, in order of time`;
}

function head({ head: last, events: all }: Chain, fail: Fail): string {
  if (all.at(-1)?.hash !== last) fail('/head', 'is not the hash of the last event');
  return `The head is ${last}`;
}

function matches(chain: Chain, record: Json, fail: Fail): void {
  if (record['id'] !== chain.contract) fail('/contract', `should be ${String(record['id'])}`);
  const shown = Array.isArray(record['events']) ? (record['events'] as readonly Event[]) : [];
  // Something may have been appended between the two readings; what both have must be the same.
  for (const [index, event] of shown.slice(0, chain.events.length).entries())
    if (event.hash !== chain.events[index]?.hash)
      fail(`/events/${index}/hash`, `the contract shows ${event.hash}`);
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
