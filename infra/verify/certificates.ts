import type { Bid } from './book.ts';
import type { Lanes } from './lanes.ts';
import type { Requirement, Snapshot } from './proof.ts';

export const firstDay = (quarter: string): string =>
  `${quarter.slice(0, 4)}-${{ 1: '01', 2: '04', 3: '07', 4: '10' }[quarter.slice(6)] ?? ''}-01`;
const assurances = ['self', 'second-party', 'third-party'];

/** One thing that certificates must show; what sites show is looked up once. */
interface Check {
  readonly anyOf: readonly Requirement[];
  readonly assurance: string | null | undefined;
  readonly covenant: boolean;
  readonly known: Map<string, boolean>;
}

/** What certificates of sites show of what bids and their destinations ask for. */
export class Certificates {
  readonly #snapshot: Snapshot;
  readonly #lanes: Lanes;
  readonly #ofSite: ReadonlyMap<string, Snapshot['certificates']>;
  readonly #checks = new Map<string, readonly Check[]>();
  readonly #checksOfBid = new Map<Bid, readonly Check[]>();

  constructor(snapshot: Snapshot, lanes: Lanes) {
    this.#snapshot = snapshot;
    this.#lanes = lanes;
    this.#ofSite = Map.groupBy(snapshot.certificates, ({ site }) => site);
  }

  /** What a site lacks for a bid in `quarter` under a contract that began in `since`; undefined if nothing. */
  lacking(site: string, bid: Bid, quarter: string, since: string): string | undefined {
    const failed = this.#checksOf(bid).find(
      (check) =>
        !this.#isShown(check, site, quarter) && !(check.covenant && this.#isShown(check, site, since)),
    );
    return (
      failed && `no certificate of its site shows ${failed.anyOf.map(({ scheme }) => scheme).join(' or ')}`
    );
  }

  /** What a bid must be shown: the rules of its destination, and its own requirements. */
  #checksOf(bid: Bid): readonly Check[] {
    const { destination, requires } = bid.json;
    const known = this.#checksOfBid.get(bid);
    if (known !== undefined) return known;
    const key = JSON.stringify([destination, requires]);
    const checks = this.#checks.get(key) ?? this.#newChecks(destination, requires ?? []);
    this.#checks.set(key, checks);
    this.#checksOfBid.set(bid, checks);
    return checks;
  }

  #newChecks(destination: string, requires: readonly Requirement[]): readonly Check[] {
    return [
      ...this.#lanes.standards(destination).flatMap((rule) =>
        rule.topics.map(({ anyOf }) => ({
          ...{ anyOf, assurance: rule.minimumAssurance, covenant: rule.renewalCovenant === true },
        })),
      ),
      ...requires.map((one) => ({ anyOf: [one], assurance: null, covenant: false })),
    ].map((check) => ({ ...check, known: new Map<string, boolean>() }));
  }

  #isShown(check: Check, site: string, quarter: string): boolean {
    const key = `${site} ${quarter}`;
    const known = check.known.get(key) ?? this.#shows(check, site, firstDay(quarter));
    check.known.set(key, known);
    return known;
  }

  /** An active certificate of the site, in scope, at the level and assurance, valid on the quarter's first day. */
  #shows({ anyOf, assurance }: Check, site: string, day: string): boolean {
    const { product, schemes } = this.#snapshot;
    const certificates = this.#ofSite.get(site) ?? [];
    const covers = (list: readonly string[] | null | undefined, one: string): boolean =>
      list?.some((each) => each === one || each === '*') ?? true;
    return anyOf.some((wanted) => {
      const scheme = schemes.find(({ id }) => id === wanted.scheme);
      if (
        scheme === undefined ||
        !covers(scheme.stages, product.stage) ||
        !covers(scheme.minerals, product.mineral)
      )
        return false;
      if (assurance && assurances.indexOf(scheme.assurance) < assurances.indexOf(assurance)) return false;
      const least = wanted.level ? scheme.levels.indexOf(wanted.level) : -1;
      if (wanted.level && least < 0) return false;
      return certificates.some(
        (one) =>
          one.scheme === scheme.id &&
          one.status === 'active' &&
          covers(one.stages, product.stage) &&
          covers(one.minerals, product.mineral) &&
          (!wanted.level || (one.level ? scheme.levels.indexOf(one.level) : -1) >= least) &&
          one.validFrom <= day &&
          day <= one.validTo,
      );
    });
  }
}
