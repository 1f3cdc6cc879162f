/** What an engine answers who asks how much its volumes take, from a real server on a socket. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { volumeSizes } from '../../../../src/engine/docker/diskUsage.ts';
import { eventually } from '../../../support/command.ts';

const busy = { message: 'a disk usage operation is already running' };

describe('how much volumes take', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-usage-'));
  const socketPath = join(folder, 'engine.sock');
  const asked: string[] = [];
  let answers: (readonly [number, object])[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const docker = new Dockerode({ socketPath });
  const never = new AbortController().signal;
  before(async () => {
    server.listen(socketPath);
    await once(server, 'listening');
  });
  beforeEach(() => asked.splice(0));
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is asked of the volumes alone, and read as Docker and Podman say it', async () => {
    const volumes = [
      { Name: 'docker', UsageData: { Size: 7, RefCount: 1 } },
      { Name: 'podman', Size: 8 },
      { Name: 'unknown', UsageData: { Size: -1 } },
      { Name: 'silent', UsageData: null },
    ];
    answers = [[200, { Volumes: volumes }]];
    assert.deepEqual(
      await volumeSizes(docker, never),
      new Map([
        ['docker', 7],
        ['podman', 8],
      ]),
    );
    assert.deepEqual(asked, ['/system/df?type=volume']);
    answers = [[200, { Volumes: null }]];
    assert.deepEqual(await volumeSizes(docker, never), new Map());
  });

  it('is asked again while another window asks, whatever the number of that refusal is', async () => {
    answers = [
      [500, busy],
      [409, busy],
      [200, { Volumes: [{ Name: 'a', UsageData: { Size: 1 } }] }],
    ];
    assert.deepEqual(await volumeSizes(docker, never), new Map([['a', 1]]));
    assert.equal(asked.length, 3);
  });

  it('is given up with its signal, and at any other refusal', async () => {
    answers = [[409, busy]];
    const cancel = new AbortController();
    const asking = volumeSizes(docker, cancel.signal);
    await eventually(() => asked.length > 0, 'it was asked');
    cancel.abort();
    await assert.rejects(asking);
    answers = [[500, { message: 'no such thing' }]];
    await assert.rejects(volumeSizes(docker, never), /no such thing/);
  });
});
