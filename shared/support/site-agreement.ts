import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { collect, fail, ok } from '../kernel/result.ts';
import { hasBegun } from '../kernel/quarter.ts';
import { moneyOf } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import { lotsOf, ownQuantity } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';
import type { Site } from '../reference/site.ts';
import type { Agreement, SiteAgreementTerms } from './agreement.ts';
import { greatestExposure } from './exposure.ts';
import type { Programme } from './programme.ts';
import { minorUnitsIn } from './settlement.ts';

/** Another administrator decides on a proposed agreement. Errors: invalid_state, second_approval_required. */
export function decidableAgreement(agreement: Agreement, subject: string): Result<Agreement> {
  if (agreement.status !== 'proposed')
    return fail(problem('invalid_state', `The agreement is ${agreement.status}: it awaits no decision.`));
  if (agreement.proposedBy === subject)
    return fail(
      problem(
        'second_approval_required',
        'The administrator who proposed this cannot decide on it: another one must.',
      ),
    );
  return ok(agreement);
}

/**
 * An agreement of site basis with the exposure that it reserves. Errors: invalid_state, not_eligible, site_mismatch,
 * quarter_begun, budget_exhausted (above the programme's cap of one award), unit_not_convertible, off_lot.
 */
export function siteAgreement(
  id: string,
  { caps: asked }: SiteAgreementTerms,
  { programme, site, product }: { programme: Programme; site: Site; product: Product },
  at: Instant,
): Result<{ readonly agreement: Agreement; readonly exposure: bigint }> {
  if (programme.status !== 'approved')
    return fail(problem('invalid_state', `The programme is ${programme.status}: it takes nobody in.`));
  if (site.stage !== product.stage || !site.minerals.includes(product.mineral))
    return fail(fieldProblem('site_mismatch', '/site', 'The site does not make this product.'));
  const reason = whyNotEligible(programme, site);
  if (reason !== undefined) return fail(fieldProblem('not_eligible', '/site', reason));
  const caps = collect(asked, ({ quarter, quantity }, index) => {
    const pointer = `/caps/${index}`;
    if (quarter < programme.from || quarter > programme.to)
      return fail(fieldProblem('not_eligible', `${pointer}/quarter`, 'The programme does not run then.'));
    if (hasBegun(quarter, dateOf(at)))
      return fail(fieldProblem('quarter_begun', `${pointer}/quarter`, 'The quarter has begun.'));
    const lots = lotsOf(quantity, product, `${pointer}/quantity`);
    return lots.ok ? ok({ quarter, quantity: ownQuantity(quantity, lots.value, product) }) : lots;
  });
  if (!caps.ok) return caps;
  const sorted = caps.value.toSorted((a, b) => (a.quarter < b.quarter ? -1 : 1));
  const { currency } = product;
  const exposure = greatestExposure(programme, { strike: programme.strike, caps: sorted }, currency);
  const { awardCap } = programme;
  if (awardCap !== undefined && exposure > minorUnitsIn(awardCap, currency))
    return fail(
      fieldProblem('budget_exhausted', '/caps', 'Its greatest exposure is above the cap of one agreement.'),
    );
  return ok({
    exposure,
    agreement: {
      ...{ id, programme: programme.id, programmeVersion: programme.version, basis: { kind: 'site' } },
      ...{ producer: site.organisation, site: site.id, origin: site.country, product: product.id },
      ...{ strike: programme.strike, caps: sorted, reserved: moneyOf(exposure, currency) },
      from: sorted[0]!.quarter,
      to: sorted.at(-1)!.quarter,
      ...{ concludedAt: at, status: 'active', version: 1 },
    },
  });
}

function whyNotEligible({ eligible }: Programme, site: Site): string | undefined {
  const { sites, origins, stages, recycledOnly } = eligible;
  if (sites?.includes(site.id) === false) return 'The programme names other sites.';
  if (origins?.includes(site.country) === false) return 'The programme is for other origins.';
  if (stages?.includes(site.stage) === false) return 'The programme is for other stages.';
  if (recycledOnly === true && site.stage !== 'recycling') return 'The programme is for recycling only.';
  return undefined;
}
