import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../shared/reference/caller.ts';
import { assign } from '../../../shared/store/table/assign.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import type { Answer } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, mine, otherMine, stockpile } from '../../support/market-api.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const runner = caller('agency-eu', 'buyer');
const motors = caller('motors-jp', 'buyer');
const turbines = caller('turbines-de', 'buyer');
const stranger = caller('stranger-us', 'buyer');
const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });

const terms = { product: 'ndpr-oxide', zone: 'partners', price: usd('130.00') };
const opened = async (changes: object = {}): Promise<string> =>
  (await market.done(runner, 'POST', '/v1/pools', { ...terms, ...changes })).body.id;
const part = (amount: string, changes: object = {}) => ({
  destination: 'DE',
  delivery: flat(amount),
  ...changes,
});
const join = (pool: string, who: Caller, amount = '100', changes: object = {}): Promise<Answer> =>
  market.call(who, 'POST', `/v1/pools/${pool}/members`, part(amount, changes));
const joined = async (pool: string, who: Caller, amount = '100', changes: object = {}): Promise<string> => {
  const answer = await join(pool, who, amount, changes);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
};
const bidOf = async (pool: string): Promise<Answer['body']> => {
  const { bid } = (await market.done(ada, 'GET', `/v1/pools/${pool}`)).body;
  return (await market.done(ada, 'GET', `/v1/bids/${String(bid)}`)).body;
};
const read = (who: Caller, pool: string, rest = ''): Promise<Answer> =>
  market.call(who, 'GET', `/v1/pools/${pool}${rest}`);

describe('opening a pool', () => {
  it('answers with its terms, nobody in it, and a bid that asks for nothing', async () => {
    const answer = await market.call(runner, 'POST', '/v1/pools', {
      ...terms,
      name: 'Magnet makers',
      destinations: ['DE', 'JP'],
      excludedOrigins: ['XX'],
      maxOriginShare: '0.65',
      minimumPurity: '99',
      minimumLot: kg('5'),
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ ...terms, status: 'open', runner: 'agency-eu', visibility: 'sealed', memberCount: 0 },
      ...{ membership: null, closedAt: null, destinations: ['DE', 'JP'], minimumLot: kg('5') },
    });
    expect(answer.headers.get('location')).toBe(`/v1/pools/${answer.body.id}`);
    expect((await read(runner, answer.body.id)).body).toEqual(answer.body);
    expect(await bidOf(answer.body.id)).toMatchObject({
      ...{ status: 'open', pool: answer.body.id, zone: 'partners', buyer: 'agency-eu' },
      ...{ delivery: { schedule: [] }, remaining: [] },
    });
  });

  it.each([
    ['an unknown product', { product: 'unobtainium' }, 'unknown_reference', '/product'],
    ['an unknown zone', { zone: 'nowhere' }, 'unknown_reference', '/zone'],
    ['a country outside the zone', { destinations: ['DE', 'FR'] }, 'outside_zone', '/destinations/1'],
    ['a price off the tick', { price: usd('130.001') }, 'off_tick', '/price/amount'],
    ['an unknown scheme', { requires: [{ scheme: 'irma' }] }, 'unknown_reference', '/requires/0/scheme'],
    [
      'an end to joining in the past',
      { joinUntil: '2026-01-01T00:00:00.000Z' },
      'invalid_request',
      '/joinUntil',
    ],
    ['quantities of its own', { delivery: flat('10') }, 'invalid_request', '/delivery'],
    ['a destination of its own', { destination: 'DE' }, 'invalid_request', '/destination'],
  ])('is refused over %s', async (_, changes, code, pointer) => {
    expect(await market.call(runner, 'POST', '/v1/pools', { ...terms, ...changes })).toMatchObject({
      status: 422,
      body: { code, errors: [{ pointer }] },
    });
  });

  it('is for buyers: sellers and administrators may not', async () => {
    for (const who of [mine, ada, auditor])
      expect((await market.call(who, 'POST', '/v1/pools', terms)).status).toBe(403);
    expect((await market.call(stockpile, 'POST', '/v1/pools', terms)).status).toBe(201);
  });
});

describe('joining', () => {
  it('adds to what the pool asks for, and answers with all that was posted', async () => {
    const pool = await opened();
    const answer = await join(pool, buyer, '100', { minimum: kg('20') });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...part('100', { minimum: kg('20') }),
        ...{ pool, organisation: 'magnets-de', status: 'joined', version: 1 },
        remaining: [{ quarter: '2027-Q1', quantity: kg('100') }],
        contracted: [{ quarter: '2027-Q1', quantity: kg('0') }],
      },
    });
    const path = `/v1/pools/${pool}/members/${answer.body.id}`;
    expect(answer.headers.get('location')).toBe(path);
    expect((await market.call(buyer, 'GET', path)).body).toEqual(answer.body);
    await joined(pool, motors, '50', { destination: 'JP', delivery: flat('50', '2027-Q1', '2027-Q2') });
    expect((await bidOf(pool)).remaining).toEqual([
      { quarter: '2027-Q1', quantity: kg('150') },
      { quarter: '2027-Q2', quantity: kg('50') },
    ]);
  });

  it('converts other units, down to the lot', async () => {
    const pool = await opened();
    const delivery = { ...flat('1'), quantityPerQuarter: { amount: '1001', unit: 'lb' } };
    expect((await join(pool, buyer, '1', { delivery })).body).toMatchObject({ delivery: flat('454') });
  });

  it('twice is refused, and so is what no pool could keep', async () => {
    const pool = await opened({ destinations: ['DE', 'JP'] });
    await joined(pool, buyer);
    expect(await join(pool, buyer)).toMatchObject({ status: 409, body: { code: 'already_member' } });
    const wrong: [object, string, string][] = [
      [{ destination: 'CL' }, 'outside_zone', '/destination'],
      [{ destination: 'US' }, 'outside_zone', '/destination'],
      [{ minimum: kg('101') }, 'invalid_request', '/minimum'],
      [{ minimum: kg('0.5') }, 'off_lot', '/minimum/amount'],
      [{ delivery: flat('0.5') }, 'off_lot', '/delivery/quantityPerQuarter/amount'],
      [{ delivery: flat('10', '2026-Q1') }, 'quarter_begun', '/delivery/from'],
    ];
    for (const [changes, code, pointer] of wrong)
      expect(await join(pool, motors, '100', changes)).toMatchObject({
        status: 422,
        body: { code, errors: [{ pointer }] },
      });
  });

  it('ends when the runner closes the pool, or at its time', async () => {
    const pool = await opened();
    await market.done(runner, 'POST', `/v1/pools/${pool}/close`);
    expect(await join(pool, buyer)).toMatchObject({ status: 409, body: { code: 'pool_closed' } });
    const timed = await opened({ joinUntil: '2026-11-23T00:00:00.000Z' });
    await joined(timed, buyer);
    market.pass(24 * 3_600_000);
    expect(await join(timed, motors)).toMatchObject({ status: 409, body: { code: 'pool_closed' } });
    expect((await read(buyer, timed)).body).toMatchObject({ status: 'closed', closedAt: null });
  });

  it('is bounded; who has left with nothing makes room', async () => {
    const pool = await opened();
    const members = Array.from({ length: 50 }, (_, index) => caller(`buyer-${index}`, 'buyer'));
    const ids: string[] = [];
    for (const who of members) ids.push(await joined(pool, who, '1'));
    expect(await join(pool, buyer)).toMatchObject({ status: 409, body: { code: 'pool_full' } });
    await market.done(members[7], 'POST', `/v1/pools/${pool}/members/${ids[7]!}/leave`);
    await joined(pool, buyer, '10');
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg('59') }]);
    const first = await read(ada, pool, '/members?limit=30');
    expect(first.body.items).toHaveLength(30);
    const second = await read(ada, pool, `/members?limit=30&cursor=${first.body.next!}`);
    expect(second.body.items).toHaveLength(20);
    expect(second.body.next).toBeNull();
    expect(new Set([...first.body.items, ...second.body.items].map(({ id }) => id)).size).toBe(50);
  });

  it('of many at once counts every one of them', async () => {
    const pool = await opened();
    const members = Array.from({ length: 6 }, (_, index) => caller(`buyer-${index}`, 'buyer'));
    const answers = await Promise.all(members.map((who, index) => join(pool, who, String(10 + index))));
    const statuses = answers.map(({ status, body }) => (status === 201 ? 201 : body.code));
    const amount = answers.reduce((sum, { status }, index) => sum + (status === 201 ? 10 + index : 0), 0);
    // Whoever lost the race ten times over is told so and is not in; nobody is in without being told.
    expect(statuses.every((status) => status === 201 || status === 'concurrent_change')).toBe(true);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(5);
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg(String(amount)) }]);
    expect((await read(ada, pool)).body['memberCount']).toBe(
      statuses.filter((status) => status === 201).length,
    );
  });

  it('under one Idempotency-Key joins once', async () => {
    const pool = await opened();
    const path = `/v1/pools/${pool}/members`;
    const key = { 'Idempotency-Key': 'join-1' };
    const once = await market.call(buyer, 'POST', path, part('100'), key);
    const again = await market.call(buyer, 'POST', path, part('100'), key);
    expect(again.body).toEqual(once.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg('100') }]);
  });
});

describe('changing a part and leaving', () => {
  it('moves the sum with it', async () => {
    const pool = await opened();
    const id = await joined(pool, buyer, '100', { minimum: kg('20') });
    await joined(pool, motors, '50');
    const path = `/v1/pools/${pool}/members/${id}`;
    const changed = await market.call(
      buyer,
      'PATCH',
      path,
      { delivery: flat('70', '2027-Q1', '2027-Q2'), minimum: null },
      ifMatch(1),
    );
    expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
    expect(changed.body).not.toHaveProperty('minimum');
    expect((await bidOf(pool)).remaining).toEqual([
      { quarter: '2027-Q1', quantity: kg('120') },
      { quarter: '2027-Q2', quantity: kg('70') },
    ]);
    const left = await market.done(buyer, 'POST', `${path}/leave`);
    expect(left.body).toMatchObject({ status: 'left', remaining: [], version: 3 });
    expect((await market.done(buyer, 'POST', `${path}/leave`)).body).toEqual(left.body);
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg('50') }]);
    // And back, under the old id.
    expect(await joined(pool, buyer, '5')).toBe(id);
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg('55') }]);
  });

  it('asks for the version that was read', async () => {
    const pool = await opened();
    const path = `/v1/pools/${pool}/members/${await joined(pool, buyer)}`;
    expect((await market.call(buyer, 'PATCH', path, { delivery: flat('7') })).status).toBe(428);
    expect((await market.call(buyer, 'PATCH', path, { delivery: flat('7') }, ifMatch(2))).status).toBe(412);
    // Others' joining leaves it as it was.
    await joined(pool, motors);
    expect((await market.call(buyer, 'PATCH', path, { delivery: flat('7') }, ifMatch(1))).status).toBe(200);
    expect((await market.call(buyer, 'PATCH', path, {}, ifMatch(2))).status).toBe(422);
    expect((await market.call(buyer, 'PATCH', path, { destination: 'JP' }, ifMatch(2))).status).toBe(422);
    expect((await market.call(buyer, 'PATCH', path, { minimum: kg('8') }, ifMatch(2))).body.code).toBe(
      'invalid_request',
    );
  });

  it('is nobody else’s to do', async () => {
    const pool = await opened();
    const path = `/v1/pools/${pool}/members/${await joined(pool, buyer)}`;
    await joined(pool, motors);
    for (const who of [runner, motors, stranger]) {
      expect((await market.call(who, 'PATCH', path, { delivery: flat('7') }, ifMatch(1))).status).toBe(404);
      expect((await market.call(who, 'POST', `${path}/leave`)).status).toBe(404);
    }
    expect((await market.call(ada, 'POST', `${path}/leave`)).status).toBe(403);
  });
});

describe('while a clearing holds the pool’s bid', () => {
  it('nobody joins, changes or leaves, and the runner cannot close or withdraw', async () => {
    const pool = await opened();
    const id = await joined(pool, buyer);
    const { table } = market.api.dependencies;
    await table.update(
      keys.marketControl('ndpr-oxide'),
      assign({
        ...{ product: 'ndpr-oxide', fence: 1, holder: 'w', leaseUntil: '2026-11-22T13:00:00.000Z' },
        ...{ run: 1, ended: 0, phase: 'locking', clearing: `clr_${'0'.repeat(26)}`, salt: 's', takes: 1 },
        gateClosure: market.api.time.now,
      }),
      [],
    );
    const path = `/v1/pools/${pool}/members/${id}`;
    const refusals = [
      await join(pool, motors),
      await market.call(buyer, 'PATCH', path, { delivery: flat('7') }, ifMatch(1)),
      await market.call(buyer, 'POST', `${path}/leave`),
      await market.call(runner, 'POST', `/v1/pools/${pool}/close`),
      await market.call(runner, 'POST', `/v1/pools/${pool}/withdraw`),
    ];
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ status: 409, body: { code: 'clearing_in_progress' } });
  });

  it('a change that had read the market before meets the lock', async () => {
    const pool = await opened();
    await joined(pool, buyer);
    const { bid } = (await read(ada, pool)).body;
    // The lock of a run that has not ended, though the market does not say so yet to who reads it.
    await market.api.dependencies.table.update(keys.order(String(bid)), assign({ lock: 1 }), []);
    expect(await join(pool, motors)).toMatchObject({ status: 409, body: { code: 'concurrent_change' } });
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg('100') }]);
  });
});

describe('who reads what of a sealed pool', () => {
  it('a member its own part, the runner who is in it, strangers its terms, sellers nothing', async () => {
    const pool = await opened();
    const own = await joined(pool, buyer, '100');
    const other = await joined(pool, motors, '70', { destination: 'JP' });
    const asMember = (await read(buyer, pool)).body;
    expect(asMember).toMatchObject({ memberCount: 2, membership: { id: own, delivery: flat('100') } });
    expect(asMember).not.toHaveProperty('remaining');
    expect((await read(buyer, pool, '/members')).body.items.map(({ id }) => id)).toEqual([own]);
    expect((await read(buyer, pool, `/members/${other}`)).status).toBe(404);

    const list = (await read(runner, pool, '/members')).body.items;
    expect(list.map(({ id }) => id).sort()).toEqual([own, other].sort());
    for (const member of list) {
      for (const field of ['delivery', 'minimum', 'remaining', 'contracted', 'version'])
        expect(member).not.toHaveProperty(field);
    }
    expect((await read(runner, pool)).body).not.toHaveProperty('remaining');

    const asStranger = (await read(stranger, pool)).body;
    expect(asStranger).toMatchObject({ price: usd('130.00'), membership: null });
    for (const field of ['memberCount', 'remaining', 'contracted', 'demandAtClosing'])
      expect(asStranger).not.toHaveProperty(field);
    expect((await read(stranger, pool, '/members')).body.items).toEqual([]);

    for (const path of ['/v1/pools', `/v1/pools/${pool}`, `/v1/pools/${pool}/members`])
      for (const who of [mine, otherMine]) expect((await market.call(who, 'GET', path)).status).toBe(403);
    expect((await read(auditor, pool)).body).toMatchObject({
      remaining: [{ quarter: '2027-Q1', quantity: kg('170') }],
    });
    expect((await read(auditor, pool, '/members')).body.items).toHaveLength(2);
  });

  it('its bid is in nobody’s own list, and cannot be changed past the pool', async () => {
    const pool = await opened();
    await joined(pool, buyer);
    const { bid } = (await read(ada, pool)).body;
    for (const who of [runner, buyer]) {
      expect((await market.call(who, 'GET', '/v1/bids')).body.items).toEqual([]);
      const path = `/v1/bids/${String(bid)}`;
      expect((await market.call(who, 'GET', path)).status).toBe(404);
      expect((await market.call(who, 'PATCH', path, { price: usd('1.00') }, ifMatch(2))).status).toBe(404);
      expect((await market.call(who, 'POST', `${path}/withdraw`)).status).toBe(404);
      expect((await market.call(who, 'GET', `${path}/explanation`)).status).toBe(404);
    }
    const listed = await market.done(auditor, 'GET', '/v1/bids');
    expect(listed.body.items).toMatchObject([{ id: bid, pool }]);
  });

  it('the sums at closing are told only if nobody’s part follows for any member', async () => {
    const members = Array.from({ length: 5 }, (_, index) => caller(`buyer-${index}`, 'buyer'));
    const closedWith = async (amounts: readonly string[]) => {
      const pool = await opened();
      for (const [index, amount] of amounts.entries()) await joined(pool, members[index]!, amount);
      await market.done(runner, 'POST', `/v1/pools/${pool}/close`);
      expect((await read(stranger, pool)).body).not.toHaveProperty('demandAtClosing');
      expect((await read(runner, pool)).body['demandAtClosing']).toEqual(
        (await read(members[0]!, pool)).body['demandAtClosing'],
      );
      return (await read(members[0]!, pool)).body['demandAtClosing'];
    };
    const withheld = [{ quarter: '2027-Q1', quantity: null, withheld: true }];
    expect(await closedWith(['10', '20', '30'])).toEqual(withheld);
    expect(await closedWith(['10', '20', '30', '40'])).toEqual([
      { quarter: '2027-Q1', quantity: kg('100'), withheld: false },
    ]);
    // 80 of the 100 that are left for who takes its own 20 off.
    expect(await closedWith(['10', '10', '20', '80'])).toEqual(withheld);
    // Two of one group are one.
    for (const index of [0, 1])
      await market.done(ada, 'PUT', `/v1/organisations/buyer-${index}`, { name: 'B', group: 'one' });
    expect(await closedWith(['10', '20', '30', '40'])).toEqual(withheld);
  });
});

describe('who reads what of an open pool', () => {
  it('members and runner everything, others no more than of a sealed one', async () => {
    const pool = await opened({ visibility: 'open' });
    await joined(pool, buyer, '100');
    const other = await joined(pool, motors, '70');
    for (const who of [buyer, runner]) {
      expect((await read(who, pool)).body).toMatchObject({
        remaining: [{ quarter: '2027-Q1', quantity: kg('170') }],
      });
      expect((await read(who, pool, `/members/${other}`)).body).toMatchObject({ delivery: flat('70') });
    }
    expect((await read(stranger, pool)).body).not.toHaveProperty('remaining');
    expect((await read(stranger, pool, '/members')).body.items).toEqual([]);
  });
});

describe('a pool that names whom it invites', () => {
  it('exists for these, its runner, administrators and auditors alone', async () => {
    const pool = await opened({ invited: ['magnets-de'] });
    await joined(pool, buyer);
    for (const who of [buyer, runner, ada, auditor]) expect((await read(who, pool)).status).toBe(200);
    expect((await read(buyer, pool)).body).not.toHaveProperty('invited');
    expect((await read(runner, pool)).body['invited']).toEqual(['magnets-de']);
    expect((await read(stranger, pool)).status).toBe(404);
    expect((await join(pool, stranger)).status).toBe(404);
    expect((await market.call(stranger, 'POST', `/v1/pools/${pool}/close`)).status).toBe(404);
    expect((await market.call(stranger, 'GET', '/v1/pools')).body.items).toEqual([]);
    expect((await market.call(buyer, 'GET', '/v1/pools')).body.items).toMatchObject([{ id: pool }]);
  });
});

describe('listing pools', () => {
  it('goes by product and status, page by page', async () => {
    const ids = [await opened(), await opened(), await opened()].sort();
    await market.done(runner, 'POST', `/v1/pools/${ids[1]!}/withdraw`);
    const list = async (query: string) => (await market.call(buyer, 'GET', `/v1/pools?${query}`)).body;
    expect((await list('product=ndpr-oxide')).items.map(({ id }) => id)).toEqual(ids);
    expect((await list('product=cobalt')).items).toEqual([]);
    expect((await list('status=open')).items.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    const first = await list('limit=2');
    expect(first.items).toHaveLength(2);
    expect((await list(`limit=2&cursor=${first.next!}`)).items.map(({ id }) => id)).toEqual([ids[2]]);
  });
});

describe('closing and withdrawing', () => {
  it('are the runner’s alone, and doing them again changes nothing', async () => {
    const pool = await opened();
    await joined(pool, buyer);
    for (const act of ['close', 'withdraw']) {
      const path = `/v1/pools/${pool}/${act}`;
      expect((await market.call(buyer, 'POST', path)).status).toBe(403);
      const done = await market.done(runner, 'POST', path);
      expect((await market.done(runner, 'POST', path)).body).toEqual(done.body);
    }
    expect((await read(runner, pool)).body).toMatchObject({ status: 'withdrawn' });
    expect(await join(pool, motors)).toMatchObject({ status: 409, body: { code: 'order_closed' } });
    const { bid } = (await read(ada, pool)).body;
    const { table } = market.api.dependencies;
    expect(await table.get(keys.bookEntry('ndpr-oxide', String(bid)))).toBeUndefined();
  });
});

describe('a pool that clears', () => {
  it('contracts each member for its share; who leaves keeps what is contracted', async () => {
    const pool = await opened();
    const a = await joined(pool, buyer, '60');
    const b = await joined(pool, motors, '30', { destination: 'JP' });
    const c = await joined(pool, turbines, '10', { minimum: kg('8') });
    await market.offerOf('mine-1', 'AU', { delivery: flat('45') });
    const clearing = await market.clear();
    const { bid } = (await read(ada, pool)).body;

    const contracts = (await market.done(ada, 'GET', '/v1/contracts')).body.items;
    const seen = contracts.map(({ buyer: who, destination, member, bid: of, schedule }) => ({
      ...{ who, destination, member, of },
      kg: (schedule as { quantity: { amount: string } }[])[0]!.quantity.amount,
    }));
    expect(seen.sort((x, y) => (String(x.who) < String(y.who) ? -1 : 1))).toEqual([
      { who: 'magnets-de', destination: 'DE', member: a, of: bid, kg: '30' },
      { who: 'motors-jp', destination: 'JP', member: b, of: bid, kg: '15' },
    ]);
    for (const who of [buyer, motors])
      expect((await market.done(who, 'GET', '/v1/contracts?role=buyer')).body.items).toHaveLength(1);
    for (const who of [runner, turbines])
      expect((await market.done(who, 'GET', '/v1/contracts')).body.items).toEqual([]);

    const memberPath = (id: string) => `/v1/pools/${pool}/members/${id}`;
    expect((await market.done(buyer, 'GET', memberPath(a))).body).toMatchObject({
      remaining: [{ quantity: kg('30') }],
      contracted: [{ quantity: kg('30') }],
      version: 2,
    });
    expect((await bidOf(pool)).remaining).toEqual([{ quarter: '2027-Q1', quantity: kg('55') }]);

    // Below what is contracted nobody goes, and who leaves keeps it.
    const less = await market.call(motors, 'PATCH', memberPath(b), { delivery: flat('14') }, ifMatch(2));
    expect(less).toMatchObject({ status: 422, body: { code: 'below_contracted' } });
    const left = await market.done(motors, 'POST', `${memberPath(b)}/leave`);
    expect(left.body).toMatchObject({
      remaining: [{ quarter: '2027-Q1', quantity: kg('0') }],
      contracted: [{ quarter: '2027-Q1', quantity: kg('15') }],
    });
    expect(await bidOf(pool)).toMatchObject({
      remaining: [{ quarter: '2027-Q1', quantity: kg('40') }],
      contracted: [{ quarter: '2027-Q1', quantity: kg('45') }],
    });

    // The next clearing shares by what each still asks for: 30 and 10 of 40.
    await market.offerOf('mine-2', 'AU', { delivery: flat('40') });
    await market.clear();
    expect((await read(buyer, pool)).body).toMatchObject({
      status: 'filled',
      membership: { remaining: [{ quantity: kg('0') }] },
    });
    expect((await market.done(turbines, 'GET', memberPath(c))).body).toMatchObject({
      contracted: [{ quantity: kg('10') }],
    });
    expect((await market.done(runner, 'GET', `/v1/pools?status=filled`)).body.items).toHaveLength(1);

    const explained = await market.done(turbines, 'GET', `${memberPath(c)}/explanation?clearing=${clearing}`);
    expect(explained.body).toMatchObject({
      order: c,
      clearing,
      quarters: [{ requested: kg('10'), awarded: kg('0'), binding: [{ code: 'minimum_lot' }] }],
    });
    expect(JSON.stringify(explained.body)).not.toMatch(/\bJP\b/);
    for (const who of [runner, buyer, stranger])
      expect((await market.call(who, 'GET', `${memberPath(c)}/explanation`)).status).toBe(404);
    expect((await market.call(mine, 'GET', `${memberPath(c)}/explanation`)).status).toBe(403);
    expect((await market.call(auditor, 'GET', `${memberPath(c)}/explanation`)).status).toBe(200);
  });
});
