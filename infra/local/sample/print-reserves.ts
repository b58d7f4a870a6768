import type { Decimal, Rounding } from '../../../shared/kernel/decimal.ts';
import { divide, formatDecimal, tenTo } from '../../../shared/kernel/decimal.ts';
import { columns, grouped, table, wrapped } from './format.ts';
import type { AlertLine, CapacityLine, CoverLine, MemberLine, ReservesResult } from './result-reserves.ts';

const shownAlerts = 12;

/** Cover and alerts as text; with what they rest on where the sample has just been loaded. */
export function printReserves(
  { cover, members, alerts, capacity }: ReservesResult,
  basis: readonly string[],
  nameOf: (organisation: string) => string,
): string {
  const head = '── Reserves and early warning ';
  return [
    head + '─'.repeat(columns - head.length),
    ...coverTable(cover),
    ...memberTable(members, nameOf),
    '',
    ...alertTable(alerts),
    ...capacityTable(capacity),
    ...(basis.length === 0 ? [] : ['']),
    ...basis.flatMap((line) =>
      wrapped(line, 4).map((part, at) => (at === 0 ? `  · ${part}` : `    ${part}`)),
    ),
  ].join('\n');
}

function coverTable(cover: readonly CoverLine[]): string[] {
  if (cover.length === 0) return ['  no stockpiles'];
  const rows = cover.map(({ name, product, unit, days, targetDays, deficit }) => [
    name,
    product,
    days === null ? '–' : to(days, 1, 'down'),
    targetDays === null ? '–' : grouped(targetDays),
    deficit.units === 0n ? '–' : `${to(deficit, 1, 'up')} ${unit}`,
  ]);
  return table([['stockpile', '', 'days of cover', 'target', 'deficit'], ...rows], [2, 3, 4]).map(
    (line) => `  ${line}`,
  );
}

function memberTable(members: readonly MemberLine[], nameOf: (organisation: string) => string): string[] {
  if (members.length === 0) return [];
  const rows = members.map(({ kind, product, unit, organisation, status, amount, committed, level }) => [
    ...[kind, product, nameOf(organisation)],
    kind === 'account'
      ? `${grouped(amount)} ${unit} to draw, of ${grouped(committed ?? amount)} committed to`
      : `${grouped(amount)} ${unit} ${status}; level ${level ?? 0}, lent from 2 on`,
  ]);
  return ['', ...table([['members', '', '', ''], ...rows], []).map(cut)];
}

function alertTable(alerts: readonly AlertLine[]): string[] {
  if (alerts.length === 0) return ['  no open alerts'];
  // In one line: a measure in the zone and in the market, a stockpile and its zone's together, where they weigh the same.
  const groups = [
    ...Map.groupBy(
      alerts.filter(({ severity }) => severity.units > 0n),
      ({ level, severity, product, kind, about, on }) =>
        [level, formatDecimal(severity), product, kind, kind === 'cover' ? '' : about, on].join(' '),
    ).values(),
  ];
  const shown = groups.slice(0, shownAlerts);
  const rows = shown.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { level, severity, product, kind, on } = first;
    const zones = distinct(group.map(({ zone }) => zone ?? 'market')).sort();
    const about = distinct(group.map((alert) => alert.about)).join(', ');
    const what = on === null ? (kind === 'disruption' ? '' : `${kind}: `) : `from ${on}: `;
    return [[`${level}`, to(severity, 2, 'down'), product, zones.join(', '), what + about]];
  });
  const lines = table([['level', 'severity', 'open alerts', '', ''], ...rows], [0, 1]).map(cut);
  const more = alerts.length - shown.flat().length;
  return more > 0 ? [...lines, `  … and ${more} of less weight: GET /v1/alerts`] : lines;
}

/** Against the benchmarks of the Critical Raw Materials Act: extraction, processing, recycling, and one third country. */
function capacityTable(capacity: readonly CapacityLine[]): string[] {
  if (capacity.length === 0) return [];
  const rows = capacity.map(({ mineral, stage, inside, demand, share, benchmark, above }) => [
    mineral,
    stage,
    `${to(inside, 1, 'down')} of ${to(demand, 0, 'up')} t`,
    percent(share),
    percent(benchmark),
    above.length === 0 ? '–' : above.join(', '),
  ]);
  const head = ['made inside', '', 'a year', 'share', 'benchmark', 'above 65 %'];
  return ['', ...table([head, ...rows], [2, 3, 4]).map(cut)];
}

const percent = ({ units, scale }: Decimal): string => `${to({ units: units * 100n, scale }, 1, 'down')} %`;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

const cut = (line: string): string =>
  line.length + 2 > columns ? `  ${line.slice(0, columns - 3)}…` : `  ${line}`;

/** Cover and severity down, so that nothing is flattered and no level seems reached that is not; deficits up. */
const to = ({ units, scale }: Decimal, digits: number, rounding: Rounding): string =>
  grouped(
    scale <= digits
      ? { units, scale }
      : { units: divide(units, tenTo(scale - digits), rounding), scale: digits },
    digits,
  );
