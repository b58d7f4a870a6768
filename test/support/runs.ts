/**
 * How often a property is tried: so many times, or the part of them that `PROPERTY_RUNS` says (as in "0.02"), where
 * the same tests are run for thousands of mutants.
 */
export const runs = (many: number): number => Math.max(1, Math.ceil(many * share));

const share = Number(process.env['PROPERTY_RUNS'] ?? 1);
