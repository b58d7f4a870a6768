import { CannotStart } from './cannot-start.ts';
import { parseOptions, usage } from './options.ts';
import { reporter } from './reporter.ts';
import type { Running } from './start.ts';
import { start } from './start.ts';

/** Runs until it is told to stop. */
export async function run(ready: () => void): Promise<void> {
  const parsed = parseOptions(process.argv.slice(2));
  if ('help' in parsed) {
    process.stdout.write(usage);
    return;
  }
  if ('mistake' in parsed) {
    process.stderr.write(`${parsed.mistake}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const report = reporter(parsed.start.json);
  const asked = untilAskedToStop();
  const running = start(
    parsed.start,
    { endpoint: process.env['DYNAMODB_ENDPOINT'], tableName: process.env['TABLE_NAME'] },
    report,
    asked.signal,
  );
  try {
    const { lost } = await running;
    ready();
    const reason = await Promise.race([asked.promise, lost.then((why) => `The embedded DynamoDB ${why}.`)]);
    if (reason !== undefined) {
      report.problem(`${reason} Start again: what was acknowledged is kept, unless it was in memory.`);
      process.exitCode = 1;
    }
    report.step('stopping');
    await stopped(running);
  } catch (error) {
    if (asked.signal.aborted) return;
    report.problem(
      error instanceof CannotStart
        ? error.message
        : `It could not start. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    process.exitCode = 1;
  }
}

const stopped = async (running: Promise<Running>): Promise<void> => {
  await (await running).stop();
};

/** Resolves when Ctrl-C or a supervisor asks for the end; who asks twice does not wait. */
function untilAskedToStop(): { readonly promise: Promise<undefined>; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const ask = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    resolve(undefined);
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  return { promise, signal: controller.signal };
}
