import { createHash } from 'node:crypto';

/**
 * Every key of the table, built explicitly: a whole entity is accepted as a key by structural typing, and only
 * the engine complains. `docs/table-design.md` lists the access pattern that each one serves.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Attribute names, shared with the table's definition on AWS and on one machine. */
export const tableShape = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAt',
  indexes: {
    /** By owner: an organisation's own orders, sites and contracts, in order of id. */
    gsi1: { partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
    /** All of a kind, for administrators and auditors, in order of id within each shard. */
    gsi2: { partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
    /** What somebody must look at, by the day from which. Sparse: what is over is not in it. */
    gsi3: { partitionKey: 'gsi3pk', sortKey: 'gsi3sk' },
  },
} as const;

/** Shards of a product's open book and of the all-of-a-kind index. Changing it moves items: don't. */
export const shardCount = 8;
export const shards = Array.from({ length: shardCount }, (_, shard) => shard);

/** Ids begin with a time, so the shard comes from a hash of the whole. */
export const shardOf = (id: string): number =>
  (createHash('sha256').update(id).digest()[0] ?? 0) % shardCount;

const padded = (number: number): string => String(number).padStart(10, '0');

export type ReferenceKind =
  | 'organisation'
  | 'product'
  | 'terms'
  | 'zone'
  | 'consumption'
  | 'flows'
  | 'exchange'
  | 'scheme'
  | 'standards'
  | 'floor'
  | 'change'
  | 'reference-price'
  | 'index-value'
  | 'programme'
  | 'stockpile'
  | 'disruption';

export const keys = {
  /** The present version of a record of reference data; one partition per kind, read whole. */
  reference: (kind: ReferenceKind, id: string): Key => ({ pk: `REF#${kind}`, sk: id }),
  referenceVersion: (kind: ReferenceKind, id: string, version: number): Key => ({
    pk: `REF#${kind}#${id}`,
    sk: `V#${padded(version)}`,
  }),
  /** One counter that every change of floors, rules, zones and products moves on: they are checked together. */
  configuration: (): Key => ({ pk: 'CONFIGURATION', sk: 'REVISION' }),

  /** A point of a reference price series; its id begins with its date. */
  pricePoint: (series: string, id: string): Key => ({ pk: `POINTS#${series}`, sk: id }),
  /** A frozen figure of a series; of one window, its versions in order. */
  fixing: (series: string, window: { from: string; to: string }, version: number): Key => ({
    pk: `FIXINGS#${series}`,
    sk: `${window.to}#${window.from}#V${padded(version)}`,
  }),

  /** How many figures of a series have been frozen: what is carried over rests on those before it, and on no other. */
  fixingCount: (series: string): Key => ({ pk: `SERIES#${series}`, sk: 'FIXINGS' }),

  site: (id: string): Key => ({ pk: `SITE#${id}`, sk: 'SITE' }),
  siteVersion: (id: string, version: number): Key => ({ pk: `SITE#${id}`, sk: `V#${padded(version)}` }),
  siteCertificate: (site: string, certificate: string): Key => ({
    pk: `SITE#${site}`,
    sk: `CERTIFICATE#${certificate}`,
  }),
  /** A project that a site is of. */
  siteProject: (site: string, project: string): Key => ({ pk: `SITE#${site}`, sk: `PROJECT#${project}` }),
  siteOffer: (site: string, offer: string): Key => ({ pk: `SITE#${site}`, sk: `OFFER#${offer}` }),
  /** There where an agreement supports what the site makes of a product in a quarter. */
  siteSupport: (site: string, product: string, quarter: string): Key => ({
    pk: `SITE#${site}`,
    sk: `SUPPORT#${product}#${quarter}`,
  }),
  certificateVersion: (id: string, version: number): Key => ({
    pk: `CERTIFICATE#${id}`,
    sk: `V#${padded(version)}`,
  }),

  order: (id: string): Key => ({ pk: `ORDER#${id}`, sk: 'ORDER' }),
  /** The terms of a pool; its members lie in the order of its bid. */
  pool: (id: string): Key => ({ pk: `POOL#${id}`, sk: 'POOL' }),
  /** An open order's entry in the book of its product. */
  bookEntry: (product: string, id: string): Key => ({ pk: `BOOK#${product}#${shardOf(id)}`, sk: id }),
  bookShard: (product: string, shard: number): string => `BOOK#${product}#${shard}`,

  marketControl: (product: string): Key => ({ pk: `MARKET#${product}`, sk: 'CONTROL' }),
  /** What a run of a market became; newest last. */
  marketRun: (product: string, run: number): Key => ({ pk: `MARKET#${product}`, sk: `RUN#${padded(run)}` }),
  /** What earlier contracts of a market deliver, by quarter, origin and destination; one item a year. */
  marketUse: (product: string, year: string): Key => ({ pk: `MARKET#${product}`, sk: `USE#${year}` }),
  /** What became of a quarter of a market, once it is published. */
  marketOutcome: (product: string, quarter: string): Key => ({
    pk: `MARKET#${product}`,
    sk: `OUTCOME#${quarter}`,
  }),
  clearing: (id: string): Key => ({ pk: `CLEARING#${id}`, sk: 'CLEARING' }),
  /** A request for a clearing that no run has taken yet. */
  pendingClearing: (product: string, id: string): Key => ({ pk: 'PENDING', sk: `${product}#${id}` }),
  planChunk: (clearing: string, fence: number, chunk: number): Key => ({
    pk: `PLAN#${clearing}#${padded(fence)}`,
    sk: `CHUNK#${padded(chunk)}`,
  }),
  /** There once the chunk has been applied. */
  planGuard: (clearing: string, fence: number, chunk: number): Key => ({
    pk: `PLAN#${clearing}#${padded(fence)}`,
    sk: `GUARD#${padded(chunk)}`,
  }),

  contract: (id: string): Key => ({ pk: `CONTRACT#${id}`, sk: 'CONTRACT' }),
  contractEvent: (id: string, sequence: number): Key => ({
    pk: `CONTRACT#${id}`,
    sk: `EVENT#${padded(sequence)}`,
  }),

  /** A settlement of one contract and quarter or year, in order of both and of its number. */
  settlement: (contract: string, period: string, sequence: number): Key => ({
    pk: `SETTLEMENT#${contract}`,
    sk: `${period}#${padded(sequence)}`,
  }),
  /** By which its buyer finds a settlement in the index that lists it for its seller. */
  boughtSettlement: (contract: string, period: string, sequence: number): Key => ({
    pk: `SETTLEMENT#${contract}`,
    sk: `BOUGHT#${period}#${padded(sequence)}`,
  }),

  ledgerEntry: (id: string): Key => ({ pk: `LEDGER#${id}`, sk: 'ENTRY' }),
  /** What an entry says of one account; `line` counts the entry's postings. */
  ledgerLine: (account: string, quarter: string, entry: string, line: number): Key => ({
    pk: `ACCOUNT#${account}`,
    sk: `${quarter}#${entry}#${padded(line)}`,
  }),

  /** What an approved programme has paid, reserved and left. */
  programmeBudget: (id: string): Key => ({ pk: `PROGRAMME#${id}`, sk: 'BUDGET' }),
  /** There where a site has an agreement with a programme: what it reserves, was paid, and claims for next. */
  programmeSite: (id: string, site: string): Key => ({ pk: `PROGRAMME#${id}`, sk: `SITE#${site}` }),
  /** What an agreement is owed for a quarter and has not been paid; by quarter. */
  programmeClaim: (id: string, quarter: string, agreement: string): Key => ({
    pk: `PROGRAMME#${id}`,
    sk: `CLAIM#${quarter}#${agreement}`,
  }),
  fundingRound: (id: string, round: number): Key => ({ pk: `PROGRAMME#${id}`, sk: `ROUND#${padded(round)}` }),
  agreement: (id: string): Key => ({ pk: `AGREEMENT#${id}`, sk: 'AGREEMENT' }),
  designation: (agreement: string, quarter: string): Key => ({
    pk: `AGREEMENT#${agreement}`,
    sk: `DESIGNATION#${quarter}`,
  }),

  /** A settled quarter of an agreement, and its corrections. */
  supportSettlement: (agreement: string, quarter: string, sequence: number): Key => ({
    pk: `AGREEMENT#${agreement}`,
    sk: `SETTLEMENT#${quarter}#${padded(sequence)}`,
  }),

  stockLot: (id: string): Key => ({ pk: `LOT#${id}`, sk: 'LOT' }),
  stockLotVersion: (id: string, version: number): Key => ({ pk: `LOT#${id}`, sk: `V#${padded(version)}` }),
  /** What of a contract that sells from a lot is still held for it, and what was delivered. */
  lotContract: (lot: string, contract: string): Key => ({ pk: `LOT#${lot}`, sk: `CONTRACT#${contract}` }),
  /** What of a contract that buys for a stockpile is on its way, and what was received. */
  stockpileContract: (stockpile: string, contract: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `CONTRACT#${contract}`,
  }),
  /** What a bid for a stockpile asks for, and a count that every such bid of a product moves on. */
  stockpileBid: (stockpile: string, bid: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `BID#${bid}`,
  }),
  stockpilePace: (stockpile: string, product: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `PACE#${product}`,
  }),
  /** A member's account, a loan, a release or a standing rule of a stockpile; its id tells which. */
  stockRecord: (id: string): Key => ({ pk: `STOCK#${id}`, sk: 'RECORD' }),
  /** By which a stockpile's accounts, loans, releases and rules are found; the ids begin with their kind and time. */
  stockRecordOf: (stockpile: string, id: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `RECORD#${id}`,
  }),
  /** The assessment that a level was found by; `found` counts a release's, a loan has one. */
  foundAssessment: (record: string, found: number): Key => ({
    pk: `STOCK#${record}`,
    sk: `ASSESSMENT#${padded(found)}`,
  }),
  /** What an organisation needs of a product when a stockpile releases. */
  stockNeed: (stockpile: string, product: string, organisation: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `NEED#${product}#${organisation}`,
  }),
  /** A count that every loan of a product which is asked for or approved moves on: a borrower's are judged together. */
  stockLoans: (stockpile: string, product: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `LOANS#${product}`,
  }),
  /** What a stockpile has of a product, by account. */
  stockBalance: (stockpile: string, product: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `BALANCE#${product}`,
  }),
  /** A movement's id begins with its time. */
  stockMovement: (stockpile: string, movement: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `MOVEMENT#${movement}`,
  }),

  /** The alerts of a product; read whole. */
  alert: (product: string, id: string): Key => ({ pk: `ALERTS#${product}`, sk: id }),
  alertVersion: (id: string, version: number): Key => ({ pk: `ALERT#${id}`, sk: `V#${padded(version)}` }),
  /** There once an event has been followed for a product. */
  followed: (event: string, product: string): Key => ({ pk: `FOLLOWED#${event}`, sk: product }),
  /** The day on which a product was last looked at whatever had happened. */
  sweep: (product: string): Key => ({ pk: 'SWEEP', sk: product }),

  /** What the last tick found; and the last beat of it that came through the stream. One partition, read whole. */
  beat: (): Key => ({ pk: 'HEALTH', sk: 'BEAT' }),
  beatFollowed: (): Key => ({ pk: 'HEALTH', sk: 'FOLLOWED' }),

  /** Who wants to be told; one partition, read whole. */
  webhook: (id: string): Key => ({ pk: 'WEBHOOKS', sk: id }),
  /** What subscribers are to be told. */
  notice: (id: string): Key => ({ pk: `NOTICE#${id}`, sk: 'NOTICE' }),
  /** A notice to one webhook; a notice's id begins with its time. */
  delivery: (webhook: string, notice: string): Key => ({
    pk: `WEBHOOK#${webhook}`,
    sk: `DELIVERY#${notice}`,
  }),
  /** A replay that is under way. */
  replay: (webhook: string, id: string): Key => ({ pk: `WEBHOOK#${webhook}`, sk: `REPLAY#${id}` }),
  project: (id: string): Key => ({ pk: `PROJECT#${id}`, sk: 'PROJECT' }),
  projectVersion: (id: string, version: number): Key => ({ pk: `PROJECT#${id}`, sk: `V#${padded(version)}` }),
  /** What a zone published of a product in a month. */
  publication: (zone: string, product: string, period: string): Key => ({
    pk: `PUBLICATIONS#${zone}/${product}`,
    sk: `PERIOD#${period}`,
  }),
  /** The month of the last one: whoever publishes moves it on. */
  lastPublication: (zone: string, product: string): Key => ({
    pk: `PUBLICATIONS#${zone}/${product}`,
    sk: 'LAST',
  }),
  /** That somebody read what a zone has published. */
  exchangeRead: (zone: string, at: string, id: string): Key => ({
    pk: `READS#${zone}`,
    sk: `${at}#${id}`,
  }),

  /** What an organisation has asked of the API in a window of time, by when that begins. */
  rateWindow: (organisation: string, begins: string): Key => ({ pk: `RATE#${organisation}`, sk: begins }),

  idempotency: (organisation: string, operation: string, keyHash: string): Key => ({
    pk: `IDEMPOTENCY#${organisation}#${operation}#${keyHash}`,
    sk: 'RECORD',
  }),
} as const;

export type OwnedKind =
  | 'offer'
  | 'bid'
  | 'site'
  | 'project'
  | 'sold'
  | 'bought'
  | 'settlement'
  | 'agreement'
  | 'stock-lot'
  | 'stock-account'
  | 'stock-loan';
export type ListedKind =
  | 'offer'
  | 'bid'
  | 'pool'
  | 'site'
  | 'project'
  | 'contract'
  | 'clearing'
  | 'settlement'
  | 'agreement'
  | 'stock-lot'
  | 'alert'
  | 'stock-account'
  | 'stock-loan'
  | 'stock-release';

/** Index attributes of an item that is listed by its owner and among all of its kind. */
export const ownedBy = (organisation: string, kind: OwnedKind, id: string) => ({
  gsi1pk: ownerPartition(organisation, kind),
  gsi1sk: id,
});
export const ownerPartition = (organisation: string, kind: OwnedKind): string =>
  `OWNER#${organisation}#${kind}`;

export const listedAs = (kind: ListedKind, id: string) => ({
  gsi2pk: listPartition(kind, shardOf(id)),
  gsi2sk: id,
});
export const listPartition = (kind: ListedKind, shard: number): string => `ALL#${kind}#${shard}`;

/** Index attributes by which a product's contracts are found: those of a contract's first event. */
export const contractOfProduct = (product: string, contract: string) => ({
  gsi2pk: productContracts(product, shardOf(contract)),
  gsi2sk: contract,
});
export const productContracts = (product: string, shard: number): string => `CONTRACTS#${product}#${shard}`;

/** Index attributes of a contract, a site's agreement or a programme that somebody must look at from a day on. */
export const dueFrom = (date: string, id: string) => ({
  gsi3pk: duePartition(shardOf(id)),
  gsi3sk: `${date}#${id}`,
});
export const duePartition = (shard: number): string => `DUE#${shard}`;

/** Index attributes of a standing rule that is to be asked from a day on: few, and looked for each minute. */
export const askedFrom = (date: string, id: string) => ({ gsi3pk: askedPartition, gsi3sk: `${date}#${id}` });
export const askedPartition = 'ASK';

/** Index attributes of what is to be sent, from an instant on. Sparse: what is sent or given up is not in it. */
export const sendFrom = (at: string, id: string) => ({
  gsi3pk: sendPartition(shardOf(id)),
  gsi3sk: `${at}#${id}`,
});
export const sendPartition = (shard: number): string => `SEND#${shard}`;
