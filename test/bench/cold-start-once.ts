import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { pathToFileURL } from 'node:url';

/**
 * One cold start in a process of its own: `node cold-start-once.mjs BUNDLE EVENT STATUS`, EVENT as JSON, STATUS that of an
 * API Gateway answer or `any`. Prints `{init, first, processor}`: milliseconds of the import,
 * of the first call that follows it, and of the processor since the process began, which others on the machine disturb least.
 */
async function main(bundle = '', event = '{}', status = '200'): Promise<void> {
  const start = performance.now();
  const { handler } = (await import(pathToFileURL(bundle).href)) as {
    handler: (event: unknown, context: Partial<Context>) => Promise<APIGatewayProxyResult | undefined>;
  };
  const imported = performance.now();
  const answer = await handler(JSON.parse(event), {
    awsRequestId: 'bench',
    getRemainingTimeInMillis: () => 60_000,
  });
  const answered = performance.now();
  if (status !== 'any' && answer?.statusCode !== Number(status))
    throw new Error(`answered ${JSON.stringify(answer)}, not ${status}`);
  // The handler writes its log to the same stream, so the figures come last and on a line of their own.
  const { user, system } = process.cpuUsage();
  const figures = {
    ...{ init: imported - start, first: answered - imported, processor: (user + system) / 1000 },
  };
  process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit(0));
}

await main(...process.argv.slice(2));
