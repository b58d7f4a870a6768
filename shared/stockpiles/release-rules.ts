import * as z from 'zod';
import { decimal, shareCodec } from '../kernel/decimal.ts';

const share = (standard: string) => shareCodec.default(() => decimal(standard));

/**
 * When a stockpile's material may be released, and how much. Published before it is used. Levels are entered by any two of
 * their conditions, level 3 also by a ban or by cover alone; the standard values follow what Korea (8-day emergency
 * release, loans of six months), the United States (50 USC 98f, two decisions) and the European Union (65 % of one
 * source) practise.
 */
export const releaseRulesSchema = z.strictObject({
  /** Level 1: cover below the target, one origin above this share, a new licence rule for a source above that share. */
  watch: z.strictObject({ topSourceShare: share('0.65'), licenceSourceShare: share('0.30') }).prefault({}),
  /** Level 2: cover below this share of the target, a price rise in 90 days, deliveries late. */
  tight: z
    .strictObject({
      coverShareOfTarget: share('0.75'),
      priceRise90Days: share('0.50'),
      lateShare: share('0.20'),
    })
    .prefault({}),
  /** Level 3: a ban or quota cut of a source above this share, cover below so many days, force majeure. */
  emergency: z
    .strictObject({
      banSourceShare: share('0.40'),
      coverDays: z.int().min(1).max(365).default(30),
      forceMajeureShare: share('0.25'),
    })
    .prefault({}),
  /** The most that one member gets, in days of its verified use. */
  needDays: z.int().min(1).max(365).default(30),
  /** Within how many days what is released at level 3 leaves the warehouse. */
  deliveryDays: z.int().min(1).max(90).default(8),
  /** Months after which what is lent is due. */
  loanMonths: z.int().min(1).max(24).default(6),
});
export type ReleaseRules = z.output<typeof releaseRulesSchema>;
