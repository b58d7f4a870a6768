/**
 * How often a property is tried: `many` times under `npm run soak`, where `PROPERTY_RUNS` is a multiple of that (as in
 * "2"), or a part of it where the same tests are run for thousands of mutants ("0.02"), but never less often than
 * `least`. In `npm test`, `usually` times: fewer of what is dearest, so that everybody runs all tests before every change.
 */
export const runs = (
  many: number,
  { usually = many, least = 1 }: { readonly usually?: number; readonly least?: number } = {},
): number => (share === undefined ? usually : Math.max(least, Math.ceil(many * share)));

/** So many are to have been seen among the examples; of few examples nothing is promised but that each one holds. */
export const seenIn = (many: number, usually = many): number => {
  if (share === undefined) return usually;
  return share < 1 ? 0 : many;
};

const { PROPERTY_RUNS } = process.env;
const share = PROPERTY_RUNS === undefined ? undefined : Number(PROPERTY_RUNS);
