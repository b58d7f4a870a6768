import { promise } from './network.ts';
import { combine, compare, minus, over, times, whole, ZERO, type Rational } from './rational.ts';

/** A flow as the master sees it: what it is worth, and the lots it sends through each limit. */
export interface Candidate {
  /** Set anew by {@link LimitMaster.reprice} for each objective in turn. */
  gain: bigint;
  readonly use: readonly bigint[];
}

type Member<C> = C | { readonly slack: number };

const isSlack = (member: object): member is { readonly slack: number } => 'slack' in member;

/**
 * The little linear programme that mixes flows so that the mixture keeps every limit and is worth most:
 *
 *     max Σ gain·share    Σ share = 1,  Σ use·share + slack = limit for every limit,  share, slack ≥ 0
 *
 * (Dantzig and Wolfe 1960). Its duals are the multipliers at which the network is solved next; the flow found there
 * joins the mixture, until none improves it. A primal simplex method in exact fractions with the inverse of the basis
 * kept; of several rows that block, the lexicographically least leaves, so that it ends.
 */
export class LimitMaster<C extends Candidate> {
  readonly #limits: readonly bigint[];
  /** Basic members, one for each row: the first row is the sum of shares. */
  readonly #basis: Member<C>[];
  readonly #inverse: Rational[][];
  readonly #level: Rational[];
  #pool: C[];
  /** Limits that must be used up: what was decided before rests on it. */
  readonly #filled: boolean[];

  /** @param first a candidate that keeps every limit, to start from. */
  constructor(limits: readonly bigint[], first: C) {
    this.#limits = limits;
    this.#basis = [first, ...limits.map((_, slack) => ({ slack }))];
    this.#inverse = this.#basis.map((_, row) =>
      this.#basis.map((_, column) =>
        row === column ? whole(1n) : column === 0 ? whole(-first.use[row - 1]!) : ZERO,
      ),
    );
    this.#level = [whole(1n), ...limits.map((limit, index) => whole(limit - first.use[index]!))];
    promise(
      this.#level.every(({ numerator }) => numerator >= 0n),
      'the first candidate keeps every limit',
    );
    this.#pool = [first];
    this.#filled = limits.map(() => false);
  }

  /** The value of one more of each limit, and of the mixture as a whole, at the present basis. */
  duals(): { readonly multipliers: readonly Rational[]; readonly total: Rational } {
    const gains = this.#basis.map((member) => (isSlack(member) ? 0n : member.gain));
    const [total, ...multipliers] = this.#basis.map((_, column) =>
      combine(
        gains,
        this.#inverse.map((row) => row[column]!),
      ),
    );
    return { multipliers, total: total! };
  }

  /** What a candidate would add to the mixture per share: its gain less what it costs at the duals. */
  improvement(candidate: C): Rational {
    const { multipliers, total } = this.duals();
    return this.#improvement(candidate, multipliers, total);
  }

  #improvement(candidate: C, multipliers: readonly Rational[], total: Rational): Rational {
    return minus(minus(whole(candidate.gain), total), combine(candidate.use, multipliers));
  }

  /** Takes in a candidate and finds the best mixture of all there are. */
  add(candidate: C): void {
    this.#pool.push(candidate);
    this.optimise();
  }

  optimise(): void {
    for (;;) {
      const { multipliers, total } = this.duals();
      let best = ZERO;
      let entering: Member<C> | undefined;
      for (const [slack, multiplier] of multipliers.entries()) {
        const gain = minus(ZERO, multiplier);
        if (this.#filled[slack] === true || compare(gain, best) <= 0) continue;
        best = gain;
        entering = { slack };
      }
      for (const candidate of this.#pool) {
        const gain = this.#improvement(candidate, multipliers, total);
        if (compare(gain, best) <= 0) continue;
        best = gain;
        entering = candidate;
      }
      if (entering === undefined) return;
      this.#enter(entering);
    }
  }

  #enter(entering: Member<C>): void {
    const column = isSlack(entering)
      ? [0n, ...this.#limits.map((_, index) => (index === entering.slack ? 1n : 0n))]
      : [1n, ...entering.use];
    const direction = this.#inverse.map((row) => combine(column, row));
    let leaving = -1;
    for (const [row, step] of direction.entries()) {
      if (step.numerator <= 0n) continue;
      if (leaving < 0 || this.#comesFirst(row, step, leaving, direction[leaving]!)) leaving = row;
    }
    promise(leaving >= 0, 'mixtures are bounded');
    const pivot = direction[leaving]!;
    const pivotRow = this.#inverse[leaving]!.map((value) => over(value, pivot));
    const pivotLevel = over(this.#level[leaving]!, pivot);
    for (const [row, step] of direction.entries()) {
      if (row === leaving || step.numerator === 0n) continue;
      this.#inverse[row] = this.#inverse[row]!.map((value, index) =>
        minus(value, times(step, pivotRow[index]!)),
      );
      this.#level[row] = minus(this.#level[row]!, times(step, pivotLevel));
    }
    this.#inverse[leaving] = pivotRow;
    this.#level[leaving] = pivotLevel;
    this.#basis[leaving] = entering;
  }

  /** Whether a row blocks before another: by its level, then by its row of the inverse, each per step. */
  #comesFirst(row: number, step: Rational, other: number, otherStep: Rational): boolean {
    const level = compare(over(this.#level[row]!, step), over(this.#level[other]!, otherStep));
    if (level !== 0) return level < 0;
    for (const [index, value] of this.#inverse[row]!.entries()) {
      const order = compare(over(value, step), over(this.#inverse[other]![index]!, otherStep));
      if (order !== 0) return order < 0;
    }
    return false;
  }

  /**
   * Settles an objective for good: only candidates as good as the best stay, and a limit that has a value stays used
   * up. Whatever mixture of them is chosen by the next objective, the present one loses nothing.
   */
  settle(): void {
    const { multipliers, total } = this.duals();
    this.#pool = this.#pool.filter(
      (candidate) => this.#improvement(candidate, multipliers, total).numerator === 0n,
    );
    for (const [index, multiplier] of multipliers.entries())
      if (multiplier.numerator !== 0n) this.#filled[index] = true;
  }

  /** Values every candidate by the next objective. */
  reprice(gainOf: (candidate: C) => bigint): void {
    for (const candidate of this.#pool) candidate.gain = gainOf(candidate);
    this.optimise();
  }

  /** The candidates that the best mixture is made of. */
  mixture(): C[] {
    return this.#basis.flatMap((member, row) =>
      isSlack(member) || this.#level[row]!.numerator === 0n ? [] : [member],
    );
  }

  /** Limits that must be used up. */
  get filled(): readonly boolean[] {
    return this.#filled;
  }
}
