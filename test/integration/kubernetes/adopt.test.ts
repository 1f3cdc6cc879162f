/** Pods that Berth did not make: entered by real ssh through the API server, and never stopped or changed. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Adopted } from '../../../src/adopt/adopted.ts';
import { serverKeyOf } from '../../../src/adopt/serverKeys.ts';
import { surveyOf } from '../../../src/adopt/survey.ts';
import { serverWay, sessionWay } from '../../../src/adopt/ways.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { eventually, run } from '../../support/command.ts';
import { adoptAs, adoptableOf, candidate, forget, refusals } from '../adoption.ts';
import { Room } from '../ssh/room.ts';

let cluster: Cluster;
let room: Room;
let name: WorkspaceName;
let key = '';

/** Ends when it is told to, which is how its kubelet starts it again. */
const idle = 'trap "exit 0" TERM; while :; do sleep 0.2; done';
const kubectl = async (...args: string[]) =>
  (await cluster.kubectl(['-n', cluster.namespaces.usual, ...args])).stdout.trim();

before(
  async () => {
    cluster = await ensureCluster(console.log);
    room = await Room.open({ endpoint: await endpointOf(cluster.userKubeconfig, cluster.namespaces.usual) });
    key = join(room.folder, 'person');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    name = room.name('pod');
    await makePod();
  },
  { timeout: 3_000_000 },
);
after(async () => {
  if (name !== undefined) await kubectl('delete', 'pod', name, '--ignore-not-found', '--now', '--wait=false');
  await room?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

/** With one container that does nothing, one with an ssh server of its own, and one whose user has no name. */
async function makePod(): Promise<void> {
  const { image, imagePullSecrets = [] } = await imageSettings(cluster, cluster.namespaces.usual);
  const publicKey = (await readFile(`${key}.pub`, 'utf8')).trim();
  const server = `mkdir -p /run/sshd; mkdir -m 700 -p /root/.ssh; echo '${publicKey}' >/root/.ssh/authorized_keys
    ssh-keygen -A >/dev/null; exec /usr/sbin/sshd -D -p 2022`;
  const container = (called: string, script: string, more: object = {}) => ({
    name: called,
    image,
    command: ['/bin/sh', '-c', script],
    ...more,
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 1,
      imagePullSecrets: imagePullSecrets.map(secret => ({ name: secret })),
      containers: [
        container('main', idle, { env: [{ name: 'GREETING', value: 'from the pod' }] }),
        container('server', server),
        container('nobody', idle, { securityContext: { runAsUser: 54321 } }),
      ],
    },
  };
  await cluster.kubectl(['apply', '-f', '-', '-n', cluster.namespaces.usual], { input: JSON.stringify(pod) });
  await kubectl('wait', 'pod', name, '--for=condition=Ready', '--timeout=120s');
}

/** What no test may change by what Berth does: uid, and when each container began. */
const began = () =>
  kubectl(
    'get',
    'pod',
    name,
    '-o',
    'jsonpath={.metadata.uid} {range .status.containerStatuses[*]}{.state.running.startedAt} {.restartCount} {end}',
  );

async function answer(command: string, args: string[] = []): Promise<string> {
  const { stdout, stderr } = await room.ssh(name, command, { args, timeoutMs: 120_000 });
  assert.equal(stderr, '');
  return stdout.trim();
}

describe('a pod that somebody else made', () => {
  let adopted: Adopted;
  let untouched = '';

  it('is among what can be adopted, container by container', async () => {
    const places = (await adoptableOf(room).candidates()).filter(place => place.name === name);
    assert.deepEqual(places.map(({ container }) => container).sort(), ['main', 'nobody', 'server']);
  });

  it('is entered as its own user, with its variables, and takes files by scp', async () => {
    untouched = await began();
    adopted = await adoptAs(room, name, await candidate(room, name, 'main'));
    assert.equal(await answer('id -un; echo "$GREETING"'), 'root\nfrom the pod');
    const file = join(room.folder, 'sent');
    await writeFile(file, 'words\n'.repeat(50_000));
    await run('scp', ['-q', '-F', room.config, file, `${room.alias(name)}:/var/tmp/there`]);
    await run('scp', ['-q', '-F', room.config, `${room.alias(name)}:/var/tmp/there`, `${file}.back`]);
    assert.equal(await readFile(`${file}.back`, 'utf8'), await readFile(file, 'utf8'));
  });

  it('is never a workspace: the engine refuses whatever would change it', async () => {
    assert.deepEqual(await refusals(room, name), Array(5).fill('not-found'));
    assert.equal(await began(), untouched);
  });

  it('is entered again when its container was restarted and has lost the files', async () => {
    await kubectl('exec', name, '-c', 'main', '--', 'kill', '1');
    await eventually(
      async () => /^[^ ]+ \S+ 1 /.test(await began()),
      'the container was restarted',
      120_000,
      500,
    );
    assert.equal(await answer('echo healed'), 'healed');
    untouched = await began();
  });

  it('is as it was once it is forgotten', async () => {
    await forget(room, adopted);
    assert.equal(
      await kubectl(
        'exec',
        name,
        '-c',
        'main',
        '--',
        'sh',
        '-c',
        'ls -dA /tmp/.b* /run/sshd 2>/dev/null; true',
      ),
      '',
    );
    assert.equal(await began(), untouched);
  });

  it('is entered by its own ssh server too, with the person’s keys', async () => {
    const adoptable = adoptableOf(room);
    const place = await candidate(room, name, 'server');
    const hostKey = await serverKeyOf(adoptable, place, 2022);
    assert.ok(hostKey && (await surveyOf(adoptable, place)).hostKeys.some(line => line.startsWith(hostKey)));
    const way = await serverWay(adoptable, place, { port: 2022, user: 'root', hostKey });
    const server = await adoptAs(room, name, place, way);
    assert.equal(await answer('echo well', ['-i', key]), 'well');
    await forget(room, server);
    assert.equal(await began(), untouched);
  });

  it('is refused where its user has no name, before anything is put there', async () => {
    const place = await candidate(room, name, 'nobody');
    const survey = await surveyOf(adoptableOf(room), place);
    assert.throws(() => sessionWay(place, survey), /runs as user 54321, who has no name/);
  });

  it('that is replaced by another of its name is not entered unasked, and one that is gone is said to be', async () => {
    adopted = await adoptAs(room, name, await candidate(room, name, 'main'));
    await kubectl('delete', 'pod', name, '--wait=true', '--timeout=120s');
    assert.match((await room.ssh(name, 'true')).stderr, /^berth: “.*” is gone/);
    await makePod();
    assert.match((await room.ssh(name, 'true')).stderr, /^berth: “.*” is another one than was adopted/);
    assert.equal(await kubectl('exec', name, '-c', 'main', '--', 'ls', '-A', '/tmp'), '');
  });
});
