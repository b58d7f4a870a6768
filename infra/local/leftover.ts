import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Ends the engine that a killed run left behind, found by its pid file. Process ids are reused, so the
 * process is touched only if it is the engine's binary, started on this very database.
 * Answers the id of the process ended, if there was one.
 */
export async function replaceLeftover(leftover: {
  readonly pidFile: string;
  readonly binary: string;
  readonly database: string;
}): Promise<number | undefined> {
  const pid = await recordedPid(leftover.pidFile);
  if (pid === undefined) return undefined;
  const isOurs = async () => isEngineOn(await commandOf(pid), leftover.binary, leftover.database);
  let ended: number | undefined;
  if (await isOurs()) {
    ended = pid;
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; await isOurs(); waited += 20) {
      if (waited === 3000) process.kill(pid, 'SIGKILL');
      if (waited >= 6000) throw new Error(`A leftover engine (process ${pid}) cannot be ended.`);
      await pause(20);
    }
  }
  await rm(leftover.pidFile, { force: true });
  return ended;
}

async function recordedPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  return /^[1-9]\d{0,9}$/.test(text.trim()) ? Number(text) : undefined;
}

interface Command {
  readonly binary: string;
  readonly words: readonly string[];
}

const isEngineOn = (command: Command | undefined, binary: string, database: string): boolean =>
  command !== undefined &&
  // A binary replaced by a newer one since is still what the engine was started from.
  command.binary.replace(/ \(deleted\)$/, '') === binary &&
  command.words.some((word, index) => word === '--db-path' && command.words[index + 1] === database);

/** What a process runs; `undefined` if there is none, or none that we may look at. */
async function commandOf(pid: number): Promise<Command | undefined> {
  try {
    if (process.platform === 'linux') {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter(Boolean);
      return { binary: await readlink(`/proc/${pid}/exe`), words };
    }
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
    // ps joins the words with blanks, so a database whose path has blanks is not recognised, and left alone.
    const words = stdout.trim().split(' ');
    return { binary: words[0] ?? '', words };
  } catch {
    return undefined;
  }
}
