/**
 * Every expected failure the marketplace can name. The code is what clients match on, so it never changes
 * once published; `wire/problem-details.ts` maps each to its HTTP status and title in one exhaustive table.
 */
export const problemCodes = [
  // the request itself
  'malformed_request',
  'invalid_request',
  'unsupported_media_type',
  'body_too_large',
  'cursor_invalid',
  'not_acceptable',
  'method_not_allowed',
  'unauthenticated',
  'forbidden',
  'not_found',
  'rate_limited',
  // concurrency
  'precondition_required',
  'precondition_failed',
  'idempotency_key_reused',
  'concurrent_change',
  'clearing_in_progress',
  // values
  'unit_not_convertible',
  'currency_mismatch',
  'off_tick',
  'off_lot',
  'unknown_reference',
  'not_yet_supported',
  // reference data, floors, certificates
  'second_approval_required',
  'floor_overlap',
  'standards_overlap',
  'zone_overlap',
  'product_fixed',
  'site_country_fixed',
  'invalid_state',
  // orders
  'site_mismatch',
  'site_not_producing',
  'capacity_exceeded',
  'order_closed',
  'below_contracted',
  'quarter_begun',
  'condition_unsatisfiable',
  // pools
  'pool_closed',
  'pool_full',
  'already_member',
  'outside_zone',
  // reference prices
  'reference_unavailable',
  'index_unavailable',
  'series_fixed',
  // contracts
  'contract_ended',
  'contract_suspended',
  'conditions_open',
  'longstop_passed',
  'quantity_exceeded',
  'make_up_unavailable',
  'assay_open',
  'assay_incomplete',
  'cure_period_running',
  'no_ground',
  'not_amendable',
  // support
  'budget_exhausted',
  'not_eligible',
  // stockpiles
  'lot_mismatch',
  'stock_insufficient',
  'pace_exceeded',
  // members' accounts, loans and releases of stockpiles
  'entitlement_exceeded',
  'replenishment_overdue',
  'grade_too_low',
  'level_not_reached',
  'need_not_verified',
  'essential_first',
  'nothing_to_release',
  // clearings
  'clearing_not_completed',
  'market_too_large',
  // surprises
  'unavailable',
  'internal',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** One field at fault: `pointer` is an RFC 6901 JSON pointer into the request body. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** An expected failure as a value. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence for the caller: what is wrong and what to do next. Never the inside of the system. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

export const problem = (code: ProblemCode, detail: string, errors?: readonly FieldError[]): Problem =>
  errors === undefined ? { code, detail } : { code, detail, errors };

/** A problem with exactly one field at fault; the field's code is the problem's own. */
export const fieldProblem = (code: ProblemCode, pointer: string, detail: string): Problem => ({
  code,
  detail,
  errors: [{ pointer, code, detail }],
});
