import { beforeAll, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import type { Check } from '../../../infra/audit/finding.ts';
import { checks } from '../../../infra/audit/finding.ts';
import { scan } from '../../../infra/audit/scan.ts';
import { figureNames } from '../../../shared/clearing/outcome/figures.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, bob, buyer, mine } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { bidBody, flat, kg, Trading, usd } from '../../support/trading.ts';

type Wild = Record<string, unknown>;

const engine = engineOfFile();
let items: readonly Item[];
const now = '2026-11-23T00:00:00.000Z';

beforeAll(async () => {
  const trading = await Trading.open(clientFor(engine.endpoint));
  await trading.approvedFloor();
  const site = await trading.siteOf(mine, { capacityPerYear: kg('1000') });
  const offer = await trading.done(mine, 'POST', '/v1/offers', {
    ...{ product: 'ndpr-oxide', site, price: usd('90.00'), delivery: flat('150', '2027-Q1', '2027-Q2') },
  });
  await trading.offerOf('mine-cl', 'CL', { delivery: flat('60'), price: usd('80.00') });
  await trading.offer({ price: usd('300.00') });
  await trading.done(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('130') }));
  const pool = await trading.done(buyer, 'POST', '/v1/pools', {
    ...{ product: 'ndpr-oxide', zone: 'partners', price: usd('140.00') },
  });
  for (const [organisation, amount] of [
    ['maker-p', '40'],
    ['maker-q', '30'],
  ] as const)
    await trading.done(caller(organisation, 'buyer'), 'POST', `/v1/pools/${pool.body.id}/members`, {
      ...{ destination: 'DE', delivery: flat(amount) },
    });
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'Index', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  await trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
    points: ['98', '99', '100', '101', '102'].map((amount, index) => ({
      ...{ date: '2026-11-20', firm: `firm-${index}`, price: usd(amount), quantity: kg('1000') },
    })),
  });
  const priceTerms = { kind: 'indexed', reference: 'index' };
  await trading.offerOf('mine-indexed', 'AU', { delivery: flat('20'), priceTerms });
  await trading.done(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('20'), priceTerms }));
  await trading.clear();
  // The price is another one after the clearing: the contracts of the run are held against the one it had.
  const open = await trading.done(mine, 'GET', `/v1/offers/${offer.body.id}`);
  await trading.done(
    mine,
    'PATCH',
    `/v1/offers/${offer.body.id}`,
    { price: usd('125.00') },
    {
      'If-Match': `"${open.body.version}"`,
    },
  );
  await trading.done(ada, 'PUT', '/v1/products/other', {
    ...{ name: 'Other', mineral: 'ndpr', stage: 'refining', unit: 'kg', currency: 'USD' },
    ...{ lot: kg('1'), priceTick: usd('0.01') },
  });
  await trading.done(ada, 'PUT', '/v1/reference-prices/gap', {
    ...{ name: 'Gap', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  const programme = await trading.done(ada, 'POST', '/v1/programmes', {
    ...{ name: 'Price gap', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
    ...{
      strike: usd('110.00'),
      reference: 'gap',
      eligible: {},
      budget: { amount: '20000.00', currency: 'USD' },
    },
    ...{ maximumGap: usd('40.00'), from: '2027-Q1', to: '2028-Q4', rationale: 'Bridge the gap.' },
  });
  await trading.done(bob, 'POST', `/v1/programmes/${programme.body.id}/approve`);
  const agreed = await trading.done(ada, 'POST', `/v1/programmes/${programme.body.id}/agreements`, {
    ...{ site, caps: [{ quarter: '2027-Q1', quantity: kg('100') }] },
  });
  await trading.done(bob, 'POST', `/v1/agreements/${agreed.body.id}/approve`);
  const settling = new Settling(trading);
  settling.now = '2027-03-20T12:00:00.000Z';
  for (const [index, { id, origin }] of (await settling.contracts()).entries())
    if (origin === 'CL') await settling.deliver(id, `D${index}`, '2027-Q1', '20');
  settling.now = '2027-04-02T12:00:00.000Z';
  await settling.settle();
  const all: Item[] = [];
  for await (const page of scan(trading.api.dependencies.table)) all.push(...page);
  items = all;
});

const copy = (): Wild[] => structuredClone(items) as Wild[];
const isA = (pk: string, sk: string) => (item: Wild) =>
  String(item['pk']).startsWith(pk) && String(item['sk']).startsWith(sk);
const one = (table: Wild[], pk: string, sk = '', more: (item: Wild) => boolean = () => true): Wild => {
  const found = table.find((item) => isA(pk, sk)(item) && more(item));
  if (found === undefined) throw new Error(`nothing at ${pk} ${sk}`);
  return found;
};
const at = (item: Wild, ...path: readonly (string | number)[]): Wild =>
  path.reduce<Wild>((inner, name) => inner[name] as Wild, item);
const drop = (table: Wild[], item: Wild): void => {
  table.splice(table.indexOf(item), 1);
};
const contracted = (item: Wild): boolean => {
  const { requested, remaining } = item as { requested: Wild; remaining: Wild };
  return Object.keys(requested).some((quarter) => requested[quarter] !== remaining[quarter]);
};
/** Not delivered and done: nothing has been settled of it. */
const standing = (item: Wild): boolean => item['gsi3pk'] !== undefined;
const imported = (item: Wild): boolean => at(item, 'body')['origin'] === 'CL';
const funding = (item: Wild): boolean => at(item, 'body', 'cause')['kind'] === 'funding';
const settled = (item: Wild): boolean => (at(item, 'body')['entries'] as unknown[]).length > 0;
const firstQuarter = (contract: Wild): Wild => at(contract, 'body', 'schedule', 0);

/** What is done to the table, and all that must be found. */
const damages: readonly [what: string, damage: (table: Wild[]) => void, expected: readonly Check[]][] = [
  [
    'an item that nobody could have written',
    (table) => {
      one(table, 'SITE#', 'OFFER#')['lots'] = 'many';
    },
    // What cannot be read is not there for what rests on it.
    ['unreadable', 'site_entries'],
  ],
  [
    'a lot that is in no contract and not left',
    (table) => {
      const order = one(table, 'ORDER#', 'ORDER', (item) => item['type'] === 'offer' && contracted(item));
      const remaining = at(order, 'remaining');
      remaining['2027-Q1'] = (remaining['2027-Q1'] as bigint) - 1n;
    },
    ['order_balance'],
  ],
  [
    'a bid that has counted an origin wrongly',
    (table) => {
      const order = one(table, 'ORDER#', 'ORDER', (item) => item['type'] === 'bid' && contracted(item));
      order['byOrigin'] = { ...(order['byOrigin'] as Wild), '2027-Q1|ZZ': 5n };
    },
    ['order_origins'],
  ],
  [
    'an open order that is not in the book',
    (table) => {
      drop(table, one(table, 'BOOK#'));
    },
    ['order_book'],
  ],
  [
    'a book entry of an order that is not there',
    (table) => {
      table.push({ ...one(table, 'BOOK#'), sk: `off_${'0'.repeat(26)}` });
    },
    ['order_book'],
  ],
  [
    'a member of a pool whose part is not what the pool asks for',
    (table) => {
      const order = one(table, 'ORDER#', 'ORDER', (item) => item['members'] !== undefined);
      const [member] = Object.values(order['members'] as Wild) as Wild[];
      // What it asked for and what is left, alike: its contracts still fit.
      const requested = at(member!, 'requested');
      const remaining = at(member!, 'state', 'remaining');
      requested['2027-Q1'] = (requested['2027-Q1'] as bigint) + 3n;
      remaining['2027-Q1'] = (remaining['2027-Q1'] as bigint) + 3n;
    },
    ['pool_members'],
  ],
  [
    "a site's entry that says less than its offer asks for",
    (table) => {
      const lots = at(one(table, 'SITE#', 'OFFER#'), 'lots');
      lots['2027-Q1'] = (lots['2027-Q1'] as bigint) - 1n;
    },
    ['site_entries'],
  ],
  [
    'a site that has promised more than it can make',
    (table) => {
      const site = one(table, 'SITE#', 'SITE', (item) => at(item, 'body')['capacityPerYear'] !== undefined);
      at(site, 'body', 'capacityPerYear')['amount'] = '10';
    },
    ['site_capacity'],
  ],
  [
    'a count for zones’ caps that misses a tonne',
    (table) => {
      const lanes = at(one(table, 'MARKET#', 'USE#'), 'lots', '2027-Q1');
      lanes['CL>DE'] = (lanes['CL>DE'] as bigint) - 1n;
    },
    ['origin_use'],
  ],
  [
    'a contract that names another seller',
    (table) => {
      at(one(table, 'CONTRACT#', 'CONTRACT', standing), 'body')['seller'] = 'somebody-else';
    },
    ['contract_orders', 'contract_chain'],
  ],
  [
    'a contract whose total is off by a cent',
    (table) => {
      at(one(table, 'CONTRACT#', 'CONTRACT'), 'body', 'totals', 'levy')['amount'] = '0.01';
    },
    ['contract_prices', 'contract_chain'],
  ],
  [
    'an import landed under the floor, its parts adding up',
    (table) => {
      const contract = one(table, 'CONTRACT#', 'CONTRACT', imported);
      const entry = firstQuarter(contract);
      const parts = at(entry, 'waterfall');
      const body = at(contract, 'body');
      const amount = Number(at(entry, 'quantity')['amount']);
      parts['levy'] = '29.00';
      parts['landed'] = '109.00';
      entry['landedPrice'] = { ...at(entry, 'landedPrice'), amount: '109.00' };
      entry['interval'] = {
        low: { ...at(entry, 'landedPrice') },
        high: { ...at(entry, 'landedPrice') },
      };
      at(body, 'totals', 'levy')['amount'] = (29 * amount).toFixed(2);
      at(body, 'totals', 'landed')['amount'] = (109 * amount).toFixed(2);
    },
    // It has been settled, too: at another price than it has now.
    ['contract_floor', 'contract_chain', 'settlement_amounts'],
  ],
  [
    'a contract that leaves the floor in force unnamed',
    (table) => {
      at(one(table, 'CONTRACT#', 'CONTRACT', standing), 'body')['floor'] = null;
    },
    ['contract_floor', 'contract_chain'],
  ],
  [
    'a seller who asked for more than it is paid',
    (table) => {
      const { offer } = at(one(table, 'CONTRACT#', 'CONTRACT', imported), 'body') as { offer: string };
      at(one(table, `ORDER#${offer}`), 'body', 'price')['amount'] = '81.00';
    },
    ['contract_ask'],
  ],
  [
    'the price that an offer had, forgotten',
    (table) => {
      const order = one(table, 'ORDER#', 'ORDER', (item) => item['pricesAtRun'] !== undefined);
      delete order['pricesAtRun'];
    },
    ['contract_ask'],
  ],
  [
    'a buyer who pays more than its limit',
    (table) => {
      const { bid } = at(one(table, 'CONTRACT#', 'CONTRACT', imported), 'body') as { bid: string };
      at(one(table, `ORDER#${bid}`), 'body', 'price')['amount'] = '100.00';
    },
    ['contract_limit'],
  ],
  [
    'an event that says another time',
    (table) => {
      at(one(table, 'CONTRACT#', 'EVENT#'), 'body')['at'] = '2026-11-22T00:00:00.000Z';
    },
    ['contract_chain'],
  ],
  [
    'a contract that nobody will look at',
    (table) => {
      delete one(table, 'CONTRACT#', 'CONTRACT', standing)['gsi3pk'];
    },
    ['contract_due'],
  ],
  [
    'a contract that is listed as something else',
    (table) => {
      one(table, 'CONTRACT#', 'CONTRACT')['status'] = 'suspended';
    },
    ['contract_status'],
  ],
  [
    'a budget that does not add up',
    (table) => {
      const budget = one(table, 'PROGRAMME#', 'BUDGET');
      budget['left'] = (budget['left'] as bigint) + 1n;
    },
    ['programme_budget'],
  ],
  [
    'a budget that has paid what no ledger says',
    (table) => {
      const budget = one(table, 'PROGRAMME#', 'BUDGET');
      budget['left'] = (budget['left'] as bigint) - 1n;
      budget['paid'] = (budget['paid'] as bigint) + 1n;
    },
    ['programme_paid'],
  ],
  [
    'an agreement that supports a contract which is not there',
    (table) => {
      at(one(table, 'AGREEMENT#', 'AGREEMENT'), 'body')['basis'] = {
        ...{ kind: 'contract', contract: `ctr_${'0'.repeat(32)}`, clearing: `clr_${'0'.repeat(26)}` },
      };
    },
    // What it reserves is then for a contract, and not for a site.
    ['programme_agreement', 'programme_paid'],
  ],
  [
    'a settlement that says another sum, but for its postings',
    (table) => {
      at(one(table, 'SETTLEMENT#', '2027', settled), 'body', 'levy')['amount'] = '1.00';
    },
    ['settlement_amounts'],
  ],
  [
    'a settlement that says other postings',
    (table) => {
      const settlement = at(one(table, 'SETTLEMENT#', '2027', settled), 'body');
      (settlement['postings'] as Wild[]).pop();
    },
    ['settlement_amounts', 'settlement_entries'],
  ],
  [
    'a settlement that has gone, its money being there',
    (table) => {
      drop(table, one(table, 'SETTLEMENT#', '2027', settled));
    },
    ['settlement_entries', 'settlement_events'],
  ],
  [
    'a quarter published as what it was not',
    (table) => {
      const decided = { asOf: '2027-06-15T00:00:00.000Z', lateDeliveries: 0n, shown: ['accepted'] };
      const figures = Object.fromEntries(figureNames.map((name) => [name, '0']));
      table.push({
        ...{ pk: 'MARKET#ndpr-oxide', sk: 'OUTCOME#2027-Q1', type: 'outcome' },
        body: { quarter: '2027-Q1', figures, ...decided },
      });
    },
    ['outcome'],
  ],
  [
    'a point of a reference price that says another price',
    (table) => {
      at(one(table, 'POINTS#index'), 'body', 'price')['amount'] = '97.00';
    },
    ['fixing'],
  ],
  [
    'a point recorded behind the back of a price that was frozen',
    (table) => {
      const point = one(table, 'POINTS#index');
      const forged = structuredClone(point);
      forged['sk'] = `${String(point['sk'])}0`;
      at(forged, 'body')['id'] = forged['sk'];
      table.push(forged);
    },
    ['fixing'],
  ],
  [
    'a frozen reference price of which an earlier version has gone',
    (table) => {
      const fixing = one(table, 'FIXINGS#index');
      fixing['sk'] = String(fixing['sk']).replace(/1$/, '2');
      at(fixing, 'body')['version'] = 2n;
    },
    ['fixing'],
  ],
  [
    'a frozen reference price that has gone, a contract resting on it',
    (table) => {
      drop(table, one(table, 'FIXINGS#index'));
    },
    ['contract_reference'],
  ],
  [
    'a version that has gone',
    (table) => {
      drop(table, one(table, 'REF#product#other', 'V#'));
    },
    ['reference_versions'],
  ],
  [
    'a record that is not its last version',
    (table) => {
      at(one(table, 'REF#product', 'other'), 'body')['name'] = 'Something else';
    },
    ['reference_versions'],
  ],
  [
    'a floor whose past was written anew',
    (table) => {
      at(one(table, 'REF#floor#', 'V#0000000001'), 'body')['rationale'] = 'It was always so.';
    },
    ['floor_chain'],
  ],
  [
    'an entry out of balance, and its line with it',
    (table) => {
      const posting = at(one(table, 'LEDGER#', 'ENTRY', funding), 'body', 'postings', 0);
      posting['amount'] = { ...at(posting, 'amount'), amount: '20000.01' };
      const line = at(one(table, 'ACCOUNT#programme:', '', funding), 'body');
      line['amount'] = { ...at(line, 'amount'), amount: '20000.01' };
    },
    ['ledger_entry', 'ledger_zero_sum', 'programme_funding'],
  ],
  [
    'an entry under an id of another cause',
    (table) => {
      at(one(table, 'LEDGER#', 'ENTRY', funding), 'body', 'cause')['sequence'] = 2n;
      for (const line of table.filter(isA('ACCOUNT#', '')).filter(funding))
        at(line, 'body', 'cause')['sequence'] = 2n;
    },
    ['ledger_entry', 'ledger_causes'],
  ],
  [
    'a line that has gone',
    (table) => {
      drop(table, one(table, 'ACCOUNT#treasury:'));
    },
    ['ledger_lines', 'ledger_zero_sum', 'programme_funding'],
  ],
  [
    'a line that no entry made, and one against it',
    (table) => {
      const line = one(table, 'ACCOUNT#treasury:');
      const forged = structuredClone(line);
      forged['sk'] = String(line['sk']).replace(/\d$/, '7');
      const back = structuredClone(one(table, 'ACCOUNT#programme:', '', funding));
      back['sk'] = String(back['sk']).replace(/\d$/, '7');
      table.push(forged, back);
    },
    ['ledger_lines', 'programme_funding'],
  ],
];

describe('an audit of a table that is as the marketplace left it', () => {
  it('finds nothing, having looked at everything', () => {
    const { findings, counted } = auditItems(items, now);
    expect(findings).toEqual([]);
    expect(counted).toMatchObject({ items: items.length, orders: 7 });
    expect(counted.settlements).toBeGreaterThan(0);
    expect(counted.entries).toBe(1 + counted.settlements);
    expect(counted.contracts).toBeGreaterThan(3);
  });
});

describe('an audit of a table that somebody has damaged', () => {
  it.for(damages)('finds %s, and nothing else', ([, damage, expected]) => {
    const table = copy();
    damage(table);
    const { findings } = auditItems(table as readonly Item[], now);
    const found = new Set(findings.map(({ check }) => check));
    expect([...found].sort(), JSON.stringify(findings)).toEqual(expected.toSorted());
  });

  it('breaks every check there is', () => {
    // The settlement of sites' agreements is tampered with where these are settled.
    const elsewhere: readonly Check[] = [
      ...(['support_amounts', 'support_entries', 'support_batches'] as const),
      ...(['support_rounds', 'support_claims', 'support_clawback'] as const),
      // Stock is damaged where there is some: see stock-damage.test.ts.
      // Broken beside what they are about: test/integration/risk/warning.test.ts, test/integration/api/exchange.test.ts.
      ...(['alert_cause', 'alert_history', 'alert_notice'] as const),
      'publication' as const,
      // test/integration/api/stock-loans.test.ts, test/integration/tick/standing-rules.test.ts.
      ...(['stock_loan', 'standing_rule'] as const),
      ...(['stock_entitlements', 'stock_acts', 'stock_amounts', 'stock_release'] as const),
      ...(['stock_movements', 'stock_balances', 'stock_lots', 'stock_claims', 'stock_contracts'] as const),
    ];
    const broken = new Set([...elsewhere, ...damages.flatMap(([, , expected]) => expected)]);
    expect(Object.keys(checks).filter((check) => !broken.has(check as Check))).toEqual([]);
  });
});
