import { concludedEvent, withEvents } from '../../shared/contracts/chain.ts';
import type { EventBody } from '../../shared/contracts/contract-events.ts';
import type { Contract } from '../../shared/contracts/contract.ts';
import { contractSchema } from '../../shared/contracts/contract.ts';
import { stateOf } from '../../shared/contracts/life.ts';
import type { Actor, Ground, Ruled } from '../../shared/contracts/rules/ground.ts';
import type { StandardTermsTerms } from '../../shared/contracts/standard-terms.ts';
import { plainTerms, standardTermsShape } from '../../shared/contracts/standard-terms.ts';
import type { ContractState } from '../../shared/contracts/state.ts';
import { decimal, formatDecimal } from '../../shared/kernel/decimal.ts';
import type { Decimal } from '../../shared/kernel/decimal.ts';
import { without } from '../../shared/kernel/without.ts';
import type { Product } from '../../shared/reference/product.ts';
import * as z from 'zod';

export const dec = decimal;
export const text = (value: Decimal): string => formatDecimal(value);
export const tonnes = (amount: string) => ({ amount: decimal(amount), unit: 't' as const });

const id = (prefix: string, name: string): string => `${prefix}_${name.padStart(24, '0')}`;
export const dlv = (name: string): string => id('dlv', name);
export const amd = (name: string): string => id('amd', name);
export const evt = (name: string): string => id('evt', name);
export const crt = (name: string): string => id('crt', name);
export const stl = (name: string): string => id('stl', name);

/** A contract for so many tonnes a quarter at 14,000 USD/t. */
export function aContract(
  quantities: Readonly<Record<string, string>> = { '2027-Q1': '100' },
  changes: object = {},
): Contract {
  const usd = (amount: string) => ({ amount, currency: 'USD', per: 't' });
  const money = (amount: string) => ({ amount, currency: 'USD' });
  const parts = <T>(of: (amount: string) => T) => ({
    ...{ ask: of('13500.00'), floorUplift: of('500.00'), scarcity: of('0.00'), duties: of('0.00') },
    ...{ levy: of('0.00'), support: of('0.00'), landed: of('14000.00') },
  });
  const contract = z.decode(contractSchema, {
    ...{ id: id('ctr', 'ONE'), clearing: id('clr', 'ONE'), offer: id('off', 'ONE'), bid: id('bid', 'ONE') },
    ...{ product: 'cobalt', seller: 'mine', buyer: 'maker', site: id('sit', 'ONE') },
    ...{ origin: 'AU', destination: 'DE', floor: null, standards: [], certificates: [] },
    schedule: Object.entries(quantities).map(([quarter, amount]) => ({
      ...{ quarter, quantity: { amount, unit: 't' }, price: usd('14000.00'), landedPrice: usd('14000.00') },
      ...{ waterfall: parts(String), interval: { low: usd('13500.00'), high: usd('14500.00') } },
    })),
    totals: parts(money),
    ...{ status: 'concluded', concludedAt: '2026-11-22T12:00:00.000Z', salt: 's'.repeat(64), events: [] },
    ...changes,
  } as z.input<typeof contractSchema>);
  return { ...contract, events: [concludedEvent(without(contract, 'events'))] };
}

export const termsOf = (terms: z.input<typeof standardTermsShape>): StandardTermsTerms =>
  standardTermsShape.parse(terms);

const product: Pick<Product, 'unit' | 'containedFactor'> = { unit: 't' };

/** A contract on which people act, one after the other. */
export class Life {
  contract: Contract;
  readonly terms: StandardTermsTerms;
  day = '2027-01-15';

  constructor(contract: Contract = aContract(), terms: StandardTermsTerms = plainTerms) {
    this.contract = contract;
    this.terms = terms;
  }

  get state(): ContractState {
    return stateOf(this.contract, this.terms);
  }

  on(day: string): this {
    this.day = day;
    return this;
  }

  /** The code of the refusal, or `ok`; what was done then stands. */
  by(role: Actor['role'], rule: (ground: Ground) => Ruled, subject = `${role}-user`): string {
    const organisation = role === 'administrator' ? 'ministry' : role === 'seller' ? 'mine' : 'maker';
    const actor: Actor = { role, organisation, subject, at: `${this.day}T12:00:00.000Z` };
    const ruled = rule({ state: this.state, product, actor });
    if (!ruled.ok) return ruled.problem.code;
    this.add(...ruled.value);
    return 'ok';
  }

  add(...bodies: readonly EventBody[]): this {
    this.contract = withEvents(this.contract, bodies);
    return this;
  }

  get types(): string[] {
    return this.contract.events.map(({ type }) => type);
  }
}
