import { dependencies } from './support/licences.ts';

if (process.argv.includes('--help')) {
  process.stdout.write(
    `Lists every package with its licence, and whether it is carried to run time: npm run licences.\n`,
  );
  process.exit(0);
}

/** `npm run licences`: every package, its licence, and whether it is carried to run time. */
for (const { name, version, licence, runtime } of await dependencies())
  process.stdout.write(`${runtime ? 'runtime' : 'tool   '}  ${licence.padEnd(24)}  ${name} ${version}\n`);
