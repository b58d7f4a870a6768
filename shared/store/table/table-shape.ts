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
