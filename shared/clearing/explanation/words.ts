import type { ConditionCode } from '../../orders/conditions.ts';
import type { ConditionStanding } from './condition-reason.ts';
import type { MarketCause } from '../eligibility/refusal.ts';

/**
 * What kept an order from trading, in words for people who run mines and plants, not markets: the end of a sentence that
 * begins with a quantity of the order, "20 t …". They name nobody, and tell neither side the other's terms.
 */
interface Words {
  readonly offer: string;
  readonly bid: string;
}

export const wordsOf: Record<MarketCause, Words> = {
  related_party: {
    offer: 'met only bids of its own group of companies',
    bid: 'met only offers of its own group of companies',
  },
  window_mismatch: {
    offer: 'met no bid for delivery in that time',
    bid: 'met no offer for delivery in that time',
  },
  price_terms_mismatch: {
    offer: 'met only bids with another kind of price, fixed or tied to an index, or another cap on it',
    bid: 'met only offers with another kind of price, fixed or tied to an index, or another cap on it',
  },
  reference_unavailable: {
    offer: 'is tied to a reference price that could not be fixed on the day',
    bid: 'is tied to a reference price that could not be fixed on the day',
  },
  not_delivered: {
    offer: 'met only bids for delivery to places that the offer does not serve',
    bid: "met only offers that do not deliver to the bid's destination",
  },
  purity_too_low: {
    offer: 'fell short of the purity that buyers ask for',
    bid: 'met only offers below the purity that the bid asks for',
  },
  origin_barred: {
    offer: 'may not be delivered to where the buyers are, because of its origin',
    bid: 'met only offers from origins that may not be delivered to its destination',
  },
  origin_excluded: {
    offer: 'comes from an origin that buyers exclude',
    bid: 'met only offers from origins that the bid excludes',
  },
  conditional_not_accepted: {
    offer: 'hangs on conditions that the buyers who could take it do not accept',
    bid: 'met only offers that hang on conditions, which the bid does not accept',
  },
  site_unverified: {
    offer: 'comes from a site that is not verified yet, as the rules where the buyers are require',
    bid: 'met only offers from sites that are not verified, as the rules at its destination require',
  },
  certificate_missing: {
    offer: 'lacks a certificate that was required',
    bid: 'met only offers that lack a required certificate',
  },
  certificate_scope: {
    offer: 'has a certificate that does not cover this mineral and stage',
    bid: 'met only offers whose certificate does not cover this mineral and stage',
  },
  certificate_level: {
    offer: 'has a certificate below the level that was required',
    bid: 'met only offers whose certificate is below the required level',
  },
  certificate_expired: {
    offer: 'has no certificate that is valid when the delivery would begin',
    bid: 'met only offers whose certificate is not valid when the delivery would begin',
  },
  certificate_suspended: {
    offer: 'has a certificate that is suspended',
    bid: 'met only offers whose certificate is suspended',
  },
  floor_not_defined: {
    offer: 'could not trade, because no floor price is in force where the buyers are',
    bid: 'could not trade, because no floor price is in force at its destination',
  },
  price_below_floor: {
    offer: 'met only bids below the floor price',
    bid: 'could not trade, because its limit is below the floor price',
  },
  limit_below_reserve: {
    offer: 'found no buyer who would pay its ask and the duties',
    bid: 'found no seller who would deliver within its limit',
  },
  consumption_not_declared: {
    offer: 'could not be let in, because the planned consumption where the buyers are is not declared',
    bid: 'could not be let in, because the planned consumption at its destination is not declared',
  },
  concentration_limit: {
    offer: 'would have taken buyers, or their zone, beyond a limit on supply from one country',
    bid: 'would have gone beyond a limit on supply from one country, its own or its zone’s',
  },
  minimum_lot: {
    offer: 'met only bids with which an award would be below the least lot that one of the two asks for',
    bid: 'met only offers with which an award would be below the least lot that one of the two asks for',
  },
  minimum_quarters: {
    offer:
      'met only bids with which an award would run for fewer quarters in a row than one of the two asks for',
    bid: 'met only offers with which an award would run for fewer quarters in a row than one of the two asks for',
  },
  out_of_competition: {
    offer: 'lost to other offers that were better for the buyers',
    bid: 'lost to other bids that were better for the sellers',
  },
  insufficient_supply: {
    offer: 'could not be supplied',
    bid: 'found no supply left within its limit',
  },
  insufficient_demand: {
    offer: 'found no buyer left at its ask',
    bid: 'was not needed',
  },
};

/** The same for orders that a condition of their own kept out, by how it did. */
export const conditionWords: Record<ConditionStanding, Record<ConditionCode, Words>> = {
  withheld: {
    minimum_lot: {
      offer: 'is less than its own minimum lot and is not sold any more',
      bid: 'is less than its own minimum lot and is not bought any more',
    },
    all_or_none: {
      offer: 'is to be sold only as a whole, and part of it can be sold no more',
      bid: 'is to be bought only as a whole, and part of it can be bought no more',
    },
    minimum_quarters: {
      offer: 'is left in fewer quarters in a row than its own minimum and is not sold any more',
      bid: 'is left in fewer quarters in a row than its own minimum and is not bought any more',
    },
  },
  rejected: {
    minimum_lot: {
      offer: 'could not be sold in lots as large as its own minimum',
      bid: 'could not be bought in lots as large as its own minimum',
    },
    all_or_none: {
      offer: 'is to be sold only as a whole, and that could not be done',
      bid: 'is to be bought only as a whole, and that could not be done',
    },
    minimum_quarters: {
      offer: 'could not be sold for as many quarters in a row as its own minimum',
      bid: 'could not be bought for as many quarters in a row as its own minimum',
    },
  },
  paradox: {
    minimum_lot: {
      offer:
        'was turned down although its ask was good, because sales as large as its own minimum fit no fair price',
      bid: 'was turned down although its limit was good, because purchases as large as its own minimum fit no fair price',
    },
    all_or_none: {
      offer: 'was turned down although its ask was good, because a sale of all of it fits no fair price',
      bid: 'was turned down although its limit was good, because a purchase of all of it fits no fair price',
    },
    minimum_quarters: {
      offer:
        'was turned down although its ask was good, because sales for as many quarters as its own minimum fit no fair price',
      bid: 'was turned down although its limit was good, because purchases for as many quarters as its own minimum fit no fair price',
    },
  },
};
