/** One figure of the bench; `ratio` is how many times better than `versus` in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus?: string;
  readonly ratio?: number;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** Prints a figure as one line of JSON. */
export function report(figure: Figure): void {
  console.log(
    JSON.stringify({
      ...figure,
      value: rounded(figure.value),
      ...(figure.ratio === undefined ? {} : { ratio: rounded(figure.ratio) }),
    }),
  );
}

/** Progress goes to the terminal's other stream, so that the figures stay readable by programs. */
export const progress = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
