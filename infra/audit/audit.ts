import type { Instant } from '../../shared/kernel/time.ts';
import { instantOf } from '../../shared/kernel/time.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { checkAlerts } from './checks/alerts.ts';
import { checkContracts } from './checks/contracts.ts';
import { checkLedger } from './checks/ledger.ts';
import { checkOrders } from './checks/orders.ts';
import { checkOutcomes } from './checks/outcomes.ts';
import { checkProgrammes } from './checks/programmes.ts';
import { checkPublications } from './checks/publications.ts';
import { checkReference } from './checks/reference.ts';
import { checkSettlements } from './checks/settlements.ts';
import { checkReferencePrices } from './checks/reference-prices.ts';
import { checkSupport } from './checks/support.ts';
import { checkSites } from './checks/sites.ts';
import { checkStandingRules } from './checks/standing-rules.ts';
import { checkStock } from './checks/stock.ts';
import { checkStockRecords } from './checks/stock-records.ts';
import { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { scan } from './scan.ts';

export interface AuditOptions {
  /** As of when offers have expired; by default now, by the market's own clock. */
  readonly at?: Instant;
  /** Told after each page how many items have been read. */
  readonly progress?: (items: number) => void;
}

export interface Audit {
  readonly findings: readonly Finding[];
  /** What was looked at: a clean audit of nothing is none. */
  readonly counted: Readonly<
    Record<
      'items' | 'orders' | 'contracts' | 'settlements' | 'records' | 'entries' | 'lines' | 'movements',
      number
    >
  >;
}

/**
 * Reads the whole table and recomputes from it alone what must hold at every instant. It takes no shortcut through
 * counters or indexes. The table is not frozen meanwhile: what is written between two pages may look wrong.
 */
export async function audit(
  table: Pick<Table, 'client' | 'name'>,
  options: AuditOptions = {},
): Promise<Audit> {
  const evidence = new Evidence();
  for await (const page of scan(table)) {
    for (const item of page) evidence.see(item);
    options.progress?.(evidence.items);
  }
  return concluded(evidence, options.at ?? instantOf(Date.now() + evidence.clockAhead));
}

/** The same of items in hand. */
export function auditItems(items: Iterable<Item>, at: Instant): Audit {
  const evidence = new Evidence();
  for (const item of items) evidence.see(item);
  return concluded(evidence, at);
}

function concluded(evidence: Evidence, at: Instant): Audit {
  evidence.complete();
  return {
    findings: [...findingsOf(evidence, at)],
    counted: {
      items: evidence.items,
      orders: evidence.orders.size,
      contracts: evidence.contracts.size,
      settlements: [...evidence.settlements.values()].flat().length,
      records: evidence.references.size,
      entries: evidence.entries.length,
      lines: evidence.lines.length,
      movements: evidence.movements.length,
    },
  };
}

function* findingsOf(evidence: Evidence, at: Instant): Generator<Finding> {
  yield* evidence.unreadable;
  yield* checkReference(evidence);
  yield* checkReferencePrices(evidence);
  yield* checkOrders(evidence, at);
  yield* checkSites(evidence, at);
  yield* checkContracts(evidence);
  yield* checkSettlements(evidence);
  yield* checkProgrammes(evidence);
  yield* checkSupport(evidence);
  yield* checkStock(evidence, at);
  yield* checkStockRecords(evidence);
  yield* checkStandingRules(evidence);
  yield* checkLedger(evidence);
  yield* checkAlerts(evidence, at);
  yield* checkOutcomes(evidence);
  yield* checkPublications(evidence);
}
