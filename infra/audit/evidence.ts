import type { Contract } from '../../shared/contracts/contract.ts';
import type { Outcome } from '../../shared/clearing/outcome/outcome.ts';
import type { Settlement } from '../../shared/contracts/settlement/settlement.ts';
import type { Entry } from '../../shared/ledger/entry.ts';
import type { Line } from '../../shared/ledger/statement.ts';
import type { LotsByQuarter } from '../../shared/orders/delivery.ts';
import type { Fixing, PricePoint } from '../../shared/pricing/reference-price.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Agreement } from '../../shared/support/agreement.ts';
import type { FundingRound } from '../../shared/support/round.ts';
import type { SupportSettlement } from '../../shared/support/quarter-settlement.ts';
import type { Control } from '../../shared/store/clearing/control.ts';
import { contractOf } from '../../shared/store/contracts/contracts.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { ReferenceKind } from '../../shared/store/table/keys/reference.ts';
import type { OrderState } from '../../shared/store/orders/order-item.ts';
import type { Publication } from '../../shared/risk/publication.ts';
import type { ReferenceRecords } from '../../shared/store/reference/reference.ts';
import type { ContractBook } from '../../shared/store/stockpiles/stock-contracts.ts';
import type { StockAccountRecord } from '../../shared/stockpiles/account.ts';
import type { StockLoanRecord } from '../../shared/stockpiles/loan.ts';
import type { StockRelease } from '../../shared/stockpiles/release.ts';
import type { StandingRule } from '../../shared/stockpiles/standing-rule.ts';
import type { Movement } from '../../shared/stockpiles/movement.ts';
import type { StockBalances } from '../../shared/stockpiles/stock-account.ts';
import type { StockLot } from '../../shared/stockpiles/stock-lot.ts';
import type { Site } from '../../shared/reference/site.ts';
import { aheadOf } from '../local/market-clock.ts';
import type { Alert } from '../../shared/risk/alert.ts';
import type { Notice } from '../../shared/risk/notice.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { alertReaders } from './readers/alerts.ts';
import { contractReaders } from './readers/contracts.ts';
import { ledgerReaders } from './readers/ledger.ts';
import { marketReaders } from './readers/markets.ts';
import { orderReaders } from './readers/orders.ts';
import type { Readers } from './readers/reader.ts';
import { referenceReaders } from './readers/reference.ts';
import { stockReaders } from './readers/stock.ts';
import { supportReaders } from './readers/support.ts';

/** An order as the table has it: its numbers, and of its body what the audit holds contracts against. */
export interface AuditedOrder {
  readonly id: string;
  readonly kind: 'offer' | 'bid';
  readonly product: string;
  readonly owner: string;
  readonly state: OrderState;
  readonly price: string;
  readonly validUntil: string | undefined;
  readonly site: string | undefined;
  readonly stockLot: string | undefined;
  /** That a bid is for. */
  readonly stockpile: string | undefined;
  /** The standing rule that placed it. */
  readonly rule: string | undefined;
  /** An offer that hangs on conditions precedent; a bid that meets such offers. */
  readonly conditional: boolean;
}

export interface AuditedContract extends Contract {
  /** The item's own attributes, beside what was agreed. */
  readonly item: Item;
}

export interface SiteEntry {
  readonly site: string;
  readonly offer: string;
  readonly product: string;
  readonly lots: LotsByQuarter;
}

/** The present record of a kind and id, and its versions in order. */
export interface Versions {
  readonly kind: ReferenceKind;
  readonly id: string;
  readonly head: ReferenceRecords[ReferenceKind] | undefined;
  readonly versions: readonly ReferenceRecords[ReferenceKind][];
}

/** Of areas that no check rests on, nothing is kept. */
const readers: Readers = {
  ...orderReaders,
  ...marketReaders,
  ...contractReaders,
  ...referenceReaders,
  ...supportReaders,
  ...stockReaders,
  ...ledgerReaders,
  ...alertReaders,
  ONE_MACHINE: (evidence, item) => {
    evidence.clockAhead = aheadOf(item) ?? evidence.clockAhead;
  },
};

/** What the whole table says, by what it is about. Items that no check rests on are not kept. */
export class Evidence {
  readonly orders = new Map<string, AuditedOrder>();
  /** Expired offers that have given back what they held of a stock lot. */
  readonly released = new Set<string>();
  readonly book = new Map<string, string>();
  readonly sites = new Map<string, Site>();
  readonly siteEntries: SiteEntry[] = [];
  readonly contracts = new Map<string, AuditedContract>();
  readonly controls = new Map<string, Control>();
  /** Runs of clearings, by clearing. */
  readonly runs = new Map<string, number>();
  /** Lots counted by product, then quarter and lane (`2027-Q1 CL>DE`). */
  readonly use = new Map<string, Map<string, bigint>>();
  /** What is published of quarters, by product. */
  readonly outcomes: { readonly product: string; readonly outcome: Outcome }[] = [];
  /** What zones have published of their stock. */
  readonly publications: Publication[] = [];
  readonly references = new Map<string, Versions>();
  /** By contract. */
  readonly settlements = new Map<string, Settlement[]>();
  readonly agreements = new Map<string, Agreement>();
  readonly supportSettlements: SupportSettlement[] = [];
  /** Items of programmes' budgets, by programme. */
  readonly budgets = new Map<string, Item>();
  /** What sites' places in programmes say was paid, in minor units, by agreement. */
  readonly paidPlaces = new Map<string, bigint>();
  readonly rounds: FundingRound[] = [];
  /** Minor units of claims that are open, by programme, quarter and agreement (`prg_… 2027-Q1 agr_…`). */
  readonly claims = new Map<string, bigint>();
  /** Reference prices as they were frozen, as canonical JSON. */
  readonly fixings = new Map<string, Fixing>();
  /** In which order those of one series were frozen; 0 for those from before they were counted. */
  readonly fixingNumbers = new Map<Fixing, bigint>();
  /** Points of reference price series, by series. */
  readonly points = new Map<string, PricePoint[]>();
  readonly stockAccounts = new Map<string, StockAccountRecord>();
  readonly stockLoans = new Map<string, StockLoanRecord>();
  readonly releases = new Map<string, StockRelease>();
  readonly standingRules = new Map<string, StandingRule>();
  /** As stored, by release and number (`rel_… 1`). */
  readonly assessments = new Map<string, unknown>();
  readonly stockLots = new Map<string, StockLot>();
  readonly movementItems: { readonly key: string; readonly movement: Movement }[] = [];
  /** By stockpile and product (`stp_…|ndpr`). */
  readonly stock = new Map<string, { readonly balances: StockBalances; readonly movements: bigint }>();
  /** By stockpile or stock lot, and contract. */
  readonly contractBooks = new Map<string, ContractBook>();
  /** By key of the table. */
  readonly alerts = new Map<string, Alert>();
  /** By alert. */
  readonly alertVersions = new Map<string, Alert[]>();
  readonly notices = new Map<string, Notice>();
  readonly entries: Entry[] = [];
  readonly lines: { readonly key: string; readonly line: Line }[] = [];
  readonly unreadable: Finding[] = [];
  /** Milliseconds by which the market's clock is ahead of its machine's: of one machine only. */
  clockAhead = 0;
  items = 0;
  /** Items of contracts, until all have been seen. */
  readonly contractItems = new Map<string, { item?: Item; events: Item[] }>();

  /** Takes one item in. */
  see(item: Item): void {
    this.items += 1;
    const key = keyOf(item);
    try {
      const [area = ''] = String(item['pk']).split('#');
      const of = String(item['pk']).slice(area.length + 1);
      readers[area]?.(this, item, { of, sk: String(item['sk']), key });
    } catch (error) {
      this.unreadable.push(finding('unreadable', key, shortly(error)));
    }
  }

  /** To be called when every item has been seen. */
  complete(): void {
    for (const [id, { item, events }] of this.contractItems)
      try {
        if (item === undefined) throw new Error('events of a contract that is not there');
        const inOrder = events.toSorted((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
        this.contracts.set(id, { ...contractOf(item, inOrder), item });
      } catch (error) {
        this.unreadable.push(finding('unreadable', `CONTRACT#${id}`, shortly(error)));
      }
    this.contractItems.clear();
  }

  get movements(): Movement[] {
    return this.movementItems.map(({ movement }) => movement);
  }

  product(id: string): Product | undefined {
    return this.references.get(`product ${id}`)?.head as Product | undefined;
  }

  /** The records of a kind, by id. */
  ofKind<K extends ReferenceKind>(kind: K): (Versions & { readonly kind: K })[] {
    return [...this.references.values()].filter(
      (each): each is Versions & { readonly kind: K } => each.kind === kind,
    );
  }
}

export const keyOf = (item: Item): string => `${String(item['pk'])} ${String(item['sk'])}`;

const shortly = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 300);
