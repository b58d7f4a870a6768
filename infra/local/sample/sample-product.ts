import type { Chain, Figure, Known } from './figure.ts';

/** A producing country: its real output, and the invented organisations that stand for its sites. */
export interface SampleOrigin {
  readonly country: string;
  /** A year's output of the stage, as the source counts it. */
  readonly output: Figure;
  /** The country's ask as a ratio of the product's reference price, or of a price of its own. */
  readonly ask: { readonly ratio: Known; readonly reference?: Chain };
  /** One invented organisation for each site that the rule of sites gives the country. */
  readonly sellers: readonly string[];
  /** Where its offers deliver; everywhere if absent. */
  readonly destinations?: readonly string[];
  /** Its offers follow the product's series: up to which part of the reference price, at most. */
  readonly indexedUpTo?: Known;
  /** Growth of its quantity from each quarter to the next: a plant being run up. */
  readonly rampUp?: Known;
}

/** An invented buyer, and the real consumption that its demand is a part of. */
export interface SampleBuyer {
  readonly name: string;
  readonly destination: string;
  /** A year's consumption of the economy that it buys in, as the source counts it. */
  readonly consumption: Figure;
  /** From the consumption as counted to the product's unit. */
  readonly conversion: Chain;
  /** This buyer's part of it. */
  readonly share: Known;
  /** Its limit as a ratio of the product's limit price. */
  readonly limitRatio: Known;
  /** Most of one origin in each quarter. */
  readonly originCap?: Known;
  /** Its bid follows the product's series. */
  readonly indexed?: true;
  /** First quarter (1 is the next) and number of quarters; the whole horizon if absent. */
  readonly window?: { readonly first: Known; readonly count: Known };
  /** Another unit that its limit is posted in. */
  readonly limitIn?: { readonly unit: 'lb'; readonly step: Known; readonly conversion: Chain };
}

export interface SampleFloor {
  readonly price: Known;
  readonly per: 'kg' | 't' | 'lb' | 'mtu';
  readonly rationale: string;
  readonly duties: readonly { readonly origin: string; readonly destination: string; readonly rate: Known }[];
}

/** One product of the sample market: real figures, and the stated rules that make orders of them. */
export interface SampleProduct {
  readonly id: string;
  readonly name: string;
  readonly mineral: string;
  readonly hsCode: string;
  readonly unit: 'kg' | 't' | 'mtu';
  readonly lot: Known;
  readonly tick: Known;
  readonly containedFactor?: Known;
  /** The world's output in the same terms as the origins'. */
  readonly world: Known;
  /** From a unit of output as counted to the product's unit. */
  readonly conversion: Chain;
  /** The part of real output and of real consumption that this market sees. */
  readonly marketShare: Known;
  /** What asks and limits are ratios of, in USD per unit of the product. */
  readonly reference: Chain;
  /** What limits are ratios of, where it is not the reference of the asks. */
  readonly limitReference?: Chain;
  readonly origins: readonly SampleOrigin[];
  readonly buyers: readonly SampleBuyer[];
  readonly floor?: SampleFloor;
  /** Deals of invented firms, from which its reference price is made. */
  readonly series?: {
    readonly id: string;
    readonly name: string;
    /** Each at a part of the product's reference price. */
    readonly deals: readonly { readonly firm: string; readonly ratio: Known }[];
    readonly quantity: Known;
  };
  /** What its contracts are concluded on. */
  readonly standardTerms?: {
    readonly takeOrPay: Known;
    readonly makeUpYears: Known;
    readonly umpire: string;
    readonly rejectBelow: Known;
    readonly splittingLimit: Known;
    readonly provisionalShare: Known;
  };
  /** Pays the gap between what a buyer can pay and what a producer asks. */
  readonly programme?: {
    readonly name: string;
    readonly rationale: string;
    readonly origins: readonly string[];
    readonly strikeRatio: Known;
    readonly maximumGap: Known;
    readonly budget: Known;
  };
  /** The first of its contracts' deliveries, shipped ahead of time. */
  readonly firstDelivery?: { readonly seller: string; readonly quantity: Known; readonly assay: Known };
  /** Whether the zone asks for certificates. */
  readonly certified: boolean;
  /** What is not known, and so is in no order: said where the result is shown. */
  readonly unknown: readonly { readonly what: string; readonly figure: Figure }[];
  /** Facts that shaped the orders beyond their figures, a line each. */
  readonly notes: readonly string[];
}
