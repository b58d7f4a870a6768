import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../infra/aws/bundle.ts';

const folder = join(import.meta.dirname, '../../dist/bench');

/** Bundles a script of the bench as a Lambda is bundled, so that no compiler runs beside what is measured. */
export async function bundleOf(script: string): Promise<string> {
  const outfile = join(folder, `${script}.mjs`);
  await build({
    ...bundleOptions,
    entryPoints: [join(import.meta.dirname, `${script}.ts`)],
    outfile,
    // HiGHS looks for its WebAssembly beside its own code.
    external: ['highs'],
    sourcemap: false,
    write: true,
  });
  return outfile;
}

/** The process that runs one solver on one market: the same for the engine and for its peers. */
export const bundleOfSolver = (): Promise<string> => bundleOf('solve');
