/** What the audit holds the table against; each has a test that breaks just it. */
export const checks = {
  unreadable: 'every item that the audit rests on can be read',
  order_balance: 'for every order and quarter, quantity = remaining + Σ contracts, and nothing is negative',
  order_origins: 'what a bid has contracted by origin is what its contracts say',
  order_book: 'only open orders are in the book, and every open one that can still trade is',
  pool_members:
    "a pool's bid is the sum of its members, and each member has contracted what its contracts say",
  site_entries: "a site's entry of an offer holds what the offer asks for, or what is left of it",
  site_capacity: "a site's offers ask no more of a year than the site can make",
  origin_use: "what zones' caps count is what all contracts deliver",
  contract_orders:
    'a contract is of an offer and a bid of its product, its seller and its buyer, and has its own id',
  contract_prices: 'the parts of a contract add up: waterfall, landed price, totals',
  contract_floor: 'no contract is under the floor in force at its gate closure',
  contract_ask: 'no contract pays the seller less than its ask',
  contract_limit: 'no buyer pays more than its limit, levy included',
  contract_chain: 'the events of a contract are those that were recorded: none changed, none missing',
  contract_status: 'a contract is listed as its events have left it',
  contract_due: 'a contract that is not over will be looked at',
  reference_versions: 'reference data stands as its last version says, and no version is missing',
  floor_chain: 'the versions of a floor are chained, unchanged and complete',
  fixing:
    'every reference price that was frozen is what the points on record by then make, under the guards of then',
  contract_reference: 'the reference price that an indexed contract was cleared at was frozen',
  ledger_entry: 'every entry balances in each currency, and has the id that follows from its cause',
  ledger_lines: 'every entry has a line in each account it names, and there is no other line',
  ledger_zero_sum: 'the sum over all accounts is zero in each currency',
  ledger_causes: 'one entry for each cause and number, and no number left out but where nothing was moved',
  settlement_amounts: 'every settlement is what the contract, as it stood then, comes to',
  settlement_entries:
    'every settlement is in the ledger as it says, and no entry of a contract is without one',
  settlement_events: 'every settlement is in the chain of its contract, and every one in a chain is there',
  programme_budget:
    "a programme's budget = paid + reserved + left; neither what is paid nor what contracts reserve exceeds it",
  programme_paid: 'a programme has paid what the ledger says, and reserved what its agreements do',
  programme_funding: 'the treasury has put into a programme what its budget and its record say',
  support_amounts: "every settled quarter of a site's agreement is what it says it rests on comes to",
  support_entries: 'every such quarter is in the ledger as it says, and no entry of support is without one',
  support_batches: 'what is supported was delivered as its contract was settled, and no kilogram of it twice',
  support_rounds: 'every funding round shares out what there was as it must, and is in the ledger as it says',
  support_claims: 'what is claimed of a programme is paid by its rounds, owed back, or open',
  support_clawback: 'what producers are charged is set off, invoiced or accrued, and in the ledger as that',
  programme_agreement: 'every supported contract has its agreement, and no agreement names another',
  stock_movements: 'a movement of stock is balanced, and its id follows from its cause',
  stock_balances: 'what a stockpile has on each account is what its movements come to, and never negative',
  stock_lots: 'what lies in a stockpile is what its lots say, free, encumbered and lent',
  stock_claims:
    'an offer holds of its stock lot what it may still sell or deliver, and no other offer holds any',
  stock_contracts:
    'what is in transit, received and delivered is what the events of the contracts have come to',
  publication:
    'what a zone publishes of its stock hides every operator, also against what it published before',
  stock_entitlements:
    'what a stockpile holds for members, and has lent, is what their accounts and loans come to',
  stock_acts: 'every event of an account, loan or release moved and cost what it says, and nothing else did',
  stock_amounts: 'carry, repurchases and defaults cost what the account, as it stood then, comes to',
  stock_release:
    'a release was at level 3 by the assessment on record, approved by two others, and shared as it must be',
  standing_rule:
    'an order that a standing rule placed has the id that follows from rule, day and lot, is of its operator, and is on its record',
  stock_loan:
    'what is lent was approved at level 2 by the assessment on record, above the reserve floor and within need, and is in the lots it names',
  alert_cause: 'an alert has the id that follows from its cause: one for each',
  alert_history: 'an alert stands as its last step left it, and no version of it is missing',
  alert_notice: 'every step of an alert has its message, which tells what stood then',
  outcome: 'what is published of a quarter is what its contracts and settlements had come to by then',
} as const;
export type Check = keyof typeof checks;

/** One thing that is not as it must be. */
export interface Finding {
  readonly check: Check;
  /** What it is about: a key of the table, or an id. */
  readonly subject: string;
  readonly detail: string;
}

export const finding = (check: Check, subject: string, detail: string): Finding => ({
  check,
  subject,
  detail,
});
