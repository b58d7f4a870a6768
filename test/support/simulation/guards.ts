import type { HistoryName } from './histories.ts';

/**
 * Guards that are taken away together, the history that finds it out, and the first of its seeds that does (where the code
 * has changed, another may): some losses are caught by two, and show only without both.
 */
export const controls: readonly (readonly [what: string, guards: RegExp, HistoryName, seed: number])[] = [
  ['that a request is done once', /^IDEMPOTENCY /, 'crowd', 1],
  ['that an order is as it was read, open and locked by the run that takes of it', /^ORDER /, 'crowd', 5],
  ['the place of an event in the chain of its contract', /^CONTRACT EVENT /, 'reserve', 1],
  ['the fence and the phase of a market', /^MARKET CONTROL /, 'year', 4],
  ['that a settlement is posted once', /^(LEDGER|ACCOUNT|SETTLEMENT|CONTRACT) /, 'year', 4],
  ['the versions of stock lots', /^LOT (LOT|V) /, 'reserve', 1],
  ['that a contract is booked once in stock', /^(LOT|STOCKPILE) (CONTRACT|MOVEMENT|LOT|V) /, 'reserve', 1],
  ["the versions of members' accounts and of releases", /^STOCK RECORD /, 'watch', 2],
  ['the versions of reference data', /^REF (\*|V) (versionIs|doesNotExist)/, 'watch', 2],
  ['that a zone publishes a period once', /^PUBLICATIONS /, 'watch', 2],
];

/** Guards that no history is lost without when they alone are taken away, and that have no contest of their own; and why. */
export const others: readonly (readonly [guards: RegExp, why: string])[] = [
  [
    /^(PLAN|CONTRACT CONTRACT) /,
    'a chunk is held four times: its token, its guard, its contracts, the versions of its orders; `two-workers.test.ts` takes all away',
  ],
  [
    /^(ALERTS \S+ doesNotExist|NOTICE \S+ (doesNotExist|exists))$/,
    'ids follow from the cause and the step: whoever puts one again puts the same; its versions have contests',
  ],
  [/^BOOK /, 'written with the order, whose id is new'],
  [
    /^SITE (SITE|V) doesNotExist/,
    'of a new id; a change of a site carries `versionIs`, as reference data does',
  ],
  [/^(CLEARING|PENDING) /, "written with the market's control item, whose fence and phase are held"],
  [/^MARKET (RUN|USE) /, 'written with the control item or with a chunk, which are held'],
  [
    /^MARKET OUTCOME /,
    'what is published follows from the same records whoever computes it; the audit computes it again',
  ],
  [/^FOLLOWED /, 'efficiency: following an event twice changes nothing'],
  [/^WEBHOOK (DELIVERY|REPLAY) /, 'efficiency: messages are told at least once, always under one id'],
  [/^WEBHOOKS \S+ doesNotExist$/, 'of a new id'],
  [/^STOCK ASSESSMENT |^STOCKPILE RECORD /, 'written with the account or release, whose version is held'],
  [
    /^STOCKPILE BALANCE /,
    'of what is free, a contest; of the others it is the second lock: versions of lots and accounts refuse first',
  ],
  [/^STOCKPILE NEED doesNotExist$/, 'a member declares its own needs, one after the other'],
  [/^STOCKPILE PACE /, "an operator's own purchases: nobody else is wronged"],
];
