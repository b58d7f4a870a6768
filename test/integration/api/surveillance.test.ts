import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { AnswerBody } from '../../support/api.ts';
import { instantOf, millisecondsOf } from '../../../shared/kernel/time.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, mine, stockpile } from '../../support/market-api.ts';
import { clientFor } from '../../support/table.ts';
import { bidBody, flat, offerBody, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(clientFor(engine.endpoint));
});

const trader = (organisation: string): Caller => caller(organisation, 'producer', 'buyer');
const watch = async (kind?: string): Promise<readonly AnswerBody[]> => {
  const filter = kind === undefined ? '' : `&kind=${kind}`;
  const { body } = await market.done(auditor, 'GET', `/v1/surveillance?product=ndpr-oxide${filter}`);
  expect(body['complete']).toBe(true);
  return body.items;
};
/** A site that an administrator has verified. */
const verifiedSite = async (who: Caller, changes: object = {}): Promise<string> => {
  const site = await market.siteOf(who, changes);
  await market.done(ada, 'POST', `/v1/sites/${site}/verify`);
  return site;
};
const offer = async (who: Caller, changes: object = {}, site?: string): Promise<string> =>
  (await market.done(who, 'POST', '/v1/offers', offerBody(site ?? (await verifiedSite(who)), changes))).body
    .id;
const bid = async (who: Caller, changes: object = {}): Promise<string> =>
  (await market.done(who, 'POST', '/v1/bids', bidBody(changes))).body.id;
const group = (...organisations: readonly string[]) =>
  Promise.all(
    organisations.map((id) =>
      market.done(ada, 'PUT', `/v1/organisations/${id}`, { name: id, group: 'holding' }),
    ),
  );
const contracts = async (): Promise<readonly AnswerBody[]> =>
  (await market.done(ada, 'GET', '/v1/contracts')).body.items;

describe('surveillance', () => {
  it('is for administrators and auditors, of a product that there is', async () => {
    for (const who of [mine, buyer, stockpile])
      expect((await market.call(who, 'GET', '/v1/surveillance?product=ndpr-oxide')).status).toBe(403);
    expect((await market.call(ada, 'GET', '/v1/surveillance?product=nothing')).status).toBe(404);
    expect((await market.call(ada, 'GET', '/v1/surveillance')).body.errors).toMatchObject([
      { pointer: '/product' },
    ]);
  });

  it('has nothing to tell of a market in which strangers trade from verified sites', async () => {
    await market.approvedFloor();
    for (const name of ['a', 'b']) {
      await offer(trader(`mine-${name}`));
      await bid(trader(`maker-${name}`));
    }
    await bid(trader('maker-c'), { price: usd('50.00') });
    await market.clear();
    expect(await contracts()).not.toHaveLength(0);
    expect(await watch()).toEqual([]);
  });

  it('tells of trades between those who turn out to be one group, and of rings', async () => {
    const [a, b, c] = [trader('a'), trader('b'), trader('c')];
    // a → b → c → a, one at a time, so that nobody else is met.
    for (const [seller, taker] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const) {
      await offer(seller);
      await bid(taker);
      await market.clear();
    }
    const ids = (await contracts()).map(({ id }) => id).sort();
    expect(ids).toHaveLength(3);
    expect(await watch()).toMatchObject([
      { kind: 'round_trip', organisations: ['a', 'b', 'c'], evidence: ids },
    ]);
    await group('a', 'b');
    expect((await watch('related_contract')).map((each) => each['organisations'])).toEqual([['a', 'b']]);
    // a and b are one now: what c sold to them and bought of them is a ring of two.
    expect((await watch('round_trip')).map((each) => (each['evidence'] as string[]).length)).toEqual([2]);
    const [one] = await watch('related_contract');
    expect((await watch('related_contract'))[0]!.id).toBe(one!.id);
  });

  it('tells of a group on both sides of the book, which never matches itself', async () => {
    await group('a', 'b');
    const posted = [await offer(trader('a')), await bid(trader('b'))].sort();
    await market.clear();
    expect(await contracts()).toEqual([]);
    expect(await watch('both_sides')).toMatchObject([{ organisations: ['a', 'b'], evidence: posted }]);
    await market.done(trader('b'), 'POST', `/v1/bids/${posted.find((id) => id.startsWith('bid'))!}/withdraw`);
    expect(await watch('both_sides')).toEqual([]);
  });

  it('tells of who withdraws shortly before gate closure, from the second time on', async () => {
    const [late, early] = [trader('late'), trader('early')];
    for (const times of [1, 2]) {
      const orders = [
        [late, await bid(late)],
        [early, await bid(early)],
      ] as const;
      await market.done(early, 'POST', `/v1/bids/${orders[1][1]}/withdraw`);
      market.pass(2 * 3_600_000);
      await market.done(late, 'POST', `/v1/bids/${orders[0][1]}/withdraw`);
      market.pass(60_000);
      await market.clear();
      expect((await watch('withdrawn_at_gate')).map((each) => each['organisations'])).toEqual(
        times === 1 ? [] : [['late']],
      );
    }
  });

  it('takes an expiry that is set at the last moment for a withdrawal, and none that was always to be', async () => {
    const [sly, plain] = [trader('sly'), trader('plain')];
    for (const times of [1, 2]) {
      const end = instantOf(millisecondsOf(market.api.time.now) + 2 * 3_600_000 + 60_000);
      const id = await bid(sly);
      await bid(plain, { validUntil: end });
      market.pass(2 * 3_600_000);
      await market.done(sly, 'PATCH', `/v1/bids/${id}`, { validUntil: end }, { 'If-Match': '"1"' });
      market.pass(120_000);
      await market.clear();
      expect((await watch('withdrawn_at_gate')).map((each) => each['organisations'])).toEqual(
        times === 1 ? [] : [['sly']],
      );
    }
  });

  it('sees the bids of a group together where one of them states a cap on origins', async () => {
    const bids = [
      await bid(trader('a'), { maxOriginShare: '0.5' }),
      await bid(trader('b')),
      await bid(trader('other'), { maxOriginShare: '0.5' }),
    ];
    await offer(trader('mine-1'), { delivery: flat('1000') });
    await market.clear();
    expect(await watch('split_bid')).toEqual([]);
    await group('a', 'b');
    expect(await watch('split_bid')).toMatchObject([
      { organisations: ['a', 'b'], evidence: ['2027-Q1 AU', ...bids.slice(0, 2).sort()] },
    ]);
    expect((await watch('split_bid'))[0]!['detail']).toContain('75 %');
  });

  it('sees bids of one organisation together as well: a second one without the cap is no way around it', async () => {
    const [one, other] = [await bid(trader('a'), { maxOriginShare: '0.5' }), await bid(trader('a'))];
    await offer(trader('mine-1'), { delivery: flat('1000') });
    await market.clear();
    expect(await watch('split_bid')).toMatchObject([
      { organisations: ['a'], evidence: ['2027-Q1 AU', ...[one, other].sort()] },
    ]);
  });

  it('tells of origins that nobody has verified and that save the levy, of sudden supply and of twin sites', async () => {
    await market.approvedFloor();
    const shady = trader('shady');
    const inside = await market.siteOf(shady, { name: 'Port works' });
    await offer(shady, {}, inside);
    await offer(trader('solid'));
    await bid(trader('maker'), { delivery: flat('200') });
    await market.clear();
    const [exempt] = await watch('unverified_exemption');
    expect(exempt).toMatchObject({ organisations: ['shady'] });
    expect(exempt!['evidence']).toContain(inside);
    expect(await watch('sudden_supply')).toMatchObject([{ organisations: ['shady'] }]);
    expect(await watch('twin_sites')).toEqual([]);
    const twin = await market.siteOf(shady, { name: 'port works ', country: 'CL' });
    expect(await watch('twin_sites')).toMatchObject([{ evidence: [inside, twin].sort() }]);
    await market.done(ada, 'POST', `/v1/sites/${inside}/verify`);
    expect((await watch()).map((each) => each['kind'])).toEqual(['twin_sites']);
  });
});
