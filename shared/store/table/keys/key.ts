/** Names one item. Always built by `keys.ts`. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** As text, numbers sort by their digits from the left. */
export const padded = (number: number): string => String(number).padStart(10, '0');
