import * as z from 'zod';
import { compareDecimal } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateSchema } from '../kernel/time.ts';
import { puritySchema } from '../orders/order.ts';
import type { Scheme } from '../standards/scheme.ts';
import { reachesLevel } from '../standards/scheme.ts';
import type { Requirement } from '../standards/standards-rule.ts';
import { requirementSchema } from '../standards/standards-rule.ts';
import { forever } from './issue.ts';

/*
 * "The same or a better grade", said once for draws, loans and rotation. What goes out sets the grade, at its best in each
 * respect; what comes in must reach it in every one. What the material is (its form, its contained share) is the product's
 * own definition and cannot differ; how pure it is, how it was made and how long it lasts can.
 */

export const gradeShape = {
  /** At least so pure: the purest of what went out. */
  purity: puritySchema.optional(),
  /** Made under these schemes, at these levels at least: all that counted of what went out, at the best of its levels. */
  requires: z.array(requirementSchema).max(100).optional(),
  /** Lasts as long: the last day of what went out; 9999-12-31 where some of it does not perish. */
  lasts: dateSchema.optional(),
};
export interface Grade {
  readonly purity?: Decimal | undefined;
  readonly requires?: readonly Requirement[] | undefined;
  readonly lasts?: CalendarDate | undefined;
}

/** A part of what goes out, with what its certificates that count show. */
export interface Graded {
  readonly purity?: Decimal | undefined;
  readonly shows: readonly Requirement[];
  readonly shelfLifeEnds?: CalendarDate | undefined;
}

/** What comes in, and where its stage was done. */
export interface Incoming extends Graded {
  readonly origin: string;
}

/** What grades are compared by: the schemes as they are, and the origins that the stockpile's zone bars. */
export interface GradeStandards {
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly barredOrigins: readonly string[];
}

/** One requirement of each scheme, at the highest of the levels named; a level that the scheme does not have is the lowest. */
function best(shows: readonly Requirement[], schemes: GradeStandards['schemes']): Requirement[] {
  const byScheme = new Map<string, Requirement>();
  const rank = ({ scheme, level }: Requirement): number =>
    level === undefined ? -1 : (schemes.get(scheme)?.levels.indexOf(level) ?? -1);
  for (const each of shows) {
    const present = byScheme.get(each.scheme);
    if (present === undefined || rank(each) > rank(present)) byScheme.set(each.scheme, each);
  }
  return [...byScheme.values()].sort((a, b) => (a.scheme < b.scheme ? -1 : 1));
}

/** The best of each part, in each respect. */
export function gradeOf(parts: readonly Graded[], schemes: GradeStandards['schemes']): Grade {
  const purest = parts
    .flatMap(({ purity }) => purity ?? [])
    .reduce<Decimal | undefined>(
      (top, each) => (top === undefined || compareDecimal(each, top) > 0 ? each : top),
      undefined,
    );
  const requires = best(
    parts.flatMap(({ shows }) => shows),
    schemes,
  );
  const lasts = parts
    .map(({ shelfLifeEnds = forever }) => shelfLifeEnds)
    .sort()
    .at(-1);
  return {
    ...(purest === undefined ? {} : { purity: purest }),
    ...(requires.length === 0 ? {} : { requires }),
    ...(lasts === undefined ? {} : { lasts }),
  };
}

/**
 * Whether what comes in is of the same or a better grade, and not of an origin that the zone bars. Errors: grade_too_low, at
 * the field (under `pointer`) that falls short.
 */
export function sameOrBetter(
  { purity, requires = [], lasts }: Grade,
  came: Incoming,
  { schemes, barredOrigins }: GradeStandards,
  pointer: string,
): Result<undefined> {
  const low = (field: string, detail: string) =>
    fail(fieldProblem('grade_too_low', `${pointer}/${field}`, detail));
  if (purity !== undefined && (came.purity === undefined || compareDecimal(came.purity, purity) < 0))
    return low('purity', 'What comes back must be at least as pure as what went out.');
  const missing = requires.find(
    ({ scheme, level }) =>
      !came.shows.some((shown) => {
        const known = schemes.get(scheme);
        return shown.scheme === scheme && known !== undefined && reachesLevel(known, shown.level, level);
      }),
  );
  if (missing !== undefined)
    return low(
      'certificates',
      `What went out was made under ${[missing.scheme, missing.level].filter(Boolean).join(' ')}: what comes back must show that, too.`,
    );
  if (lasts !== undefined && (came.shelfLifeEnds ?? forever) < lasts)
    return low('shelfLifeEnds', 'What comes back must last at least as long as what went out.');
  return barredOrigins.includes(came.origin)
    ? low('origin', "The stockpile's zone bars this origin.")
    : ok(undefined);
}
