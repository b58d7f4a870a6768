import type { Caller } from '../../shared/reference/caller.ts';
import { ada, stockpile as reserve } from './market-api.ts';
import type { Trading } from './trading.ts';
import { kg, usd } from './trading.ts';

export const ndpr = (changes: object = {}) => ({
  ...{ product: 'ndpr-oxide', targetDays: 60, basis: 'consumption' },
  annualUse: { quantity: kg('36500'), year: 2025, source: 'ministry' },
  ...changes,
});

export const stockpileBody = (changes: object = {}) => ({
  ...{ name: 'Reserve', purpose: 'emergency-buffer', zone: 'partners', products: [ndpr()] },
  ...changes,
});

export const openingBody = (changes: object = {}) => ({
  ...{ product: 'ndpr-oxide', quantity: kg('1000'), purity: '99.5', origin: 'AU' },
  ...{ location: { country: 'JP', place: 'Yokohama' }, inventoryPrice: usd('80.00') },
  ...{ receivedOn: '2026-06-01', evidence: 'Warrant 17' },
  ...changes,
});

/** What a member is offered. */
export const accountBody = (member: string, changes: object = {}) => ({
  ...{ member, product: 'ndpr-oxide', committed: kg('1000'), inventoryPrice: usd('80.00') },
  entryFee: { amount: '500.00', currency: 'USD' },
  ...{ interestRate: '0.055', storageRate: '0.006', dayCount: 'ACT/360' },
  ...{ term: '2029-12-31', replenishDays: 365 },
  ...changes,
});

/** A stockpile that `ada` has approved. */
export async function activeStockpile(
  trading: Trading,
  changes: object = {},
  who: Caller = reserve,
): Promise<string> {
  const { id } = (await trading.done(who, 'POST', '/v1/stockpiles', stockpileBody(changes))).body;
  await trading.done(ada, 'POST', `/v1/stockpiles/${id}/approve`);
  return id;
}

/** A verified opening. */
export async function openedLot(trading: Trading, stockpile: string, changes: object = {}): Promise<string> {
  const opening = openingBody(changes);
  const { id } = (await trading.done(reserve, 'POST', `/v1/stockpiles/${stockpile}/lots`, { opening })).body;
  await trading.done(ada, 'POST', `/v1/stock-lots/${id}/verify`);
  return id;
}

/** What a stockpile has of NdPr oxide, in kilograms. */
export async function positionIn(trading: Trading, stockpile: string): Promise<Record<string, unknown>> {
  const { body } = await trading.done(reserve, 'GET', `/v1/stockpiles/${stockpile}/positions`);
  const [position = {}] = body['positions'] as Record<string, { amount: string }>[];
  return Object.fromEntries(
    ['physical', 'encumbered', 'inTransit', 'lent', 'available'].map((name) => [
      name,
      position[name]?.amount,
    ]),
  );
}
