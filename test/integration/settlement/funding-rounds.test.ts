import { describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import type { Check } from '../../../infra/audit/finding.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { Crash, crashAt, meddleWith } from '../../support/faults.ts';
import { money, Programme } from '../../support/funding.ts';
import { ada, bob, mine } from '../../support/market-api.ts';
import { clientFor } from '../../support/table.ts';
import { kg, Trading } from '../../support/trading.ts';

const engine = engineOfFile();
const opened = () => Trading.open(clientFor(engine.endpoint));

const firstDue = '2027-05-16T12:00:00.000Z';
const secondDue = '2027-08-20T12:00:00.000Z';

describe('a budget that was cut below what sites may claim', () => {
  it('is shared in proportion, carries over the rest, and pays the oldest first when it is raised', async () => {
    const programme = await Programme.open(await opened());
    const { at } = programme;
    await programme.budgetOf('50000.00');
    expect(await programme.budget()).toMatchObject({
      ...{ budget: money('50000.00'), reserved: money('200000.00'), contracts: money('0.00') },
      left: money('-150000.00'),
    });
    // A pot of 5,000,000 cents; claims of 32.00 × 1000 kg and 32.00 × 875 kg.
    await programme.quarter('2027-Q1', '78.00', '1000', '875');
    at.now = firstDue;
    expect((await at.settle()).rounds).toEqual([{ programme: programme.id, round: 1 }]);
    expect(await programme.standing()).toEqual([[['26666.67', '5333.33']], [['23333.33', '4666.67']]]);
    expect(await programme.owed('organisation:mine-au')).toBe(2_666_667n);
    expect(await programme.owed('organisation:mine-two')).toBe(2_333_333n);
    expect(await programme.budget()).toMatchObject({ paid: money('50000.00'), left: money('-150000.00') });
    expect(await at.findings()).toEqual([]);

    // The next quarter finds nothing; neither does a second look.
    await programme.quarter('2027-Q2', '78.00', '500');
    at.now = secondDue;
    expect((await at.settle()).rounds).toEqual([]);
    expect((await at.settle()).looked).toBe(0);
    expect(await programme.standing()).toEqual([
      [
        ['26666.67', '5333.33'],
        ['0.00', '16000.00'],
      ],
      [
        ['23333.33', '4666.67'],
        ['0.00', '0.00'],
      ],
    ]);

    // 15,000 more: 10,000 carried over from the first quarter, and 5,000 for the second.
    await programme.budgetOf('65000.00');
    expect((await at.settle()).rounds).toHaveLength(1);
    const [, second] = await programme.rounds();
    expect(second).toMatchObject({
      ...{ round: 2, available: money('15000.00'), paid: money('15000.00') },
      claims: [
        { quarter: '2027-Q1', age: 1, paid: money('5333.33'), carried: money('0.00') },
        { quarter: '2027-Q1', age: 1, paid: money('4666.67'), carried: money('0.00') },
        { quarter: '2027-Q2', age: 0, owed: money('16000.00'), paid: money('5000.00') },
      ],
    });
    expect(await at.findings()).toEqual([]);

    await programme.budgetOf('80000.00');
    await at.settle();
    expect(await programme.owed('organisation:mine-au')).toBe(4_800_000n);
    // All is settled and paid: the agreements are over, and what is left is free.
    expect(await programme.budget()).toMatchObject({
      ...{ paid: money('76000.00'), reserved: money('0.00'), left: money('4000.00') },
    });
    expect(await programme.owed(`programme:${programme.id}`)).toBe(400_000n);
    expect(await programme.owed(`treasury:${programme.id}`)).toBe(-8_000_000n);
    for (const id of programme.agreements)
      expect(await programme.get(`/v1/agreements/${id}`)).toMatchObject({ status: 'completed' });
    const { lines } = (await at.trading.done(mine, 'GET', '/v1/statements/2027-Q1')).body as unknown as {
      lines: { cause: { kind: string; round: number }; description: string }[];
    };
    expect(lines.map(({ cause, description }) => [cause.round, description])).toEqual([
      [1, 'Support of 2027-Q1'],
      [2, 'Support of 2027-Q1, carried over 1 quarters'],
    ]);
    expect(await at.findings()).toEqual([]);
  });

  it('is cut by two administrators, not below what was paid, and lets nobody in', async () => {
    const programme = await Programme.open(await opened());
    const { trading } = programme.at;
    const path = `/v1/programmes/${programme.id}/budget-change`;
    const ask = (who = ada, budget = money('50000.00')) =>
      trading.call(who, 'POST', path, { budget, reason: 'Savings' });
    expect((await ask(mine)).status).toBe(403);
    expect((await ask(ada, { amount: '1.00', currency: 'EUR' })).body.code).toBe('currency_mismatch');
    expect((await trading.call(bob, 'POST', `${path}/approve`)).body.code).toBe('invalid_state');
    expect((await ask()).body).toMatchObject({
      budgetChange: { proposedBy: 'ada' },
      budget: money('200000.00'),
    });
    expect((await ask(bob)).body.code).toBe('invalid_state');
    expect((await trading.call(ada, 'POST', `${path}/approve`)).body.code).toBe('second_approval_required');
    await trading.done(bob, 'POST', `${path}/reject`);
    expect((await programme.get(`/v1/programmes/${programme.id}`))['budgetChange']).toBeUndefined();
    await programme.budgetOf('50000.00');
    const site = await trading.siteOf(caller('mine-three', 'producer'));
    const late = await trading.call(ada, 'POST', `/v1/programmes/${programme.id}/agreements`, {
      ...{ site, caps: [{ quarter: '2027-Q1', quantity: kg('1') }] },
    });
    expect(late.body.code).toBe('budget_exhausted');
    await programme.quarter('2027-Q1', '78.00', '1000', '875');
    programme.at.now = firstDue;
    await programme.at.settle();
    await trading.done(ada, 'POST', path, { budget: money('49999.99'), reason: 'Savings' });
    expect((await trading.call(bob, 'POST', `${path}/approve`)).body.code).toBe('budget_exhausted');
    expect((await trading.call(mine, 'GET', `/v1/programmes/${programme.id}/rounds`)).status).toBe(403);
    expect(await programme.at.findings()).toEqual([]);
  });
});

describe('a funding round', () => {
  it('is decided once and paid once, by several at once and whoever dies', async () => {
    for (const when of ['before', 'after'] as const) {
      const programme = await Programme.open(await opened());
      const { at } = programme;
      await programme.budgetOf('50000.00');
      await programme.quarter('2027-Q1', '78.00', '1000', '875');
      at.now = firstDue;
      // Reading the price seals; two claims, the round, two payments, its end.
      let crashes = 0;
      for (let write = 1; write <= 16; write += 1) {
        const worker = at.worker(clientFor(engine.endpoint), meddleWith(crashAt(write, when)));
        const ending = await at.settle(worker).then(
          ({ failed }) => failed.length > 0,
          (error: unknown) => error instanceof Crash,
        );
        if (ending) crashes += 1;
        expect(await at.findings(), `${when} ${write}`).toEqual([]);
      }
      expect(crashes).toBeGreaterThan(3);
      await Promise.all([at.settle(), at.settle(), at.settle()]);
      expect(await programme.standing()).toEqual([[['26666.67', '5333.33']], [['23333.33', '4666.67']]]);
      expect(await programme.rounds()).toHaveLength(1);
      expect(await programme.owed(`payable:${programme.id}`)).toBe(0n);
      expect(await at.findings()).toEqual([]);
    }
  });
});

describe('a clawback', () => {
  it('accrues, is set off against the next top-up, and what is left is invoiced with the last quarter', async () => {
    const programme = await Programme.open(await opened(), { kind: 'two-way' });
    const { at } = programme;
    await programme.quarter('2027-Q1', '130.00', '1000', '500');
    at.now = firstDue;
    await at.settle();
    // 20.00 × 1500 kg are charged, and owed by nobody yet.
    expect(await programme.owed(`accrued:${programme.id}`)).toBe(-3_000_000n);
    expect(await programme.owed(`clawback:${programme.id}`)).toBe(3_000_000n);
    expect(await programme.owed('organisation:mine-au')).toBe(0n);
    expect(await at.findings()).toEqual([]);
    await programme.quarter('2027-Q2', '105.00', '1000', '1000');
    at.now = secondDue;
    await at.settle();
    // 5.00 × 1000 kg each are set off; 15,000 and 5,000 are invoiced with the agreements' end.
    expect(await programme.owed('organisation:mine-au')).toBe(-1_500_000n);
    expect(await programme.owed('organisation:mine-two')).toBe(-500_000n);
    expect(await programme.owed(`accrued:${programme.id}`)).toBe(0n);
    expect(await programme.owed(`clawback:${programme.id}`)).toBe(2_000_000n);
    expect(await programme.budget()).toMatchObject({ paid: money('0.00'), left: money('200000.00') });
    const { lines } = (await at.trading.done(mine, 'GET', '/v1/statements/2027-Q2')).body as unknown as {
      lines: object[];
    };
    expect(lines).toMatchObject([
      {
        side: 'DBIT',
        amount: money('15000.00'),
        cause: { kind: 'support' },
        description: 'Clawback of 2027-Q2',
      },
    ]);
    expect(await at.findings()).toEqual([]);
  });
});

describe('an indexed strike', () => {
  const indexation = { base: '100.0', share: '0.60', index: 'cpi' };

  it('waits for its index, follows it in part, and outgrows what was reserved: the rest is carried over', async () => {
    const programme = await Programme.open(await opened(), undefined, {
      indexation,
      budget: money('200000.00'),
    });
    const { at } = programme;
    const { trading } = at;
    await programme.quarter('2027-Q1', '60.00', '1000', '1000');
    at.now = firstDue;
    const held = programme.agreements.map((agreement) => ({
      agreement,
      quarter: '2027-Q1',
      code: 'index_unavailable',
    }));
    expect(new Set((await at.settle()).held)).toEqual(new Set(held));
    expect(await at.findings()).toEqual([]);

    const path = '/v1/index-values/cpi.2027-Q1';
    const terms = { value: '110.0', source: 'Statistics' };
    expect((await trading.call(mine, 'PUT', path, terms)).status).toBe(403);
    const proposed = await trading.done(ada, 'PUT', path, terms);
    expect(proposed).toMatchObject({
      status: 202,
      body: { status: 'proposed', kind: 'index-value', basedOn: 0 },
    });
    const approval = `${path}/changes/${proposed.body.id}/approve`;
    expect((await trading.call(ada, 'POST', approval)).body.code).toBe('second_approval_required');
    expect((await trading.call(mine, 'GET', path)).status).toBe(404);
    await trading.done(bob, 'POST', approval);
    expect((await trading.done(mine, 'GET', path)).body).toMatchObject({
      version: 1,
      value: '110.0',
      quarter: '2027-Q1',
    });
    expect((await trading.call(ada, 'PUT', '/v1/index-values/cpi.2031-Q1', terms)).body.code).toBe(
      'invalid_state',
    );
    at.now = '2027-05-17T12:00:00.000Z';
    await at.settle();
    // 110.00 × (0.4 + 0.6 × 1.1) = 116.60: 56.60 on each of 2000 kg, 50.00 of which were reserved.
    const [settled] = (await programme.get(`/v1/agreements/${programme.agreements[0]}/settlements`)).items;
    expect(settled).toMatchObject({
      ...{ strike: '116.60', claim: money('56600.00'), paid: money('56600.00') },
      index: { id: 'cpi.2027-Q1', version: 1, value: '110.0' },
    });
    expect(await programme.budget()).toMatchObject({ paid: money('113200.00'), left: money('0.00') });
    expect(await at.findings()).toEqual([]);

    // A revised figure is for later uses; the next quarter finds 86,800 for claims of 113,200.
    await programme.index('2027-Q1', '111.0');
    expect((await at.settle()).settlements).toEqual([]);
    await programme.quarter('2027-Q2', '60.00', '1000', '1000');
    at.now = secondDue;
    await programme.index('2027-Q2', '110.0');
    await at.settle();
    const standing = await programme.standing();
    expect(standing.map((quarters) => quarters[1])).toEqual([
      ['43400.00', '13200.00'],
      ['43400.00', '13200.00'],
    ]);
    expect(await at.findings()).toEqual([]);

    const items: Item[] = [];
    for await (const page of scan(at.table)) items.push(...page);
    const forged = structuredClone(items) as Record<string, unknown>[];
    const used = forged.find(({ type }) => type === 'support settlement')!['body'] as {
      index: { value: string };
    };
    used.index.value = '112.0';
    const found = auditItems(forged, secondDue).findings.map(({ check }) => check);
    expect(new Set(found)).toEqual(new Set(['support_amounts']));
  });

  it('names an index that is on record', async () => {
    await expect(
      Programme.open(await opened(), undefined, { indexation: { ...indexation, index: 'wages' } }),
    ).rejects.toThrow('unknown_reference');
  });
});

describe('an audit of rounds that somebody has damaged', () => {
  type Wild = Record<string, unknown>;
  const damages: readonly [what: string, damage: (items: Wild[]) => void, expected: readonly Check[]][] = [
    [
      'a claim that says more than is open',
      (items) => {
        const claim = items.find(({ type }) => type === 'support claim')!;
        claim['amount'] = (claim['amount'] as bigint) + 1n;
      },
      ['support_claims'],
    ],
    [
      'a round that paid one more of what another is owed',
      (items) => {
        const [first, second] = (roundOf(items)['claims'] as Wild[]).map(
          (claim) => claim as Record<string, Wild>,
        );
        first!['paid']!['amount'] = '26666.68';
        first!['carried']!['amount'] = '5333.32';
        second!['paid']!['amount'] = '23333.32';
        second!['carried']!['amount'] = '4666.68';
      },
      ['support_rounds', 'support_claims'],
    ],
    [
      'a payment that has gone from the ledger, line and all',
      (items) => {
        for (const item of items.filter((each) => causeOf(each)['kind'] === 'payment'))
          items.splice(items.indexOf(item), 1);
      },
      ['support_rounds', 'support_claims'],
    ],
    [
      'a settlement that rests on more stock than was designated',
      (items) => {
        const settlement = items.find(({ type }) => type === 'support settlement')!['body'] as Wild;
        settlement['stockpiled'] = '999';
      },
      ['support_amounts'],
    ],
    [
      'an entry of support that nothing caused',
      (items) => {
        (roundOf(items)['claims'] as Wild[]).pop();
      },
      ['support_rounds', 'support_entries', 'support_claims', 'programme_paid'],
    ],
  ];
  const roundOf = (items: Wild[]): Wild =>
    items.find(({ type }) => type === 'funding round')!['body'] as Wild;
  const causeOf = (item: Wild): Wild =>
    ((item['body'] as Wild | undefined)?.['cause'] as Wild | undefined) ?? {};

  it('finds each, and nothing else', async () => {
    const programme = await Programme.open(await opened());
    await programme.budgetOf('50000.00');
    await programme.quarter('2027-Q1', '78.00', '1000', '875');
    programme.at.now = firstDue;
    await programme.at.settle();
    const items: Item[] = [];
    for await (const page of scan(programme.at.table)) items.push(...page);
    const check = (of: readonly Item[]): Check[] =>
      [...new Set(auditItems(of, firstDue).findings.map(({ check: found }) => found))].sort();
    expect(check(items)).toEqual([]);
    for (const [what, damage, expected] of damages) {
      const copy = structuredClone(items) as Wild[];
      damage(copy);
      expect(check(copy), what).toEqual(expected.toSorted());
    }
  });
});
