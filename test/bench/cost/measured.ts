import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import * as z from 'zod';
import { handlerNames } from '../../../infra/aws/bundle.ts';
import { liveThrough } from './history.ts';

const file = new URL('measured.json', import.meta.url);

const bytesSchema = z.strictObject({ kept: z.number(), expiring: z.number() });
const figuresSchema = z.strictObject({
  times: z.int(),
  processor: z.number(),
  calls: z.number(),
  inTurn: z.number(),
});
const livedSchema = z.strictObject({
  orders: z.int(),
  contracts: z.int(),
  settlements: z.int(),
  figures: z.record(z.string(), figuresSchema),
  memory: z.partialRecord(z.enum(handlerNames), z.number()),
  stored: z.strictObject({
    ...{ order: bytesSchema, amendment: bytesSchema, contract: bytesSchema },
    ...{ delivery: bytesSchema, settlement: bytesSchema },
  }),
  documents: z.number(),
});

/** What was measured, when, and on what: milliseconds depend on the machine, so they are kept and not taken anew by tests. */
export const measuredSchema = z.strictObject({
  measuredOn: z.iso.date(),
  machine: z.string(),
  /** One market, and a larger one after the same course. */
  histories: z.tuple([livedSchema, livedSchema]),
});
export type Measured = z.output<typeof measuredSchema>;

export const readMeasured = (): Measured => measuredSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

/** Takes some minutes. */
export async function measure(): Promise<Measured> {
  const histories: Measured['histories'] = [await liveThrough(150), await liveThrough(600)];
  const [load = 0] = loadavg();
  return {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} processors ${process.arch}, Node ${process.versions.node}, load average ${load.toFixed(1)} at the end`,
    histories,
  };
}

const rounded = (_name: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 10) / 10 : value;

export function writeMeasured(measured: Measured): void {
  writeFileSync(file, `${JSON.stringify(measured, rounded, 2)}\n`);
}
