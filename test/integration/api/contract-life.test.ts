import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../infra/verify/contract-chain.ts';
import { instantOf } from '../../../shared/kernel/time.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import type { Answer } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer, mine, otherMine } from '../../support/market-api.ts';
import { ruleBody, schemeBody } from '../../support/reference.ts';
import { kg, Trading } from '../../support/trading.ts';
import { runVerify } from '../../support/verify-command.ts';

const engine = engineOfFile();
let market: Trading;
const folder = mkdtempSync(join(tmpdir(), 'chain-'));
beforeEach(async () => {
  market = await Trading.open(engine.client);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const outsider: Caller = caller('stranger', 'producer', 'buyer');
const q = '2027-Q1';

interface Certificates {
  readonly validTo?: string;
}

/** A contract for 100 kg in 2027-Q1, concluded under these standard terms, and its path. */
async function contract(terms: object | undefined, certified?: Certificates): Promise<string> {
  if (terms !== undefined) await market.done(ada, 'PUT', '/v1/products/ndpr-oxide/terms', terms);
  if (certified !== undefined) await certify(certified);
  expect((await market.offer()).status).toBe(201);
  expect((await market.bid()).status).toBe(201);
  await market.clear();
  const { items } = (await market.done(auditor, 'GET', '/v1/contracts?product=ndpr-oxide')).body;
  expect(items).toHaveLength(1);
  return `/v1/contracts/${items[0]!.id}`;
}
async function certify({ validTo = '2030-12-31' }: Certificates): Promise<string> {
  await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
  if ((await market.done(ada, 'GET', '/v1/standards')).body.items.length === 0)
    await market.done(ada, 'POST', '/v1/standards', ruleBody());
  const { id } = (
    await market.done(mine, 'POST', `/v1/sites/${market.site}/certificates`, {
      ...{ scheme: 'irma', level: '100', validFrom: '2026-01-01', validTo, reference: 'IRMA-1' },
    })
  ).body;
  await market.done(ada, 'POST', `/v1/certificates/${id}/verify`);
  return id;
}
const on = (day: string): void => {
  market.api.time.now = instantOf(Date.parse(day) + 12 * 3_600_000);
};
const post = (who: Caller, path: string, body?: unknown): Promise<Answer> =>
  market.call(who, 'POST', path, body);
const code = async (who: Caller, path: string, body?: unknown): Promise<unknown> => {
  const answer = await post(who, path, body);
  return answer.status < 300 ? answer.status : `${answer.status} ${answer.body.code}`;
};
const noticed = async (path: string, amount = '100', day = '2027-02-01'): Promise<string> => {
  const { body } = await market.done(mine, 'POST', `${path}/deliveries`, {
    ...{ quarter: q, quantity: kg(amount), shippedOn: day },
  });
  return `${path}/deliveries/${body.id}`;
};
const received = async (path: string, amount = '100', day = '2027-02-01'): Promise<string> => {
  const delivery = await noticed(path, amount, day);
  await market.done(buyer, 'POST', `${delivery}/receipt`, { receivedOn: day, quantity: kg(amount) });
  return delivery;
};
const progress = async (path: string) => (await market.done(buyer, 'GET', `${path}/progress`)).body;

const assay = {
  umpire: 'A laboratory',
  elements: [{ element: 'ndpr', splittingLimit: '0.10', rejectBelow: '98.5' }],
};
const values = (value: string) => ({ values: [{ element: 'ndpr', value }] });

describe('a contract', () => {
  it('goes from conclusion to acceptance; each side sees what is its own to see', async () => {
    const path = await contract({
      ...{ assay, takeOrPay: { share: '0.9', makeUpYears: 2 } },
      conditionsPrecedent: [{ id: 'permit', side: 'seller', description: 'Export permit', longstopDays: 90 }],
    });
    const before = (await market.done(buyer, 'GET', path)).body;
    expect(before).toMatchObject({ status: 'concluded', standardTerms: 1 });
    on('2027-02-01');
    expect(
      await code(mine, `${path}/deliveries`, { quarter: q, quantity: kg('1'), shippedOn: '2027-02-01' }),
    ).toBe('409 conditions_open');
    expect(await code(buyer, `${path}/conditions/permit/meet`, { evidence: 'seen' })).toBe('403 forbidden');
    expect(await code(mine, `${path}/conditions/permit/meet`, { evidence: 'No. 17' })).toBe(200);
    expect((await market.done(mine, 'GET', path)).body['status']).toBe('active');

    const delivery = await received(path, '99.5');
    expect(await code(buyer, `${delivery}/accept`)).toBe('409 assay_open');
    await market.done(mine, 'POST', `${delivery}/assays`, values('99.20'));
    const seen = async (who: Caller) => (await market.done(who, 'GET', delivery)).body['assays'];
    expect(await seen(mine)).toMatchObject({ seller: values('99.20').values, reported: ['seller'] });
    expect(await seen(buyer)).toEqual({ reported: ['seller'], disputed: [] });
    // Neither by the contract's events nor by its chain.
    for (const at of [path, `${path}/chain`])
      expect(JSON.stringify((await market.done(buyer, 'GET', at)).body)).not.toContain('99.20');
    await market.done(buyer, 'POST', `${delivery}/assays`, values('98.90'));
    expect(await seen(buyer)).toMatchObject({ seller: values('99.20').values, disputed: ['ndpr'] });
    expect(await code(buyer, `${delivery}/reject`, { reason: 'Too poor' })).toBe('409 assay_open');
    expect(await code(mine, `${delivery}/umpire`, values('99.00'))).toBe('403 forbidden');
    expect(await code(ada, `${delivery}/umpire`, values('99.00'))).toBe(200);
    const accepted = (await post(buyer, `${delivery}/accept`)).body;
    expect(accepted).toMatchObject({
      ...{ status: 'accepted', finalQuantity: kg('99.5') },
      assays: { settled: values('99.00').values },
    });
    expect((await progress(path))['quarters']).toMatchObject([
      { quarter: q, contracted: kg('100'), accepted: kg('99.5'), open: kg('0.5'), shortfall: kg('0') },
    ]);
    const list = (await market.done(auditor, 'GET', `${path}/deliveries?limit=1`)).body;
    expect([list.items.length, list.next]).toEqual([1, null]);
    const active = (await market.done(auditor, 'GET', '/v1/contracts?status=active')).body.items;
    expect(active.map(({ id }) => `/v1/contracts/${id}`)).toEqual([path]);
    expect((await market.done(auditor, 'GET', '/v1/contracts?status=concluded')).body.items).toEqual([]);
  });

  it('does not exist for others, and is acted on by its sides alone', async () => {
    const path = await contract(undefined);
    on('2027-02-01');
    const delivery = await noticed(path);
    for (const at of [path, `${path}/progress`, `${path}/chain`, `${path}/deliveries`, delivery])
      for (const who of [outsider, otherMine])
        expect((await market.call(who, 'GET', at)).status, at).toBe(404);
    for (const [at, body] of [
      [`${path}/deliveries`, { quarter: q, quantity: kg('1'), shippedOn: '2027-02-01' }],
      [`${delivery}/receipt`, { receivedOn: '2027-02-01', quantity: kg('1') }],
      [`${delivery}/accept`, undefined],
      [`${path}/declines`, { quarter: q, quantity: kg('1') }],
      [`${path}/force-majeure`, { quarter: q, quantity: kg('1'), reason: 'Strike' }],
      [`${path}/amendments`, { changes: [{ kind: 'termination' }], reason: 'Enough' }],
      [`${path}/terminate`, { reason: 'Enough' }],
    ] as const) {
      expect(await code(outsider, at, body), at).toBe('404 not_found');
      expect(await code(auditor, at, body), at).toBe('403 forbidden');
      expect(await code({ ...mine, roles: ['buyer'] }, at, body), at).toBe('403 forbidden');
    }
    expect(await code(mine, `${path}/suspend`, { reason: 'Inquiry' })).toBe('403 forbidden');
    expect(
      await code(mine, `${path}/deliveries/dlv_01JD0000000000000000000000/withdraw`, { reason: 'x' }),
    ).toBe('404 not_found');
  });

  it('blocks a delivery whose certificates have lapsed, until they are renewed', async () => {
    const path = await contract({ cureDays: 10 }, { validTo: '2027-01-31' });
    on('2027-02-01');
    const delivery = await received(path);
    const blocked = (await market.done(buyer, 'POST', `${delivery}/accept`)).body;
    const [relied] = (await market.done(buyer, 'GET', path)).body['certificates'] as { id: string }[];
    expect(blocked).toMatchObject({
      ...{ status: 'blocked', cureUntil: '2027-02-11', blockedBy: [relied!.id] },
    });
    expect((await market.done(buyer, 'GET', path)).body['status']).toBe('active');
    expect(await code(buyer, `${delivery}/reject`, { reason: 'Lapsed' })).toBe('409 cure_period_running');
    // One that is renewed has an id of its own; it counts as of the day of shipment.
    await certify({});
    expect((await market.done(buyer, 'POST', `${delivery}/accept`)).body['status']).toBe('accepted');
    const types = ((await market.done(buyer, 'GET', path)).body['events'] as { type: string }[]).map(
      ({ type }) => type,
    );
    expect(types.slice(-3)).toEqual(['delivery_blocked', 'delivery_cured', 'delivery_accepted']);
  });

  it('may be terminated once a certificate that it relies on is revoked', async () => {
    const path = await contract(undefined, {});
    on('2027-02-01');
    expect(await code(buyer, `${path}/terminate`, { reason: 'Fraud' })).toBe('409 no_ground');
    const [relied] = (await market.done(buyer, 'GET', path)).body['certificates'] as { id: string }[];
    await market.done(ada, 'POST', `/v1/certificates/${relied!.id}/revoke`, { reason: 'Fraud' });
    const delivery = await received(path);
    expect((await market.done(buyer, 'POST', `${delivery}/accept`)).body['status']).toBe('blocked');
    expect(await code(mine, `${path}/terminate`, { reason: 'Fraud' })).toBe('403 forbidden');
    expect((await post(buyer, `${path}/terminate`, { reason: 'Fraud' })).body['status']).toBe('terminated');
    expect(
      await code(mine, `${path}/deliveries`, { quarter: q, quantity: kg('1'), shippedOn: '2027-02-01' }),
    ).toBe('409 contract_ended');
  });

  it('is changed by both of its sides, suspended by one administrator and ended by another', async () => {
    const path = await contract(undefined);
    on('2027-01-10');
    const terms = { changes: [{ kind: 'quantity', quarter: q, quantity: kg('80') }], reason: 'Less use' };
    const { id } = (await market.done(buyer, 'POST', `${path}/amendments`, terms)).body;
    expect(await code(buyer, `${path}/amendments/${id}/accept`)).toBe('403 forbidden');
    expect((await post(mine, `${path}/amendments/${id}/accept`)).body['status']).toBe('accepted');
    expect((await progress(path))['quarters']).toMatchObject([{ contracted: kg('80') }]);
    const more = { changes: [{ kind: 'quantity', quarter: q, quantity: kg('120') }], reason: 'More use' };
    expect(await code(buyer, `${path}/amendments`, more)).toBe('422 not_amendable');
    expect(await code(ada, `${path}/suspend`, { reason: 'Sanctions' })).toBe(200);
    expect(await code(ada, `${path}/terminate`, { reason: 'Sanctions' })).toBe(
      '409 second_approval_required',
    );
    expect(await code(bob, `${path}/terminate`, { reason: 'Sanctions' })).toBe(200);
  });

  it('counts what is declined and excused', async () => {
    const path = await contract(undefined);
    on('2027-02-01');
    expect(await code(buyer, `${path}/declines`, { quarter: q, quantity: kg('30') })).toBe(200);
    const declared = await post(mine, `${path}/force-majeure`, {
      ...{ quarter: q, quantity: kg('20'), reason: 'Strike at the port' },
    });
    const [{ declaration }] = declared.body['forceMajeure'] as [{ declaration: string }];
    expect(await code(mine, `${path}/force-majeure/${declaration}/acknowledge`)).toBe('403 forbidden');
    expect(await code(ada, `${path}/force-majeure/${declaration}/acknowledge`)).toBe(200);
    expect((await progress(path))['quarters']).toMatchObject([
      { declined: kg('30'), forceMajeure: kg('20'), open: kg('50'), shortfall: kg('0') },
    ]);
    // What is excused is not the buyer's to decline.
    expect(await code(buyer, `${path}/declines`, { quarter: q, quantity: kg('51') })).toBe(
      '422 quantity_exceeded',
    );
    on('2027-04-01');
    expect((await progress(path))['quarters']).toMatchObject([{ open: kg('0'), shortfall: kg('50') }]);
  });

  it('of two acts at once one stands, and the other is judged on what it then finds', async () => {
    const path = await contract(undefined);
    on('2027-02-01');
    const body = { quarter: q, quantity: kg('60'), shippedOn: '2027-02-01' };
    const answers = await Promise.all([1, 2, 3].map(() => post(mine, `${path}/deliveries`, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
    const { events } = (await market.done(auditor, 'GET', path)).body as unknown as { events: unknown[] };
    expect(events).toHaveLength(3);
    const key = { 'Idempotency-Key': 'once' };
    const small = { ...body, quantity: kg('10') };
    const first = await market.call(mine, 'POST', `${path}/deliveries`, small, key);
    const again = await market.call(mine, 'POST', `${path}/deliveries`, small, key);
    expect([first.status, again.body.id]).toEqual([201, first.body.id]);
  });
});

describe('the chain of a contract', () => {
  it('is verified by each of its readers from what they see, and by the command', async () => {
    const path = await contract({ assay });
    on('2027-02-01');
    const delivery = await received(path);
    await market.done(mine, 'POST', `${delivery}/assays`, values('99.20'));
    const heads = new Set<unknown>();
    for (const [who, opened, assays] of [
      [auditor, ['intervals', 'pricing'], 1],
      [ada, ['intervals', 'pricing'], 1],
      [mine, ['pricing'], 1],
      [buyer, [], 0],
    ] as const) {
      const { body } = await market.done(who, 'GET', `${path}/chain`);
      expect(Object.keys(body['opened'] as object).sort()).toEqual([...opened]);
      const text = JSON.stringify(body);
      expect(text.includes('99.20')).toBe(assays === 1);
      expect(text.includes('"ask"')).toBe(opened.length > 0);
      const record = (await market.done(who, 'GET', path)).body;
      expect(verifyChain(body, { record, digest: body['head'] as string })).toMatchObject({
        ...{ verified: true, failures: [] },
      });
      heads.add(body['head']);
    }
    expect(heads.size).toBe(1);

    const { body } = await market.done(buyer, 'GET', `${path}/chain`);
    const file = join(folder, 'chain.json');
    writeFileSync(file, JSON.stringify(body));
    const told = await runVerify([file, '--digest', String(body['head'])]);
    expect([told.code, told.stdout.split('\n').at(-2)]).toEqual([0, 'Verified.']);
    const other = await runVerify([file, '--json', '--digest', '0'.repeat(64)]);
    expect([other.code, JSON.parse(other.stdout)]).toMatchObject([1, { failures: [{ pointer: '/head' }] }]);
    const events = body['events'] as { at: string }[];
    events[2]!.at = '2027-01-31T00:00:00.000Z';
    writeFileSync(file, JSON.stringify(body));
    const forged = await runVerify([file]);
    expect(forged.code).toBe(1);
    expect(forged.stdout).toContain('✗ /events/2/hash: should be');
  });

  it('shows what was changed in the table behind the marketplace’s back', async () => {
    const path = await contract(undefined);
    on('2027-02-01');
    await noticed(path, '40');
    const { table } = market.api.dependencies;
    const key = keys.contractEvent(path.slice('/v1/contracts/'.length), 3);
    const item = (await table.get(key))!;
    const text = JSON.stringify(item['body']).replaceAll('"40"', '"90"');
    await table.put({ ...item, ...key, body: JSON.parse(text) as never }, []);
    const { body } = await market.done(auditor, 'GET', `${path}/chain`);
    expect(verifyChain(body).failures.map(({ pointer }) => pointer)).toEqual(['/events/2/hash']);
  });

  it('lets nobody without the secret try out what is sealed', async () => {
    const path = await contract(undefined, undefined);
    const { body } = await market.done(buyer, 'GET', `${path}/chain`);
    expect(Object.keys(body['sealed'] as object)).toEqual(['pricing', 'intervals']);
    expect(JSON.stringify(body)).not.toContain('salt');
  });
});
