import { beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../infra/verify/contract-chain.ts';
import { balanceOf } from '../../../shared/store/contracts/ledger.ts';
import { instantOf } from '../../../shared/kernel/time.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { AnswerBody } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer, mine } from '../../support/market-api.ts';
import { ruleBody, schemeBody } from '../../support/reference.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

/**
 * A year of a contract with everything going wrong, told over the wire as its people live it: 300 kg of NdPr oxide a
 * quarter of 2027 at the floor of 110 USD/kg, 90 % take-or-pay, make-up for two years.
 */
const engine = engineOfFile();
let market: Trading;
let at: Settling;
let path: string;
beforeAll(async () => {
  market = await Trading.open(clientFor(engine.endpoint));
  at = new Settling(market);
});

const on = (day: string): void => {
  market.api.time.now = instantOf(Date.parse(day) + 12 * 3_600_000);
};
const today = (): string => market.api.time.now.slice(0, 10);
const post = async (who: Caller, to: string, body?: unknown): Promise<AnswerBody> =>
  (await market.done(who, 'POST', `${path}/${to}`, body)).body;
const refused = async (who: Caller, to: string, body?: unknown): Promise<string> =>
  (await market.call(who, 'POST', `${path}/${to}`, body)).body.code;
const get = async (who: Caller, more = ''): Promise<AnswerBody> =>
  (await market.done(who, 'GET', `${path}${more}`)).body;

const certified = async (validTo: string): Promise<void> => {
  const { id } = (
    await market.done(mine, 'POST', `/v1/sites/${market.site}/certificates`, {
      ...{ scheme: 'irma', level: '100', validFrom: '2026-01-01', validTo, reference: `until ${validTo}` },
    })
  ).body;
  await market.done(ada, 'POST', `/v1/certificates/${id}/verify`);
};
const ships = async (quarter: string, amount: string, more: object = {}): Promise<string> => {
  const notice = { quarter, quantity: kg(amount), shippedOn: today(), ...more };
  const { id } = await post(mine, 'deliveries', notice);
  await post(buyer, `deliveries/${id}/receipt`, { receivedOn: today(), quantity: kg(amount) });
  return `deliveries/${id}`;
};
const assayed = async (delivery: string, seller: string, buyers: string): Promise<void> => {
  for (const [who, value] of [
    [mine, seller],
    [buyer, buyers],
  ] as const)
    await post(who, `${delivery}/assays`, { values: [{ element: 'ndpr', value }] });
};
const delivers = async (quarter: string, amount: string, more: object = {}): Promise<AnswerBody> => {
  const delivery = await ships(quarter, amount, more);
  await assayed(delivery, '99.20', '99.20');
  return post(buyer, `${delivery}/accept`);
};
const quarter = async (name: string): Promise<Record<string, unknown>> => {
  const quarters = (await get(buyer, '/progress'))['quarters'] as { quarter: string }[];
  return quarters.find((each) => each.quarter === name)!;
};
/** Two workers at once: whatever is due is settled once. */
const settled = async (): Promise<void> => {
  await Promise.all([at.settle(), at.settle()]);
  expect(await at.findings()).toEqual([]);
};
/** In cents: what the seller is owed, which is what the buyer owes. */
const owed = async (): Promise<bigint> => {
  const sum = async (organisation: string): Promise<bigint> =>
    (await balanceOf(at.table, `organisation:${organisation}`)).get('USD') ?? 0n;
  const [seller, owing] = [await sum(mine.organisation), await sum(buyer.organisation)];
  expect(seller + owing).toBe(0n);
  return seller;
};

describe('a year of a contract in which everything goes wrong', () => {
  it('is concluded at the floor, and binds once its permit is there', async () => {
    await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    await market.done(ada, 'POST', '/v1/standards', ruleBody({ renewalCovenant: true }));
    await market.approvedFloor();
    const terms = '/v1/products/ndpr-oxide/terms';
    const proposed = await market.done(ada, 'PUT', terms, {
      conditionsPrecedent: [{ id: 'permit', side: 'seller', description: 'Export permit', longstopDays: 60 }],
      takeOrPay: { share: '0.9', makeUpYears: 2 },
      assay: {
        umpire: 'A laboratory in Rotterdam',
        elements: [{ element: 'ndpr', splittingLimit: '0.10', rejectBelow: '98.5' }],
      },
      cureDays: 20,
    });
    await market.done(bob, 'POST', `${terms}/changes/${proposed.body.id}/approve`);
    await certified('2027-05-31');
    const delivery = flat('300', '2027-Q1', '2027-Q4');
    await market.offer({ delivery });
    await market.bid({ delivery, price: usd('110.00') });
    await market.clear();
    path = `/v1/contracts/${(await at.contracts())[0]!.id}`;
    expect(await get(buyer)).toMatchObject({ status: 'concluded', standardTerms: 1 });

    on('2026-12-20');
    await post(mine, 'conditions/permit/meet', { evidence: 'Permit 17/2026' });
    expect((await get(buyer))['status']).toBe('active');
  });

  it('Q1: the laboratories disagree, and the umpire decides; an inquiry stops new ships for a while', async () => {
    on('2027-02-10');
    await delivers('2027-Q1', '200');
    await post(ada, 'suspend', { reason: 'An inquiry into the site' });
    expect(
      await refused(mine, 'deliveries', { quarter: '2027-Q1', quantity: kg('100'), shippedOn: today() }),
    ).toBe('contract_suspended');
    await post(bob, 'resume', { reason: 'Nothing was found' });
    const disputed = await ships('2027-Q1', '100');
    await assayed(disputed, '99.40', '98.20');
    expect(await refused(buyer, `${disputed}/accept`)).toBe('assay_open');
    await post(ada, `${disputed}/umpire`, { values: [{ element: 'ndpr', value: '99.10' }] });
    expect(await refused(buyer, `${disputed}/reject`, { reason: 'Too poor' })).toBe('no_ground');
    await post(buyer, `${disputed}/accept`);
    on('2027-04-02');
    await settled();
    expect(await owed()).toBe(300n * 11_000n);
  });

  it('Q2: the certificate lapses, and is renewed in time; a scale was wrong', async () => {
    on('2027-05-10');
    await delivers('2027-Q2', '100');
    on('2027-06-10');
    const late = await ships('2027-Q2', '200');
    await assayed(late, '99.20', '99.24');
    expect(await post(buyer, `${late}/accept`)).toMatchObject({
      ...{ status: 'blocked', cureUntil: '2027-06-30' },
    });
    on('2027-06-25');
    await certified('2029-05-31');
    expect(await post(buyer, `${late}/accept`)).toMatchObject({ status: 'accepted' });
    on('2027-07-02');
    await settled();
    expect(await owed()).toBe(600n * 11_000n);

    const correction = {
      kind: 'correction',
      delivery: late.slice('deliveries/'.length),
      finalQuantity: kg('195'),
    };
    const { id } = await post(buyer, 'amendments', { changes: [correction], reason: 'Scale recalibrated' });
    expect(await refused(buyer, `amendments/${id}/accept`)).toBe('forbidden');
    await settled();
    expect(await owed()).toBe(600n * 11_000n);
    await post(mine, `amendments/${id}/accept`);
    await settled();
    expect(await owed()).toBe(595n * 11_000n);
    expect(await quarter('2027-Q2')).toMatchObject({
      accepted: kg('295'),
      shortfall: kg('5'),
      settlement: 2,
    });
  });

  it('Q3: a strike, and a lot beyond its reject limit', async () => {
    on('2027-08-15');
    const strike = { quarter: '2027-Q3', quantity: kg('60'), reason: 'Strike at the port' };
    const declared = (await post(mine, 'force-majeure', strike))['forceMajeure'] as { declaration: string }[];
    await post(buyer, `force-majeure/${declared[0]!.declaration}/acknowledge`);
    await delivers('2027-Q3', '140');
    const poor = await ships('2027-Q3', '100');
    await assayed(poor, '98.40', '98.36');
    await post(buyer, `${poor}/reject`, { reason: '98.38 % is below 98.5 %' });
    on('2027-10-02');
    await settled();
    expect(await owed()).toBe(735n * 11_000n);
    expect(await quarter('2027-Q3')).toMatchObject({
      ...{ accepted: kg('140'), forceMajeure: kg('60'), rejected: kg('100'), shortfall: kg('0') },
    });
  });

  it('Q4: the buyer takes too little, the seller delivers too little', async () => {
    on('2027-11-20');
    await post(buyer, 'declines', { quarter: '2027-Q4', quantity: kg('200'), reason: 'Stocks are full' });
    await delivers('2027-Q4', '60');
    expect(await quarter('2027-Q4')).toMatchObject({
      ...{ accepted: kg('60'), declined: kg('200'), open: kg('40'), shortfall: kg('0') },
    });
  });

  it('the year: 1,200 kg less what the buyer did not answer for, times 0.9, less what it took', async () => {
    on('2028-01-03');
    await settled();
    // (1,200 − 45 short − 60 force majeure − 100 rejected) × 0.9 = 895.5; taken 795; deficiency 100.5 kg
    expect(await owed()).toBe(795n * 11_000n + 1_105_500n);
    expect((await get(buyer, '/progress'))['makeUp']).toEqual([
      {
        ...{ year: 2027, lastYear: 2029, quantity: kg('100.5') },
        price: { amount: '110', currency: 'USD', per: 'kg' },
      },
    ]);
    expect((await get(buyer))['status']).toBe('active');
  });

  it('the years after: some of what was paid for is taken, for nothing more; the rest expires', async () => {
    on('2028-02-10');
    const makeUp = { makeUp: true };
    expect(
      await refused(mine, 'deliveries', {
        ...{ quarter: '2028-Q1', quantity: kg('100.6'), shippedOn: today() },
        ...makeUp,
      }),
    ).toBe('make_up_unavailable');
    await delivers('2028-Q1', '60', makeUp);
    on('2028-04-02');
    await settled();
    expect(await owed()).toBe(795n * 11_000n + 1_105_500n);
    expect((await get(buyer, '/progress'))['makeUp']).toMatchObject([{ quantity: kg('40.5') }]);
    on('2030-01-02');
    await settled();
    expect((await get(buyer))['status']).toBe('completed');
  });

  it('and every reader can verify all of it', async () => {
    const heads = new Set<unknown>();
    for (const who of [mine, buyer, ada, auditor]) {
      const chain = await get(who, '/chain');
      expect(verifyChain(chain, { record: await get(who) }).failures).toEqual([]);
      heads.add(chain['head']);
    }
    expect(heads.size).toBe(1);
  });
});
