import * as z from 'zod';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, decimalCodec } from '../../../shared/kernel/decimal.ts';
import type { Participant } from './client.ts';
import { outputs } from './data/outputs.ts';
import { zoneId } from './partners.ts';

/** How long the stockpiles last, and what people are warned of, as an auditor reads it from the API. */
export interface ReservesResult {
  readonly cover: readonly CoverLine[];
  readonly members: readonly MemberLine[];
  /** Open ones, the most severe first. */
  readonly alerts: readonly AlertLine[];
  /** What is made inside the zone of what it uses, where both are known. */
  readonly capacity: readonly CapacityLine[];
}

/** What a member has in an account, or has asked to be lent. */
export interface MemberLine {
  readonly kind: 'account' | 'loan';
  readonly product: string;
  readonly unit: string;
  readonly organisation: string;
  readonly status: string;
  /** Of an account what may be drawn, of a loan what is asked for or out. */
  readonly amount: Decimal;
  /** Of an account, what the member has committed to. */
  readonly committed?: Decimal;
  /** Of a loan, the level that supply is at by the stockpile's rules: it is lent from 2 on. */
  readonly level?: number;
}

export interface CapacityLine {
  readonly mineral: string;
  readonly stage: string;
  readonly year: number;
  /** Tonnes of contained mineral a year. */
  readonly demand: Decimal;
  readonly inside: Decimal;
  readonly share: Decimal;
  readonly benchmark: Decimal;
  /** Third countries that make more than 65 % of what is used. */
  readonly above: readonly string[];
}

export interface CoverLine {
  readonly stockpile: string;
  readonly name: string;
  readonly product: string;
  readonly unit: string;
  readonly available: Decimal;
  readonly days: Decimal | null;
  readonly targetDays: Decimal | null;
  readonly deficit: Decimal;
}

export interface AlertLine {
  readonly id: string;
  readonly kind: string;
  readonly product: string;
  /** Null: the market as a whole. */
  readonly zone: string | null;
  readonly level: number;
  readonly severity: Decimal;
  readonly status: string;
  /** What it is about: a disruption's title, a stockpile's name. */
  readonly about: string;
  /** The day on which it comes about. */
  readonly on: string | null;
}

const zoneCovers = z.object({
  products: z.array(
    z.object({
      product: z.string(),
      unit: z.string(),
      cover: z.array(
        z.object({
          stockpile: z.string(),
          available: decimalCodec,
          days: decimalCodec.nullable(),
          targetDays: decimalCodec.nullable(),
          deficit: decimalCodec,
        }),
      ),
    }),
  ),
});
const alertViews = z.array(
  z.object({
    id: z.string(),
    cause: z.object({
      kind: z.string(),
      product: z.string(),
      zone: z.string().nullable(),
      subject: z.string(),
    }),
    title: z.string(),
    level: z.int(),
    severity: decimalCodec,
    status: z.string(),
    figures: z.object({ on: z.string().optional() }),
  }),
);
const capacityMaps = z.object({
  mineral: z.string(),
  year: z.int(),
  demand: decimalCodec.nullable(),
  stages: z.array(
    z.object({
      stage: z.string(),
      inside: decimalCodec,
      share: decimalCodec.nullable(),
      benchmark: decimalCodec,
      countries: z.array(z.object({ country: z.string(), aboveBenchmark: z.boolean() })),
    }),
  ),
});
const mass = z.object({ amount: decimalCodec, unit: z.string() });
const accountViews = z.array(
  z.object({
    product: z.string(),
    member: z.string(),
    status: z.string(),
    entitlement: mass,
    committed: mass,
  }),
);
const loanViews = z.array(
  z.object({
    stockpile: z.string(),
    product: z.string(),
    borrower: z.string(),
    status: z.string(),
    quantity: mass,
    outstanding: mass,
  }),
);
const names = z.array(z.object({ id: z.string(), name: z.string() }));
const titles = z.array(z.object({ id: z.string(), title: z.string() }));

export async function reservesResult(auditor: Participant): Promise<ReservesResult> {
  const stockpiles = names.parse(await auditor.list('/v1/stockpiles'));
  const disruptions = titles.parse(await auditor.list('/v1/disruptions'));
  const about = new Map([
    ...stockpiles.map(({ id, name }) => [id, name.replace(/ \(invented\)$/, '')] as const),
    ...disruptions.map(({ id, title }) => [id, title] as const),
  ]);
  const { products } = zoneCovers.parse(await auditor.get(`/v1/zones/${zoneId}/cover`));
  const alerts = alertViews.parse(await auditor.list('/v1/alerts'));
  return {
    capacity: await capacityLines(auditor),
    members: await memberLines(auditor),
    cover: products.flatMap(({ product, unit, cover }) =>
      cover.map(({ stockpile, ...rest }) => ({
        ...{ stockpile, name: about.get(stockpile) ?? stockpile, product, unit },
        ...rest,
      })),
    ),
    alerts: alerts
      .filter(({ status }) => status !== 'resolved')
      .map(({ cause: { kind, product, zone, subject }, figures, title, ...rest }) => ({
        ...{ id: rest.id, kind, product, zone, level: rest.level, severity: rest.severity },
        ...{
          status: rest.status,
          about: about.get(subject) ?? (subject === zone ? 'stockpiles together' : title),
          on: figures.on ?? null,
        },
      }))
      .sort(
        (a, b) =>
          b.level - a.level ||
          compareDecimal(b.severity, a.severity) ||
          (`${a.product} ${a.about}` < `${b.product} ${b.about}` ? -1 : 1),
      ),
  };
}

async function memberLines(auditor: Participant): Promise<MemberLine[]> {
  const accounts = accountViews.parse(await auditor.list('/v1/stock-accounts'));
  const lines: MemberLine[] = accounts
    .filter(({ status }) => status === 'active')
    .map(({ product, member, status, entitlement: { amount, unit }, committed }) => ({
      ...{ kind: 'account' as const, product, unit, organisation: member, status, amount },
      committed: committed.amount,
    }));
  for (const loan of loanViews.parse(await auditor.list('/v1/stock-loans'))) {
    const { stockpile, product, borrower: organisation, status, quantity, outstanding } = loan;
    if (!['requested', 'approved', 'lent', 'overdue'].includes(status)) continue;
    const path = `/v1/stockpiles/${stockpile}/release-level/${product}`;
    const { level } = z.object({ level: z.int() }).parse(await auditor.get(path));
    const { amount, unit } = outstanding.amount.units === 0n ? quantity : outstanding;
    lines.push({ kind: 'loan', product, unit, organisation, status, amount, level });
  }
  return lines;
}

/** Stages of which the registry knows anything, of minerals that the zone's use is known of. */
async function capacityLines(auditor: Participant): Promise<CapacityLine[]> {
  const lines: CapacityLine[] = [];
  for (const mineral of new Set(outputs.map((output) => output.mineral))) {
    const map = capacityMaps.parse(await auditor.get(`/v1/zones/${zoneId}/capacity/${mineral}`));
    const { demand, year } = map;
    if (demand === null) continue;
    for (const { stage, inside, share, benchmark, countries } of map.stages)
      if (share !== null && countries.length > 0)
        lines.push({
          ...{ mineral, stage, year, demand, inside, share, benchmark },
          above: countries.filter(({ aboveBenchmark }) => aboveBenchmark).map(({ country }) => country),
        });
  }
  return lines;
}
