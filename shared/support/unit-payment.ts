import type { Decimal } from '../kernel/decimal.ts';
import { divide, tenTo } from '../kernel/decimal.ts';
import type { Quarter } from '../kernel/quarter.ts';
import type { Billionths } from './exact.ts';
import { atLeastZero } from './exact.ts';
import { billionths } from '../pricing/billionths.ts';
import type { ProgrammeTerms } from './programme.ts';

/** Per unit of the product: what a programme pays, and what it is paid back. Never both. */
export interface UnitPayment {
  readonly topUp: Billionths;
  readonly clawback: Billionths;
}

/**
 * The strike of a period: S_t = S_0 × (1 − share + share × index_t / base), always from S_0, rounded down to the digits
 * that S_0 is written with. Without indexation S_0. Throws where the index is missing: nothing is guessed.
 *
 * Source: indexation of strike prices in the United Kingdom's contracts for difference (LCCC), here in part.
 */
export function strikeAt(terms: Pick<ProgrammeTerms, 'strike' | 'indexation'>, index?: Decimal): Decimal {
  const { strike, indexation } = terms;
  if (indexation === undefined) return strike.amount;
  if (index === undefined) throw new Error(`a strike that follows ${indexation.index}, without its value`);
  const share = billionths(indexation.share);
  const base = billionths(indexation.base);
  const one = tenTo(9);
  const factor = (one - share) * base + share * billionths(index);
  return { units: divide(strike.amount.units * factor, one * base, 'down'), scale: strike.amount.scale };
}

/**
 * What a design pays at a strike S and a reference R that counts as at least `minimumReference`:
 * `one-way` max(0, S − R); `two-way` S − R, paid back where negative; `collar` max(0, S − R), and a share of what R is
 * above the ceiling paid back, from the quarter of its milestone on, the share rounded down to the billionth.
 */
export function unitPayment(
  { design, minimumReference }: Pick<ProgrammeTerms, 'design' | 'minimumReference'>,
  strike: Billionths,
  fixing: Billionths,
  quarter: Quarter,
): UnitPayment {
  const reference = boundedReference(fixing, minimumReference?.amount);
  return {
    topUp: atLeastZero(strike - reference),
    clawback: clawbackPerUnit(design, strike, reference, quarter),
  };
}

/** A reference below the least that counts is that least: the gap is bounded when the programme is opened (SDE++). */
export function boundedReference(fixing: Billionths, minimum: Decimal | undefined): Billionths {
  const bound = minimum === undefined ? 0n : billionths(minimum);
  return fixing < bound ? bound : fixing;
}

function clawbackPerUnit(
  design: ProgrammeTerms['design'],
  strike: Billionths,
  reference: Billionths,
  quarter: Quarter,
): Billionths {
  switch (design.kind) {
    case 'one-way':
      return 0n;
    case 'two-way':
      return atLeastZero(reference - strike);
    case 'collar':
      if (design.upsideFrom !== undefined && quarter < design.upsideFrom) return 0n;
      return divide(
        atLeastZero(reference - billionths(design.ceiling.amount)) * billionths(design.upsideShare),
        tenTo(9),
        'down',
      );
  }
}
