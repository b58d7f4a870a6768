import { parseArgs } from 'node:util';
import { isChain, verifyChain } from './contract-chain.ts';
import { isExplanation, verifyInclusion } from './inclusion.ts';
import { read, Unusable } from './read.ts';
import { matchesRecord } from './record.ts';
import { verify, type Report } from './verify.ts';

const usage = `npm run verify -- SOURCE [--token TOKEN] [--digest HEX] [--json]

Checks the proof of a clearing, with a participant's explanation that its order was counted, or the chain of a
contract's history.

SOURCE      a file; - for standard input; or the address of a clearing, https://…/v1/clearings/clr_…[/proof],
            whose record is then compared with the proof; or of a contract, …/v1/contracts/ctr_…[/chain]
--token     bearer token for the marketplace (else LODESTONE_TOKEN): of an administrator or auditor; for a contract, of
            its sides, too
--digest    the clearing's inputDigest as you know it: the proof must be of just that input; or the head of a chain
--inclusion SOURCE is an explanation; it is recognised without, too
--json      answers {verified, checked, failures: [{pointer, problem}]}

Exit code: 0 what was given holds, 1 it does not, 2 there was nothing to verify.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      token: { type: 'string' },
      digest: { type: 'string' },
      inclusion: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [source] = positionals;
  if (values.help === true) process.stdout.write(usage);
  if (values.help === true) return 0;
  if (source === undefined || positionals.length > 1)
    throw new Unusable('Name one thing to verify: see --help.');
  const { document, record } = await read(source, values.token ?? process.env['LODESTONE_TOKEN']);
  const own = isExplanation(document);
  const chain = isChain(document);
  if (!own && !chain && (values.inclusion === true || format(document) !== 'lodestone-proof-2'))
    throw new Unusable(
      `${source} is no proof of format lodestone-proof-2, no explanation and no chain of a contract.`,
    );
  const tell = (progress: string): boolean => process.stderr.write(`${progress}\n`);
  const clearing = (): Report => {
    const found = own ? verifyInclusion(document) : verify(document, process.stderr.isTTY ? tell : undefined);
    return matchesRecord(found, document, record, values.digest);
  };
  const report = chain ? verifyChain(document, { record, digest: values.digest }) : clearing();
  process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : inWords(report));
  return report.verified ? 0 : 1;
}

const format = (document: unknown): unknown =>
  typeof document === 'object' && document !== null && 'format' in document ? document.format : undefined;

const shown = 20;
const inWords = ({ verified, checked, failures }: Report): string =>
  [
    ...checked.map((words) => `✓ ${words}`),
    ...failures.slice(0, shown).map(({ pointer, problem }) => `✗ ${pointer}: ${problem}`),
    ...(failures.length > shown ? [`✗ and ${failures.length - shown} lines more`] : []),
    verified ? 'Verified.' : 'NOT VERIFIED.',
    '',
  ].join('\n');

try {
  process.exitCode = await main();
} catch (error) {
  // Wrong options come from parseArgs as TypeErrors with a code; anything else is a fault of the verifier's own.
  if (!(error instanceof Unusable) && !(error instanceof TypeError && 'code' in error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
