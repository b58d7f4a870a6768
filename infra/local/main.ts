import { CannotStart } from './cannot-start.ts';
import { parseOptions, usage } from './options.ts';
import { reporter } from './reporter.ts';
import type { Running } from './start.ts';
import { start } from './start.ts';

/** `npm start`: runs until it is told to stop. */
async function main(): Promise<void> {
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
  const running = start(
    parsed.start,
    { endpoint: process.env['DYNAMODB_ENDPOINT'], tableName: process.env['TABLE_NAME'] },
    report,
  );
  const asked = untilAskedToStop();
  try {
    const { lost } = await running;
    const reason = await Promise.race([asked, lost.then((why) => `The embedded DynamoDB ${why}.`)]);
    if (reason !== undefined) {
      report.problem(`${reason} Start again: what was acknowledged is kept, unless it was in memory.`);
      process.exitCode = 1;
    }
    report.step('stopping');
    await stopped(running);
  } catch (error) {
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
function untilAskedToStop(): Promise<undefined> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve(undefined);
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });
}

await main();
// Whatever was given up on, such as a retry of a clearing that the stop cut off, does not hold the end up.
process.exit();
