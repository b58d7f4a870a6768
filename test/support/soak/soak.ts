import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../faults.ts';
import type { Json } from '../market-client.ts';
import { Journal } from './journal.ts';
import { PatientClients } from './patient-client.ts';
import { KilledMarket, targets, type Kill } from './processes.ts';
import { ada, auditor, Traffic, type Season } from './traffic.ts';
import { verify } from './verify.ts';

export interface SoakOptions {
  /** Decides who does what and when which process dies; how the processes meet it is theirs. */
  readonly seed: number;
  /** Quarters of the market's own clock; after each, everything is verified. */
  readonly seasons: (done: {
    readonly seasons: number;
    readonly contracts: number;
    readonly kills: number;
  }) => boolean;
  readonly killsPerSeason: number;
  /**
   * Between two deaths, at random up to so many acknowledged writes, whatever time they take; half of the time, then on
   * until soon after a clearing is asked for.
   */
  readonly longestLife: number;
  readonly actors: number;
  readonly progress: (text: string) => void;
}

export interface SoakResult {
  readonly kills: readonly Kill[];
  readonly killedWhileClearing: number;
  readonly contracts: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly abandoned: number;
  readonly audits: number;
  readonly clearings: number;
  /** Of these, the ones that died five times before anything was decided. */
  readonly clearingsGivenUp: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
}

/**
 * A market as real processes, under mixed traffic, whose server and engine are killed with SIGKILL at random moments, each
 * alone and both together, and started again. Ends at the first season with a finding; its directory is then kept.
 */
export async function soakProcesses(options: SoakOptions): Promise<SoakResult> {
  const data = await mkdtemp(join(tmpdir(), 'lodestone-soak-'));
  const random = seeded(options.seed);
  const market = await KilledMarket.open(data);
  const journal = new Journal();
  const clients = new PatientClients(market.url, journal);
  const traffic = new Traffic(clients, journal, seeded(options.seed ^ 0x5eed));
  let [audits, killedWhileClearing] = [0, 0];
  let contracts: readonly Json[] = [];
  const findings: string[] = [];
  try {
    await traffic.open();
    for (
      let seasons = 0;
      findings.length === 0 &&
      options.seasons({ seasons, contracts: contracts.length, kills: market.kills.length });
      seasons += 1
    ) {
      const season = await seasonNow(clients, contracts);
      const running = traffic.run(season, options.actors);
      // Told of where it is waited for; nobody waits for an act of traffic that has ended.
      running.catch(() => {
        traffic.stop();
      });
      for (let kill = 0; kill < options.killsPerSeason; kill += 1) {
        await nextMoment(random, traffic, journal, options.longestLife);
        if (await isClearing(clients, journal)) killedWhileClearing += 1;
        const target = targets[Math.floor(random() * targets.length)]!;
        await market.kill(target);
      }
      await nextMoment(random, traffic, journal, options.longestLife);
      traffic.stop();
      await running;
      await traffic.clearAll();
      const verified = await verify(clients, journal, data);
      audits += 1;
      findings.push(...verified.findings);
      contracts = verified.contracts;
      options.progress(
        `${season.running}: ${market.kills.length} kills, ${contracts.length} contracts, ` +
          `${journal.acknowledged} writes acknowledged, ${verified.auditedItems} items audited, ` +
          `${findings.length} findings`,
      );
      await moveOn(clients, season);
    }
  } catch (error) {
    findings.push(String(error));
    options.progress(`${String(error)}\nThe server's last words:\n${market.printed.slice(-4000)}`);
    traffic.stop();
  } finally {
    await market.stop();
    if (findings.length === 0) await rm(data, { recursive: true, force: true });
    else options.progress(`kept for inspection: ${data}`);
  }
  const surprises = [...journal.answers].filter(([what]) => what.startsWith('500 '));
  findings.push(...surprises.map(([what, count]) => `${count} × ${what}`));
  return {
    ...{ killedWhileClearing, audits, findings, kills: market.kills, contracts: contracts.length },
    ...{ clearings: journal.clearings.size, clearingsGivenUp: journal.givenUp.size },
    ...{ acknowledged: journal.acknowledged, unanswered: journal.unanswered },
    abandoned: [...journal.abandoned.values()].reduce((sum, count) => sum + count, 0),
    answers: Object.fromEntries([...journal.answers].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

async function nextMoment(
  random: () => number,
  traffic: Traffic,
  journal: Journal,
  longest: number,
): Promise<void> {
  const enough = journal.acknowledged + Math.ceil(random() * longest);
  while (journal.acknowledged < enough && traffic.isRunning) await pause(5);
  if (random() < 0.5) return;
  const since = performance.now();
  while (traffic.isRunning && traffic.lastClearingAt < since && journal.acknowledged < enough + longest)
    await pause(5);
  await pause(random() * 300);
}

async function isClearing(clients: PatientClients, journal: Journal): Promise<boolean> {
  const latest = [...journal.clearings].at(-1);
  if (latest === undefined) return false;
  const answer = await clients.send(auditor, 'GET', `/v1/clearings/${latest}`);
  return answer?.body.status !== 'completed';
}

const quarterOf = (date: Date, ahead = 0): string => {
  const number = date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3) + ahead;
  return `${Math.floor(number / 4)}-Q${(number % 4) + 1}`;
};

async function seasonNow(clients: PatientClients, contracts: readonly Json[]): Promise<Season> {
  const now = new Date((await clients.send(ada, 'GET', '/dev/clock'))?.body.now as string);
  const running = quarterOf(now);
  return {
    running,
    today: now.toISOString().slice(0, 10),
    coming: [quarterOf(now, 1), quarterOf(now, 2)],
    contracts: contracts.filter(({ schedule }) =>
      (schedule as { quarter: string }[]).some(({ quarter }) => quarter === running),
    ),
  };
}

/** To the middle of the next quarter: what was contracted is due, what was delivered is settled. */
async function moveOn(clients: PatientClients, { coming: [next] }: Season): Promise<void> {
  const [year = '', quarter = ''] = next.split('-Q');
  const now = `${year}-${String(Number(quarter) * 3 - 1).padStart(2, '0')}-10T12:00:00.000Z`;
  const moved = await clients.send(ada, 'POST', '/dev/clock', { now });
  if (moved?.status !== 200) throw new Error(`the clock did not move: ${JSON.stringify(moved?.body)}`);
}
