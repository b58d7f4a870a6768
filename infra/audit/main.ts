import { parseArgs } from 'node:util';
import { openPlace, whereOf } from '../admin/place.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { audit } from './audit.ts';
import type { Finding } from './finding.ts';
import { checks } from './finding.ts';

const usage = `npm run audit -- [--data DIRECTORY] [--json]

Reads every item of the marketplace's table and recomputes from it alone what must hold at every instant.

--data      the market of one machine (default .lodestone), running or not
--json      answers {clean, counted, findings: [{check, subject, detail}]}
--help      print this

Environment
  DYNAMODB_ENDPOINT  audit the DynamoDB at this URL instead
  TABLE_NAME         the table to read there (default lodestone); without an endpoint, the table on AWS, by AWS_REGION and
                     AWS_PROFILE

Of a running marketplace, findings are looked at twice: what a write in between explains is not told.

Exit code: 0 everything holds, 1 it does not, 2 there was nothing to audit.

It checks that
${Object.entries(checks)
  .map(([check, says]) => `  ${check.padEnd(20)} ${says}`)
  .join('\n')}
`;

const shown = 50;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { table, close } = await openPlace(whereOf(values.data, process.env), process.env);
  try {
    const progress = (items: number): void => {
      if (process.stderr.isTTY) process.stderr.write(`\r${items} items read`);
    };
    const first = await audit(table, { progress });
    // A page read before a write and another after it do not fit together: only what stays wrong is wrong.
    const second = first.findings.length === 0 ? first : await audit(table, { progress });
    if (process.stderr.isTTY) process.stderr.write('\n');
    const before = new Set(first.findings.map(keyOf));
    const findings = second.findings.filter((each) => before.has(keyOf(each)));
    const { counted } = second;
    if (counted.items === 0) throw new CannotStart('The table is empty: there is nothing to audit.');
    const clean = findings.length === 0;
    if (values.json) process.stdout.write(`${JSON.stringify({ clean, counted, findings })}\n`);
    else process.stdout.write(inWords(findings, counted));
    return clean ? 0 : 1;
  } finally {
    await close();
  }
}

const keyOf = ({ check, subject, detail }: Finding): string => `${check} ${subject} ${detail}`;

function inWords(findings: readonly Finding[], counted: Readonly<Record<string, number>>): string {
  const broken = Map.groupBy(findings, ({ check }) => check);
  return [
    `Read ${Object.entries(counted)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}.`,
    ...Object.entries(checks)
      .filter(([check]) => !broken.has(check as Finding['check']))
      .map(([, says]) => `✓ ${says}`),
    ...[...broken].flatMap(([check, own]) => [
      `✗ ${checks[check]}:`,
      ...own.slice(0, shown).map(({ subject, detail }) => `    ${subject}: ${detail}`),
      ...(own.length > shown ? [`    and ${own.length - shown} more`] : []),
    ]),
    findings.length === 0 ? 'Everything holds.' : `${findings.length} findings.`,
    '',
  ].join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  // Wrong options come from parseArgs as TypeErrors with a code; anything else is a fault of the audit's own.
  if (!(error instanceof CannotStart) && !(error instanceof TypeError && 'code' in error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
