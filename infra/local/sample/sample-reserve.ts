import type { DisruptionTerms } from '../../../shared/risk/disruption.ts';
import type { Chain, Known } from './figure.ts';
import type { SourceId } from './sources.ts';

/** What a stockpile of the sample holds of one product, and is to hold. Stock and use are figures like all others. */
export interface SampleHolding {
  readonly product: string;
  /** A year's use, as the source counts it, and the way to the product's unit. */
  readonly use: Known;
  readonly conversion: Chain;
  readonly year: Known;
  readonly targetDays: Known;
  /** In the product's unit, verified as an opening lot. */
  readonly stock: Known;
  readonly origin: string;
  readonly place: string;
}

/** A stockpile: its operator is invented, what it is to cover is not. */
export interface SampleStockpile {
  readonly id: string;
  readonly operator: string;
  readonly name: string;
  readonly country: string;
  readonly holdings: readonly SampleHolding[];
}

/** What a member of a stockpile has there: so much is bought for it, of which so much lies there to draw. */
export interface SampleAccount {
  readonly stockpile: string;
  readonly member: string;
  readonly product: string;
  readonly committed: Known;
  readonly allocated: Known;
  /** Passed on to another member's account, on the same terms. */
  readonly passedOn?: { readonly to: string; readonly quantity: Known };
}

/** A loan in kind that is asked for, and the use that it goes by. */
export interface SampleLoan {
  readonly stockpile: string;
  readonly borrower: string;
  readonly product: string;
  readonly use: Known;
  readonly conversion: Chain;
  readonly quantity: Known;
  readonly purpose: string;
}

/** A measure of a state, by its own dates. */
export interface SampleDisruption {
  readonly source: SourceId;
  readonly reference: string;
  readonly title: string;
  readonly kind: DisruptionTerms['kind'];
  readonly origins: readonly string[];
  readonly minerals: readonly string[];
  readonly stages?: DisruptionTerms['stages'];
  readonly destinations?: readonly string[];
  readonly quota?: { readonly allowed: Known; readonly of: Known; readonly unit: 't' };
  readonly from: string;
  readonly to?: string;
  readonly suspended?: DisruptionTerms['suspended'];
}

/** Where the zone's supply of a product comes from, as a source tells it. */
export interface SampleFlows {
  readonly product: string;
  readonly unit: 'kg' | 'kg contained';
  readonly year: Known;
  readonly source: string;
  /** `XX`, which ISO 3166-1 leaves to users, stands for the countries that the source adds up. */
  readonly origins: readonly {
    readonly country: string;
    readonly quantity: Known;
    readonly conversion: Chain;
  }[];
}

/** A product that is watched and not traded here: it has flows, and disruptions, and no orders. */
export interface WatchedProduct {
  readonly id: string;
  readonly name: string;
  readonly mineral: string;
  readonly stage: 'mining' | 'processing';
  readonly hsCode: string;
  readonly unit: 'kg contained';
  readonly lot: Known;
  readonly tick: Known;
  readonly containedFactor: Known;
}
