/** Orders a year that the document reckons with. */
export const scales: readonly number[] = [10_000, 1_000_000, 100_000_000];
