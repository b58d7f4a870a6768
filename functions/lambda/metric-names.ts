/**
 * Everything that is measured, once: what the functions record, what the dashboard shows and what alarms watch are these
 * names. A unit is one of CloudWatch's own; where it has none (tonnes, money) the name or a dimension says it.
 *
 * A dimension never tells who: not an organisation, not an order, not a contract, not a product.
 */
interface Definition {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Percent' | 'None';
  /** The function that records it, which is its `service` on CloudWatch. */
  readonly from: 'api' | 'clearing' | 'settlement' | 'tick' | 'stream' | 'notify';
  readonly dimension?: 'code' | 'currency';
}

export const metricTable = {
  /** Requests answered, whatever the answer. */
  Requests: { unit: 'Count', from: 'api' },
  /** From the first line of the function to its answer. */
  RequestTime: { unit: 'Milliseconds', from: 'api' },
  ClientErrors: { unit: 'Count', from: 'api' },
  ServerErrors: { unit: 'Count', from: 'api' },
  /** 429: an organisation asked more often than it may. */
  RateLimited: { unit: 'Count', from: 'api' },
  /** Windows of an organisation in which an instance counted for itself, since the table did not say what was left. */
  LimitsNotShared: { unit: 'Count', from: 'api' },
  /** Refusals by the code of their problem. */
  Refusals: { unit: 'Count', from: 'api', dimension: 'code' },
  OrdersPosted: { unit: 'Count', from: 'api' },
  OrdersWithdrawn: { unit: 'Count', from: 'api' },

  ClearingsCompleted: { unit: 'Count', from: 'clearing' },
  ClearingsFailed: { unit: 'Count', from: 'clearing' },
  /** From the request for a clearing to its last contract on record. */
  TimeToClear: { unit: 'Seconds', from: 'clearing' },
  ContractsConcluded: { unit: 'Count', from: 'clearing' },
  /** Awards that a run decided on and did not record: never, unless something is broken. */
  AwardsNotConcluded: { unit: 'Count', from: 'clearing' },
  /** Clearings with trade whose figures would tell of an organisation, and are not recorded. */
  FiguresWithheld: { unit: 'Count', from: 'clearing' },
  /** Tonnes, contained mass where the product counts that. */
  Volume: { unit: 'None', from: 'clearing' },
  /** What buyers pay, landed. */
  Value: { unit: 'None', from: 'clearing', dimension: 'currency' },
  Gains: { unit: 'None', from: 'clearing', dimension: 'currency' },
  Levy: { unit: 'None', from: 'clearing', dimension: 'currency' },
  /** Of the volume, what a floor priced: by an uplift, or by a levy at the border. */
  FloorBoundShare: { unit: 'Percent', from: 'clearing' },

  /** How long the oldest request that no run has taken has waited. */
  OldestRequestAge: { unit: 'Seconds', from: 'tick' },
  /** Runs whose worker has not been heard of since its lease ran out. */
  RunsLeftBehind: { unit: 'Count', from: 'tick' },
  /** How long ago the last beat was written that the follower of the stream has seen. */
  FollowerLag: { unit: 'Seconds', from: 'tick' },

  Settlements: { unit: 'Count', from: 'settlement' },
  /**
   * Looked at by a run, and not settled: for want of a reference price or of cover, which is looked at once a day, or for
   * a fault, at which each run tries again.
   */
  DueUnsettled: { unit: 'Count', from: 'settlement' },
  SettlementsFailed: { unit: 'Count', from: 'settlement' },

  EventsFollowed: { unit: 'Count', from: 'stream' },
  /** From when an event was written to when it was followed; the oldest of a batch. */
  EventAge: { unit: 'Seconds', from: 'stream' },
  ProductsNotAssessed: { unit: 'Count', from: 'stream' },

  WebhooksDelivered: { unit: 'Count', from: 'notify' },
  WebhookTriesFailed: { unit: 'Count', from: 'notify' },
  WebhooksDisabled: { unit: 'Count', from: 'notify' },
} as const satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof metricTable;
export const definitionOf = (name: MetricName): Definition => metricTable[name];

/** CloudWatch's namespace of a stage: deployments that share an account must not be added up. */
export const metricNamespaceOf = (stage: string): string => `Lodestone/${stage}`;
