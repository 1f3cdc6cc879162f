/** ssh into pods: what people do, and what is special to a connection through the cluster's API. */
import assert from 'node:assert/strict';
import { readFile, rm, stat } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { KeyRotation } from '../../../src/ssh/keyRotation.ts';
import { keyBody } from '../../../src/workspace/keyBody.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { Background, eventually, run } from '../../support/command.ts';
import { childrenOf, residentBytes } from '../ssh/flow.ts';
import { placeOf } from '../ssh/places.ts';
import { Room } from '../ssh/room.ts';
import { sshContract } from '../sshContract.ts';

const mebibyte = 1024 * 1024;
let cluster: Cluster;
let room: Room;
let yak: WorkspaceName;
before(
  async () => {
    cluster = await ensureCluster(console.log);
    const namespace = cluster.namespaces.usual;
    room = await Room.open({
      endpoint: await endpointOf(cluster.userKubeconfig, namespace),
      settings: {
        cpus: 1,
        diskGiB: 1,
        cpuAllocation: 'shares',
        ...(await imageSettings(cluster, namespace)),
      },
    });
    yak = await room.create('yak');
  },
  { timeout: 3_000_000 },
);
after(async () => {
  await room?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

const mark = () => room.home.folder.mark(room.alias(yak), 'pod');
const kubectl = (...args: string[]) => cluster.kubectl([...args, '-n', cluster.namespaces.usual]);

sshContract('ssh to a workspace in a cluster', () => ({ room, name: yak }));

describe('a pod', () => {
  it('gets another key of this machine, which is tried before the old one goes', async () => {
    const own = async () => keyBody((await room.home.identity()).publicKey);
    const before = await own();
    const place = placeOf(room.engine, room.target.id, [yak]);
    const signal = AbortSignal.timeout(280_000);
    const rotated = await new KeyRotation(room.home).run([place], () => {}, signal);
    assert.deepEqual(rotated, { changed: 1, tried: 1, pending: [] });
    assert.notEqual(await own(), before);
    const keys = (await room.engine.record(yak)).authorizedKeys.map(({ key }) => keyBody(key));
    assert.deepEqual(keys, [await own()]);
    assert.equal((await room.ssh(yak, 'echo in')).stdout.trim(), 'in');
  });

  it('is joined the second time without a question, and found again when it is another', async () => {
    await rm(mark(), { force: true });
    await room.ssh(yak, 'true');
    const first = await readFile(mark(), 'utf8');
    const { mtimeMs } = await stat(mark());
    await room.ssh(yak, 'true');
    assert.equal((await stat(mark())).mtimeMs, mtimeMs);
    await room.ssh(yak, 'echo kept >file');
    const [pod = ''] = first.split('\n');
    await kubectl('delete', 'pod', pod, '--wait=true');
    const { code, stdout, stderr } = await room.ssh(yak, 'cat file', { timeoutMs: 30_000 });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'kept\n');
    assert.notEqual((await readFile(mark(), 'utf8')).split('\n')[0], pod);
  });

  it('carries a gigabyte in flat memory', async () => {
    const ssh = new Background('sh', [
      '-c',
      `ssh -F '${room.config}' ${room.alias(yak)} 'head -c 1073741824 /dev/zero' | { sleep 3; cat; } | wc -c`,
    ]);
    let most = 0;
    try {
      await eventually(
        async () => {
          for (const shell of await childrenOf(ssh.child.pid ?? 0))
            for (const proxy of await childrenOf(shell)) most = Math.max(most, await residentBytes(proxy));
          return /^1073741824$/m.test(ssh.output);
        },
        'all of it came',
        120_000,
      );
    } finally {
      await ssh.stop();
    }
    assert.ok(most > 20 * mebibyte && most < 200 * mebibyte, `${Math.round(most / mebibyte)} MiB`);
  });

  it('is started by plain ssh, and not by a window that reconnects', async () => {
    await room.stop(yak);
    assert.match((await room.ssh(yak, 'true')).stderr, /^berth: .* stopped less than two minutes ago/);
    const { code, stdout } = await room.sshAtTerminal(yak, 'echo hello', { timeoutMs: 30_000 });
    assert.equal(code, 0, stdout);
  });

  it('is reached by its own address for as long as that is asked for', async () => {
    await room.ssh(yak, 'true');
    await room.home.writeSettings({ kubernetesConnect: 'direct' });
    const addressIn = async () => (await readFile(mark(), 'utf8')).split('\n')[2] ?? '';
    const from = async () => (await room.ssh(yak, 'echo $SSH_CONNECTION')).stdout;
    try {
      assert.doesNotMatch(await from(), /^127\.0\.0\.1/);
      const { stdout: ip } = await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].status.podIP}');
      assert.ok((await addressIn()) !== '' && ip.split(' ').includes(await addressIn()));
      // By the mark alone: nobody asks the server.
      assert.doesNotMatch(await from(), /^127\.0\.0\.1/);
    } finally {
      await room.home.writeSettings({ kubernetesConnect: 'forward' });
    }
    assert.match(await from(), /^127\.0\.0\.1/);
    assert.equal(await addressIn(), '');
  });

  it('that is deleted ends a session, which says so', async () => {
    const ssh = new Background('ssh', room.command(room.alias(yak), 'echo joined; sleep 60').slice(1));
    try {
      await ssh.until(() => ssh.output.includes('joined'), 'it was joined');
      await room.stop(yak);
      assert.notEqual(await ssh.ended(30_000), undefined, 'before its own 60 s');
    } finally {
      await ssh.stop();
    }
  });

  it('is not found where there is none, in one line', async () => {
    const { code, stderr } = await run('ssh', room.command('t-none.t.berth', 'true').slice(1), {
      mayFail: true,
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /^berth: There is no workspace t-none/);
  });
});

describe('an API server that goes away', () => {
  it('ends a session, and the next connection finds the pod again', async t => {
    if (cluster.source !== 'own') return t.skip('it is not ours to stop');
    await room.sshAtTerminal(yak, 'true', { timeoutMs: 30_000 });
    const ssh = new Background('ssh', room.command(room.alias(yak), 'echo joined; sleep 60').slice(1));
    try {
      await ssh.until(() => ssh.output.includes('joined'), 'it was joined');
      await cluster.stopApiServer();
      assert.notEqual(await ssh.ended(30_000), undefined, 'before its own 60 s');
    } finally {
      await ssh.stop();
      await cluster.startApiServer();
    }
    const result = await room.ssh(yak, 'echo again', { timeoutMs: 30_000 });
    assert.equal(result.stdout, 'again\n', result.stderr);
  });
});
