import * as z from 'zod';
import type { Problem, ProblemCode } from '../kernel/problem.ts';
import { problemCodes } from '../kernel/problem.ts';

/** HTTP status and title of every problem: the one place where a code meets a status. */
export const problemTable = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  invalid_request: { status: 422, title: 'The request is not valid' },
  unsupported_media_type: { status: 415, title: 'Media type not supported' },
  body_too_large: { status: 413, title: 'Body too large' },
  cursor_invalid: { status: 400, title: 'Cursor not valid here' },
  not_acceptable: { status: 406, title: 'Not acceptable' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  unauthenticated: { status: 401, title: 'Not authenticated' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not found' },
  rate_limited: { status: 429, title: 'Too many requests' },
  precondition_required: { status: 428, title: 'Precondition required' },
  precondition_failed: { status: 412, title: 'Precondition failed' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key used for another request' },
  concurrent_change: { status: 409, title: 'Changed by others meanwhile' },
  clearing_in_progress: { status: 409, title: 'A clearing holds the order' },
  unit_not_convertible: { status: 422, title: 'Unit cannot be converted' },
  currency_mismatch: { status: 422, title: 'Wrong currency' },
  off_tick: { status: 422, title: 'Price off the tick' },
  off_lot: { status: 422, title: 'Quantity off the lot' },
  unknown_reference: { status: 422, title: 'Refers to something unknown' },
  not_yet_supported: { status: 422, title: 'Not yet supported' },
  second_approval_required: { status: 409, title: 'Another administrator must approve' },
  floor_overlap: { status: 409, title: 'Overlaps another floor' },
  standards_overlap: { status: 409, title: 'Overlaps another standards rule' },
  zone_overlap: { status: 409, title: 'A destination would be in two zones' },
  product_fixed: { status: 409, title: 'Fixed once the product has orders' },
  site_country_fixed: { status: 409, title: "A site's country never changes" },
  invalid_state: { status: 409, title: 'Not possible in this state' },
  site_mismatch: { status: 422, title: 'The site does not make this product' },
  site_not_producing: { status: 422, title: 'The site does not produce yet' },
  capacity_exceeded: { status: 422, title: "Above the site's capacity" },
  order_closed: { status: 409, title: 'The order is closed' },
  below_contracted: { status: 422, title: 'Below what is contracted' },
  quarter_begun: { status: 422, title: 'The quarter has begun' },
  condition_unsatisfiable: { status: 422, title: 'The order could never trade' },
  pool_closed: { status: 409, title: 'The pool takes no more members' },
  pool_full: { status: 409, title: 'The pool has as many members as it may' },
  already_member: { status: 409, title: 'Already a member of the pool' },
  outside_zone: { status: 422, title: 'Outside what the pool or the stockpile buys for' },
  reference_unavailable: { status: 409, title: 'No reference price' },
  index_unavailable: { status: 409, title: 'No value of the index' },
  series_fixed: { status: 409, title: "A series' product, currency and unit never change" },
  contract_ended: { status: 409, title: 'The contract has ended' },
  contract_suspended: { status: 409, title: 'The contract is suspended' },
  conditions_open: { status: 409, title: 'Conditions precedent are open' },
  longstop_passed: { status: 409, title: 'The longstop date has passed' },
  quantity_exceeded: { status: 422, title: 'More than the contract has' },
  make_up_unavailable: { status: 422, title: 'No such make-up to deliver' },
  assay_open: { status: 409, title: 'The assay is not settled' },
  assay_incomplete: { status: 422, title: 'Not the elements that are to be assayed' },
  cure_period_running: { status: 409, title: 'May still be cured' },
  no_ground: { status: 409, title: 'Nothing that would justify it' },
  not_amendable: { status: 422, title: 'Not for the parties to change' },
  budget_exhausted: { status: 409, title: 'The budget does not reach so far' },
  not_eligible: { status: 422, title: 'Not eligible for the programme' },
  lot_mismatch: { status: 422, title: 'Not what the stock lot is' },
  stock_insufficient: { status: 422, title: 'Not so much in stock' },
  pace_exceeded: { status: 422, title: 'Faster than the stockpile may buy' },
  entitlement_exceeded: { status: 422, title: 'More than there is a claim to' },
  replenishment_overdue: { status: 409, title: 'What was drawn is overdue' },
  grade_too_low: { status: 422, title: 'Not of the same or a better grade' },
  need_not_verified: { status: 409, title: 'No verified need' },
  essential_first: { status: 409, title: 'Essential users come first' },
  level_not_reached: { status: 409, title: 'Supply is not tight enough' },
  nothing_to_release: { status: 409, title: 'Nothing can be released' },
  clearing_not_completed: { status: 409, title: 'The clearing has not completed' },
  market_too_large: { status: 422, title: 'The market is too large to clear' },
  unavailable: { status: 503, title: 'Unavailable for the moment' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Record<ProblemCode, { status: number; title: string }>;

/** RFC 9457 problem details, with the stable `code` and the fields at fault. */
export const problemDetailsSchema = z
  .strictObject({
    type: z.string().meta({ description: 'URI of the kind of problem', format: 'uri' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'This occurrence: names the request id', format: 'uri' }),
    code: z.enum(problemCodes).meta({ description: 'Stable name of the problem; what clients match on' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'RFC 6901 JSON pointer into the request' }),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemDetails = z.output<typeof problemDetailsSchema>;

/** The body that tells a client about a problem. `status` overrides the table's where the place of the fault does. */
export function problemDetails(
  problem: Problem,
  requestId: string,
  status: number = problemTable[problem.code].status,
): ProblemDetails {
  return {
    type: `https://lodestone.example/problems/${problem.code}`,
    title: problemTable[problem.code].title,
    status,
    detail: problem.detail,
    instance: `urn:lodestone:request:${requestId}`,
    code: problem.code,
    ...(problem.errors === undefined ? {} : { errors: problem.errors.map((error) => ({ ...error })) }),
  };
}
