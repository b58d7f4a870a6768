/**
 * How often a property is tried: so many times, or the multiple or part of them that `PROPERTY_RUNS` says: "2" under
 * `npm run soak`, "0.02" where the same tests are run for thousands of mutants; never less often than `least`.
 */
export const runs = (many: number, least = 1): number => Math.max(least, Math.ceil(many * (share ?? 1)));

/** The same for what is dearest: `usually`, in `npm test`, which everybody runs before every change, less often. */
export const dearRuns = (many: number, usually: number, least = 1): number =>
  share === undefined ? usually : runs(many, least);

/** So many are to have been seen among the examples; of few examples nothing is promised but that each one holds. */
export const seenIn = (many: number, usually = many): number => {
  if (share === undefined) return usually;
  return share < 1 ? 0 : many;
};

const { PROPERTY_RUNS } = process.env;
const share = PROPERTY_RUNS === undefined ? undefined : Number(PROPERTY_RUNS);

/** Whether so many examples are tried that a mean over them says something. */
export const isWhole = share === undefined || share >= 1;
