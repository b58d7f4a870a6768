import type { Quarter } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import type { AccountEvent, StockAccountRecord, StockAccountView } from './account.ts';
import { accountStatuses } from './account.ts';
import type { Grade } from './grade.ts';
import { massOfSteps, wholeSteps } from './steps.ts';

/** What was drawn and is neither replenished nor paid for. In steps. */
export interface OpenDraw {
  /** The number of the event. */
  readonly draw: number;
  readonly outstanding: bigint;
  /** What replaces it is as good as that. */
  readonly grade: Grade;
  readonly due: CalendarDate;
}

/** What an account's events come to, in steps of its product. */
export interface AccountState {
  readonly status: (typeof accountStatuses)[number];
  readonly purchased: bigint;
  readonly drawn: bigint;
  readonly replenished: bigint;
  readonly paidFor: bigint;
  readonly draws: readonly OpenDraw[];
  /** The last quarter whose carry has been settled. */
  readonly carried: Quarter | undefined;
}

/** What lies in the warehouse for the member: purchased − drawn + replenished. */
export const entitlementOf = ({ purchased, drawn, replenished }: AccountState): bigint =>
  purchased - drawn + replenished;

/** What the stockpile has laid out for the member: all that was allocated and is neither bought back nor paid for. */
export const financedOf = ({ purchased, paidFor }: AccountState): bigint => purchased - paidFor;

const newAccount: AccountState = {
  status: 'offered',
  ...{ purchased: 0n, drawn: 0n, replenished: 0n, paidFor: 0n },
  ...{ draws: [], carried: undefined },
};

type Measured = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;

/** The events of an account folded, in order; those up to a day only, where one is named. */
export function accountState(
  { events }: Pick<StockAccountRecord, 'events'>,
  product: Measured,
  until?: CalendarDate,
): AccountState {
  return events.reduce<AccountState>(
    (state, event, index) =>
      until !== undefined && dateOf(event.at) > until ? state : after(state, event, index + 1, product),
    newAccount,
  );
}

/** One event more. Throws where it would leave a negative entitlement: no rule lets that come about. */
function after(state: AccountState, event: AccountEvent, number: number, product: Measured): AccountState {
  const next = applied(state, event, number, product);
  if (entitlementOf(next) < 0n || next.draws.some(({ outstanding }) => outstanding < 0n))
    throw new Error(`event ${number} of an account takes more than there is`);
  return next;
}

function applied(state: AccountState, event: AccountEvent, number: number, product: Measured): AccountState {
  const steps = 'quantity' in event ? wholeSteps(event.quantity, product) : 0n;
  switch (event.type) {
    case 'accepted':
      return { ...state, status: 'active' };
    case 'declined':
      return { ...state, status: 'declined' };
    case 'closed':
      return { ...state, status: 'closed' };
    case 'allocated':
    case 'transferred-in':
      return { ...state, purchased: state.purchased + steps };
    case 'transferred-out':
    case 'repurchased':
      return { ...state, purchased: state.purchased - steps };
    case 'drawn': {
      const { purity, requires, lasts, due } = event;
      const draw = { draw: number, outstanding: steps, grade: { purity, requires, lasts }, due };
      return { ...state, drawn: state.drawn + steps, draws: [...state.draws, draw] };
    }
    case 'replenished':
      return {
        ...state,
        replenished: state.replenished + steps,
        draws: lessOutstanding(state.draws, event.draw, steps),
      };
    case 'not-replenished':
      return {
        ...state,
        paidFor: state.paidFor + steps,
        draws: lessOutstanding(state.draws, event.draw, steps),
      };
    case 'carried':
      return { ...state, carried: event.quarter };
  }
}

const lessOutstanding = (draws: readonly OpenDraw[], draw: number, steps: bigint): OpenDraw[] => {
  if (!draws.some((each) => each.draw === draw)) throw new Error(`there is no draw ${draw}`);
  return draws
    .map((each) => (each.draw === draw ? { ...each, outstanding: each.outstanding - steps } : each))
    .filter(({ outstanding }) => outstanding !== 0n);
};

/** How far an account's member is still bound to take more: allocations and transfers fill its commitment. */
export const roomOf = (account: StockAccountRecord, product: Measured): bigint => {
  const takenBy = (type: AccountEvent['type']): bigint =>
    account.events.reduce(
      (sum, event) =>
        event.type === type && 'quantity' in event ? sum + wholeSteps(event.quantity, product) : sum,
      0n,
    );
  return wholeSteps(account.committed, product) - takenBy('allocated') - takenBy('transferred-in');
};

/** The account as its readers see it. */
export function accountView(account: StockAccountRecord, product: Measured): StockAccountView {
  const state = accountState(account, product);
  const mass = (steps: bigint) => massOfSteps(steps, product);
  return {
    ...account,
    status: state.status,
    purchased: mass(state.purchased),
    drawn: mass(state.drawn),
    replenished: mass(state.replenished),
    paidFor: mass(state.paidFor),
    entitlement: mass(entitlementOf(state)),
    financed: mass(financedOf(state)),
    openDraws: state.draws.map(({ draw, outstanding, grade: { purity, requires, lasts }, due }) => ({
      ...{ draw, outstanding: mass(outstanding), due },
      ...(purity === undefined ? {} : { purity }),
      ...(requires === undefined ? {} : { requires: [...requires] }),
      ...(lasts === undefined ? {} : { lasts }),
    })),
    version: account.events.length + 1,
  };
}
