import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { clear } from '../../../shared/clearing/clear.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { SnapshotDigest } from '../../../shared/clearing/documents/digest.ts';
import { proofDocumentSchema } from '../../../shared/clearing/documents/proof-document.ts';
import type { ProvenDuals } from '../../../shared/clearing/documents/proof.ts';
import { explainedOrderSchema } from '../../../shared/clearing/explanation/explanation-shards.ts';
import { snapshotSchema } from '../../../shared/clearing/snapshot.ts';
import { MOST_ENTRIES } from '../../../shared/clearing/solver/limits.ts';
import { provenRound } from '../../../shared/clearing/support/support-proof.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket, type MarketBuilder } from '../../support/market.ts';

/** A pool, an origin's cap of a bid, a zone's cap, an order whose condition cannot be kept, and a programme. */
const everything = (): MarketBuilder =>
  aMarket()
    .zone({ maxOriginShare: '0.65' })
    .consumption('2027-Q1', '60')
    .offer('au', 'AU', '90.00', '40')
    .offer('cl', 'CL', '70.00', '90')
    .offer('dear', 'AU', '112.00', '10')
    .bid('jp', 'JP', '130.00', '50', { maxOriginShare: '0.5' })
    .bid('all', 'DE', '120.00', '80', { allOrNone: true })
    .bid('poor', 'DE', '85.00', '200')
    .pool('pool', '110.00', { one: { amounts: '20' }, two: { amounts: '10' } })
    .programme('gap');
const id = (prefix: string, name: string): string => `${prefix}_${name.padEnd(20, '0')}`;

const listsOf = ({ scale, scarcity, surplus, capValue, limitValue }: ProvenDuals) => ({
  scale,
  ...{ scarcity: [...scarcity], surplus: [...surplus] },
  ...{ capValue: [...capValue], limitValue: [...limitValue] },
});

describe('the documents of a clearing', () => {
  it('prove what was cleared: every flow and every dual, of the market and of support', () => {
    const snapshot = everything().snapshot();
    const cleared = must(clear(snapshot));
    const { proof: json, ...documented } = must(clearAndDocument(snapshot));
    const { snapshot: proven, ...proof } = z.decode(proofDocumentSchema, json);
    expect(z.encode(snapshotSchema, proven)).toEqual(z.encode(snapshotSchema, snapshot));
    const digest = new SnapshotDigest(z.encode(snapshotSchema, snapshot)).root;
    expect(proof).toEqual({
      ...{ format: 'lodestone-proof-2', clearing: snapshot.clearing, inputDigest: digest },
      rejected: [{ order: id('bid', 'all'), code: 'all_or_none' }],
      quarters: cleared.proof.map((quarter) => ({
        ...quarter,
        flows: [...quarter.flows],
        prices: listsOf(quarter.prices),
        bound: listsOf(quarter.bound!),
      })),
      levyTotal: { amount: expect.anything() as unknown, currency: 'USD' },
      support: cleared.support.map(provenRound).map((round) => ({
        ...round,
        flows: [...round.flows],
        quarters: round.quarters.map(({ quarter, scarcity, surplus, capValue, limitValue }) => ({
          ...{ quarter, scarcity: [...scarcity], surplus: [...surplus] },
          ...{ capValue: [...capValue], limitValue: [...limitValue] },
        })),
      })),
      contracts: cleared.awards.length,
    });
    expect(documented).toMatchObject({
      ...{ inputDigest: digest, awards: cleared.awards, levyTotal: cleared.levyTotal, absent: [] },
      ...{ quarters: cleared.quarters, rejected: cleared.rejected },
    });
    // The market must show what this is about.
    const [round] = proof.support!;
    expect(proof.quarters[0]!.prices.limitValue.length).toBeGreaterThan(0);
    expect(round!.flows.length).toBeGreaterThan(0);
    const { scarcity, surplus } = round!.quarters[0]!;
    expect(scarcity.length + surplus.length).toBeGreaterThan(0);
  });

  it('name neither support nor absent members where there are none', () => {
    const { proof } = must(
      clearAndDocument(aMarket().offer('au', 'AU', '90.00', '5').bid('de', 'DE', '95.00', '5').snapshot()),
    );
    expect(Object.keys(proof).sort()).toEqual([
      ...['clearing', 'contracts', 'format', 'inputDigest', 'levyTotal', 'quarters', 'rejected', 'snapshot'],
    ]);
    expect(proof.quarters[0]!.bound).toBeNull();
  });

  it('name members whose least a pool cannot give them', () => {
    const { proof, absent } = must(
      clearAndDocument(
        aMarket()
          .zone()
          .offer('S', 'AU', '90.00', '50')
          .pool('P', '120.00', { A: { amounts: '10' }, B: { amounts: '60', minimum: '55' } })
          .bid('X', 'DE', '100.00', '100')
          .snapshot(),
      ),
    );
    const expected = [{ member: id('mem', 'B'), quarter: '2027-Q1' }];
    expect(absent).toEqual(expected);
    expect(proof.absent).toEqual(expected);
  });

  it('explain every order and every member, each with the hashes from it to the digest', () => {
    const snapshot = everything().snapshot();
    const cleared = must(clear(snapshot));
    const { explanations, inputDigest } = must(clearAndDocument(snapshot));
    const digest = new SnapshotDigest(z.encode(snapshotSchema, snapshot));
    const orders = [...snapshot.offers, ...snapshot.bids, ...snapshot.members!];
    const told = new Map<string, unknown>();
    for (const shard of explanations()) {
      expect(shard).toMatchObject({ clearing: snapshot.clearing, inputDigest });
      for (const [order, entry] of Object.entries(shard.orders)) told.set(order, entry);
    }
    expect([...told.keys()].sort()).toEqual(orders.map((order) => order.id).sort());
    for (const order of orders)
      expect(z.decode(explainedOrderSchema, told.get(order.id) as never)).toEqual({
        entry: order,
        inclusion: digest.inclusionOf(order.id),
        sentence: cleared.sentences.get(order.id),
        quarters: cleared.explanations.get(order.id),
      });
    expect(digest.inclusionOf(orders[0]!.id)!.length).toBeGreaterThan(0);
  });

  it('are not made of a market that is too large', () => {
    const snapshot = everything().snapshot();
    const offers = new Array<(typeof snapshot.offers)[number]>(MOST_ENTRIES).fill(snapshot.offers[0]!);
    expect(clearAndDocument({ ...snapshot, offers })).toMatchObject({
      ok: false,
      problem: { code: 'market_too_large' },
    });
  });
});
