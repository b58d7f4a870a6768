/**
 * How often a property is tried: so many times, or the part of them that `PROPERTY_RUNS` says (as in "0.02"), where
 * the same tests are run for thousands of mutants; never less often than `least`.
 */
export const runs = (many: number, least = 1): number => Math.max(least, Math.ceil(many * share));

/** So many are to have been seen among the examples; of few examples nothing is promised but that each one holds. */
export const seenIn = (many: number): number => (share < 1 ? 0 : many);

const share = Number(process.env['PROPERTY_RUNS'] ?? 1);
