import { beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { domainEventOf } from '../../../functions/stream/domain-event.ts';
import { follow as followEvents } from '../../../functions/stream/follow.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer, everyRole, mine, stockpile as reserve } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import {
  accountBody,
  activeStockpile,
  ndpr,
  openedLot,
  openingBody,
  positionIn,
  stockpileBody,
} from '../../support/stock.ts';
import { tableAs } from '../../support/table-guard.ts';
import { clientFor } from '../../support/table.ts';
import { Warning } from '../../support/warning.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
const rival = caller('reserve-de', 'stockpile-operator');
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
});

const post = (who: typeof ada, path: string, body?: object) => trading.call(who, 'POST', path, body);
const code = async (who: typeof ada, path: string, body?: object) => (await post(who, path, body)).body.code;
const read = async (path: string, who = reserve) => (await trading.done(who, 'GET', path)).body;
const clean = async () => {
  expect(await new Settling(trading).findings()).toEqual([]);
};

describe('a stockpile', () => {
  it('is closed by two, once nothing is left in it, and then for good', async () => {
    const id = await activeStockpile(trading);
    const path = `/v1/stockpiles/${id}`;
    const close = (who = reserve) => post(who, `${path}/close`, { reason: 'Merged with another.' });
    const left = async () => (await close()).body.detail;
    const opening = openingBody();
    const lot = (await trading.done(reserve, 'POST', `${path}/lots`, { opening })).body.id;
    expect(await left()).toContain('declared');
    await trading.done(ada, 'POST', `/v1/stock-lots/${lot}/verify`);
    expect(await left()).toContain('holds');
    await trading.done(reserve, 'POST', `/v1/stock-lots/${lot}/write-off`, {
      ...{ quantity: kg('1000'), reason: 'Fire' },
    });
    await trading.done(ada, 'POST', `/v1/stock-lots/${lot}/write-off/approve`);
    const offered = accountBody('magnets-de');
    const account = (await trading.done(reserve, 'POST', `${path}/accounts`, offered)).body.id;
    expect(await left()).toContain(account);
    await trading.done(buyer, 'POST', `/v1/stock-accounts/${account}/decline`);
    const bid = await trading.bid({ stockpile: id }, reserve);
    expect(await left()).toContain('bid');
    await trading.call(reserve, 'POST', `/v1/bids/${bid.body.id}/withdraw`);
    const rule = { kind: 'buy-at-floor', product: 'ndpr-oxide', destination: 'DE' };
    const { id: ruleId } = (await trading.done(reserve, 'POST', `${path}/standing-rules`, rule)).body;
    expect(await left()).toContain(ruleId);
    await trading.done(reserve, 'POST', `${path}/standing-rules/${ruleId}/end`);

    expect((await close(rival)).status).toBe(404);
    for (const who of [ada, buyer, auditor]) expect((await close(who)).status).toBe(403);
    expect(await close()).toMatchObject({ status: 200, body: { status: 'closing' } });
    expect(await close()).toMatchObject({ status: 409 });
    // Nothing begins in it any more, while its end is decided.
    expect(await code(reserve, `${path}/lots`, { opening })).toBe('invalid_state');
    expect((await trading.bid({ stockpile: id }, reserve)).status).toBe(422);
    expect(await read(path, mine)).not.toHaveProperty('closing');
    expect(await code({ ...ada, subject: reserve.subject }, `${path}/approve`)).toBe(
      'second_approval_required',
    );
    expect(await post(ada, `${path}/reject`)).toMatchObject({ body: { status: 'active' } });
    await close();
    expect(await post(ada, `${path}/approve`)).toMatchObject({ body: { status: 'closed' } });
    for (const verb of ['approve', 'reject'])
      expect(await code(bob, `${path}/${verb}`)).toBe('invalid_state');
    expect((await close()).status).toBe(409);
    expect(await read(path, mine)).toMatchObject({ status: 'closed' });
    await clean();
  });

  it('is proposed by its operator, approved by an administrator, and public but for what it holds', async () => {
    const proposed = await post(reserve, '/v1/stockpiles', stockpileBody());
    expect(proposed).toMatchObject({
      status: 201,
      body: { status: 'proposed', rules: [], operator: 'reserve-jp' },
    });
    const path = `/v1/stockpiles/${proposed.body.id}`;
    for (const who of [mine, buyer, rival]) expect((await trading.call(who, 'GET', path)).status).toBe(404);
    for (const who of [reserve, mine, buyer, auditor])
      expect((await post(who, `${path}/approve`)).status).toBe(403);
    const both = { ...ada, subject: reserve.subject };
    expect(await code(both, `${path}/approve`)).toBe('second_approval_required');
    expect(await post(ada, `${path}/approve`)).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await code(bob, `${path}/approve`)).toBe('invalid_state');
    for (const who of everyRole)
      expect(await read(path, who)).toMatchObject({
        ...{ purpose: 'emergency-buffer', zone: 'partners' },
        products: [{ targetDays: 60, reserveFloorShare: '0.25' }],
        releaseRules: {
          tight: { coverShareOfTarget: '0.75' },
          emergency: { coverDays: 30 },
          deliveryDays: 8,
        },
      });
    expect((await read('/v1/stockpiles?zone=partners&product=ndpr-oxide', mine)).items).toHaveLength(1);
    expect((await read('/v1/stockpiles?purpose=market-making', mine)).items).toEqual([]);
    for (const view of ['positions', 'movements']) {
      for (const who of [mine, buyer])
        expect((await trading.call(who, 'GET', `${path}/${view}`)).status).toBe(403);
      expect((await trading.call(rival, 'GET', `${path}/${view}`)).status).toBe(404);
      for (const who of [reserve, ada, auditor])
        expect((await trading.call(who, 'GET', `${path}/${view}`)).status).toBe(200);
    }
  });

  it('changes its rules from a later day than that on which they are published', async () => {
    const id = await activeStockpile(trading);
    const rules = `/v1/stockpiles/${id}/rules`;
    const other = (effectiveFrom: string, targetDays = 90) => ({
      ...{ products: [ndpr({ targetDays })], effectiveFrom, rationale: 'Supply is tighter.' },
    });
    expect(await code(reserve, rules, other('2026-11-22'))).toBe('invalid_request');
    expect(await code(rival, rules, other('2026-12-01'))).toBe('not_found');
    expect((await post(reserve, rules, other('2026-12-01'))).status).toBe(200);
    expect(await code(reserve, rules, other('2026-12-05'))).toBe('invalid_state');
    // What is only proposed is nobody else's business.
    expect(await read(`/v1/stockpiles/${id}`, mine)).not.toHaveProperty('proposal');
    expect(await read(`/v1/stockpiles/${id}`)).toMatchObject({ proposal: { effectiveFrom: '2026-12-01' } });
    trading.api.time.now = '2026-12-01T00:00:00.000Z';
    expect(await code(ada, `/v1/stockpiles/${id}/approve`)).toBe('invalid_state');
    expect((await post(ada, `/v1/stockpiles/${id}/reject`)).status).toBe(200);
    await trading.done(reserve, 'POST', rules, other('2026-12-02'));
    await trading.done(ada, 'POST', `/v1/stockpiles/${id}/approve`);
    const targetNow = async () => (await read(`/v1/stockpiles/${id}`, mine))['products'];
    expect(await targetNow()).toMatchObject([{ targetDays: 60 }]);
    trading.api.time.now = '2026-12-02T00:00:00.000Z';
    expect(await targetNow()).toMatchObject([{ targetDays: 90 }]);
    expect((await read(`/v1/stockpiles/${id}`, mine))['rules']).toHaveLength(2);
    await clean();
  });

  it.each([
    [{ zone: 'unknown' }, '/zone'],
    [{ products: [ndpr({ product: 'unknown' })] }, '/products/0/product'],
    [
      {
        products: [ndpr({ annualUse: { quantity: { amount: '1', unit: 'mtu' }, year: 2025, source: 's' } })],
      },
      '/products/0/annualUse/quantity/unit',
    ],
    [{ products: [ndpr(), ndpr()] }, '/products'],
    [{ products: [ndpr({ paceShare: '1.1' })] }, '/products/0/paceShare'],
    [{ releaseRules: { tight: { coverShareOfTarget: '0.5', misspelt: 1 } } }, '/releaseRules/tight/misspelt'],
  ])('is refused with %j', async (changes, pointer) => {
    const answer = await post(reserve, '/v1/stockpiles', stockpileBody(changes));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });
});

describe('a stock lot', () => {
  it('of an opening counts once it is verified, and is then covered days', async () => {
    const id = await activeStockpile(trading);
    const lots = `/v1/stockpiles/${id}/lots`;
    const declared = await post(reserve, lots, { opening: openingBody() });
    expect(declared).toMatchObject({ status: 201, body: { status: 'declared', owner: 'reserve-jp' } });
    expect(await positionIn(trading, id)).toMatchObject({ physical: undefined });
    const lot = `/v1/stock-lots/${declared.body.id}`;
    for (const who of [reserve, auditor]) expect((await post(who, `${lot}/verify`)).status).toBe(403);
    expect(await code({ ...ada, subject: reserve.subject }, `${lot}/verify`)).toBe(
      'second_approval_required',
    );
    expect(await post(ada, `${lot}/verify`)).toMatchObject({ body: { status: 'held', verified: true } });
    expect(await code(ada, `${lot}/verify`)).toBe('invalid_state');
    const { positions } = await read(`/v1/stockpiles/${id}/positions`);
    expect(positions).toEqual([
      {
        ...{ product: 'ndpr-oxide', physical: kg('1000'), encumbered: kg('0'), inTransit: kg('0') },
        ...{ entitled: kg('0'), lent: kg('0'), available: kg('1000'), daysOfCover: '10', targetDays: 60 },
        ...{ target: kg('6000'), deficit: kg('5000') },
      },
    ]);
    const { items } = await read(`/v1/stockpiles/${id}/movements`);
    expect(items).toMatchObject([
      {
        kind: 'OPENING',
        lines: [
          { account: 'free', side: 'DBIT', quantity: kg('1000') },
          { account: 'supplied', side: 'CRDT', quantity: kg('1000') },
        ],
      },
    ]);
    const foreign = await post(reserve, lots, { opening: openingBody({ evidence: 'other' }) });
    expect(await post(bob, `/v1/stock-lots/${foreign.body.id}/reject`)).toMatchObject({
      body: { status: 'rejected' },
    });
    for (const who of [mine, buyer]) expect((await trading.call(who, 'GET', lot)).status).toBe(403);
    expect((await trading.call(rival, 'GET', lot)).status).toBe(404);
    expect((await read('/v1/stock-lots?status=held')).items).toHaveLength(1);
    expect((await read('/v1/stock-lots', rival)).items).toEqual([]);
    await clean();
  });

  it('is split and merged exactly, and loses nothing unless two people say so', async () => {
    const id = await activeStockpile(trading);
    const lot = await openedLot(trading, id, { quantity: kg('1000.001') });
    const cut = await post(reserve, `/v1/stock-lots/${lot}/split`, {
      quantities: [kg('300.0005'), kg('0.001')],
    });
    expect(cut.body.errors).toMatchObject([{ code: 'off_lot', pointer: '/quantities/0/amount' }]);
    const { body } = await trading.done(reserve, 'POST', `/v1/stock-lots/${lot}/split`, {
      quantities: [kg('300.5'), kg('0.001')],
    });
    expect(body).toMatchObject({
      lot: { quantity: kg('699.5') },
      parts: [{ quantity: kg('300.5') }, { quantity: kg('0.001') }],
    });
    expect(await code(reserve, `/v1/stock-lots/${lot}/split`, { quantities: [kg('699.501')] })).toBe(
      'stock_insufficient',
    );
    const parts = (body['parts'] as { id: string }[]).map((part) => part.id);
    const dearer = await openedLot(trading, id, { inventoryPrice: usd('90.00'), quantity: kg('150.25') });
    expect(await code(rival, '/v1/stock-lots/merge', { lots: parts })).toBe('unknown_reference');
    const merged = await post(reserve, '/v1/stock-lots/merge', { lots: [parts[0], dearer] });
    // (300.5 × 80 + 150.25 × 90) ÷ 450.75 = 83.333333…
    expect(merged).toMatchObject({
      status: 201,
      body: { quantity: kg('450.75'), inventoryPrice: usd('83.333333') },
    });
    expect(await code(reserve, '/v1/stock-lots/merge', { lots: [lot, dearer] })).toBe('invalid_state');
    await trading.done(reserve, 'POST', `/v1/stock-lots/${lot}/relocate`, {
      location: { country: 'JP', place: 'Kobe' },
    });
    expect(await code(reserve, '/v1/stock-lots/merge', { lots: [lot, parts[1]] })).toBe('invalid_state');
    const off = `/v1/stock-lots/${lot}/write-off`;
    expect(await code(reserve, off, { quantity: kg('700'), reason: 'fire' })).toBe('stock_insufficient');
    await trading.done(reserve, 'POST', off, { quantity: kg('99.5'), reason: 'fire' });
    expect(await code({ ...ada, subject: reserve.subject }, `${off}/approve`)).toBe(
      'second_approval_required',
    );
    expect((await post(rival, off, { quantity: kg('1'), reason: 'fire' })).status).toBe(404);
    expect(await post(ada, `${off}/approve`)).toMatchObject({ status: 200, body: { quantity: kg('600') } });
    expect(await code(ada, `${off}/approve`)).toBe('invalid_state');
    expect(await positionIn(trading, id)).toMatchObject({ physical: '1050.751', available: '1050.751' });
    await clean();
  });

  it('is refused where it is not what it says', async () => {
    const lots = `/v1/stockpiles/${await activeStockpile(trading)}/lots`;
    for (const [changes, pointer] of [
      [{ product: 'unknown' }, '/opening/product'],
      [{ certificates: [`crt_${'0'.repeat(26)}`] }, '/opening/certificates'],
      [{ site: trading.site, origin: 'CL' }, '/opening/site'],
      [{ site: trading.site, certificates: [`crt_${'0'.repeat(26)}`] }, '/opening/certificates/0'],
      [{ inventoryPrice: { ...usd('80.00'), currency: 'EUR' } }, '/opening/inventoryPrice/currency'],
      [{ quantity: { amount: '1.0000001', unit: 'kg' } }, '/opening/quantity/amount'],
      [{ quantity: { amount: '-1', unit: 'kg' } }, '/opening/quantity/amount'],
      [{ location: { country: 'Japan', place: 'x' } }, '/opening/location/country'],
    ] as const)
      expect(await post(reserve, lots, { opening: openingBody(changes) })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer }] },
      });
    expect((await post(rival, lots, { opening: openingBody() })).status).toBe(404);
    expect((await post(mine, lots, { opening: openingBody() })).status).toBe(403);
  });
});

describe('an offer of a stock lot', () => {
  const offerOf = (stockLot: string, changes: object = {}) =>
    trading.call(reserve, 'POST', '/v1/offers', {
      ...{
        product: 'ndpr-oxide',
        stockLot,
        price: usd('90.00'),
        delivery: flat('100', '2027-Q1', '2027-Q2'),
      },
      ...changes,
    });

  it('holds what it asks for, for as long as it may be delivered', async () => {
    const id = await activeStockpile(trading);
    const lot = await openedLot(trading, id);
    const posted = await offerOf(lot);
    expect(posted).toMatchObject({
      status: 201,
      body: { stockLot: lot, purity: '99.5', seller: 'reserve-jp' },
    });
    expect(posted.body).not.toHaveProperty('site');
    expect(await positionIn(trading, id)).toMatchObject({
      physical: '1000',
      encumbered: '200',
      available: '800',
    });
    expect(await offerOf(lot, { delivery: flat('801') })).toMatchObject({
      body: { code: 'stock_insufficient' },
    });
    expect(await offerOf(lot, { purity: '99.6' })).toMatchObject({ body: { code: 'lot_mismatch' } });
    const path = `/v1/offers/${posted.body.id}`;
    const change = (body: object, version: number) =>
      trading.call(reserve, 'PATCH', path, body, { 'If-Match': `"${version}"` });
    expect(await change({ delivery: flat('1001') }, 1)).toMatchObject({
      body: { code: 'stock_insufficient' },
    });
    expect((await change({ delivery: flat('1000') }, 1)).status).toBe(200);
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: '1000', available: '0' });
    expect((await change({ delivery: flat('50'), validUntil: '2026-12-24T12:00:00.000Z' }, 2)).status).toBe(
      200,
    );
    // Two that race for what is free: one finds the other there.
    const racing = await Promise.all([1, 2].map(() => offerOf(lot, { delivery: flat('500') })));
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 422]);
    const won = racing.find(({ status }) => status === 201)!.body.id;
    await trading.done(reserve, 'POST', `/v1/offers/${won}/withdraw`);
    const other = await offerOf(lot, { delivery: flat('10') });
    await trading.done(reserve, 'POST', `/v1/offers/${other.body.id}/withdraw`);
    expect(await read(`/v1/stock-lots/${lot}`)).toMatchObject({
      encumbrances: [{ kind: 'offer', by: posted.body.id, quantity: kg('50') }],
    });
    expect(await code(reserve, `/v1/stock-lots/${lot}/split`, { quantities: [kg('951')] })).toBe(
      'stock_insufficient',
    );
    const settling = new Settling(trading);
    settling.now = '2026-12-24T11:59:00.000Z';
    await settling.settle();
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: '50' });
    settling.now = '2026-12-24T12:00:01.000Z';
    await settling.settle();
    await settling.settle();
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: '0', available: '1000' });
    expect(await read(path)).toMatchObject({ status: 'expired' });
    await clean();
  });

  it('whose quarters have all begun holds nothing any more, whoever looks, however often, whatever its owner does', async () => {
    const id = await activeStockpile(trading);
    const lot = await openedLot(trading, id);
    const settling = new Settling(trading);
    const two = flat('100', '2027-Q1', '2027-Q2');
    const ids: string[] = [];
    for (const changes of [{ delivery: two }, { delivery: two, price: usd('400.00') }, { delivery: two }])
      ids.push((await offerOf(lot, changes)).body.id);
    const [sold = '', unsold = '', other = ''] = ids.map((each) => `/v1/offers/${each}`);
    const change = (path: string, body: object, version: number) =>
      trading.call(reserve, 'PATCH', path, body, { 'If-Match': `"${version}"` });
    await trading.done(reserve, 'POST', `${other}/withdraw`);
    // Half of the first is contracted; what a contract has taken stays held until it is delivered.
    await trading.bid({ delivery: flat('100', '2027-Q1'), price: usd('130.00') });
    await trading.clear();
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: '400' });
    settling.now = '2027-04-01T12:00:00.000Z';
    await settling.settle();
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: '400' });
    settling.now = '2027-04-02T00:00:01.000Z';
    // Two computers settle while the owner withdraws: each kilogram is freed once.
    const raced = await Promise.all([
      settling.settle(),
      trading.call(reserve, 'POST', `${unsold}/withdraw`),
      settling.settle(),
    ]);
    expect(raced[1].status).toBe(200);
    await settling.settle();
    const { encumbered, available } = await positionIn(trading, id);
    expect(Number(encumbered)).toBeLessThanOrEqual(100);
    expect(Number(encumbered) + Number(available)).toBe(1000);
    await clean();
    // A change that leaves it over holds nothing; one that asks for a later quarter holds that, and a withdrawal frees it.
    const { version } = await read(sold);
    expect((await change(sold, { price: usd('99.00') }, version)).status).toBe(200);
    expect((await positionIn(trading, id)).encumbered).toBe(encumbered);
    await clean();
    const later = {
      schedule: [
        { quarter: '2027-Q1', quantity: kg('100') },
        { quarter: '2027-Q3', quantity: kg('50') },
      ],
    };
    expect((await change(sold, { delivery: later }, version + 1)).status).toBe(200);
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: String(Number(encumbered) + 50) });
    await clean();
    await settling.settle();
    expect(await positionIn(trading, id)).toMatchObject({ encumbered: String(Number(encumbered) + 50) });
    await trading.done(reserve, 'POST', `${sold}/withdraw`);
    expect((await positionIn(trading, id)).encumbered).toBe(encumbered);
    await clean();
  });

  it('clears with its origin and certificates, is delivered out of the lot, and frees what was not taken', async () => {
    await trading.done(ada, 'PUT', '/v1/schemes/irma', {
      ...{
        name: 'IRMA',
        levels: ['50', '75'],
        stages: ['refining'],
        minerals: ['*'],
        assurance: 'third-party',
      },
    });
    const certificate = await trading.done(mine, 'POST', `/v1/sites/${trading.site}/certificates`, {
      ...{ scheme: 'irma', level: '75', validFrom: '2025-01-01', validTo: '2026-12-31', reference: 'A-1' },
    });
    await trading.done(ada, 'POST', `/v1/certificates/${certificate.body.id}/verify`);
    const id = await activeStockpile(trading);
    const material = { site: trading.site, certificates: [certificate.body.id] };
    const lot = await openedLot(trading, id, material);
    const bare = await openedLot(trading, id, { site: trading.site });
    // Its certificate has ended by the quarter of delivery, and yet shows how it was made; the other lot has none.
    const offer = await offerOf(lot, { delivery: flat('100') });
    await offerOf(bare, { price: usd('80.00'), delivery: flat('100') });
    await trading.done(buyer, 'POST', '/v1/bids', {
      ...{ product: 'ndpr-oxide', destination: 'DE', price: usd('130.00'), delivery: flat('60') },
      requires: [{ scheme: 'irma', level: '75' }],
    });
    // A preview reads lots as it reads sites.
    const preview = await trading.done(ada, 'POST', '/v1/clearings/preview', { product: 'ndpr-oxide' });
    expect(preview.body['current']).toMatchObject({ contracts: 1 });
    const clearing = await trading.clear();
    const settling = new Settling(trading);
    const [contract] = await settling.contracts();
    expect(contract).toMatchObject({
      ...{ offer: offer.body.id, stockLot: lot, origin: 'AU', seller: 'reserve-jp' },
      certificates: [{ id: certificate.body.id }],
    });
    expect(contract).not.toHaveProperty('site');
    expect(await read(`/v1/clearings/${clearing}`, ada)).toMatchObject({ status: 'completed', contracts: 1 });
    expect(await read(`/v1/offers/${offer.body.id}/explanation`)).toMatchObject({
      quarters: [{ quarter: '2027-Q1', awarded: kg('60'), remaining: kg('40') }],
    });
    const proof = await trading.call(ada, 'GET', `/v1/clearings/${clearing}/proof/document`);
    expect(verify(proof.body).failures).toEqual([]);
    settling.now = '2027-02-01T12:00:00.000Z';
    await settling.deliver(contract!.id, 'D1', '2027-Q1', '40.5');
    // Two workers at once book it once.
    await Promise.all([settling.settle(), settling.settle()]);
    expect(await read(`/v1/stock-lots/${lot}`)).toMatchObject({
      quantity: kg('959.5'),
      // The 40 kg that nobody bought are free: their quarter has begun.
      encumbrances: [{ by: offer.body.id, quantity: kg('19.5') }],
    });
    await settling.correct(contract!.id, 'D1', '40');
    await settling.settle();
    expect(await read(`/v1/stock-lots/${lot}`)).toMatchObject({ quantity: kg('960') });
    // The quarter is over and settled: the 19.5 kg (less what the correction freed) that nobody took are free again.
    settling.now = '2027-07-15T12:00:00.000Z';
    await settling.settle();
    expect(await read(`/v1/stock-lots/${lot}`)).toMatchObject({ quantity: kg('960'), encumbrances: [] });
    await trading.done(ada, 'POST', `/v1/certificates/${certificate.body.id}/revoke`, { reason: 'fraud' });
    // What was fraud when the lot was made is no certificate any more.
    const late = { delivery: flat('1', '2027-Q4') };
    await offerOf(lot, { ...late, price: usd('80.00') });
    const wanted = { ...late, destination: 'DE', price: usd('130.00'), product: 'ndpr-oxide' };
    const strict = await trading.done(buyer, 'POST', '/v1/bids', {
      ...wanted,
      requires: [{ scheme: 'irma' }],
    });
    await trading.done(buyer, 'POST', '/v1/bids', wanted);
    await trading.clear();
    expect(await settling.contracts()).toHaveLength(2);
    expect(await read(`/v1/bids/${strict.body.id}`, buyer)).toMatchObject({ status: 'open' });
    await clean();
  });
});

const eventsIn = async (table: Parameters<typeof Warning.itemsOf>[0]) =>
  (await Warning.itemsOf(table)).flatMap((item) => domainEventOf(item) ?? []);

describe('what is bought for a stockpile', () => {
  const bidFor = (stockpile: string, changes: object = {}) =>
    trading.call(reserve, 'POST', '/v1/bids', {
      ...{ product: 'ndpr-oxide', destination: 'JP', price: usd('130.00'), delivery: flat('100'), stockpile },
      ...changes,
    });
  const at = { country: 'JP', place: 'Yokohama' };

  it('is delivered into its zone, whose floors hold for the state too', async () => {
    const id = await activeStockpile(trading);
    expect(await bidFor(id, { destination: 'CH' })).toMatchObject({
      status: 422,
      body: { code: 'outside_zone', errors: [{ pointer: '/destination' }] },
    });
  });

  it('is in transit from its contract on, and lies there once it is received, once', async () => {
    const id = await activeStockpile(trading);
    expect(await bidFor(id)).toMatchObject({ status: 201, body: { stockpile: id } });
    await trading.offer({ purity: '99.9' });
    await trading.clear();
    const settling = new Settling(trading);
    await settling.settle();
    const [contract] = await settling.contracts();
    expect(await positionIn(trading, id)).toMatchObject({
      physical: '0',
      inTransit: '100',
      available: '100',
    });
    settling.now = '2027-02-01T12:00:00.000Z';
    await settling.deliver(contract!.id, 'D1', '2027-Q1', '60.25');
    const receipt = {
      ...{ contract: contract!.id, delivery: `dlv_${'D1'.padStart(26, '0')}`, location: at },
    };
    const lots = `/v1/stockpiles/${id}/lots`;
    const elsewhere = await activeStockpile(trading, { name: 'Second' });
    expect(await code(reserve, `/v1/stockpiles/${elsewhere}/lots`, receipt)).toBe('invalid_state');
    expect((await post(rival, lots, receipt)).status).toBe(404);
    const received = await post(reserve, lots, receipt);
    expect(received).toMatchObject({
      status: 201,
      body: { quantity: kg('60.25'), purity: '99.9', origin: 'AU', site: trading.site, status: 'held' },
    });
    expect(await code(reserve, lots, receipt)).toBe('invalid_state');
    expect(await positionIn(trading, id)).toMatchObject({ physical: '60.25', inTransit: '39.75' });
    await settling.correct(contract!.id, 'D1', '60');
    await settling.settle();
    expect(await positionIn(trading, id)).toMatchObject({
      physical: '60',
      inTransit: '40',
      available: '100',
    });
    expect(await read(`/v1/stock-lots/${received.body.id}`)).toMatchObject({ quantity: kg('60') });
    // What did not come by the end of the quarter comes no more.
    settling.now = '2027-07-15T12:00:00.000Z';
    await settling.settle();
    expect(await positionIn(trading, id)).toMatchObject({ physical: '60', inTransit: '0' });
    expect((await read(`/v1/stockpiles/${id}/movements?limit=100`)).items.map(({ kind }) => kind)).toEqual([
      ...['PURCHASE', 'RECEIPT', 'CORRECTION', 'CORRECTION', 'CORRECTION'],
    ]);
    await clean();
  });

  it('is booked when its events are followed, before anybody settles; two followers and a settlement book it once', async () => {
    const id = await activeStockpile(trading);
    const follow = async () => {
      const { table } = trading.api.dependencies;
      const follower = { ...trading.api.dependencies, table: tableAs('stream', table) };
      await followEvents(follower, await eventsIn(table));
    };
    await bidFor(id);
    await trading.offer();
    await trading.clear();
    await Promise.all([follow(), follow(), new Settling(trading).settle()]);
    expect(await positionIn(trading, id)).toMatchObject({ inTransit: '100', available: '100' });
    const { items } = await read(`/v1/stockpiles/${id}/movements`);
    expect(items.map(({ kind }) => kind)).toEqual(['PURCHASE']);
    const settling = new Settling(trading);
    const [contract] = await settling.contracts();
    settling.now = '2027-02-01T12:00:00.000Z';
    await trading.done(ada, 'POST', `/v1/contracts/${contract!.id}/suspend`, { reason: 'sanctions' });
    await follow();
    expect(await positionIn(trading, id)).toMatchObject({ inTransit: '0' });
    await clean();
  });

  it('goes with a correction of its delivery, wherever it has been put; what is gone is stated', async () => {
    const id = await activeStockpile(trading);
    await bidFor(id);
    await trading.offer();
    await trading.clear();
    const settling = new Settling(trading);
    await settling.settle();
    const [contract] = await settling.contracts();
    settling.now = '2027-02-01T12:00:00.000Z';
    await settling.deliver(contract!.id, 'D1', '2027-Q1', '60');
    const received = await trading.done(reserve, 'POST', `/v1/stockpiles/${id}/lots`, {
      ...{ contract: contract!.id, delivery: `dlv_${'D1'.padStart(26, '0')}`, location: at },
    });
    const lot = `/v1/stock-lots/${received.body.id}`;
    const cut = await trading.done(reserve, 'POST', `${lot}/split`, { quantities: [kg('20'), kg('40')] });
    const [sold, left] = (cut.body['parts'] as { id: string }[]).map((part) => part.id);
    await trading.done(reserve, 'POST', '/v1/offers', {
      ...{ product: 'ndpr-oxide', stockLot: sold, price: usd('90.00'), delivery: flat('20', '2027-Q4') },
    });
    const joined = await openedLot(trading, id, { quantity: kg('5'), site: trading.site, purity: undefined });
    const merged = await trading.done(reserve, 'POST', '/v1/stock-lots/merge', { lots: [joined, left] });
    // The opening was seen by an administrator, what was delivered was not: nor is both together.
    expect(merged.body).toMatchObject({ quantity: kg('45'), verified: false });
    await settling.correct(contract!.id, 'D1', '58');
    await settling.settle();
    expect(await read(`/v1/stock-lots/${merged.body.id}`)).toMatchObject({ quantity: kg('43') });
    expect(await read(lot)).toMatchObject({ status: 'closed', source: { quantity: kg('58') } });
    expect(await positionIn(trading, id)).toMatchObject({ physical: '63', inTransit: '42' });
    // Only 43 kg are left that nobody has a claim on.
    await settling.correct(contract!.id, 'D1', '10');
    await settling.settle();
    expect(await read(`/v1/stock-lots/${merged.body.id}`)).toMatchObject({ status: 'closed' });
    expect(await read(lot)).toMatchObject({ source: { quantity: kg('15') }, shortfall: kg('5') });
    await settling.correct(contract!.id, 'D1', '16');
    await settling.settle();
    expect(await read(lot)).toMatchObject({ quantity: kg('1'), source: { quantity: kg('16') } });
    expect(await read(lot)).not.toHaveProperty('shortfall');
    await clean();
  });

  it('is bought no faster than its pace, open, contracted and racing bids together', async () => {
    // A quarter of 36,500 kg at half the pace: 4,562 kg.
    const id = await activeStockpile(trading, { products: [ndpr({ paceShare: '0.5' })] });
    const most = (amount: string, more: object = {}) =>
      bidFor(id, { delivery: flat(amount, '2027-Q1', '2027-Q2'), ...more });
    expect(await most('4563')).toMatchObject({ status: 422, body: { code: 'pace_exceeded' } });
    const first = await most('4000', { validUntil: '2026-12-01T00:00:00.000Z' });
    expect(first.status).toBe(201);
    const racing = await Promise.all([most('400'), most('400')]);
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 422]);
    const path = `/v1/bids/${first.body.id}`;
    const change = (amount: string, version: number) =>
      trading.call(reserve, 'PATCH', path, { delivery: flat(amount) }, { 'If-Match': `"${version}"` });
    expect(await change('4163', 1)).toMatchObject({ body: { code: 'pace_exceeded' } });
    expect((await change('4162', 1)).status).toBe(200);
    expect((await most('1')).body.code).toBe('pace_exceeded');
    // A bid that has expired buys nothing more.
    trading.api.time.now = '2026-12-01T00:00:00.000Z';
    expect((await bidFor(id, { delivery: flat('4162') })).status).toBe(201);
    await clean();
  });

  it('names an active stockpile of the caller that holds the product', async () => {
    const id = await activeStockpile(trading);
    const { id: proposed } = (await trading.done(reserve, 'POST', '/v1/stockpiles', stockpileBody())).body;
    for (const [who, stockpile] of [
      [rival, id],
      [reserve, proposed],
      [buyer, id],
      [reserve, `stp_${'0'.repeat(26)}`],
    ] as const)
      expect(
        await trading.call(who, 'POST', '/v1/bids', {
          ...{
            product: 'ndpr-oxide',
            destination: 'JP',
            price: usd('130.00'),
            delivery: flat('100'),
            stockpile,
          },
        }),
      ).toMatchObject({ status: 422, body: { errors: [{ pointer: '/stockpile' }] } });
  });
});
