import { existsSync, readFileSync } from 'node:fs';

const pageBytes = 4096;
const residentMegabytes = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes) / 2 ** 20;
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}/statm`);

/** The resident memory of processes, a sample a second, in MB. */
export class Memory {
  readonly #samples: { readonly at: number; readonly megabytes: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      if (!isThere(pid)) return;
      this.#samples.push({ at: performance.now() / 60_000, megabytes: residentMegabytes(pid) });
    }, 1000);
  }

  /** The last sample, and by how much a minute it grew over the second half: by least squares. */
  stop(): { readonly megabytes: number; readonly perMinute: number } {
    clearInterval(this.#timer);
    const late = this.#samples.slice(this.#samples.length >> 1);
    const mean = (of: readonly number[]): number => of.reduce((sum, each) => sum + each, 0) / of.length;
    const [at, megabytes] = [mean(late.map((each) => each.at)), mean(late.map((each) => each.megabytes))];
    const covariance = late.reduce((sum, each) => sum + (each.at - at) * (each.megabytes - megabytes), 0);
    const variance = late.reduce((sum, each) => sum + (each.at - at) ** 2, 0);
    return { megabytes: late.at(-1)?.megabytes ?? 0, perMinute: variance === 0 ? 0 : covariance / variance };
  }
}
