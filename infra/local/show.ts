import * as z from 'zod';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Reporter } from './reporter.ts';
import type { Participants } from './sample/client.ts';
import { secretariat } from './sample/load.ts';
import { sampleProducts } from './sample/market.ts';
import { basisOfReserves } from './sample/basis.ts';
import { printReserves } from './sample/print-reserves.ts';
import { printMarket, printMarketInBrief } from './sample/print.ts';
import { reservesResult } from './sample/result-reserves.ts';
import { marketResult } from './sample/result.ts';

/** Tells what the sample's markets have done: each in full after its clearing, in a line at a later start. */
export async function showSample(
  as: Participants,
  report: Reporter,
  options: { readonly contracts: boolean },
): Promise<void> {
  const auditor = as(secretariat, 'auditor');
  const organisations = z
    .array(z.object({ id: z.string(), name: z.string() }))
    .parse(await auditor.list('/v1/organisations'));
  const names = new Map(organisations.map(({ id, name }) => [id, name.replace(/ \(invented\)$/, '')]));
  const name = (id: string): string => names.get(id) ?? id;
  const introduction = options.contracts
    ? '\nThe sample market has cleared. Its figures are real, with source and year, or marked assumed;\n' +
      'every organisation in it is invented. Prices in the tables are averages over the quarters, per\n' +
      'unit, rounded down.\n'
    : '\nThe market as it was left (the organisations of the sample are invented):\n';
  report.event('sample', { loaded: options.contracts }, introduction);
  for (const product of sampleProducts) {
    const result = await marketResult(auditor, product.id, { withReasons: options.contracts });
    report.event(
      'market',
      { ...result },
      options.contracts ? `${printMarket(result, product, name)}\n` : printMarketInBrief(result),
    );
  }
  const reserves = await reservesResult(auditor);
  const text = printReserves(reserves, options.contracts ? basisOfReserves() : [], name);
  report.event('reserves', { ...reserves }, options.contracts ? text : `\n${text}`);
}

/** The last thing a start says: where everything is, and what one might try. */
export function showReady(
  report: Reporter,
  at: {
    readonly url: string;
    /** `ok`, or which parts are not. */
    readonly health: string;
    readonly kept: string | undefined;
    /** What time it is in the market, where that is not this machine's. */
    readonly clock: Instant | undefined;
    readonly sample: boolean;
  },
): void {
  const { url, kept, clock } = at;
  const body = `{"organisation":"${secretariat}","roles":["auditor"],"subject":"me"}`;
  const lines = [
    '',
    `Lodestone is ready: ${url}`,
    '',
    `  reference   ${url}/docs`,
    `  OpenAPI     ${url}/openapi.json`,
    `  health      ${url}/healthz (${at.health})`,
    `  kept in     ${kept ?? 'memory: gone when it stops'}`,
    ...(clock === undefined
      ? []
      : [`  clock       ${clock}, ahead of this machine's: POST /dev/clock moved it`]),
    '',
    'Try next, as an auditor, who sees everything:',
    '',
    `  API=${url}/v1`,
    `  TOKEN=$(curl -s ${url}/dev/token -H 'content-type: application/json' \\`,
    `    -d '${body}' | cut -d'"' -f4)`,
    ...(at.sample ? ['contracts?product=ndpr-oxide', 'markets/ndpr-oxide', 'alerts'] : ['products']).map(
      (path) => `  curl -s -H "authorization: Bearer $TOKEN" "$API/${path}"`,
    ),
    '',
    'Ctrl-C stops it.',
  ];
  report.event(
    'ready',
    { url, health: at.health, kept: kept ?? null, clock: clock ?? null },
    lines.join('\n'),
  );
}
