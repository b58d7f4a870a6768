import type { Quarter } from '../../kernel/quarter.ts';
import type { Product } from '../../reference/product.ts';
import type { Scheme } from '../../standards/scheme.ts';
import { Numbering } from './numbering.ts';
import { refusalBit } from './refusal.ts';
import type { SnapshotCertificate } from '../snapshot.ts';
import { satisfies, type Check, type CheckResult } from './standards-check.ts';

const SATISFIED = 0;

/**
 * What sites can show, for every check that some bid's delivery makes. Sites that answer every check in every
 * quarter alike have the same record.
 */
export class Evidence {
  readonly checks: readonly Check[];
  /** Some check is satisfied for later quarters by a certificate that was valid at the first. */
  readonly hasCovenant: boolean;
  readonly #records = new Numbering<readonly number[]>();
  readonly #recordOfSite = new Map<string, number>();
  readonly #quarters: number;
  readonly #answer: (check: Check, site: string, quarter: Quarter) => CheckResult;

  constructor(
    checks: readonly Check[],
    sites: Iterable<string>,
    certificates: readonly SnapshotCertificate[],
    schemes: readonly Scheme[],
    product: Product,
    quarters: readonly Quarter[],
  ) {
    this.checks = checks;
    this.hasCovenant = checks.some((check) => check.renewalCovenant);
    this.#quarters = quarters.length;
    const schemeById = new Map(schemes.map((scheme) => [scheme.id, scheme]));
    const bySite = Map.groupBy(certificates, (certificate) => certificate.site);
    this.#answer = (check, site, quarter) =>
      satisfies(check, bySite.get(site) ?? [], schemeById, product, quarter);
    for (const site of sites) {
      const answers = checks.flatMap((check) =>
        quarters.map((quarter) => {
          const result = this.#answer(check, site, quarter);
          return result.ok ? SATISFIED : refusalBit[result.code];
        }),
      );
      this.#recordOfSite.set(site, this.#records.of(answers, answers.join()));
    }
  }

  recordOf(site: string): number {
    const record = this.#recordOfSite.get(site);
    if (record === undefined) throw new Error(`the snapshot lacks site ${site}`);
    return record;
  }

  /**
   * Bits of the refusal codes that a record earns for the listed checks in `quarter`; 0 where all hold.
   *
   * @param first the first quarter that offer and bid have in common: under a renewal covenant a certificate valid
   * at the beginning of a contract suffices for the rest of it.
   */
  refusals(record: number, checks: readonly number[], first: number, quarter: number): number {
    const answers = this.#records.values[record]!;
    let refused = 0;
    for (const check of checks) {
      const base = check * this.#quarters;
      const answer = answers[base + quarter]!;
      if (answer === SATISFIED) continue;
      if (this.checks[check]!.renewalCovenant && this.#heldSince(answers, base, first, quarter)) continue;
      refused |= answer;
    }
    return refused;
  }

  #heldSince(answers: readonly number[], base: number, first: number, quarter: number): boolean {
    for (let earlier = first; earlier < quarter; earlier++)
      if (answers[base + earlier] === SATISFIED) return true;
    return false;
  }

  /** The certificates by which a site's checks hold in the given quarters, by id. */
  reliedOn(site: string, checks: readonly number[], quarters: readonly Quarter[]): SnapshotCertificate[] {
    const relied = new Map<string, SnapshotCertificate>();
    for (const check of checks)
      for (const quarter of quarters) {
        const result = this.#answer(this.checks[check]!, site, quarter);
        if (result.ok) relied.set(result.certificate.id, result.certificate);
      }
    return [...relied.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** What every record answers in one quarter: equal for quarters that eligibility cannot tell apart. */
  column(quarter: number): string {
    const answersIn = (answers: readonly number[]): string =>
      this.checks.map((_, check) => answers[check * this.#quarters + quarter]).join();
    // A covenant looks back at earlier quarters, which differ from quarter to quarter.
    return (this.hasCovenant ? `${quarter}!` : '') + this.#records.values.map(answersIn).join(';');
  }
}
