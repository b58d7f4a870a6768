import type { Decimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import type { Quarter } from '../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import type { Zone } from '../reference/zone.ts';
import type { OriginQuantity } from './concentration.ts';
import type { AssessedStockpile } from './cover-status.ts';

/** One quarter of a contract, as amended: nothing once it has ended. Masses in the product's own unit. */
export interface AssessedQuarter {
  readonly quarter: Quarter;
  readonly quantity: Decimal;
  /** Of it, accepted. */
  readonly accepted: Decimal;
  /** Received or accepted after the quarter's end, or due and neither tendered nor excused. */
  readonly late: Decimal;
  /** Acknowledged force majeure. */
  readonly forceMajeure: Decimal;
}

/** A contract that delivers into the zone (into any, where none is named), as its events have left it. */
export interface AssessedContract {
  readonly contract: string;
  /** That it was concluded under. */
  readonly bid: string;
  /** Organisation that takes delivery. */
  readonly takes: string;
  /** Groups of related parties. */
  readonly seller: string;
  readonly buyer: string;
  /** The organisations themselves, seller and buyer. */
  readonly parties: readonly string[];
  readonly origin: string;
  readonly destination: string;
  readonly isOver: boolean;
  /** Some condition precedent is neither met nor waived: it does not bind yet. */
  readonly isConditional: boolean;
  readonly quarters: readonly AssessedQuarter[];
  /** Relied on when it was concluded. */
  readonly certificates: readonly { readonly id: string; readonly validTo: CalendarDate }[];
}

/** Flows that a zone's administrators have declared from a named source, such as customs' statistics of a year. */
export interface DeclaredFlows {
  readonly source: string;
  readonly year: number;
  readonly flows: readonly OriginQuantity[];
}

/** A disruption that is in effect on the assessment's day. */
export interface AssessedDisruption {
  readonly disruption: string;
  readonly kind: string;
  readonly origins: readonly string[];
  /** Only what is delivered there; everywhere if absent. */
  readonly destinations?: readonly string[] | undefined;
  /** Of what comes from these origins, the part that cannot come: 1 for a ban. */
  readonly affectedShare: Decimal;
}

/** All that an assessment is made of; nothing is read any more. */
export interface AssessmentInputs {
  readonly product: Pick<
    Product,
    'id' | 'mineral' | 'stage' | 'unit' | 'currency' | 'lot' | 'containedFactor'
  >;
  /** Null: the whole market. */
  readonly zone: Zone | null;
  readonly at: Instant;
  /** The first of the four quarters that are looked at. */
  readonly from: Quarter;
  /** Planned by quarter; of several zones together where none is named and no two share a member. */
  readonly consumption: readonly { readonly quarter: Quarter; readonly quantity: Decimal }[] | null;
  readonly contracts: readonly AssessedContract[];
  readonly declared: DeclaredFlows | null;
  readonly stockpiles: readonly AssessedStockpile[];
  /** Newest first. */
  readonly prices: readonly { readonly date: CalendarDate; readonly price: Price; readonly source: string }[];
  /** In force. */
  readonly floors: readonly { readonly floor: string; readonly effectiveTo?: CalendarDate | undefined }[];
  readonly disruptions: readonly AssessedDisruption[];
}
