import * as z from 'zod';
import type { Contract } from '../../shared/contracts/contract.ts';
import { canonicalJson } from '../../shared/kernel/digest.ts';
import type { Outcome } from '../../shared/clearing/outcome/outcome.ts';
import type { Settlement } from '../../shared/contracts/settlement/settlement.ts';
import type { Entry } from '../../shared/ledger/entry.ts';
import type { Line } from '../../shared/ledger/statement.ts';
import type { LotsByQuarter } from '../../shared/orders/delivery.ts';
import type { Fixing, PricePoint } from '../../shared/pricing/reference-price.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Agreement } from '../../shared/support/agreement.ts';
import type { FundingRound } from '../../shared/support/round.ts';
import { readRoundItem } from '../../shared/store/funding-rounds.ts';
import { readSupportItem } from '../../shared/store/support-settlements.ts';
import type { SupportSettlement } from '../../shared/support/quarter-settlement.ts';
import { agreementOf } from '../../shared/store/agreements.ts';
import type { Control } from '../../shared/store/control.ts';
import { readControlItem } from '../../shared/store/control.ts';
import { contractOf } from '../../shared/store/contracts.ts';
import { readFixing } from '../../shared/store/fixings.ts';
import type { Item } from '../../shared/store/item.ts';
import type { ReferenceKind } from '../../shared/store/keys.ts';
import { readEntryItem, readLineItem } from '../../shared/store/ledger.ts';
import type { OrderState } from '../../shared/store/order-item.ts';
import { plain, readOrderState } from '../../shared/store/order-item.ts';
import { readOutcome } from '../../shared/store/outcomes.ts';
import { readPoint } from '../../shared/store/price-points.ts';
import { publicationOf } from '../../shared/store/publications.ts';
import type { Publication } from '../../shared/risk/publication.ts';
import type { ReferenceRecords } from '../../shared/store/reference.ts';
import { referenceSeries } from '../../shared/store/reference.ts';
import { readSettlementItem } from '../../shared/store/settlements.ts';
import { siteSeries } from '../../shared/store/sites.ts';
import type { ContractBook } from '../../shared/store/stock-contracts.ts';
import { contractBook } from '../../shared/store/stock-contracts.ts';
import { stockLotSeries } from '../../shared/store/stock-lots.ts';
import { balancesOfItem, movementOfItem } from '../../shared/store/stock-movements.ts';
import {
  accountRecords,
  loanRecords,
  releaseRecords,
  ruleRecords,
  stockRecordOf,
} from '../../shared/store/stock-records.ts';
import type { StockAccountRecord } from '../../shared/stockpiles/account.ts';
import type { StockLoanRecord } from '../../shared/stockpiles/loan.ts';
import type { StockRelease } from '../../shared/stockpiles/release.ts';
import type { StandingRule } from '../../shared/stockpiles/standing-rule.ts';
import type { Movement } from '../../shared/stockpiles/movement.ts';
import type { StockBalances } from '../../shared/stockpiles/stock-account.ts';
import type { StockLot } from '../../shared/stockpiles/stock-lot.ts';
import type { Site } from '../../shared/reference/site.ts';
import { readRecord } from '../../shared/store/versioned.ts';
import { aheadOf } from '../local/market-clock.ts';
import type { Alert } from '../../shared/risk/alert.ts';
import type { Notice } from '../../shared/risk/notice.ts';
import { alertSeries } from '../../shared/store/alerts.ts';
import { readNoticeItem } from '../../shared/store/notices.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';

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
  readonly #contractItems = new Map<string, { item?: Item; events: Item[] }>();

  /** Takes one item in. */
  see(item: Item): void {
    this.items += 1;
    const key = keyOf(item);
    try {
      this.#place(item, key);
    } catch (error) {
      this.unreadable.push(finding('unreadable', key, shortly(error)));
    }
  }

  /** To be called when every item has been seen. */
  complete(): void {
    for (const [id, { item, events }] of this.#contractItems)
      try {
        if (item === undefined) throw new Error('events of a contract that is not there');
        const inOrder = events.toSorted((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
        this.contracts.set(id, { ...contractOf(item, inOrder), item });
      } catch (error) {
        this.unreadable.push(finding('unreadable', `CONTRACT#${id}`, shortly(error)));
      }
    this.#contractItems.clear();
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

  #place(item: Item, key: string): void {
    const pk = String(item['pk']);
    const sk = String(item['sk']);
    const [area = ''] = pk.split('#');
    const rest = pk.slice(area.length + 1);
    switch (area) {
      case 'ORDER':
        this.orders.set(rest, orderOf(rest, item));
        if (item['released'] === true) this.released.add(rest);
        return;
      case 'BOOK':
        this.book.set(sk, rest.slice(0, rest.lastIndexOf('#')));
        return;
      case 'SITE':
        if (sk === 'SITE') this.sites.set(rest, readRecord(siteSeries, item));
        if (sk.startsWith('OFFER#')) this.siteEntries.push(siteEntryOf(rest, item));
        return;
      case 'CONTRACT': {
        const parts = this.#contractItems.get(rest) ?? { events: [] };
        if (sk === 'CONTRACT') parts.item = item;
        else if (sk.startsWith('EVENT#')) parts.events.push(item);
        this.#contractItems.set(rest, parts);
        return;
      }
      case 'CLEARING':
        if (typeof item['run'] === 'bigint') this.runs.set(rest, Number(item['run']));
        return;
      case 'MARKET':
        if (sk === 'CONTROL') this.controls.set(rest, readControlItem(item));
        if (sk.startsWith('USE#')) this.#count(rest, item);
        if (sk.startsWith('OUTCOME#')) this.outcomes.push({ product: rest, outcome: readOutcome(item) });
        return;
      case 'REF':
        this.#reference(rest, sk, item);
        return;
      case 'PUBLICATIONS':
        if (sk.startsWith('PERIOD#')) this.publications.push(publicationOf(item));
        return;
      case 'SETTLEMENT': {
        if (sk.startsWith('BOUGHT#')) return;
        const settlement = readSettlementItem(item);
        this.settlements.set(rest, [...(this.settlements.get(rest) ?? []), settlement]);
        return;
      }
      case 'FIXINGS':
        this.#freeze(item);
        return;
      case 'POINTS':
        this.points.set(rest, [...(this.points.get(rest) ?? []), readPoint(item)]);
        return;
      case 'AGREEMENT':
        if (sk === 'AGREEMENT') this.agreements.set(rest, agreementOf(item));
        if (sk.startsWith('SETTLEMENT#')) this.supportSettlements.push(readSupportItem(item));
        return;
      case 'LOT':
        if (sk === 'LOT') this.stockLots.set(rest, readRecord(stockLotSeries, item));
        this.#contractBook(rest, sk, item);
        return;
      case 'STOCKPILE':
        if (sk.startsWith('MOVEMENT#')) this.movementItems.push({ key, movement: movementOfItem(item) });
        if (sk.startsWith('BALANCE#'))
          this.stock.set(`${rest}|${sk.slice('BALANCE#'.length)}`, {
            balances: balancesOfItem(item),
            movements: z.bigint().parse(item['movements']),
          });
        this.#contractBook(rest, sk, item);
        return;
      case 'STOCK':
        this.#stockRecord(rest, sk, item);
        return;
      case 'PROGRAMME':
        if (sk === 'BUDGET') this.budgets.set(rest, item);
        if (sk.startsWith('SITE#'))
          this.paidPlaces.set(String(item['agreement']), z.bigint().parse(item['paid']));
        if (sk.startsWith('ROUND#')) this.rounds.push(readRoundItem(item));
        if (sk.startsWith('CLAIM#'))
          this.claims.set(`${rest} ${sk.slice('CLAIM#'.length).replace('#', ' ')}`, amountOf(item));
        return;
      case 'LEDGER':
        this.entries.push(readEntryItem(item));
        return;
      case 'ACCOUNT':
        this.lines.push({ key, line: readLineItem(item) });
        return;
      case 'ALERTS':
        this.alerts.set(key, readRecord(alertSeries, item));
        return;
      case 'ALERT':
        this.alertVersions.set(rest, [
          ...(this.alertVersions.get(rest) ?? []),
          readRecord(alertSeries, item),
        ]);
        return;
      case 'NOTICE':
        this.notices.set(rest, readNoticeItem(item));
        return;
      case 'ONE_MACHINE':
        this.clockAhead = aheadOf(item) ?? this.clockAhead;
        return;
      default:
    }
  }

  #contractBook(of: string, sk: string, item: Item): void {
    const book = sk.startsWith('CONTRACT#') ? contractBook(item) : undefined;
    if (book !== undefined) this.contractBooks.set(`${of}|${sk.slice('CONTRACT#'.length)}`, book);
  }

  #stockRecord(id: string, sk: string, item: Item): void {
    if (sk.startsWith('ASSESSMENT#'))
      this.assessments.set(`${id} ${Number(sk.slice('ASSESSMENT#'.length))}`, plain(item['body']));
    if (sk !== 'RECORD') return;
    if (id.startsWith(accountRecords.prefix)) this.stockAccounts.set(id, stockRecordOf(accountRecords, item));
    if (id.startsWith(loanRecords.prefix)) this.stockLoans.set(id, stockRecordOf(loanRecords, item));
    if (id.startsWith(ruleRecords.prefix)) this.standingRules.set(id, stockRecordOf(ruleRecords, item));
    if (id.startsWith(releaseRecords.prefix)) this.releases.set(id, stockRecordOf(releaseRecords, item));
  }

  #freeze(item: Item): void {
    const fixing = readFixing(item);
    this.fixings.set(canonicalJson(plain(item['body'])), fixing);
    this.fixingNumbers.set(fixing, z.bigint().nonnegative().parse(item['number']));
  }

  #count(product: string, item: Item): void {
    const counted = this.use.get(product) ?? new Map<string, bigint>();
    const years = useSchema.parse(item);
    for (const [quarter, lanes] of Object.entries(years.lots))
      for (const [lane, lots] of Object.entries(lanes)) counted.set(`${quarter} ${lane}`, lots);
    this.use.set(product, counted);
  }

  #reference(rest: string, sk: string, item: Item): void {
    const [kind = '', ...name] = rest.split('#');
    if (!(kind in referenceSeries)) return;
    const series = referenceSeries[kind as ReferenceKind];
    const isHead = name.length === 0;
    const id = isHead ? sk : name.join('#');
    const record = readRecord<ReferenceRecords[ReferenceKind]>(series as never, item);
    const place = `${kind} ${id}`;
    const known = this.references.get(place);
    const before: Versions = known ?? { kind: kind as ReferenceKind, id, head: undefined, versions: [] };
    this.references.set(
      place,
      isHead
        ? { ...before, head: record }
        : {
            ...before,
            versions: [...before.versions, record].toSorted((a, b) => a.version - b.version),
          },
    );
  }
}

export const keyOf = (item: Item): string => `${String(item['pk'])} ${String(item['sk'])}`;

const shortly = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 300);

const amountOf = (item: Item): bigint => z.bigint().positive().parse(item['amount']);

const useSchema = z.object({ lots: z.record(z.string(), z.record(z.string(), z.bigint())) });

const orderBodySchema = z.object({
  price: z.object({ amount: z.string() }),
  validUntil: z.string().optional(),
  site: z.string().optional(),
  stockLot: z.string().optional(),
  stockpile: z.string().optional(),
  rule: z.string().optional(),
  conditionsPrecedent: z.array(z.unknown()).optional(),
  acceptsConditional: z.boolean().optional(),
});

function orderOf(id: string, item: Item): AuditedOrder {
  const body = orderBodySchema.parse(plain(item['body']));
  const { price, validUntil, site, stockLot, stockpile, rule } = body;
  const kind = item['type'];
  if (kind !== 'offer' && kind !== 'bid') throw new Error('neither an offer nor a bid');
  return {
    ...{ id, kind, product: String(item['product']), owner: String(item['owner']) },
    ...{ state: readOrderState(item), price: price.amount, validUntil, site, stockLot, stockpile, rule },
    conditional: body.conditionsPrecedent !== undefined || body.acceptsConditional === true,
  };
}

const siteEntrySchema = z.object({
  offer: z.string(),
  product: z.string(),
  lots: z.record(z.string(), z.bigint()),
});

function siteEntryOf(site: string, item: Item): SiteEntry {
  const { offer, product, lots } = siteEntrySchema.parse(item);
  return { site, offer, product, lots: new Map(Object.entries(lots)) };
}
