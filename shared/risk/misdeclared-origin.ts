import { sumOf, times } from '../kernel/arithmetic.ts';
import { compareDecimal, decimal } from '../kernel/decimal.ts';
import { millisecondsOf } from '../kernel/time.ts';
import { hasEquivalentFloor } from '../reference/zone.ts';
import type { Suspicion, Watched } from './surveillance.ts';
import { latest, suspicion } from './surveillance.ts';

/**
 * Contracts into a zone with a floor that owe no levy since their site lies in the zone, or where an equivalent floor
 * applies, while no administrator has verified the site: the country is what its owner says it is. A zone that takes
 * verified sites only (`verifiedSitesOnly`) has none.
 */
export function unverifiedExemptions({ contracts, sites, zones }: Watched): Suspicion[] {
  const unverified = new Map(sites.filter(({ verified }) => !verified).map((site) => [site.id, site]));
  const exempt = contracts.flatMap((contract) => {
    const site = contract.site === undefined ? undefined : unverified.get(contract.site);
    if (site === undefined || contract.floor === null) return [];
    const free = zones.some(
      (zone) =>
        zone.members.includes(contract.destination) &&
        (zone.members.includes(contract.origin) ||
          hasEquivalentFloor(zone, contract.origin, contract.product)),
    );
    return free ? [{ contract, site }] : [];
  });
  return [...Map.groupBy(exempt, ({ site }) => site.id)].map(([id, found]) =>
    suspicion(
      'unverified_exemption',
      latest(found.map(({ contract }) => contract.concludedAt)),
      `Sold under a floor and without a levy from ${found[0]!.site.country}, which nobody has verified for the site.`,
      {
        organisations: [found[0]!.site.organisation],
        evidence: [id, ...found.map(({ contract }) => contract.id)],
      },
    ),
  );
}

/** A site younger than this at gate closure is new: no refinery is built in a season. */
const newDays = 90;
/** Of what a clearing contracted for a quarter. */
const largeShare = decimal('0.20');

/** Sites that had been registered for less than a season and sold a fifth or more of what a clearing contracted. */
export function suddenSupply({ contracts, sites }: Watched): Suspicion[] {
  const bySite = new Map(sites.map((site) => [site.id, site]));
  return [...Map.groupBy(contracts, ({ clearing }) => clearing)].flatMap(([clearing, run]) => {
    const quarters = new Set(run.flatMap(({ schedule }) => schedule.map(({ quarter }) => quarter)));
    const amount = (from: typeof run, quarter: string) =>
      sumOf(
        from.flatMap(({ schedule }) =>
          schedule.filter((entry) => entry.quarter === quarter).map(({ quantity }) => quantity.amount),
        ),
      );
    return [...Map.groupBy(run, ({ site }) => site)].flatMap(([id, sold]) => {
      const site = id === undefined ? undefined : bySite.get(id);
      if (site === undefined || site.verified) return [];
      // Never verified, it has no version but its first: recorded when it was registered.
      const age = millisecondsOf(sold[0]!.concludedAt) - millisecondsOf(site.recordedAt);
      const large = [...quarters].some(
        (quarter) => compareDecimal(amount(sold, quarter), times(amount(run, quarter), largeShare)) >= 0,
      );
      // A market with one seller says nothing of its share.
      const alone = new Set(run.map(({ seller }) => seller)).size === 1;
      if (alone || age >= newDays * 86_400_000 || !large) return [];
      return [
        suspicion(
          'sudden_supply',
          latest(sold.map(({ concludedAt }) => concludedAt)),
          `Registered less than ${newDays} days before, not verified, and a fifth or more of what the clearing contracted for a quarter.`,
          {
            organisations: [site.organisation],
            evidence: [site.id, clearing, ...sold.map((each) => each.id)],
          },
        ),
      ];
    });
  });
}

/** Sites of one owner under one name, said to lie in several countries or to do several stages: one may stand for the other. */
export const twinSites = ({ sites }: Watched): Suspicion[] =>
  [...Map.groupBy(sites, ({ organisation, name }) => `${organisation} ${name.trim().toLowerCase()}`).values()]
    .filter(
      (twins) =>
        new Set(twins.map(({ country }) => country)).size > 1 ||
        new Set(twins.map(({ stage }) => stage)).size > 1,
    )
    .map((twins) =>
      suspicion(
        'twin_sites',
        latest(twins.map(({ recordedAt }) => recordedAt)),
        `${twins.length} sites are called ${twins[0]!.name}: ${twins.map(({ country, stage }) => `${country} ${stage}`).join(', ')}.`,
        { organisations: [twins[0]!.organisation], evidence: twins.map(({ id }) => id) },
      ),
    );
