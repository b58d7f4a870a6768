import { schemeBody, floorBody, productBody, ruleBody, zoneBody } from '../reference.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import { accountBody, ndpr, openingBody, stockpileBody } from '../stock.ts';
import type { Holdings } from './holdings.ts';

/** A request on an operation that would succeed for whoever may make it. */
export interface DoorRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
}

const money = (amount: string) => ({ amount, currency: 'USD' });
const ofQuarter = (quarter: string, amount: string) => ({ quarter, quantity: kg(amount) });
const values = { values: [{ element: 'ndpr', value: '99.00' }] };
const reason = { reason: 'For a reason' };
const programme = {
  ...{ name: 'Price gap', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
  ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
  ...{ budget: money('1000.00'), maximumGap: usd('40.00'), from: '2027-Q3', to: '2028-Q4' },
  rationale: 'Bridge the gap.',
};
const series = { name: 'Index', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' };
export const disruption = {
  ...{ kind: 'quota', title: 'Export quota', origins: ['CD'], minerals: ['ndpr'], stages: ['refining'] },
  ...{
    quota: { allowed: kg('500'), of: kg('1000') },
    from: '2027-01-01',
    to: '2027-12-31',
    source: 'A gazette',
  },
};
export const flows = {
  ...{ year: 2025, source: 'Customs statistics' },
  flows: [{ origin: 'CN', quantity: { amount: '3.3', unit: 't' } }],
};
export const project = {
  ...{ name: 'Works', country: 'AU', stage: 'refining', mineral: 'ndpr', start: '2029-Q1' },
  capacityPerYear: { amount: '900', unit: 't' },
};
export const exchange = {
  ...{ zones: ['left', 'right'], products: ['ndpr-oxide'], effectiveFrom: '2026-01-01' },
  ...{ granularity: { figures: ['available'] }, rationale: 'Joint stockpiling' },
};
const later = flat('10', '2028-Q1', '2028-Q2');

/**
 * By operation: what to ask of the resources that somebody holds. What is not here needs no body, and ids in its path
 * name what `idsOf` says.
 */
export const requests: Readonly<Record<string, (of: Holdings) => DoorRequest>> = {
  putOrganisation: () => ({ body: { name: 'Mine AU', group: 'alpha' } }),
  putProduct: () => ({ params: { id: 'cobalt' }, body: productBody({ name: 'Co', mineral: 'cobalt' }) }),
  putZone: () => ({ params: { id: 'fresh' }, body: zoneBody(['CH', 'NO']) }),
  putConsumption: () => ({ body: { quarters: [ofQuarter('2028-Q1', '1000')] } }),
  putDeclaredFlows: () => ({ body: flows }),
  postProject: () => ({ body: project }),
  changeProject: () => ({ body: { status: 'building' }, ifMatch: '"1"' }),
  postExchangeAgreement: () => ({ body: exchange }),
  approveExchangeAgreement: ({ proposedExchange }) => ({ params: { id: proposedExchange! } }),
  rejectExchangeAgreement: ({ proposedExchange }) => ({ params: { id: proposedExchange! } }),
  publishStock: () => ({ body: { zone: 'left', product: 'ndpr-oxide' } }),
  readPublications: () => ({ query: 'zone=left&product=ndpr-oxide' }),
  listExchangeReads: () => ({ query: 'zone=left' }),
  runStressTest: () => ({ body: { product: 'ndpr-oxide', origin: 'AU', quarters: 2, from: '2028-Q1' } }),
  acknowledgeAlert: () => ({ body: { note: 'Looking' } }),
  resolveAlert: () => ({ body: { note: 'Known' } }),
  postWebhook: () => ({ body: { url: 'https://hooks.ministry.gov/lodestone', minimumLevel: 1 } }),
  replayWebhook: () => ({ body: { from: '2027-04-20T12:00:00.000Z' } }),
  putScheme: () => ({ params: { id: 'fresh' }, body: schemeBody() }),
  putStandardTerms: () => ({ params: { id: 'cobalt' }, body: { cureDays: 20, provisionalShare: '0.8' } }),
  putReferencePrice: () => ({ params: { id: 'fresh' }, body: series }),
  postStandardsRule: () => ({ body: ruleBody({ zone: 'others' }) }),
  postFloor: () => ({ body: floorBody({ zone: 'others', duties: [{ origin: 'CL', rate: '0.037' }] }) }),
  approveFloor: ({ proposedFloor }) => ({ params: { id: proposedFloor! } }),
  rejectFloor: ({ proposedFloor }) => ({ params: { id: proposedFloor! } }),
  endFloor: () => ({ body: { effectiveTo: '2028-01-01', rationale: 'Done' } }),
  postPricePoints: () => ({
    body: { points: [{ date: '2027-04-01', firm: 'firm-9', price: usd('66.00'), quantity: kg('900') }] },
  }),
  readFixings: () => ({ query: 'from=2026-11-01&to=2026-11-30' }),
  listFloors: () => ({ query: 'product=ndpr-oxide&on=2027-01-01' }),
  postSite: () => ({
    body: {
      ...{ name: 'Works', country: 'AU', stage: 'refining', minerals: ['ndpr'], strategic: ['CRMA'] },
      capacityPerYear: { amount: '9000', unit: 't' },
    },
  }),
  postCertificate: () => ({
    body: {
      ...{ scheme: 'irma', level: '75', validFrom: '2027-01-01', validTo: '2029-12-31' },
      ...{ reference: 'IRMA-9', minerals: ['ndpr'], stages: ['refining'] },
    },
  }),
  getCertificate: ({ submitted }) => ({ params: { id: submitted! } }),
  listCertificateVersions: ({ active }) => ({ params: { id: active! } }),
  verifyCertificate: ({ submitted }) => ({ params: { id: submitted! } }),
  suspendCertificate: ({ active }) => ({ params: { id: active! }, body: reason }),
  reinstateCertificate: ({ suspended }) => ({ params: { id: suspended! } }),
  revokeCertificate: ({ active }) => ({ params: { id: active! }, body: reason }),
  postOffer: ({ site }) => ({
    body: offerBody(site!, {
      ...{ delivery: later, destinations: ['DE'], purity: '99.5', minimumLot: kg('5'), minimumQuarters: 2 },
      ...{ allOrNone: false, priceTerms: { kind: 'fixed' }, validUntil: '2027-12-01T00:00:00.000Z' },
    }),
  }),
  getOffer: ({ openOffer }) => ({ params: { id: openOffer! } }),
  changeOffer: ({ openOffer }) => ({
    params: { id: openOffer! },
    ifMatch: '"1"',
    body: { price: usd('190.00'), delivery: later, validUntil: '2027-12-01T00:00:00.000Z' },
  }),
  withdrawOffer: ({ openOffer }) => ({ params: { id: openOffer! }, ifMatch: '"1"' }),
  postBid: () => ({
    body: bidBody({
      ...{ delivery: { schedule: [ofQuarter('2028-Q1', '10')] }, minimumPurity: '99', maxOriginShare: '0.5' },
      ...{ requires: [{ scheme: 'irma', level: '75' }], excludedOrigins: ['CN'], minimumLot: kg('1') },
      ...{ priceTerms: { kind: 'fixed' }, validUntil: '2027-12-01T00:00:00.000Z' },
    }),
  }),
  getBid: ({ openBid }) => ({ params: { id: openBid! } }),
  changeBid: ({ openBid }) => ({
    params: { id: openBid! },
    ifMatch: '"1"',
    body: { price: usd('150.00'), delivery: later, validUntil: null },
  }),
  withdrawBid: ({ openBid }) => ({ params: { id: openBid! }, ifMatch: '"1"' }),
  openPool: () => ({
    body: {
      ...{ product: 'ndpr-oxide', zone: 'partners', price: usd('130.00'), name: 'Makers' },
      ...{ destinations: ['DE', 'JP'], visibility: 'open', joinUntil: '2027-12-01T00:00:00.000Z' },
      ...{ invited: ['magnets-de'], minimumPurity: '99', maxOriginShare: '0.65', minimumLot: kg('5') },
    },
  }),
  joinPool: ({ joinable }) => ({
    params: { id: joinable! },
    body: { destination: 'DE', delivery: later, minimum: kg('5') },
  }),
  changePoolMember: () => ({
    ifMatch: '"1"',
    body: { delivery: flat('80000', '2028-Q1', '2028-Q2'), minimum: kg('2') },
  }),
  leavePool: () => ({ ifMatch: '"1"' }),
  requestClearing: () => ({ body: { product: 'ndpr-oxide' } }),
  previewClearing: () => ({
    body: {
      product: 'ndpr-oxide',
      floors: [{ zone: 'partners', price: usd('115.00'), borderAdjusted: true }],
    },
  }),
  postProgramme: () => ({ body: programme }),
  approveProgramme: ({ proposedProgramme }) => ({ params: { id: proposedProgramme! } }),
  rejectProgramme: ({ proposedProgramme }) => ({ params: { id: proposedProgramme! } }),
  postAgreement: ({ freshSite }) => ({ body: { site: freshSite!, caps: [ofQuarter('2028-Q1', '10')] } }),
  proposeProgrammeBudget: ({ otherProgramme }) => ({
    params: { id: otherProgramme! },
    body: { budget: { amount: '2000000.00', currency: 'USD' }, reason: 'More' },
  }),
  approveAgreement: ({ proposedAgreement }) => ({ params: { id: proposedAgreement! } }),
  rejectAgreement: ({ proposedAgreement }) => ({ params: { id: proposedAgreement! } }),
  putIndexValue: () => ({ params: { id: 'cpi.2026-Q2' }, body: { value: '99.5', source: 'Statistics' } }),
  getIndexValue: () => ({ params: { id: 'cpi.2026-Q3' } }),
  listIndexValueVersions: () => ({ params: { id: 'cpi.2026-Q3' } }),
  listIndexValueChanges: () => ({ params: { id: 'cpi.2026-Q3' } }),
  getIndexValueChange: ({ indexChange }) => ({ params: { id: 'cpi.2026-Q3', change: indexChange! } }),
  approveIndexValueChange: ({ indexChange }) => ({ params: { id: 'cpi.2026-Q3', change: indexChange! } }),
  rejectIndexValueChange: ({ indexChange }) => ({ params: { id: 'cpi.2026-Q3', change: indexChange! } }),
  postDesignation: () => ({ body: { quarter: '2027-Q2', stockpiled: kg('1') } }),
  meetCondition: ({ conditional }) => ({ params: { id: conditional! }, body: { evidence: 'No. 17' } }),
  waiveCondition: ({ conditional }) => ({ params: { id: conditional! } }),
  nominateQuantity: () => ({ body: ofQuarter('2027-Q4', '990') }),
  declineQuantity: () => ({ body: { ...ofQuarter('2027-Q3', '10'), reason: 'Less use' } }),
  declareForceMajeure: () => ({ body: { ...ofQuarter('2027-Q4', '10'), reason: 'Strike' } }),
  suspendContract: () => ({ body: reason }),
  resumeContract: ({ suspendedContract }) => ({ params: { id: suspendedContract! }, body: reason }),
  terminateContract: () => ({ body: reason }),
  noticeDelivery: () => ({
    body: { ...ofQuarter('2027-Q2', '10'), shippedOn: '2027-05-01', reference: 'Ship', makeUp: false },
  }),
  getDelivery: ({ sealed }) => ({ params: { delivery: sealed! } }),
  withdrawDelivery: ({ noticed }) => ({ params: { delivery: noticed! }, body: reason }),
  receiveDelivery: ({ noticed }) => ({
    params: { delivery: noticed! },
    body: { receivedOn: '2027-05-01', quantity: kg('10'), moisture: '1.5' },
  }),
  reportAssay: ({ received }) => ({ params: { delivery: received! }, body: values }),
  decideAsUmpire: ({ disputed }) => ({ params: { delivery: disputed! }, body: values }),
  acceptDelivery: ({ ready }) => ({ params: { delivery: ready! } }),
  rejectDelivery: ({ ready }) => ({ params: { delivery: ready! }, body: reason }),
  proposeAmendment: () => ({ body: { changes: [{ kind: 'cure', cureDays: 40 }], reason: 'Time' } }),
  rejectAmendment: () => ({ body: reason }),
  postStockpile: () => ({ body: stockpileBody() }),
  approveStockpile: ({ proposedStockpile }) => ({ params: { id: proposedStockpile! } }),
  rejectStockpile: ({ proposedStockpile }) => ({ params: { id: proposedStockpile! } }),
  closeStockpile: ({ emptyStockpile }) => ({ params: { id: emptyStockpile! }, body: reason }),
  postStockpileRules: () => ({
    body: { products: [ndpr()], effectiveFrom: '2029-01-01', rationale: 'Supply is tighter.' },
  }),
  postStockLot: () => ({ body: { opening: openingBody() } }),
  verifyStockLot: ({ declaredLot }) => ({ params: { id: declaredLot! } }),
  rejectStockLot: ({ declaredLot }) => ({ params: { id: declaredLot! } }),
  splitStockLot: () => ({ body: { quantities: [kg('1'), kg('2.5')] } }),
  mergeStockLots: ({ lot, otherLot }) => ({ body: { lots: [lot!, otherLot!] } }),
  relocateStockLot: () => ({ body: { location: { country: 'JP', place: 'Kobe' } } }),
  writeOffStockLot: () => ({ body: { quantity: kg('1'), reason: 'Fire' } }),
  approveWriteOff: ({ lostLot }) => ({ params: { id: lostLot! } }),
  rejectWriteOff: ({ lostLot }) => ({ params: { id: lostLot! } }),
  postStockAccount: () => ({ body: accountBody('magnets-de') }),
  getStockAccount: ({ account }) => ({ params: { id: account! } }),
  acceptStockAccount: ({ offeredAccount }) => ({ params: { id: offeredAccount! } }),
  declineStockAccount: ({ offeredAccount }) => ({ params: { id: offeredAccount! } }),
  allocateToStockAccount: ({ account }) => ({ params: { id: account! }, body: { quantity: kg('1') } }),
  drawFromStockAccount: ({ account }) => ({ params: { id: account! }, body: { quantity: kg('1') } }),
  replenishStockAccount: ({ account }) => ({
    params: { id: account! },
    body: {
      ...{ draw: 3, quantity: kg('1'), purity: '99.9', origin: 'AU' },
      location: { country: 'JP', place: 'Osaka' },
    },
  }),
  transferFromStockAccount: ({ account, otherAccount }) => ({
    params: { id: account! },
    body: { to: otherAccount!, quantity: kg('1') },
  }),
  repurchaseFromStockAccount: ({ account }) => ({ params: { id: account! }, body: { quantity: kg('1') } }),
  postStandingRule: () => ({
    body: {
      ...{ kind: 'rotate', product: 'ndpr-oxide', destination: 'DE', quartersAhead: 2, validDays: 10 },
      ...{ daysBefore: 90, limit: usd('130.00'), ask: usd('90.00') },
    },
  }),
  pauseStandingRule: ({ activeRule }) => ({ params: { rule: activeRule! } }),
  resumeStandingRule: ({ pausedRule }) => ({ params: { rule: pausedRule! } }),
  postStockLoan: () => ({ body: { product: 'ndpr-oxide', quantity: kg('1'), purpose: 'Magnets' } }),
  rejectStockLoan: () => ({ body: reason }),
  handOverStockLoan: ({ approvedLoan }) => ({ params: { id: approvedLoan! } }),
  returnStockLoan: ({ lentLoan }) => ({
    params: { id: lentLoan! },
    body: {
      ...{ quantity: kg('1'), purity: '99.9', origin: 'AU' },
      location: { country: 'JP', place: 'Osaka' },
    },
  }),
  payForStockLoan: ({ lentLoan }) => ({ params: { id: lentLoan! }, body: { quantity: kg('1') } }),
  putStockNeed: () => ({
    params: { product: 'ndpr-oxide' },
    body: { annualUse: kg('10'), evidence: 'Books' },
  }),
  withdrawStockNeed: () => ({ params: { product: 'ndpr-oxide' } }),
  verifyStockNeed: () => ({
    params: { product: 'ndpr-oxide', organisation: 'magnets-de' },
    body: { annualUse: kg('10') },
  }),
  getReleaseLevel: () => ({ params: { product: 'ndpr-oxide' } }),
  postStockRelease: () => ({ body: { product: 'ndpr-oxide', quantity: kg('1'), reason: 'Short' } }),
  approveStockRelease: ({ release }) => ({ params: { id: release! } }),
  rejectStockRelease: ({ release }) => ({ params: { id: release! }, body: reason }),
  deliverStockRelease: ({ decidedRelease }) => ({
    params: { id: decidedRelease! },
    body: { organisation: 'magnets-de' },
  }),
  getRelease: ({ decidedRelease }) => ({ params: { id: decidedRelease! } }),
  runSettlements: () => ({ body: { quarter: '2027-Q1' } }),
  postDisruption: () => ({ body: disruption }),
  importDisruptions: () => ({ body: { disruptions: [{ ...disruption, reference: 'quota-2027' }] } }),
  patchDisruption: () => ({ ifMatch: '"1"', body: { title: 'Tighter quota', to: null, note: 'News' } }),
  endDisruption: () => ({ body: { to: '2027-09-30', note: 'Over' } }),
  withdrawDisruption: () => ({ body: { note: 'Entered twice' } }),
  getSurveillance: () => ({ query: 'product=ndpr-oxide' }),
  getStatement: () => ({ params: { quarter: '2027-Q1' } }),
};

/** What the ids in a path name, where the request does not say: by the folder that they stand in. */
const idsByFolder: Readonly<Record<string, string | undefined>> = {
  organisations: 'mine-au',
  products: 'ndpr-oxide',
  zones: 'partners',
  consumption: 'ndpr-oxide',
  schemes: 'irma',
  markets: 'ndpr-oxide',
  flows: 'ndpr-oxide',
  risk: 'ndpr-oxide',
  capacity: 'ndpr',
  'reference-prices': 'index',
  conditions: 'permit',
};

const heldByFolder: Readonly<Record<string, string | undefined>> = {
  standards: 'standard',
  floors: 'floor',
  sites: 'site',
  certificates: 'active',
  offers: 'offer',
  bids: 'bid',
  pools: 'pool',
  members: 'member',
  clearings: 'clearing',
  programmes: 'programme',
  agreements: 'agreement',
  contracts: 'contract',
  'force-majeure': 'declaration',
  deliveries: 'ready',
  amendments: 'amendment',
  stockpiles: 'stockpile',
  alerts: 'alert',
  webhooks: 'webhook',
  'stock-lots': 'lot',
  'stock-loans': 'loan',
  'standing-rules': 'rule',
  disruptions: 'disruption',
  '/v1/exchange/agreements': 'exchange',
  projects: 'project',
  '/v1/products/{id}/changes': 'productChange',
  '/v1/products/{id}/terms/changes': 'termsChange',
  '/v1/zones/{id}/changes': 'zoneChange',
  '/v1/reference-prices/{id}/changes': 'seriesChange',
  '/v1/reference-prices/{id}/points/changes': 'pointsChange',
};

/** The path with its ids: those of the request, else what `of` holds. */
export function pathOf(path: string, request: DoorRequest, of: Holdings): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string, offset: number) => {
    const before = path.slice(0, offset - 1);
    const folder = before.slice(before.lastIndexOf('/') + 1);
    const held = heldByFolder[before] ?? heldByFolder[folder];
    const id = request.params?.[name] ?? (held === undefined ? idsByFolder[folder] : of[held]);
    if (id === undefined)
      throw new Error(`nothing to put for {${name}} in ${path}: say so in test/support/doors`);
    return id;
  });
  return request.query === undefined ? filled : `${filled}?${request.query}`;
}

/** The same path with well-formed ids that name nothing. */
export const namingNothing = (path: string): string =>
  path.replaceAll(/\b([a-z]{3})_[0-9A-Za-z]{20,64}/g, `$1_${'0'.repeat(26)}`);
