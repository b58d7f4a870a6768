import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { settlementSettings } from '../../../functions/settlement/dependencies.ts';
import { settlementReader } from '../../../functions/settlement/reader.ts';
import { settleWhatIsDue } from '../../../functions/settlement/settle-what-is-due.ts';
import type { DomainEvent } from '../../../functions/stream/domain-event.ts';
import { domainEventOf } from '../../../functions/stream/domain-event.ts';
import { follow } from '../../../functions/stream/follow.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { freezeFixing } from '../../../shared/store/prices/fixings.ts';
import type { AnswerBody } from '../api.ts';
import { ada, bob, buyer, mine, otherMine, stockpile } from '../market-api.ts';
import { floorBody, productBody, ruleBody, schemeBody } from '../reference.ts';
import { flat, kg, offerBody, Trading, usd } from '../trading.ts';
import type { Holdings } from './holdings.ts';
import { partner, people } from './people.ts';
import { accountBody, openingBody, stockpileBody } from '../stock.ts';
import { disruption, exchange, flows, project } from './requests.ts';
import type { Secret } from './secrets.ts';

const foreignBuyer = people.buyer.foreign;
const foreignReserve = people['stockpile-operator'].foreign;

/**
 * A market in which two organisations of each role hold one of everything, in each state in which something can be done
 * to it: traded and open orders, contracts before and after their conditions, deliveries from notice to dispute, sealed
 * pools, agreements, proposals that await a second administrator.
 */
export class World {
  readonly trading: Trading;
  readonly secrets: Secret[] = [];
  /** Everything of the own organisations, and what the stockpile operator has in the place of the buyer's. */
  readonly common: Record<string, string> = {};
  readonly operator: Record<string, string> = {};

  private constructor(trading: Trading) {
    this.trading = trading;
  }

  static async build(client: DynamoDBClient, open = () => Trading.open(client)): Promise<World> {
    const world = new World(await open());
    await world.#sites();
    await world.#contracts();
    await world.#reference();
    await world.#support();
    await world.#deliveries();
    await world.#openOrders();
    await world.#stock();
    await world.#exchange();
    await world.#warning();
    await world.#releases();
    return world;
  }

  holdingsOf(role: string): Holdings {
    return role === 'stockpile-operator' ? { ...this.common, ...this.operator } : this.common;
  }

  /** A text that only these organisations, administrators and auditors may ever read. */
  #secret(text: string, ...readers: readonly Caller[]): string {
    this.secrets.push({ text, readers: readers.map(({ organisation }) => organisation), seen: false });
    return text;
  }

  async #post(who: Caller, path: string, body?: unknown): Promise<AnswerBody> {
    return (await this.trading.done(who, 'POST', path, body)).body;
  }

  async #id(who: Caller, path: string, body?: unknown): Promise<string> {
    return (await this.#post(who, path, body)).id;
  }

  set #today(day: string) {
    this.trading.api.time.now = `${day}T12:00:00.000Z`;
  }

  /** Sites and certificates; a second product and its rule, which touch no order. */
  async #sites(): Promise<void> {
    const { trading, common } = this;
    await trading.done(ada, 'PUT', '/v1/organisations/mine-au', { name: 'Mine AU' });
    await trading.done(ada, 'PUT', '/v1/products/cobalt', productBody({ name: 'Cobalt', mineral: 'cobalt' }));
    await trading.done(ada, 'PUT', '/v1/zones/partners/consumption/ndpr-oxide', {
      quarters: [{ quarter: '2027-Q1', quantity: kg('1000000') }],
    });
    await trading.done(ada, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', { ...flows, year: 2024 });
    await trading.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    common['standard'] = await this.#id(ada, '/v1/standards', ruleBody({ product: 'cobalt' }));
    // A contract tells its buyer the site's id, not its name.
    common['disruption'] = await this.#id(ada, '/v1/disruptions', disruption);
    common['site'] = await trading.siteOf(mine, { name: this.#secret('Works Alpha', mine) });
    common['foreignSite'] = await trading.siteOf(otherMine, {
      ...{ name: this.#secret('Works Beta', otherMine), country: 'CL' },
    });
    common['freshSite'] = await trading.siteOf(mine);
    const certify = async (who: Caller, site: string, reference: string) =>
      this.#secret(
        await this.#id(who, `/v1/sites/${site}/certificates`, {
          ...{ scheme: 'irma', level: '100', validFrom: '2026-01-01', validTo: '2035-12-31' },
          reference: this.#secret(reference, who),
        }),
        who,
      );
    common['submitted'] = await certify(mine, common['site'], 'Certificate Alpha 1');
    common['suspended'] = await certify(mine, common['site'], 'Certificate Alpha 2');
    common['active'] = await certify(mine, common['site'], 'Certificate Alpha 3');
    await certify(otherMine, common['foreignSite'], 'Certificate Beta 1');
    for (const name of ['suspended', 'active'])
      await this.#post(ada, `/v1/certificates/${common[name]!}/verify`);
    await this.#post(ada, `/v1/certificates/${common['suspended']}/suspend`, { reason: 'Audit' });
  }

  /** Two clearings: under terms without and with conditions precedent. Own trades with own, foreign with foreign. */
  async #contracts(): Promise<void> {
    const { trading, common, operator } = this;
    const terms = {
      tolerance: { share: '0.05', option: 'seller' },
      takeOrPay: { share: '0.9', makeUpYears: 3 },
      assay: { umpire: 'A laboratory', elements: [{ element: 'ndpr', splittingLimit: '0.10' }] },
      provisionalShare: '0.9',
    };
    const permit = { id: 'permit', side: 'seller', description: 'Export permit', longstopDays: 3650 };
    await this.#pools();
    for (const [name, conditions, ask, cents] of [
      ['contract', undefined, '87', 31],
      ['conditional', [permit], '88', 47],
    ] as const) {
      await trading.done(ada, 'PUT', '/v1/products/ndpr-oxide/terms', {
        ...terms,
        ...(conditions === undefined ? {} : { conditionsPrecedent: conditions }),
      });
      const price = (whole: string, more: number, ...readers: Caller[]) =>
        usd(this.#secret(`${whole}.${cents + more}`, ...readers));
      const offer = (who: Caller, site: string, more: number) =>
        this.#id(who, '/v1/offers', {
          ...offerBody(site, { price: price(ask, more, who), delivery: flat('1500', '2027-Q1', '2027-Q4') }),
        });
      const bid = (who: Caller, excluded: string, amount: string, whole: string) =>
        this.#id(who, '/v1/bids', {
          ...{ product: 'ndpr-oxide', destination: 'DE', excludedOrigins: [excluded] },
          ...{ price: price(whole, 0, who), delivery: flat(amount, '2027-Q1', '2027-Q4') },
        });
      common['offer'] = await offer(mine, common['site']!, 0);
      await offer(otherMine, common['foreignSite']!, 7);
      common['bid'] = await bid(buyer, 'CL', '1000', '131');
      operator['bid'] = await bid(stockpile, 'CL', '500', '129');
      await bid(foreignBuyer, 'AU', '1000', '133');
      await bid(foreignReserve, 'AU', '500', '127');
      common['clearing'] = await trading.clear();
      const concluded = (await trading.done(ada, 'GET', '/v1/contracts?limit=100')).body.items;
      for (const { id, buyer: by, seller } of concluded as unknown as Record<string, string>[]) {
        const sides = Object.values(people).flatMap(({ own, foreign }) => [own, foreign]);
        const parties = sides.filter(({ organisation }) => [by, seller].includes(organisation));
        if (!this.secrets.some(({ text }) => text === id)) {
          this.#secret(id!, ...parties);
          if (by === buyer.organisation) common[name] = id!;
          if (by === stockpile.organisation) operator[name] = id!;
          if (by === foreignReserve.organisation) common['suspendedContract'] = id!;
        }
      }
    }
    await this.#post(ada, `/v1/contracts/${common['suspendedContract']!}/suspend`, { reason: 'Inquiry' });
  }

  /** Sealed pools for invited buyers, with bids too low to trade. */
  async #pools(): Promise<void> {
    const { common, operator } = this;
    const open = async (who: Caller, invited: readonly Caller[], name: string) => {
      const pool = await this.#id(who, '/v1/pools', {
        ...{ product: 'ndpr-oxide', zone: 'partners', price: usd('12.34') },
        ...{ name: this.#secret(name, ...invited), visibility: 'sealed' },
        invited: invited.map(({ organisation }) => organisation),
      });
      return this.#secret(pool, ...invited);
    };
    const join = (who: Caller, pool: string, amount: string) =>
      this.#id(who, `/v1/pools/${pool}/members`, {
        ...{ destination: 'DE', delivery: flat(this.#secret(amount, who), '2028-Q1', '2028-Q2') },
      });
    common['pool'] = await open(buyer, [buyer, partner], 'Pool Alpha');
    common['member'] = await join(buyer, common['pool'], '71117');
    await join(partner, common['pool'], '72227');
    common['joinable'] = await open(buyer, [buyer, partner], 'Pool Alpha 2');
    operator['pool'] = await open(stockpile, [stockpile], 'Pool Gamma');
    operator['member'] = await join(stockpile, operator['pool'], '73337');
    operator['joinable'] = await open(stockpile, [stockpile], 'Pool Gamma 2');
    const foreign = await open(foreignBuyer, [foreignBuyer], 'Pool Beta');
    await join(foreignBuyer, foreign, '74447');
  }

  /** Reference prices and floors, and one change of each kind that awaits a second administrator. */
  async #reference(): Promise<void> {
    const { trading, common } = this;
    const series = { name: 'NdPr oxide, Europe', product: 'ndpr-oxide', currency: 'USD', per: 'kg' };
    await trading.done(ada, 'PUT', '/v1/reference-prices/index', { ...series, source: 'Reports' });
    await this.#post(ada, '/v1/reference-prices/index/points', {
      points: Array.from({ length: 5 }, (_, index) => ({
        ...{ date: '2026-11-20', firm: this.#secret(`firm-${index}`), price: usd('65.00') },
        quantity: { amount: '1', unit: 't' },
      })),
    });
    const floor = (zone: string, who: Caller) =>
      this.#id(who, '/v1/floors', floorBody({ product: 'ndpr-oxide', zone }));
    await trading.done(ada, 'PUT', '/v1/zones/others', { name: 'Others', members: ['FR', 'IT'] });
    common['floor'] = await floor('partners', ada);
    await this.#post(bob, `/v1/floors/${common['floor']}/approve`);
    common['proposedFloor'] = await floor('others', ada);
  }

  /** A programme with an agreement for each producer's site, and one that is only proposed. */
  async #support(): Promise<void> {
    const { common } = this;
    const money = (amount: string) => ({ amount, currency: 'USD' });
    const propose = () =>
      this.#id(ada, '/v1/programmes', {
        ...{ name: 'Price gap', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
        ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
        ...{ budget: money('1000000.00'), maximumGap: usd('40.00'), from: '2027-Q1', to: '2028-Q4' },
        rationale: 'Bridge the gap.',
      });
    common['proposedProgramme'] = await propose();
    common['programme'] = await propose();
    await this.#post(bob, `/v1/programmes/${common['programme']}/approve`);
    common['otherProgramme'] = await propose();
    await this.#post(bob, `/v1/programmes/${common['otherProgramme']}/approve`);
    await this.#post(ada, `/v1/programmes/${common['programme']}/budget-change`, {
      ...{ budget: money('1500000.00'), reason: 'More' },
    });
    const proposal = (who: Caller, site: string, amount: string, quarter = '2027-Q2') =>
      this.#id(ada, `/v1/programmes/${common['programme']!}/agreements`, {
        site,
        caps: [{ quarter, quantity: kg(this.#secret(amount, who)) }],
      });
    const agree = async (who: Caller, site: string, amount: string) => {
      const id = await proposal(who, site, amount);
      await this.#post(bob, `/v1/agreements/${id}/approve`);
      return this.#secret(id, who);
    };
    common['agreement'] = await agree(mine, common['site']!, '2113');
    await agree(otherMine, common['foreignSite']!, '2339');
    common['proposedAgreement'] = await proposal(mine, common['freshSite']!, '2111', '2028-Q2');
    await this.#changes();
  }

  async #changes(): Promise<void> {
    const { trading, common } = this;
    const awaiting = async (name: string, path: string, body: unknown): Promise<void> => {
      const answer = await trading.done(ada, 'PUT', path, body);
      if (answer.status !== 202) throw new Error(`${path} did not wait: ${answer.status}`);
      common[name] = answer.body.id;
    };
    await awaiting('productChange', '/v1/products/ndpr-oxide', productBody({ name: 'Renamed' }));
    await awaiting('zoneChange', '/v1/zones/partners', {
      name: 'Renamed',
      members: ['US', 'JP', 'DE', 'AU'],
    });
    await awaiting('termsChange', '/v1/products/ndpr-oxide/terms', { cureDays: 60 });
    await awaiting('seriesChange', '/v1/reference-prices/index', {
      ...{ name: 'Renamed', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Others' },
    });
    const index = '/v1/index-values/cpi.2026-Q3';
    await awaiting('indexChange', index, { value: '100.0', source: 'Statistics' });
    await this.#post(bob, `${index}/changes/${common['indexChange']!}/approve`);
    await awaiting('indexChange', index, { value: '100.1', source: 'Statistics' });
    // A point in a window of which a price has been fixed.
    const { table, clock } = trading.api.dependencies;
    await freezeFixing(table, 'index', { from: '2026-11-20', to: '2026-11-20' }, clock());
    const points = '/v1/reference-prices/index/points';
    const [first] = (await trading.done(ada, 'GET', points)).body.items;
    const correction = await trading.done(ada, 'POST', points, {
      ...{ date: '2026-11-20', firm: String(first!['firm']), price: usd('66.00') },
      ...{ quantity: { amount: '1', unit: 't' }, replaces: first!.id },
    });
    if (correction.status !== 202) throw new Error('the correction of a used point did not wait');
    common['pointsChange'] = correction.body.id;
  }

  /** Deliveries in every state in which one can be acted on, acts that await the other side, a settled quarter. */
  async #deliveries(): Promise<void> {
    const { common, operator } = this;
    for (const [who, holdings, tag] of [
      [buyer, common, 'Alpha'],
      [stockpile, operator, 'Gamma'],
    ] as const) {
      const path = `/v1/contracts/${holdings['contract']!}`;
      const secret = (text: string) => this.#secret(`${text} ${tag}`, mine, who);
      const values = (value: string) => ({ values: [{ element: 'ndpr', value }] });
      const notice = async (quarter: string, amount: string, day: string): Promise<string> => {
        this.#today = day;
        return await this.#id(mine, `${path}/deliveries`, {
          ...{
            quarter,
            quantity: kg(amount),
            shippedOn: day,
            reference: secret(`Ship ${quarter} ${amount}`),
          },
        });
      };
      const receive = (delivery: string, day: string, amount: string) =>
        this.#post(who, `${path}/deliveries/${delivery}/receipt`, { receivedOn: day, quantity: kg(amount) });
      const assay = (by: Caller, delivery: string, value: string) =>
        this.#post(by, `${path}/deliveries/${delivery}/assays`, values(value));
      const accepted = await notice('2027-Q1', '100', '2027-02-01');
      await receive(accepted, '2027-02-01', '100');
      await assay(mine, accepted, '99.00');
      await assay(who, accepted, '99.00');
      await this.#post(who, `${path}/deliveries/${accepted}/accept`);
      holdings['settled'] = accepted;
    }
    await this.#settle('2027-04-20');
    for (const [who, holdings, tag] of [
      [buyer, common, 'Alpha'],
      [stockpile, operator, 'Gamma'],
    ] as const) {
      const path = `/v1/contracts/${holdings['contract']!}`;
      const shipped = async (amount: string): Promise<string> =>
        await this.#id(mine, `${path}/deliveries`, {
          ...{ quarter: '2027-Q2', quantity: kg(amount), shippedOn: '2027-04-20' },
          reference: this.#secret(`Ship Q2 ${amount} ${tag}`, mine, who),
        });
      const arrived = async (amount: string): Promise<string> => {
        const delivery = await shipped(amount);
        await this.#post(who, `${path}/deliveries/${delivery}/receipt`, {
          ...{ receivedOn: '2027-04-20', quantity: kg(amount) },
        });
        return delivery;
      };
      const assay = (by: Caller, delivery: string, value: string) =>
        this.#post(by, `${path}/deliveries/${delivery}/assays`, { values: [{ element: 'ndpr', value }] });
      holdings['noticed'] = await shipped('10');
      holdings['received'] = await arrived('20');
      holdings['sealed'] = await arrived('25');
      await assay(mine, holdings['sealed'], this.#secret(tag === 'Alpha' ? '97.531' : '97.642', mine));
      holdings['disputed'] = await arrived('30');
      await assay(mine, holdings['disputed'], '99.00');
      await assay(who, holdings['disputed'], '97.00');
      holdings['ready'] = await arrived('40');
      await assay(mine, holdings['ready'], '99.00');
      await assay(who, holdings['ready'], '99.00');
      const declared = await this.#post(mine, `${path}/force-majeure`, {
        ...{ quarter: '2027-Q3', quantity: kg('5'), reason: this.#secret(`Strike ${tag}`, mine, who) },
      });
      [{ declaration: holdings['declaration'] }] = declared['forceMajeure'] as [{ declaration: string }];
      holdings['amendment'] = await this.#id(mine, `${path}/amendments`, {
        changes: [{ kind: 'cure', cureDays: 77 }],
        reason: this.#secret(`Time ${tag}`, mine, who),
      });
    }
    await this.#settle('2027-05-02');
  }

  /** Settles until nothing is due, so that what the matrix asks for finds nothing to do. */
  async #settle(day: string): Promise<void> {
    this.#today = day;
    const { table, clock, logger } = this.trading.api.dependencies;
    await settleWhatIsDue({
      ...{ table, clock, logger, reader: settlementReader(table), settings: settlementSettings },
      remainingMilliseconds: () => Infinity,
    });
  }

  /** Stockpiles with lots in every state in which one can be acted on. */
  async #stock(): Promise<void> {
    const { common } = this;
    for (const [who, tag] of [
      [stockpile, 'Alpha'],
      [foreignReserve, 'Beta'],
    ] as const) {
      const propose = () => this.#id(who, '/v1/stockpiles', stockpileBody({ name: `Reserve ${tag}` }));
      const active = await propose();
      const proposed = this.#secret(await propose(), who);
      await this.#post(ada, `/v1/stockpiles/${active}/approve`);
      const lot = async (name: string, amount: string) => {
        // Lots that can be merged lie at one place.
        const place =
          name === 'other' ? `Warehouse ${tag} held` : this.#secret(`Warehouse ${tag} ${name}`, who);
        const opening = openingBody({
          ...{
            quantity: kg(this.#secret(amount, who)),
            evidence: this.#secret(`Warrant ${tag} ${name}`, who),
          },
          location: { country: 'JP', place },
          // What perishes first goes out first.
          ...(name === 'drawn' ? { shelfLifeEnds: '2029-01-31' } : {}),
        });
        // A lot's number goes with the material: members who have drawn of it know it.
        const readers = name === 'drawn' ? [who, buyer, people.buyer.foreign] : [who];
        return this.#secret(await this.#id(who, `/v1/stockpiles/${active}/lots`, { opening }), ...readers);
      };
      const verified = async (name: string, amount: string) => {
        const id = await lot(name, amount);
        await this.#post(ada, `/v1/stock-lots/${id}/verify`);
        return id;
      };
      await verified('drawn', tag === 'Alpha' ? '80117' : '80227');
      const held = await verified('held', tag === 'Alpha' ? '81117' : '81227');
      const other = await verified('other', tag === 'Alpha' ? '82227' : '82337');
      const lost = await verified('lost', tag === 'Alpha' ? '83337' : '83447');
      await this.#post(who, `/v1/stock-lots/${lost}/write-off`, {
        quantity: kg('1'),
        reason: this.#secret(`Fire ${tag}`, who),
      });
      const declared = await lot('declared', tag === 'Alpha' ? '84447' : '84557');
      const account = async (member: Caller, amount: string, isAccepted: boolean) => {
        const body = accountBody(member.organisation, {
          committed: kg(this.#secret(amount, who, member)),
        });
        const id = this.#secret(
          await this.#id(who, `/v1/stockpiles/${active}/accounts`, body),
          ...[who, member],
        );
        if (!isAccepted) return id;
        await this.#post(member, `/v1/stock-accounts/${id}/accept`);
        await this.#post(who, `/v1/stock-accounts/${id}/allocate`, { quantity: kg('100') });
        await this.#post(member, `/v1/stock-accounts/${id}/draw`, { quantity: kg('10') });
        return id;
      };
      if (who !== stockpile) continue;
      await this.trading.done(buyer, 'PUT', `/v1/stockpiles/${active}/needs/ndpr-oxide`, {
        ...{
          annualUse: kg(this.#secret('51117', who, buyer)),
          evidence: this.#secret('Books Gamma', who, buyer),
        },
      });
      Object.assign(common, {
        account: await account(buyer, '61117', true),
        otherAccount: await account(people.buyer.foreign, '61227', true),
        offeredAccount: await account(buyer, '61337', false),
      });
      const empty = await propose();
      await this.#post(ada, `/v1/stockpiles/${empty}/approve`);
      Object.assign(common, { stockpile: active, proposedStockpile: proposed, emptyStockpile: empty });
      Object.assign(common, { lot: held, otherLot: other, lostLot: lost, declaredLot: declared });
    }
  }

  /** Orders that are open now: the earlier ones are filled. */
  async #openOrders(): Promise<void> {
    const { common, operator } = this;
    const later = flat('200', '2028-Q1', '2028-Q2');
    const offer = async (who: Caller, site: string, ask: string) =>
      this.#secret(
        await this.#id(who, '/v1/offers', {
          ...offerBody(site, { price: usd(this.#secret(ask, who)), delivery: later }),
        }),
        who,
      );
    const bid = async (who: Caller, limit: string) =>
      this.#secret(
        await this.#id(who, '/v1/bids', {
          ...{ product: 'ndpr-oxide', destination: 'DE', delivery: later },
          price: usd(this.#secret(limit, who)),
        }),
        who,
      );
    common['openOffer'] = await offer(mine, common['site']!, '191.13');
    await offer(otherMine, common['foreignSite']!, '192.17');
    common['openBid'] = await bid(buyer, '153.19');
    operator['openBid'] = await bid(stockpile, '154.23');
    await bid(foreignBuyer, '155.29');
    await bid(foreignReserve, '156.31');
  }

  /** A release that awaits its administrators, and one that two have approved. */
  async #releases(): Promise<void> {
    const { common } = this;
    const path = `/v1/stockpiles/${common['stockpile']}`;
    await this.#post(ada, `${path}/needs/ndpr-oxide/magnets-de/verify`, { annualUse: kg('36500') });
    const propose = (reason: string) =>
      this.#id(stockpile, `${path}/releases`, { product: 'ndpr-oxide', quantity: kg('10'), reason });
    common['release'] = this.#secret(
      await propose(this.#secret('The strait may close', stockpile)),
      stockpile,
    );
    common['decidedRelease'] = await propose('The strait is closed');
    for (const who of [bob, people.administrator.foreign])
      await this.#post(who, `/v1/releases/${common['decidedRelease']}/approve`);
    await this.#loans(path);
    await this.#rules(`${path}/standing-rules`);
  }

  /** Standing rules: proposed, active, paused. */
  async #rules(path: string): Promise<void> {
    for (const [name, ...steps] of [
      ['rule'],
      ['activeRule', 'approve'],
      ['pausedRule', 'approve', 'pause'],
    ]) {
      const most = kg(this.#secret(`4.${100 + name!.length}`, stockpile));
      const id = this.#secret(
        await this.#id(stockpile, path, {
          ...{ kind: 'buy-at-floor', product: 'ndpr-oxide', destination: 'DE', most },
        }),
        stockpile,
      );
      this.common[name!] = id;
      for (const step of steps)
        await this.#post(step === 'approve' ? bob : stockpile, `${path}/${id}/${step}`);
    }
  }

  /** A loan that is asked for, one that is set aside, one that is out. */
  async #loans(path: string): Promise<void> {
    const { common } = this;
    for (const [name, amount] of [
      ['loan', '71.117'],
      ['approvedLoan', '72.227'],
      ['lentLoan', '73.337'],
    ] as const) {
      const id = await this.#id(buyer, `${path}/loans`, {
        ...{ product: 'ndpr-oxide', quantity: kg(this.#secret(amount, buyer, stockpile)) },
        purpose: this.#secret(`Magnets for ${name}`, buyer, stockpile),
      });
      common[name] = this.#secret(id, buyer, stockpile);
      if (name !== 'loan') await this.#post(bob, `/v1/stock-loans/${id}/approve`);
      if (name === 'lentLoan') await this.#post(stockpile, `/v1/stock-loans/${id}/hand-over`);
    }
  }

  /** A disruption of what the contracts bring, the alerts that follow, and who wants to be told of them. */
  async #warning(): Promise<void> {
    const { trading, common, operator } = this;
    await this.#id(ada, '/v1/disruptions', {
      ...{ kind: 'export-ban', title: 'Export ban', origins: ['AU'], minerals: ['ndpr'] },
      ...{ from: '2027-01-01', source: 'Gazette' },
    });
    const events: DomainEvent[] = [];
    for await (const page of scan(trading.api.dependencies.table))
      events.push(...page.flatMap((item) => domainEventOf(item) ?? []));
    const { table, clock, logger } = trading.api.dependencies;
    await follow({ table, clock, logger }, events);
    const { items } = (await trading.done(ada, 'GET', '/v1/alerts?limit=100')).body;
    // Administrators' and auditors': how much is late altogether is nobody else's business.
    const late = items.find(({ cause }) => (cause as { kind: string }).kind === 'late-deliveries');
    common['alert'] = late?.id ?? 'none';
    for (const [who, holdings] of [
      [mine, common],
      [stockpile, operator],
    ] as const)
      holdings['webhook'] = this.#secret(
        await this.#id(who, '/v1/webhooks', {
          url: this.#secret(`https://${who.organisation}.com/hook`, who),
        }),
        who,
      );
  }

  /** Two zones that tell each other of their stocks; the second agreement awaits the own authority. */
  async #exchange(): Promise<void> {
    const { trading, common } = this;
    const { own, foreign } = people.administrator;
    for (const [zone, country, { organisation }] of [
      ['left', 'FI', own],
      ['right', 'SE', foreign],
    ] as const)
      await trading.done(ada, 'PUT', `/v1/zones/${zone}`, {
        ...{ name: zone, members: [country], authority: organisation },
      });
    common['project'] = await this.#id(mine, '/v1/projects', project);
    common['exchange'] = await this.#id(own, '/v1/exchange/agreements', exchange);
    await this.#post(foreign, `/v1/exchange/agreements/${common['exchange']}/approve`);
    common['proposedExchange'] = await this.#id(foreign, '/v1/exchange/agreements', exchange);
  }
}
