import type { Quantity } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import type { Contract } from './contract.ts';
import type { Delivery } from './delivery.ts';
import type { StandardTermsTerms } from './standard-terms.ts';

export const contractStatuses = ['concluded', 'active', 'suspended', 'completed', 'terminated'] as const;
export type ContractStatus = (typeof contractStatuses)[number];

/** A contract as its events have left it: what was agreed, as amended, and all that has happened. */
export interface ContractState {
  readonly status: ContractStatus;
  readonly terms: StandardTermsTerms;
  readonly schedule: Contract['schedule'];
  readonly conditions: readonly {
    readonly id: string;
    readonly state: 'open' | 'met' | 'waived';
    readonly longstop: CalendarDate;
  }[];
  readonly deliveries: readonly Delivery[];
  /** Acknowledged force majeure by quarter, in the product's own unit. */
  readonly forceMajeure: readonly { readonly quarter: Quarter; readonly quantity: Quantity }[];
  /** Quarters and years that have been settled, with the number of the last settlement of each. */
  readonly settled: ReadonlyMap<Quarter, number>;
  readonly settledYears: ReadonlyMap<number, number>;
}
