import { seeded } from '../faults.ts';

/** What somebody does in a script: of every name its own, and always the same. */
export const randomOf = (script: number, name: string): (() => number) =>
  // Within 31 bits: of a long name's sum, nothing would be left in the low bits.
  seeded(
    Array.from(name).reduce((sum, letter) => (sum * 7 + letter.charCodeAt(0)) % 2_147_483_647, script * 31),
  );
