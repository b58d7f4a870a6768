/**
 * The accounts of the ledger of mass. Of a stockpile and product: `free` (in the warehouse, nobody else's claim on it),
 * `entitled` (in the warehouse, for members to draw: a claim on so much, not on any lot), `encumbered` (in the warehouse,
 * offered, promised or pledged), `in-transit` (bought, not received), `lent`. Outside, of a product: `supplied` (where everything comes from), `delivered` (to buyers), `lost` (written off).
 */
export const insideAccounts = ['free', 'entitled', 'encumbered', 'in-transit', 'lent'] as const;
export type InsideAccount = (typeof insideAccounts)[number];
const outsideAccounts = ['supplied', 'delivered', 'lost'] as const;
export const stockAccounts = [...insideAccounts, ...outsideAccounts] as const;
export type StockAccount = (typeof stockAccounts)[number];

/** Steps of one product that a stockpile has on each account: never negative. */
export type StockBalances = Readonly<Record<InsideAccount, bigint>>;
export const noStock: StockBalances = { free: 0n, entitled: 0n, encumbered: 0n, 'in-transit': 0n, lent: 0n };

export const isInside = (account: StockAccount): account is InsideAccount =>
  insideAccounts.some((inside) => inside === account);
