import { afterAll, beforeAll, expect, it } from 'vitest';
import { earlyWarning } from '../../../infra/local/early-warning.ts';
import { readAlerts } from '../../../shared/store/risk/alerts.ts';
import { memoryLog } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { clientFor } from '../../support/table.ts';
import { Receiver, Warning } from '../../support/warning.ts';

const engine = engineOfFile();
let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(async () => {
  await receiver.close();
});

it('one machine follows what it writes, makes good what a killed run left untold, and sends each minute what failed', async () => {
  const market = await Warning.open(clientFor(engine.endpoint), receiver);
  const { table } = market;
  const { clock } = market.follower();
  const log = { ...memoryLog(), close: () => Promise.resolve() };
  const warning = earlyWarning({ table, clock, log, webhookHosts: new Set([receiver.host]) });
  await market.done('POST', '/v1/webhooks', { url: `http://${receiver.host}/hook`, minimumLevel: 3 });
  const ofGallium = async () => (await readAlerts(table, 'gallium')).map(({ level }) => level).sort();

  // Written before anybody follows, as by a run that was killed.
  await market.ban();
  await warning.tick();
  expect(await ofGallium()).toEqual([]);
  receiver.answers.set('/hook', (respond) => {
    respond(500);
  });
  await warning.start();
  await warning.idle();
  expect(await ofGallium()).toEqual([0, 3]);
  expect(receiver.to('/hook')).toHaveLength(1);

  receiver.answers.clear();
  await market.ban({ title: 'A second one' });
  await warning.idle();
  expect(await ofGallium()).toEqual([0, 0, 3, 3]);
  expect(receiver.to('/hook')).toHaveLength(2);
  market.wait(60_000);
  await warning.tick();
  expect(receiver.to('/hook')).toHaveLength(3);
  await warning.stop();
  await market.ban({ title: 'A third one' });
  await warning.idle();
  expect(await ofGallium()).toHaveLength(4);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
