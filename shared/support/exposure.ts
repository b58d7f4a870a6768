import { digitsOf, type Currency } from '../kernel/money.ts';
import { divide, tenTo } from '../kernel/decimal.ts';
import type { Agreement } from './agreement.ts';
import { atLeastZero } from './exact.ts';
import { billionths } from '../pricing/billionths.ts';
import type { ProgrammeTerms } from './programme.ts';

/**
 * The most that an agreement of site basis can come to, in minor units, rounded up: the whole gap between its strike
 * and the least reference price that counts, on all that its caps let in. With no least reference that is the strike
 * itself: a price may fall to nothing. A strike that is indexed upwards can exceed it: then claims are paid as far as
 * the budget goes and carried over.
 *
 * Source: commitments of the Netherlands' SDE++, bounded when awarded by the base energy price.
 */
export function greatestExposure(
  terms: Pick<ProgrammeTerms, 'minimumReference'>,
  { strike, caps }: Pick<Agreement, 'strike' | 'caps'>,
  currency: Currency,
): bigint {
  const bound = terms.minimumReference === undefined ? 0n : billionths(terms.minimumReference.amount);
  const gap = atLeastZero(billionths(strike.amount) - bound);
  const quantity = caps.reduce((sum, cap) => sum + billionths(cap.quantity.amount), 0n);
  return divide(gap * quantity * tenTo(digitsOf(currency)), tenTo(18), 'up');
}
