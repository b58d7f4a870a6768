import type { Decimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../kernel/time.ts';
import type { Unit } from '../kernel/unit.ts';
import type { AmendmentChange, amendmentStatuses } from './amendment.ts';
import type { Contract } from './contract.ts';
import type { Delivery } from './delivery.ts';
import type { Side, StandardTermsTerms } from './standard-terms.ts';

export const contractStatuses = ['concluded', 'active', 'suspended', 'completed', 'terminated'] as const;
export type ContractStatus = (typeof contractStatuses)[number];

export interface Condition {
  readonly id: string;
  readonly side: Side;
  readonly state: 'open' | 'met' | 'waived';
  /** The last day on which it may still be met. */
  readonly longstop: CalendarDate;
}

/** A quantity of one quarter, in the product's own unit. */
export interface OfQuarter {
  readonly quarter: Quarter;
  readonly quantity: Quantity;
}

export interface ForceMajeure extends OfQuarter {
  readonly declaration: string;
  readonly side: Side;
  readonly reason: string;
  readonly acknowledged: boolean;
}

export interface Amendment {
  readonly id: string;
  readonly side: Side;
  readonly changes: readonly AmendmentChange[];
  readonly reason: string;
  readonly status: (typeof amendmentStatuses)[number];
  readonly proposedAt: Instant;
}

/** What was paid for in one contract year and not taken: what is left of it. */
export interface MakeUpLot {
  readonly year: number;
  readonly quantity: Decimal;
  /** What was paid, per unit. */
  readonly price: Price;
  readonly lastYear: number;
}

/** What was taken beyond one contract year's quantity, as far as no later year has used it up. */
export interface CarriedLot {
  readonly year: number;
  readonly quantity: Decimal;
}

/** Of an accepted make-up delivery: how much of it was paid for in which year, and at what price. */
export interface MakeUpDraw {
  readonly year: number;
  readonly quantity: Decimal;
  readonly price: Price;
}

/** A contract as its events have left it: what was agreed, as amended, and all that has happened. */
export interface ContractState {
  readonly id: string;
  readonly status: ContractStatus;
  readonly unit: Unit;
  readonly terms: StandardTermsTerms;
  /** Quarters that an amendment has left without quantity are left out. */
  readonly schedule: Contract['schedule'];
  readonly conditions: readonly Condition[];
  readonly deliveries: readonly Delivery[];
  /** Acknowledged force majeure by quarter, in the product's own unit. */
  readonly forceMajeure: readonly OfQuarter[];
  /** All that was declared, acknowledged or not. */
  readonly declarations: readonly ForceMajeure[];
  /** What the holder of the tolerance's option has fixed; the last one of a quarter counts. */
  readonly nominations: readonly OfQuarter[];
  /** What the buyer has said that it will not take. */
  readonly declined: readonly OfQuarter[];
  readonly amendments: readonly Amendment[];
  /** Quarters and years that have been settled, with the number of the last settlement of each. */
  readonly settled: ReadonlyMap<Quarter, number>;
  readonly settledYears: ReadonlyMap<number, number>;
  readonly makeUp: readonly MakeUpLot[];
  /** By accepted make-up delivery. */
  readonly makeUpDrawn: ReadonlyMap<string, readonly MakeUpDraw[]>;
  readonly carryForward: readonly CarriedLot[];
  /** The day of its termination, and whether it was ever binding until then. */
  readonly ended?: { readonly on: CalendarDate; readonly wasBinding: boolean } | undefined;
  /** The administrator's subject, while suspended. */
  readonly suspendedBy?: string | undefined;
}
