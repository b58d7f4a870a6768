/*
 * A proof document, as far as verification reads it. What is missing or malformed shows when it is read: numbers by
 * `exact.ts`, which refuses what is none, everything else by the digest and the rules that it would have to keep.
 */
type Text<Names extends string> = Readonly<Record<Names, string>>;
type Maybe<Names extends string, Of = string> = { readonly [Name in Names]?: Of | null };
type List<Item> = readonly Item[];

export type Quantity = Text<'amount' | 'unit'>;
export type Price = Text<'amount' | 'currency' | 'per'>;
export type Schedule = List<Text<'quarter'> & { readonly quantity: Quantity }>;
export type Requirement = Text<'scheme'> & Maybe<'level'>;

type OrderJson = Text<'id' | 'party' | 'group'> & {
  readonly price: Price;
  readonly remaining: Schedule;
} & Maybe<'validUntil'> &
  Maybe<'priceTerms', Text<'kind'> & Maybe<'reference'> & Maybe<'cap', Price>> &
  Maybe<'minimumLot', Quantity> &
  Maybe<'allOrNone', boolean> &
  Maybe<'minimumQuarters', number>;
export type OfferJson = OrderJson &
  Text<'site'> &
  Maybe<'destinations', List<string>> &
  Maybe<'purity'> &
  Maybe<'conditionsPrecedent', List<unknown>>;
export type BidJson = OrderJson &
  Text<'destination'> &
  Maybe<'minimumPurity' | 'maxOriginShare' | 'pool' | 'zone'> &
  Maybe<'requires', List<Requirement>> &
  Maybe<'excludedOrigins', List<string>> &
  Maybe<'acceptsConditional', boolean> & {
    readonly requested: Schedule;
    readonly contractedByOrigin: List<Schedule[number] & Text<'origin'>>;
  };

/** A member of a pool; the pool's bid names a zone in place of a destination. */
export type MemberJson = Text<'id' | 'bid' | 'group' | 'destination'> &
  Maybe<'minimum', Quantity> & { readonly remaining: Schedule; readonly contracted: Schedule };

export interface Snapshot extends Text<'clearing' | 'gateClosure'> {
  readonly product: Text<'id' | 'mineral' | 'stage' | 'unit' | 'currency'> &
    Maybe<'containedFactor'> &
    Maybe<'floorRequired', boolean> & { readonly lot: Quantity; readonly priceTick: Price };
  readonly zones: List<
    Text<'id'> & { readonly members: List<string> } & Maybe<'maxOriginShare'> &
      Maybe<'barredOrigins', List<string>> &
      Maybe<'equivalentOrigins', List<Text<'origin'> & Maybe<'product'>>> &
      Maybe<'verifiedSitesOnly', boolean>
  >;
  readonly consumption: List<Text<'zone' | 'product'> & { readonly quarters: Schedule }>;
  readonly originUse?: List<Schedule[number] & Text<'origin' | 'destination'>>;
  readonly floors: List<
    Text<'id' | 'product' | 'zone' | 'status' | 'effectiveFrom'> &
      Maybe<'approvedAt' | 'effectiveTo'> &
      Maybe<'duties', List<Text<'origin' | 'rate'> & Maybe<'destination'>>> & {
        readonly price: Price;
        readonly borderAdjusted: boolean;
      }
  >;
  readonly standards: List<
    Text<'id' | 'product' | 'zone' | 'effectiveFrom'> &
      Maybe<'effectiveTo' | 'minimumAssurance'> &
      Maybe<'renewalCovenant', boolean> & {
        readonly topics: List<{ readonly anyOf: List<Requirement> }>;
      }
  >;
  readonly schemes: List<
    Text<'id' | 'assurance'> & Readonly<Record<'levels' | 'stages' | 'minerals', List<string>>>
  >;
  readonly references?: List<
    Text<'id' | 'status'> & Maybe<'price', Price> & Maybe<'fixing', { readonly price: Price }>
  >;
  readonly sites: List<Text<'id' | 'country' | 'stage'> & { readonly verified: boolean }>;
  readonly certificates: List<
    Text<'id' | 'site' | 'scheme' | 'validFrom' | 'validTo' | 'status'> &
      Maybe<'level'> &
      Maybe<'minerals' | 'stages', List<string>>
  >;
  readonly offers: List<OfferJson>;
  readonly bids: List<BidJson>;
  readonly members?: List<MemberJson>;
  /** In the order in which they are served. */
  readonly programmes?: List<Programme>;
}

type Money = Text<'amount' | 'currency'>;

/** A support programme in force, and what is left of its budget. */
export type Programme = Text<'id' | 'zone' | 'reference' | 'from' | 'to'> & {
  readonly maximumGap: Price;
  readonly left: Money;
  readonly eligible: Maybe<'sites' | 'origins' | 'stages', List<string>> &
    Maybe<'standards', List<Requirement>> &
    Maybe<'recycledOnly', boolean>;
} & Maybe<'minimumReference', Price> &
  Maybe<'awardCap', Money>;

/** What a programme supports after the market's own clearing, and the values that prove it. */
export type SupportRound = Text<'programme' | 'next'> & {
  readonly flows: List<
    Text<'quarter' | 'offer' | 'bid' | 'lots' | 'price' | 'landed' | 'duties' | 'levy' | 'support'>
  >;
  readonly quarters: List<
    Text<'quarter'> & {
      readonly scarcity: List<Text<'offer' | 'value'>>;
      readonly surplus: List<Text<'bid' | 'value'>>;
      readonly capValue: List<Text<'bid' | 'origin' | 'value'>>;
      readonly limitValue: List<Text<'origin' | 'value'>>;
    }
  >;
};

export interface Duals extends Text<'scale'> {
  readonly scarcity: List<Text<'offer' | 'value'>>;
  readonly surplus: List<Text<'bid' | 'value'>>;
  readonly capValue: List<Text<'bid' | 'origin' | 'value'>>;
  readonly limitValue: List<Text<'zone' | 'origin' | 'value'>>;
}

export interface Proof extends Text<'clearing' | 'inputDigest'> {
  readonly snapshot: Snapshot;
  readonly rejected: List<Text<'order' | 'code'>>;
  /** Members of pools that a minimum of their own kept out of a quarter. */
  readonly absent?: List<Text<'member' | 'quarter'>>;
  readonly quarters: List<
    Text<'quarter' | 'primal' | 'dual'> & {
      readonly flows: List<
        Text<'offer' | 'bid' | 'lots' | 'price' | 'landed' | 'duties' | 'levy'> & Maybe<'member'>
      >;
      readonly prices: Duals;
      readonly bound: Duals | null;
    }
  >;
  readonly levyTotal: Text<'amount' | 'currency'>;
  /** By programme, in the order in which they were served. */
  readonly support?: List<SupportRound>;
  readonly contracts: number;
}
