/** What is removed of a workspace that was deleted under way, from a real server on a socket. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import type { VolumeReport } from '../../../../src/engine/docker/reports.ts';
import { removeIfDeleted } from '../../../../src/engine/docker/volumeSet.ts';
import { type Labels, partLabels } from '../../../../src/engine/labels.ts';
import { web } from './support.ts';

const home = { name: 'berth-web-home', labels: partLabels(web, 'home') };
const record = { name: 'berth-web-record', labels: partLabels(web, 'record') };
const byHand = (volume: VolumeReport) => ({ ...volume, labels: {} });

describe('volumes of a workspace that was deleted meanwhile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-volumes-'));
  const socketPath = join(folder, 'engine.sock');
  const volumes = new Map<string, Labels>();
  const server = createServer(({ method, url = '' }, response) => {
    const name = url.replace(/^\/volumes\//, '');
    const labels = volumes.get(name);
    if (method === 'DELETE' && volumes.delete(name)) {
      response.writeHead(204).end();
      return;
    }
    const [status, body] = labels ? [200, { Name: name, Labels: labels }] : [404, { message: 'it is gone' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const docker = new Dockerode({ socketPath });
  before(async () => {
    server.listen(socketPath);
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  const both = { home, record };
  const table: [what: string, seen: typeof both, now: VolumeReport[], isDeleted: boolean, left: string[]][] =
    [
      ['it is there', both, [home, record], false, [home.name, record.name]],
      ['the engine made both anew', both, [byHand(home), byHand(record)], true, []],
      ['its home was kept', both, [home, byHand(record)], true, [home.name]],
      ['nothing of it is there', both, [], true, []],
      [
        'its home was made by hand',
        { home: byHand(home), record },
        [byHand(home), record],
        false,
        [home.name, record.name],
      ],
      [
        'its record was put back by hand',
        { home, record: byHand(record) },
        [home, byHand(record)],
        false,
        [home.name, record.name],
      ],
    ];
  for (const [what, seen, now, isDeleted, left] of table) {
    it(`where ${what}`, async () => {
      volumes.clear();
      for (const { name, labels } of now) volumes.set(name, labels);
      assert.equal(await removeIfDeleted(docker, web, seen), isDeleted);
      assert.deepEqual([...volumes.keys()], left);
    });
  }
});
