/**
 * Splits `total` in proportion to `parts`, which it does not exceed in sum, by largest remainder: what rounding down
 * leaves goes one by one to the largest remainders, equal ones in order of appearance. Nothing is lost.
 */
export function splitByLargestRemainder(total: bigint, parts: readonly bigint[]): bigint[] {
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  if (total < 0n || total > whole) throw new RangeError('splitByLargestRemainder: more than there is');
  if (whole === 0n) return parts.slice();
  const shares = parts.map((part) => (part * total) / whole);
  const remainder = (index: number): bigint => (parts[index]! * total) % whole;
  const left = Number(total - shares.reduce((sum, share) => sum + share, 0n));
  const order = [...parts.keys()].sort((a, b) => {
    const difference = remainder(b) - remainder(a);
    return difference === 0n ? a - b : difference > 0n ? 1 : -1;
  });
  for (const index of order.slice(0, left)) shares[index]! += 1n;
  return shares;
}
