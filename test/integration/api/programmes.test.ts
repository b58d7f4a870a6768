import { beforeEach, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { clearingSettings } from '../../../functions/clearing/dependencies.ts';
import { audit } from '../../../infra/audit/audit.ts';
import { ada, auditor, bob, buyer, everyRole, mine, otherMine } from '../../support/market-api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'NdPr oxide, Europe', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  await trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
    points: Array.from({ length: 5 }, (_, index) => ({
      ...{ date: '2026-11-20', firm: `firm-${index}`, price: usd('65.00') },
      quantity: { amount: '1', unit: 't' },
    })),
  });
});

const money = (amount: string) => ({ amount, currency: 'USD' });
const body = (changes: object = {}) => ({
  ...{ name: 'Price gap', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
  ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
  ...{ budget: money('10000.00'), maximumGap: usd('40.00'), from: '2027-Q1', to: '2028-Q4' },
  rationale: 'Bridge the gap.',
  ...changes,
});
const propose = (changes: object = {}, who = ada) =>
  trading.call(who, 'POST', '/v1/programmes', body(changes));
const decide = (id: string, verb: string, who = bob) =>
  trading.call(who, 'POST', `/v1/programmes/${id}/${verb}`);
const approved = async (changes: object = {}): Promise<string> => {
  const { id } = (await propose(changes)).body;
  expect(await decide(id, 'approve')).toMatchObject({ status: 200, body: { status: 'approved' } });
  return id;
};
const budgetOf = async (id: string) =>
  (await trading.done(auditor, 'GET', `/v1/programmes/${id}/budget`)).body;
const proposeSite = (id: string, changes: object = {}, who = ada) =>
  trading.call(who, 'POST', `/v1/programmes/${id}/agreements`, {
    site: trading.site,
    caps: [{ quarter: '2027-Q1', quantity: kg('100') }],
    ...changes,
  });
/** Proposed by one administrator and approved by another; the first refusal, if there is one. */
const takeIn = async (id: string, changes: object = {}, who = ada) => {
  const proposed = await proposeSite(id, changes, who);
  return proposed.status === 201
    ? trading.call(bob, 'POST', `/v1/agreements/${proposed.body.id}/approve`)
    : proposed;
};

describe('a programme', () => {
  it('is proposed by one administrator, approved by another, read by everybody', async () => {
    const proposed = await propose({ strike: { ...usd('50.00'), per: 'lb' } });
    expect(proposed).toMatchObject({
      status: 201,
      body: { status: 'proposed', strike: usd('110.23'), rank: 100, version: 1 },
    });
    const { id } = proposed.body;
    for (const who of everyRole)
      expect((await trading.call(who, 'GET', `/v1/programmes/${id}`)).body).toEqual(proposed.body);
    expect((await trading.call(auditor, 'GET', `/v1/programmes/${id}/budget`)).body.code).toBe(
      'invalid_state',
    );
    expect((await decide(id, 'approve', ada)).body.code).toBe('second_approval_required');
    expect(await decide(id, 'approve')).toMatchObject({ body: { approvedBy: 'bob', version: 2 } });
    expect((await decide(id, 'reject')).body.code).toBe('invalid_state');
    expect(await budgetOf(id)).toEqual({
      ...{ programme: id, budget: money('10000.00'), left: money('10000.00') },
      ...{ paid: money('0.00'), reserved: money('0.00'), contracts: money('0.00') },
    });
    expect(await decide(id, 'close')).toMatchObject({ body: { status: 'closed' } });
    expect((await takeIn(id)).body.code).toBe('invalid_state');
    expect((await trading.call(buyer, 'GET', '/v1/programmes?status=approved')).body.items).toEqual([]);
  });

  it('can be rejected, and has no budget then', async () => {
    const { id } = (await propose()).body;
    expect(await decide(id, 'reject')).toMatchObject({ body: { status: 'rejected' } });
    expect((await takeIn(id)).body.code).toBe('invalid_state');
  });

  it.each([
    [{ product: 'unknown' }, 'unknown_reference', '/product'],
    [{ zone: 'unknown' }, 'unknown_reference', '/zone'],
    [{ reference: 'unknown' }, 'unknown_reference', '/reference'],
    [{ budget: { amount: '1', currency: 'EUR' } }, 'currency_mismatch', '/budget/currency'],
    [{ maximumGap: usd('0.001') }, 'off_tick', '/maximumGap/amount'],
    [{ minimumReference: usd('110.00') }, 'invalid_request', '/minimumReference'],
    [{ to: '2026-Q4' }, 'invalid_request', '/to'],
    [
      { design: { kind: 'collar', ceiling: usd('100.00'), upsideShare: '0.3' } },
      'invalid_request',
      '/design/ceiling',
    ],
  ])('is refused with %j', async (changes, code, pointer) => {
    const { body: problem } = await propose(changes);
    expect(problem.errors).toMatchObject([{ code, pointer }]);
  });

  it('is for administrators to make', async () => {
    const id = await approved();
    for (const who of [auditor, mine, buyer]) {
      expect((await propose({}, who)).status).toBe(403);
      expect((await decide(id, 'close', who)).status).toBe(403);
      expect((await takeIn(id, {}, who)).status).toBe(403);
    }
    for (const who of [mine, buyer])
      expect((await trading.call(who, 'GET', `/v1/programmes/${id}/budget`)).status).toBe(403);
    expect((await decide('prg_00000000000000000000000000', 'approve')).status).toBe(404);
  });
});

describe('an agreement about a site', () => {
  it('reserves its greatest exposure, once for a site, within the budget', async () => {
    const id = await approved();
    const made = await takeIn(id);
    expect(made).toMatchObject({
      status: 200,
      body: { producer: 'mine-au', reserved: money('5000.00'), basis: { kind: 'site' }, status: 'active' },
    });
    expect(await budgetOf(id)).toMatchObject({ reserved: money('5000.00'), left: money('5000.00') });
    expect((await takeIn(id)).body.code).toBe('invalid_state');
    const site = await trading.siteOf(otherMine, { country: 'CL' });
    const more = { site, caps: [{ quarter: '2027-Q1', quantity: kg('101') }] };
    expect((await takeIn(id, more)).body.code).toBe('budget_exhausted');
    expect((await takeIn(id, { ...more, caps: [{ quarter: '2027-Q1', quantity: kg('100') }] })).status).toBe(
      200,
    );
    expect(await budgetOf(id)).toMatchObject({ left: money('0.00') });
  });

  it('is proposed by one administrator and decided by another; until then it reserves and supports nothing', async () => {
    const id = await approved();
    const { body: proposed } = await proposeSite(id);
    expect(proposed).toMatchObject({ status: 'proposed', proposedBy: 'ada', version: 1 });
    expect(await budgetOf(id)).toMatchObject({ reserved: money('0.00'), left: money('10000.00') });
    const decide = (verb: string, who = bob, of = proposed.id) =>
      trading.call(who, 'POST', `/v1/agreements/${of}/${verb}`);
    for (const verb of ['approve', 'reject']) {
      expect((await decide(verb, ada)).body.code).toBe('second_approval_required');
      expect((await decide(verb, mine)).status).toBe(403);
    }
    const early = await trading.call(mine, 'POST', `/v1/agreements/${proposed.id}/designations`, {
      ...{ quarter: '2027-Q1', stockpiled: kg('1') },
    });
    expect(early.body.code).toBe('invalid_state');
    expect((await decide('reject')).body).toMatchObject({ status: 'rejected', decidedBy: 'bob', version: 2 });
    expect((await decide('approve')).body.code).toBe('invalid_state');
    const { body: again } = await proposeSite(id);
    expect((await decide('approve', bob, again.id)).body).toMatchObject({ status: 'active', version: 2 });
    expect(await budgetOf(id)).toMatchObject({ reserved: money('5000.00') });
    expect((await audit(trading.api.dependencies.table)).findings).toEqual([]);
  });

  it('of two at once takes no more than the budget has', async () => {
    const id = await approved({ budget: money('5000.00') });
    const sites = await Promise.all([trading.siteOf(mine), trading.siteOf(otherMine)]);
    const made = await Promise.all(sites.map((site) => takeIn(id, { site })));
    expect(made.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await budgetOf(id)).toMatchObject({ reserved: money('5000.00'), left: money('0.00') });
  });

  it.each([
    [{ eligible: { origins: ['CL'] } }, {}, 'not_eligible', '/site'],
    [{ eligible: { recycledOnly: true } }, {}, 'not_eligible', '/site'],
    [{}, { site: 'sit_00000000000000000000000000' }, 'unknown_reference', '/site'],
    [{}, { caps: [{ quarter: '2029-Q1', quantity: kg('1') }] }, 'not_eligible', '/caps/0/quarter'],
    [
      { from: '2026-Q1' },
      { caps: [{ quarter: '2026-Q4', quantity: kg('1') }] },
      'quarter_begun',
      '/caps/0/quarter',
    ],
    [{ awardCap: money('4999.99') }, {}, 'budget_exhausted', '/caps'],
  ])('is refused: programme with %j, agreement with %j', async (terms, changes, code, pointer) => {
    const { body: problem } = await takeIn(await approved(terms), changes);
    expect(problem.errors).toMatchObject([{ code, pointer }]);
  });

  it('is seen by its producer, administrators and auditors, and designated by the producer alone', async () => {
    const { id } = (await takeIn(await approved())).body;
    for (const who of [mine, ada, auditor])
      expect((await trading.call(who, 'GET', '/v1/agreements')).body.items).toMatchObject([{ id }]);
    expect((await trading.call(otherMine, 'GET', '/v1/agreements')).body.items).toEqual([]);
    expect((await trading.call(otherMine, 'GET', `/v1/agreements/${id}`)).status).toBe(404);
    expect((await trading.call(buyer, 'GET', '/v1/agreements')).status).toBe(403);
    const designate = (stockpiled: object, who = mine, quarter = '2027-Q1') =>
      trading.call(who, 'POST', `/v1/agreements/${id}/designations`, { quarter, stockpiled });
    expect((await designate(kg('20'))).body.code).toBe('invalid_state');
    trading.pass(50 * 86_400_000);
    expect((await designate(kg('20'), otherMine)).status).toBe(404);
    expect((await designate(kg('20'), ada)).status).toBe(403);
    expect((await designate(kg('101'))).body.code).toBe('quantity_exceeded');
    expect((await designate(kg('20'), mine, '2027-Q2')).body.code).toBe('not_eligible');
    expect((await designate({ amount: '0.02', unit: 't' })).status).toBe(201);
    expect((await designate(kg('20'))).body.code).toBe('invalid_state');
    expect(
      (await trading.call(auditor, 'GET', `/v1/agreements/${id}/designations`)).body.items,
    ).toMatchObject([{ quarter: '2027-Q1', stockpiled: kg('20'), designatedBy: 'mine-au-user' }]);
  });
});

describe('a clearing with a programme', () => {
  it('records supported contracts with their agreements, and reserves what they cost in the same instant', async () => {
    const id = await approved();
    await trading.offer({ price: usd('100.00'), delivery: flat('100', '2027-Q1', '2027-Q2') });
    await trading.bid({ price: usd('70.00'), delivery: flat('60', '2027-Q1', '2027-Q2') });
    const clearing = await trading.clear();
    expect((await trading.done(ada, 'GET', `/v1/clearings/${clearing}`)).body).toMatchObject({
      status: 'completed',
      contracts: 1,
      supportTotal: money('3600.00'),
    });
    const [contract] = (await trading.done(buyer, 'GET', '/v1/contracts')).body.items;
    expect(contract).toMatchObject({
      programme: id,
      schedule: [
        { quantity: kg('60'), price: usd('100.00'), waterfall: { support: '30.00', landed: '100.00' } },
        { quantity: kg('60') },
      ],
      totals: { support: money('3600.00'), landed: money('12000.00') },
    });
    const [agreement, ...others] = (await trading.done(mine, 'GET', '/v1/agreements')).body.items;
    expect(others).toEqual([]);
    expect(agreement).toMatchObject({
      programme: id,
      basis: { kind: 'contract', contract: contract?.id, clearing },
      gap: usd('30.00'),
      reserved: money('3600.00'),
      from: '2027-Q1',
      to: '2027-Q2',
    });
    expect(await budgetOf(id)).toMatchObject({ reserved: money('3600.00'), left: money('6400.00') });
    expect((await audit(trading.api.dependencies.table)).findings).toEqual([]);
    // What is left is what the next run has.
    await trading.bid({ price: usd('70.00'), delivery: flat('40', '2027-Q1', '2027-Q2') });
    await trading.clear();
    expect(await budgetOf(id)).toMatchObject({ reserved: money('6000.00'), left: money('4000.00') });
  });

  it('holds the budget from its snapshot until it has ended: a site is taken in before or after', async () => {
    const id = await approved({ budget: money('1800.00') });
    await trading.offer({ price: usd('100.00') });
    await trading.bid({ price: usd('70.00'), delivery: flat('60') });
    const { worker } = trading;
    const tried: unknown[] = [];
    const watched = {
      ...worker,
      clear: worker.clear,
      holder: 'watched',
      remainingMilliseconds: () => Infinity,
      objects: {
        ...worker.objects,
        get: worker.objects.get.bind(worker.objects),
        put: async (key: string, bytes: Uint8Array) => {
          if (key.includes('snapshot'))
            tried.push((await takeIn(id, { caps: [{ quarter: '2027-Q1', quantity: kg('1') }] })).body.code);
          await worker.objects.put(key, bytes);
        },
      },
    };
    await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    trading.pass(10);
    await runDueClearings(watched, { product: 'ndpr-oxide' });
    expect(tried).toEqual(['clearing_in_progress']);
    expect(await budgetOf(id)).toMatchObject({ reserved: money('1800.00'), left: money('0.00') });
    expect((await takeIn(id)).body.code).toBe('budget_exhausted');
  });

  it('reserves each contract once, however often its worker is stopped and another goes on', async () => {
    const id = await approved();
    await trading.offer({ price: usd('100.00') });
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await trading.bid({ price: usd('70.00'), delivery: flat('10') }, caller(`buyer-${name}`, 'buyer'));
    await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    trading.pass(10);
    for (let steps = 1; steps <= 40; steps += 1) {
      let left = steps;
      trading.pass(120_000);
      await runDueClearings(
        {
          ...trading.worker,
          holder: `worker-${steps}`,
          remainingMilliseconds: () => ((left -= 1) > 0 ? 1_000_000 : 0),
          settings: {
            ...clearingSettings,
            concurrency: 1,
            maximumTakes: 100,
            chunks: { bytes: 250_000, actions: 8 },
          },
        },
        { product: 'ndpr-oxide' },
      );
    }
    expect((await trading.done(ada, 'GET', '/v1/contracts')).body.items).toHaveLength(5);
    expect((await trading.done(mine, 'GET', '/v1/agreements')).body.items).toHaveLength(5);
    expect(await budgetOf(id)).toMatchObject({ reserved: money('1500.00'), left: money('8500.00') });
    expect((await audit(trading.api.dependencies.table)).findings).toEqual([]);
  });

  it('takes nobody in without a reference price of the day', async () => {
    await trading.done(ada, 'PUT', '/v1/reference-prices/thin', {
      ...{ name: 'Thin', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Nobody' },
    });
    await approved({ reference: 'thin' });
    await trading.offer({ price: usd('100.00') });
    await trading.bid({ price: usd('70.00') });
    const clearing = await trading.clear();
    expect((await trading.done(ada, 'GET', `/v1/clearings/${clearing}`)).body).toMatchObject({
      status: 'completed',
      contracts: 0,
      supportTotal: money('0.00'),
    });
  });
});

describe('a preview', () => {
  it('tells what a programme would come to before it is opened, and writes nothing', async () => {
    await trading.offer({ price: usd('100.00') });
    await trading.bid({ price: usd('70.00'), delivery: flat('60') });
    const preview = (changes: object = {}) =>
      trading.call(ada, 'POST', '/v1/clearings/preview', {
        product: 'ndpr-oxide',
        programmes: [body(changes)],
      });
    expect(await preview()).toMatchObject({
      status: 200,
      body: {
        current: { volume: kg('0'), support: money('0.00') },
        proposed: { volume: kg('60'), contracts: 1, support: money('1800.00'), buyerCost: money('4200.00') },
        difference: { support: money('1800.00') },
      },
    });
    expect(await preview({ budget: money('299.99') })).toMatchObject({
      body: { proposed: { volume: kg('9'), support: money('270.00') } },
    });
    expect((await preview({ reference: 'unknown' })).body.code).toBe('reference_unavailable');
    expect((await trading.call(ada, 'GET', '/v1/programmes')).body.items).toEqual([]);
    // Beside one that is open, on what that leaves.
    await approved({ budget: money('900.00') });
    expect(await preview({ rank: 200 })).toMatchObject({
      body: {
        current: { volume: kg('30'), support: money('900.00') },
        proposed: { volume: kg('60'), contracts: 2, support: money('1800.00') },
      },
    });
  });
});
