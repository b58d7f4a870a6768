import { beforeEach, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { scan } from '../../../infra/audit/scan.ts';
import { verify } from '../../../infra/verify/verify.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { ada, buyer, mine } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { flat, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

/** A mine that delivers from 2028 on, once it is financed and permitted. */
const conditional = (changes: object = {}) => ({
  conditionsPrecedent: [
    { id: 'financing', description: 'Loan drawn' },
    { id: 'permit', description: 'Mining permit' },
  ],
  longstop: '2027-12-31',
  delivery: flat('100', '2028-Q1', '2028-Q2'),
  ...changes,
});
const delivery = flat('100', '2028-Q1', '2028-Q2');
const proofOf = async (clearing: string) =>
  (await market.call(ada, 'GET', `/v1/clearings/${clearing}/proof/document`)).body;

describe('an offer of a site that does not produce yet', () => {
  it('says what it hangs on, unless its start is verified to lie before; what has no project, or produces, need not', async () => {
    const enter = async (changes: object = {}, stage = 'refining') =>
      (
        await market.done(mine, 'POST', '/v1/projects', {
          ...{ name: 'Works', country: 'AU', stage, mineral: 'ndpr', start: '2028-Q2' },
          ...{ capacityPerYear: { amount: '300', unit: 't' }, sites: [market.site], ...changes },
        })
      ).body.id;
    const change = async (id: string, changes: object) => {
      const { version } = (await market.done(mine, 'GET', `/v1/projects/${id}`)).body;
      await market.done(mine, 'PATCH', `/v1/projects/${id}`, changes, { 'If-Match': `"${String(version)}"` });
    };
    const offered = async (from: string, changes: object = {}) => {
      const { status, body } = await market.offer({ delivery: flat('1', from), ...changes });
      return status === 201 ? 201 : [status, body.code, body.errors[0]?.pointer];
    };
    const refused = [422, 'site_not_producing', '/conditionsPrecedent'];
    expect(await offered('2028-Q2')).toBe(201);
    const project = await enter();
    // Nobody has seen its start: it is as good as no date at all.
    for (const from of ['2028-Q1', '2028-Q2', '2029-Q1']) expect(await offered(from)).toEqual(refused);
    expect((await market.offer(conditional())).status).toBe(201);
    await market.done(ada, 'POST', `/v1/projects/${project}/verify`);
    expect(await offered('2028-Q1')).toEqual(refused);
    expect(await offered('2028-Q2')).toBe(201);
    await change(project, { start: '2028-Q3' });
    expect(await offered('2028-Q3')).toEqual(refused);
    await change(project, { status: 'producing' });
    expect(await offered('2028-Q1')).toBe(201);
    await change(project, { status: 'building' });
    expect(await offered('2028-Q1')).toEqual(refused);
    await change(project, { sites: [] });
    expect(await offered('2028-Q1')).toBe(201);
    await change(project, { sites: [market.site] });
    expect(await offered('2028-Q1')).toEqual(refused);
    await change(project, { status: 'cancelled' });
    expect(await offered('2028-Q1')).toBe(201);
    expect(await new Settling(market).findings()).toEqual([]);
  });

  it('meets no bid that does not say that it accepts such offers, and both are told', async () => {
    const offer = await market.offer(conditional());
    expect(offer).toMatchObject({
      status: 201,
      body: { longstop: '2027-12-31', validUntil: '2027-12-31T23:59:59.999Z' },
    });
    const bid = await market.bid({ delivery });
    const clearing = await market.clear();
    const told = async (who: typeof mine, side: string, id: string) =>
      (await market.done(who, 'GET', `/v1/${side}/${id}/explanation`)).body;
    for (const [who, side, id] of [
      [mine, 'offers', offer.body.id],
      [buyer, 'bids', bid.body.id],
    ] as const)
      expect(await told(who, side, id)).toMatchObject({
        quarters: [
          { quarter: '2028-Q1', awarded: { amount: '0' }, binding: [{ code: 'conditional_not_accepted' }] },
          {},
        ],
      });
    expect(await told(buyer, 'bids', bid.body.id)).toMatchObject({
      quarters: [
        { nearMisses: [{ code: 'conditional_not_accepted', wouldNeed: { acceptsConditional: true } }] },
        {},
      ],
    });
    expect(verify(await proofOf(clearing)).failures).toEqual([]);
  });

  it('makes a contract with one that does, which binds once its conditions are met', async () => {
    await market.offer(conditional());
    const bid = await market.bid({ delivery, acceptsConditional: true });
    expect(bid.body).toMatchObject({ acceptsConditional: true });
    expect(verify(await proofOf(await market.clear())).failures).toEqual([]);
    const [contract] = await new Settling(market).contracts();
    expect(contract).toMatchObject({
      status: 'concluded',
      conditional: {
        conditions: [{ id: 'offer.financing' }, { id: 'offer.permit' }],
        longstop: '2027-12-31',
      },
    });
    const path = `/v1/contracts/${contract!.id}`;
    const act = async (who: typeof mine, condition: string, verb: string, body?: object) =>
      (await market.call(who, 'POST', `${path}/conditions/offer.${condition}/${verb}`, body)).status;
    expect(await act(buyer, 'permit', 'meet', { evidence: 'seen' })).toBe(403);
    expect(await act(mine, 'permit', 'meet', { evidence: 'No. 17' })).toBe(200);
    expect((await market.done(mine, 'GET', path)).body).toMatchObject({ status: 'concluded' });
    const risk = (await market.done(ada, 'GET', '/v1/risk/ndpr-oxide?from=2028-Q1')).body;
    expect(risk).toMatchObject({ conditional: { quantity: '200', share: '1' } });
    expect(await act(buyer, 'financing', 'waive')).toBe(200);
    expect((await market.done(mine, 'GET', path)).body).toMatchObject({ status: 'active' });
    expect(await new Settling(market).findings()).toEqual([]);

    const items: Item[] = [];
    for await (const page of scan(market.api.dependencies.table)) items.push(...page);
    const order = items.find((item) => item['type'] === 'bid' && item['sk'] === 'ORDER')!;
    delete (order['body'] as Record<string, unknown>)['acceptsConditional'];
    const { findings } = auditItems(items, market.api.time.now);
    expect(findings.map(({ check }) => check)).toEqual(['contract_orders']);
  });

  it('makes one that ends with its longstop date where they are not met', async () => {
    await market.offer(conditional());
    await market.bid({ delivery, acceptsConditional: true });
    await market.clear();
    const settling = new Settling(market);
    market.api.time.now = '2028-01-01T12:00:00.000Z';
    await settling.settle();
    const [contract] = await settling.contracts();
    expect(contract).toMatchObject({
      status: 'terminated',
      events: [{}, { type: 'terminated', cause: 'longstop' }],
    });
  });

  it('competes with others: a bid that accepts it takes the better one', async () => {
    await market.offer(conditional({ price: usd('80.00') }));
    await market.offerOf('mine-cl', 'CL', { delivery, price: usd('90.00') });
    await market.bid({ delivery, acceptsConditional: true });
    await market.clear();
    const contracts = await new Settling(market).contracts();
    expect(contracts).toMatchObject([{ seller: 'mine-au' }]);
  });

  it.each([
    ['conditions without a longstop date', { longstop: undefined }, '/longstop'],
    ['a longstop date without conditions', { conditionsPrecedent: undefined }, '/conditionsPrecedent'],
    ['a longstop date that has passed', { longstop: '2020-01-01' }, '/longstop'],
    ['a longstop date on which deliveries have begun', { longstop: '2028-01-01' }, '/longstop'],
    [
      'a condition named twice',
      { conditionsPrecedent: [1, 2].map(() => ({ id: 'a', description: 'b' })) },
      '/conditionsPrecedent',
    ],
    ['no condition', { conditionsPrecedent: [] }, '/conditionsPrecedent'],
  ])('is refused with %s', async (_, changes, pointer) => {
    const { status, body } = await market.offer(conditional(changes));
    expect([status, body.code]).toEqual([422, 'invalid_request']);
    expect(body['errors']).toMatchObject([{ pointer }]);
  });

  it('cannot be changed to deliver before its longstop date, or to be valid beyond it', async () => {
    const { body } = await market.offer(conditional());
    const change = (version: number, changes: object) =>
      market.call(mine, 'PATCH', `/v1/offers/${body.id}`, changes, { 'If-Match': `"${version}"` });
    expect(await change(1, { delivery: flat('100', '2027-Q4', '2028-Q2') })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/delivery' }] },
    });
    expect(await change(1, { validUntil: null })).toMatchObject({
      status: 200,
      body: { validUntil: '2027-12-31T23:59:59.999Z' },
    });
  });
});
