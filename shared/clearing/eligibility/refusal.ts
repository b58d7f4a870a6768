/** Why an offer and a bid may not trade, or what kept an order from trading more. In order of report. */
export const refusalCodes = [
  'related_party',
  'window_mismatch',
  'price_terms_mismatch',
  'reference_unavailable',
  'purity_too_low',
  'origin_barred',
  'origin_excluded',
  'conditional_not_accepted',
  'site_unverified',
  'certificate_missing',
  'certificate_scope',
  'certificate_level',
  'certificate_expired',
  'certificate_suspended',
  'floor_not_defined',
  'price_below_floor',
  'limit_below_reserve',
  'consumption_not_declared',
  'concentration_limit',
  'minimum_lot',
  'minimum_quarters',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/**
 * Why a pair may not trade, as finely as the engine tells it apart. `not_delivered` (the offer does not deliver to the
 * bid's destination) is told as `price_terms_mismatch`, with a detail of its own.
 */
const refusalCauses = [...refusalCodes, 'not_delivered'] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** Each cause's bit, for sets of causes. */
export const refusalBit = Object.fromEntries(
  refusalCauses.map((cause, index) => [cause, 1 << index]),
) as Record<RefusalCause, number>;

/** The causes of a set. */
export const causesIn = (bits: number): RefusalCause[] =>
  refusalCauses.filter((cause) => (bits & refusalBit[cause]) !== 0);

/** The code by which a cause is told. */
export const codeOf = <C extends string>(cause: C): Exclude<C, 'not_delivered'> | 'price_terms_mismatch' =>
  cause === 'not_delivered' ? 'price_terms_mismatch' : (cause as Exclude<C, 'not_delivered'>);

/** What the flow itself says of an order that was not filled. */
export const outcomeCodes = [
  'out_of_competition',
  'insufficient_supply',
  'insufficient_demand',
  'all_or_none',
] as const;
export type BindingCode = RefusalCode | (typeof outcomeCodes)[number];
/** What binds an order, as finely as the engine tells it apart. */
export type BindingCause = RefusalCause | BindingCode;
/** What binds an order in the market; not that it is to trade as a whole. */
export type MarketCause = Exclude<BindingCause, 'all_or_none'>;

const details: Record<BindingCode, string> = {
  related_party: 'Seller and buyer are the same organisation or of one group.',
  window_mismatch: 'The orders have no open delivery quarter in common here.',
  price_terms_mismatch:
    'The price is quoted on other terms: fixed, indexed to another reference, or with a cap that the two cannot both keep.',
  reference_unavailable: 'There is no reference price of the day: too few independent firms, or too old.',
  purity_too_low: 'The offered purity is below the minimum that the bid asks for.',
  origin_barred: "The destination's zone bars this origin.",
  origin_excluded: 'The bid excludes this origin.',
  conditional_not_accepted:
    'The offer hangs on conditions precedent, and the bid does not accept such offers.',
  site_unverified: "The destination's zone accepts verified sites only.",
  certificate_missing: 'A required certificate is missing.',
  certificate_scope: "The certificate does not cover the product's mineral and stage.",
  certificate_level: 'The certificate is below the required level or assurance.',
  certificate_expired: 'The certificate is not valid when the quarter begins.',
  certificate_suspended: 'The certificate is suspended.',
  floor_not_defined: "The product trades under a floor only, and the destination's zone has none in force.",
  price_below_floor: 'The limit is below the floor in force.',
  limit_below_reserve: 'The limit is below the landed reserve: the ask or floor with duties.',
  consumption_not_declared: 'The zone caps single origins and has declared no consumption for the quarter.',
  concentration_limit: 'The cap on a single origin leaves no more room.',
  out_of_competition: 'Others traded at terms better for their counterparties.',
  insufficient_supply: 'There was no more eligible supply at these terms.',
  insufficient_demand: 'There was no more eligible demand at these terms.',
  minimum_lot: 'An award of the two could not reach the minimum lot that one of them asks for.',
  minimum_quarters:
    'An award of the two could not run for the consecutive quarters that one of them asks for.',
  all_or_none: 'Not all of the order could trade, so none of it did.',
};

/** One sentence for the code; names no one. */
export const detailOf = (code: BindingCode): string => details[code];
