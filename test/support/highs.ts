import loader from 'highs';

/** HiGHS, the tests' independent solver. Its types describe a CommonJS module, but what is loaded is an ES module. */
export const loadHighs = loader as unknown as typeof loader.default;

/** The optimum of a small programme in CPLEX's LP format, whose variables named `whole` are whole numbers. */
export type Optimise = (programme: string, whole?: readonly string[]) => number;

/**
 * HiGHS for small programmes. Whole numbers cost it most, and most optima are whole of themselves: where the best of all
 * solutions is, it is the best of the whole ones, and only elsewhere branches are searched.
 */
export async function makeOptimiser(): Promise<Optimise> {
  const highs = await loadHighs();
  return (programme, whole = []) => {
    const linear = highs.solve(`${programme}\nEnd\n`, quick);
    if (linear.Status === 'Optimal' && whole.every((name) => isWhole(linear.Columns[name]!.Primal)))
      return linear.ObjectiveValue;
    if (whole.length === 0) throw new Error(`HiGHS: ${linear.Status}`);
    const answer = highs.solve(`${programme}\nGeneral\n ${whole.join('\n ')}\nEnd\n`, exact);
    if (answer.Status !== 'Optimal') throw new Error(`HiGHS: ${answer.Status}`);
    return answer.ObjectiveValue;
  };
}

/** Presolving a small programme takes longer than solving it. */
const quick = { output_flag: false, presolve: 'off', solver: 'simplex' } as const;
const exact = { output_flag: false, mip_rel_gap: 0 } as const;

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-7;
