import { setTimeout as pause } from 'node:timers/promises';
import { runAudit } from '../run-command.ts';
import type { Json } from '../market-client.ts';
import { immutableOf, type Journal } from './journal.ts';
import type { PatientClients } from './patient-client.ts';
import { auditor } from './traffic.ts';

/** Everything that is in order is in none of them: each finding says what was acknowledged and is not so. */
export interface Verified {
  readonly findings: readonly string[];
  readonly contracts: readonly Json[];
  readonly auditedItems: number;
}

/** With no traffic under way: holds what is read against what has been acknowledged, and audits the table. */
export async function verify(clients: PatientClients, journal: Journal, data: string): Promise<Verified> {
  const read = async (path: string): Promise<Json> => {
    const answer = await clients.send(auditor, 'GET', path);
    if (answer?.status !== 200)
      throw new Error(`GET ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`);
    return answer.body;
  };
  const all = async (path: string): Promise<Json[]> => {
    const items: Json[] = [];
    for (let cursor = ''; ;) {
      const page = await read(`${path}?limit=100${cursor}`);
      items.push(...page.items);
      if (page.next === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  };
  const findings: string[] = [];
  const clearings = await ended(journal, read, findings);
  const contracts = await all('/v1/contracts');
  for (const kind of ['offers', 'bids'] as const)
    compareOrders(kind, await all(`/v1/${kind}`), journal, findings);
  compareContracts(contracts, clearings, journal, findings);
  await compareDeliveries(read, journal, findings);
  const lots = new Set((await all('/v1/stock-lots')).map(({ id }) => id as string));
  for (const lot of journal.lots) if (!lots.has(lot)) findings.push(`stock lot ${lot} is lost`);
  await sendAgain(clients, journal, findings);
  const { stdout, stderr } = await runAudit(['--data', data, '--json']);
  if (stdout === '') throw new Error(`the audit did not end: ${stderr}`);
  const audited = JSON.parse(stdout) as { findings: readonly unknown[]; counted: { items: number } };
  findings.push(...audited.findings.map((each) => `audit: ${JSON.stringify(each)}`));
  return { findings, contracts, auditedItems: audited.counted.items };
}

/** Waits until every clearing that was asked for has ended, as whoever comes last must see to. */
async function ended(
  journal: Journal,
  read: (path: string) => Promise<Json>,
  findings: string[],
): Promise<Json[]> {
  const found: Json[] = [];
  for (const id of journal.clearings)
    for (let waited = 0; ; waited += 50) {
      const clearing = await read(`/v1/clearings/${id}`);
      if (clearing.status === 'completed' || clearing.status === 'failed' || waited > 90_000) {
        // Five deaths in a row before its point of no return end a run: its orders are free, and nothing has changed.
        const isGivenUp =
          clearing.status === 'failed' && clearing.reason === 'interrupted' && clearing.contracts === 0;
        if (isGivenUp) journal.givenUp.add(id);
        else if (clearing.status !== 'completed')
          findings.push(`clearing ${id} is ${clearing.status} ${clearing.reason ?? ''}`);
        found.push(clearing);
        break;
      }
      await pause(50);
    }
  return found;
}

function compareOrders(
  kind: 'offers' | 'bids',
  orders: readonly Json[],
  journal: Journal,
  findings: string[],
): void {
  const byId = new Map(orders.map((order) => [order.id as string, order]));
  if (byId.size !== orders.length) findings.push(`${kind}: listed twice`);
  for (const known of journal.orders.values()) {
    if (known.kind !== kind) continue;
    const order = byId.get(known.id);
    byId.delete(known.id);
    if (order === undefined) findings.push(`${kind}: ${known.id} was acknowledged and is lost`);
    else {
      if (order.price.amount !== known.price)
        findings.push(
          `${kind}: ${known.id} was acknowledged at ${known.price} and is at ${order.price.amount}`,
        );
      if (known.withdrawn && order.status !== 'withdrawn')
        findings.push(`${kind}: ${known.id} was withdrawn and is ${order.status}`);
    }
  }
  // What is left was never acknowledged: each must be one that its sender has given up.
  const unknown = Map.groupBy(byId.values(), ({ owner, organisation }) => String(owner ?? organisation));
  const abandoned = [...journal.abandoned].reduce(
    (sum, [what, count]) => sum + (what.startsWith(`${kind} of `) ? count : 0),
    0,
  );
  if (byId.size > abandoned)
    findings.push(
      `${kind}: ${byId.size} that nobody was told of, ${abandoned} given up: ${JSON.stringify([...unknown.keys()])}`,
    );
}

function compareContracts(
  contracts: readonly Json[],
  clearings: readonly Json[],
  journal: Journal,
  findings: string[],
): void {
  const byId = new Map(contracts.map((contract) => [contract.id as string, contract]));
  if (byId.size !== contracts.length) findings.push('contracts: listed twice');
  const pairs = new Set(contracts.map(({ clearing, offer, bid }) => `${clearing} ${offer} ${bid}`));
  if (pairs.size !== contracts.length) findings.push('contracts: one award has two');
  const ofClearing = Map.groupBy(contracts, ({ clearing }) => clearing as string);
  for (const { id, contracts: said } of clearings)
    if ((ofClearing.get(id)?.length ?? 0) !== said)
      findings.push(`clearing ${id} says ${said} contracts and has ${ofClearing.get(id)?.length ?? 0}`);
  for (const [id, before] of journal.contracts) {
    const contract = byId.get(id);
    if (contract === undefined) findings.push(`contract ${id} was there and is lost`);
    else if (immutableOf(contract) !== before) findings.push(`contract ${id} is another than it was`);
  }
  for (const contract of contracts) journal.contracts.set(contract.id, immutableOf(contract));
}

async function compareDeliveries(
  read: (path: string) => Promise<Json>,
  journal: Journal,
  findings: string[],
): Promise<void> {
  const byContract = Map.groupBy(journal.deliveries.values(), ({ contract }) => contract);
  for (const [contract, known] of byContract) {
    const { items } = await read(`/v1/contracts/${contract}/deliveries?limit=100`);
    const found = new Map((items as Json[]).map((each) => [each.id as string, each]));
    for (const { id, steps } of known) {
      const delivery = found.get(id);
      found.delete(id);
      if (delivery === undefined) findings.push(`delivery ${id} was acknowledged and is lost`);
      else if (steps.includes('received') && delivery.receipt === undefined)
        findings.push(`delivery ${id} was received and is not`);
      else if (steps.includes('accepted') && !['accepted', 'settled'].includes(delivery.status))
        findings.push(`delivery ${id} was accepted and is ${delivery.status}`);
    }
    const abandoned = [...journal.abandoned].reduce(
      (sum, [what, count]) => sum + (what.startsWith('delivery of ') ? count : 0),
      0,
    );
    if (found.size > abandoned) findings.push(`contract ${contract} has ${found.size} deliveries of nobody`);
  }
}

/** The same key and body again: the first answer, and no second effect. */
async function sendAgain(clients: PatientClients, journal: Journal, findings: string[]): Promise<void> {
  for (const { who, path, body, key, id } of journal.keyed.splice(0)) {
    const answer = await clients.send(who, 'POST', path, body, { headers: { 'Idempotency-Key': key } });
    if (answer?.headers.get('idempotency-replayed') !== 'true' || answer.body.id !== id)
      findings.push(`${path} under ${key} answered ${id}, and now ${answer?.status} ${answer?.body.id}`);
  }
}
