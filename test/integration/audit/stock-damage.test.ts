import { beforeAll, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import type { Check } from '../../../infra/audit/finding.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { buyer, stockpile as reserve } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { activeStockpile, openedLot } from '../../support/stock.ts';
import { clientFor } from '../../support/table.ts';
import { bidBody, flat, Trading, usd } from '../../support/trading.ts';

type Wild = Record<string, unknown>;

const engine = engineOfFile();
let items: readonly Item[];
const now = '2027-02-02T00:00:00.000Z';

beforeAll(async () => {
  const trading = await Trading.open(clientFor(engine.endpoint));
  const stockpile = await activeStockpile(trading);
  const lot = await openedLot(trading, stockpile);
  await trading.done(reserve, 'POST', '/v1/offers', {
    ...{ product: 'ndpr-oxide', stockLot: lot, price: usd('95.00'), delivery: flat('50') },
  });
  await trading.done(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('30') }));
  await trading.offer({ price: usd('90.00'), delivery: flat('20', '2027-Q2') });
  await trading.done(reserve, 'POST', '/v1/bids', {
    ...{ product: 'ndpr-oxide', destination: 'JP', price: usd('130.00'), stockpile },
    delivery: flat('20', '2027-Q2'),
  });
  await trading.clear();
  const settling = new Settling(trading);
  settling.now = '2027-02-01T12:00:00.000Z';
  for (const { id, seller } of await settling.contracts())
    if (seller === 'reserve-jp') await settling.deliver(id, 'D1', '2027-Q1', '10');
  await settling.settle();
  const all: Item[] = [];
  for await (const page of scan(trading.api.dependencies.table)) all.push(...page);
  items = all;
});

const one = (table: Wild[], pk: string, sk: string, more: (item: Wild) => boolean = () => true): Wild => {
  const found = table.find(
    (item) => String(item['pk']).startsWith(pk) && String(item['sk']).startsWith(sk) && more(item),
  );
  if (found === undefined) throw new Error(`nothing at ${pk} ${sk}`);
  return found;
};
const bodyOf = (item: Wild): Wild => item['body'] as Wild;
const ofKind = (kind: string) => (item: Wild) => bodyOf(item)['kind'] === kind;
const linesOf = (item: Wild): { quantity: { amount: string } }[] => bodyOf(item)['lines'] as never;

/** What is done to the table, and all that must be found. */
const damages: readonly [what: string, damage: (table: Wild[]) => void, expected: readonly Check[]][] = [
  [
    'a gram that came from nowhere',
    (table) => {
      linesOf(one(table, 'STOCKPILE#', 'MOVEMENT#', ofKind('OPENING')))[0]!.quantity.amount = '1000.001';
    },
    ['stock_movements', 'stock_balances'],
  ],
  [
    'a movement that has gone',
    (table) => {
      table.splice(table.indexOf(one(table, 'STOCKPILE#', 'MOVEMENT#', ofKind('SALE'))), 1);
    },
    ['stock_balances'],
  ],
  [
    'a movement made twice',
    (table) => {
      const again = structuredClone(one(table, 'STOCKPILE#', 'MOVEMENT#', ofKind('SALE')));
      again['sk'] = String(again['sk']).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      table.push(again);
    },
    ['stock_movements', 'stock_balances'],
  ],
  [
    'a balance that is not what its movements come to',
    (table) => {
      const balance = one(table, 'STOCKPILE#', 'BALANCE#');
      balance['free'] = (balance['free'] as bigint) + 1n;
    },
    ['stock_balances', 'stock_lots'],
  ],
  [
    'a movement too many in the count',
    (table) => {
      const balance = one(table, 'STOCKPILE#', 'BALANCE#');
      balance['movements'] = (balance['movements'] as bigint) + 1n;
    },
    ['stock_balances'],
  ],
  [
    'a lot that has lost a gram',
    (table) => {
      bodyOf(one(table, 'LOT#', 'LOT'))['quantity'] = { amount: '989.999', unit: 'kg' };
    },
    ['stock_lots'],
  ],
  [
    'an offer that holds more of its lot than it asks for',
    (table) => {
      const [claim] = bodyOf(one(table, 'LOT#', 'LOT'))['encumbrances'] as Wild[];
      claim!['quantity'] = { amount: '50', unit: 'kg' };
    },
    ['stock_lots', 'stock_claims'],
  ],
  [
    'a claim of an offer that is not there',
    (table) => {
      const claims = bodyOf(one(table, 'LOT#', 'LOT'))['encumbrances'] as Wild[];
      claims.push({ ...claims[0], by: `off_${'0'.repeat(26)}` });
    },
    ['stock_lots', 'stock_claims'],
  ],
  [
    'a delivery out of a lot that the books do not know',
    (table) => {
      const book = one(table, 'LOT#', 'CONTRACT#');
      book['delivered'] = (book['delivered'] as bigint) - 1n;
    },
    ['stock_contracts'],
  ],
  [
    'stock on its way that no contract delivers',
    (table) => {
      const book = one(table, 'STOCKPILE#', 'CONTRACT#');
      book['inTransit'] = (book['inTransit'] as bigint) + 1n;
    },
    ['stock_contracts'],
  ],
  [
    'a receipt that no lot shows',
    (table) => {
      const book = one(table, 'STOCKPILE#', 'CONTRACT#');
      book['received'] = 1n;
    },
    ['stock_contracts'],
  ],
];

describe('an audit of stock', () => {
  it('finds nothing where nothing is wrong, having looked at the movements', () => {
    const { findings, counted } = auditItems(items, now);
    expect(findings).toEqual([]);
    // Opening, encumbrance, what of it is free when its quarter has begun, purchase, sale.
    expect(counted.movements).toBe(5);
  });

  it.for(damages)('finds %s, and nothing else', ([, damage, expected]) => {
    const table = structuredClone(items) as Wild[];
    damage(table);
    const { findings } = auditItems(table as readonly Item[], now);
    const found = new Set(findings.map(({ check }) => check));
    expect([...found].sort(), JSON.stringify(findings)).toEqual(expected.toSorted());
  });
});
