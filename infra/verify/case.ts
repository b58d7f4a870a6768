import { readBook, type Bid, type Book, type Offer } from './book.ts';
import { dualsOf, type DualValues } from './duals.ts';
import { attempt, Measure, whole } from './exact.ts';
import { Rules } from './rules.ts';
import type { Proof } from './proof.ts';

/** What one offer sells to one bid in one quarter. `at` is its place in the proof. */
export interface Trade {
  readonly at: string;
  readonly quarter: string;
  readonly pair: string;
  readonly offer: Offer;
  readonly bid: Bid;
  readonly lots: bigint;
  readonly price: bigint;
  readonly landed: bigint;
  readonly duties: bigint;
  readonly levy: bigint;
  /** Of a pool's bid: how it comes to the members, each at its own duties. The rest is then at the pool's terms. */
  readonly parts?: readonly Part[];
}

/** What of a trade one member of a pool buys. */
export interface Part extends Pick<Trade, 'at' | 'lots' | 'price' | 'landed' | 'duties' | 'levy'> {
  readonly member: string;
}

/** A proof, read. */
export interface Case {
  readonly proof: Proof;
  readonly measure: Measure;
  readonly rules: Rules;
  readonly book: Book;
  readonly trades: readonly Trade[];
  /** The quarter in which each pair's contract begins. */
  readonly began: ReadonlyMap<string, string>;
  readonly rejected: ReadonlySet<string>;
  /** By their place in the proof. */
  readonly duals: ReadonlyMap<string, DualValues>;
  readonly fail: (pointer: string, problem: string) => void;
  readonly tell: (progress: string) => void;
}

export const pairOf = (offer: { json: { id: string } }, bid: { json: { id: string } }): string =>
  `${offer.json.id}>${bid.json.id}`;

export const sum = (values: Iterable<bigint>): bigint => {
  let all = 0n;
  for (const each of values) all += each;
  return all;
};
export const many = (count: number | bigint, one: string): string =>
  `${count.toLocaleString('en')} ${one}${BigInt(count) === 1n ? '' : 's'}`;

/** Calls `fail` for orders that cannot be read and for trades of orders that are not there. */
export function readCase(proof: Proof, fail: Case['fail'], tell: Case['tell']): Case {
  const measure = new Measure(proof.snapshot.product);
  const rules = new Rules(proof, measure);
  const book = readBook(proof.snapshot, measure, rules, fail);
  const began = new Map<string, string>();
  const read = proof.quarters.flatMap(({ quarter, flows }, index) =>
    flows.flatMap((flow, line): Trade[] => {
      const at = `/quarters/${index}/flows/${line}`;
      const offer = book.offers.get(flow.offer);
      const bid = book.bids.get(flow.bid);
      if (offer === undefined) fail(`${at}/offer`, `${flow.offer} is not in the snapshot`);
      if (bid === undefined) fail(`${at}/bid`, `${flow.bid} is not in the snapshot`);
      if (offer === undefined || bid === undefined) return [];
      const pair = pairOf(offer, bid);
      const since = began.get(pair);
      if (since === undefined || quarter < since) began.set(pair, quarter);
      const readFlow = (): Trade[] => {
        const [lots, price, landed] = [whole(flow.lots), whole(flow.price), whole(flow.landed)];
        const [duties, levy] = [whole(flow.duties), whole(flow.levy)];
        const { member } = flow;
        const parts = member && { parts: [{ at, member, lots, price, landed, duties, levy }] };
        if ((parts === undefined || parts === null) !== (bid.members === undefined))
          fail(`${at}/member`, 'members buy under the bid of their pool, and nobody else does');
        return [{ at, quarter, pair, offer, bid, lots, price, landed, duties, levy, ...parts }];
      };
      return attempt(fail, at, readFlow) ?? [];
    }),
  );
  const trades = wholeTrades(read);
  const rejected = new Set(proof.rejected.map(({ order }) => order));
  const duals = new Map<string, DualValues>();
  for (const [index, quarter] of proof.quarters.entries())
    for (const name of ['prices', 'bound'] as const) {
      const at = `/quarters/${index}/${name}`;
      const list = quarter[name];
      const read = list && attempt(fail, at, () => dualsOf(list, at, { proof, rules, book, fail }));
      if (read) duals.set(at, read);
    }
  return { duals, proof, measure, rules, book, trades, began, rejected, fail, tell };
}

/** What the members of a pool buy of one offer in one quarter is one trade. */
function wholeTrades(read: readonly Trade[]): Trade[] {
  const pooled = Map.groupBy(
    read.filter(({ parts }) => parts !== undefined),
    ({ quarter, pair }) => `${quarter} ${pair}`,
  );
  return [
    ...read.filter(({ parts }) => parts === undefined),
    ...[...pooled.values()].map((flows): Trade => ({
      ...flows[0]!,
      lots: sum(flows.map(({ lots }) => lots)),
      parts: flows.flatMap(({ parts = [] }) => parts),
    })),
  ];
}
