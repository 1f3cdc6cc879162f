/** What namespaces allow and refuse, and what a workspace in a cluster is made of beyond the contract's plain case. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import type { SettingsInput } from '../../../src/workspace/settings.ts';
import { type Cluster, ensureCluster, storageClasses } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { eventually, freePort, run } from '../../support/command.ts';
import { makeImage } from '../../support/kubernetes/madeImage.ts';
import { type EngineBench, failure, never, silent } from '../engineBench.ts';
import { Room } from '../ssh/room.ts';
import { benchIn, leftoversOf } from './kubeBench.ts';

const small = { cpus: 0.2, cpuAllocation: 'shares', memoryMiB: 128, diskGiB: 1 } as const;
let cluster: Cluster;
before(
  async () => {
    cluster = await ensureCluster(console.log);
  },
  { timeout: 3_000_000 },
);
after(() => cluster?.[Symbol.asyncDispose]());

/** A bench in that namespace, for the describe that it is called in. */
function benchFor(
  namespace: keyof Cluster['namespaces'],
  as: 'user' | 'admin' = 'user',
): {
  readonly bench: EngineBench;
  readonly namespace: string;
  leftovers(name: WorkspaceName): Promise<readonly string[]>;
} {
  let opened: EngineBench | undefined;
  before(async () => {
    const kubeconfig = as === 'user' ? cluster.userKubeconfig : cluster.kubeconfig;
    opened = (await benchIn(cluster, cluster.namespaces[namespace], kubeconfig, small)).bench;
  });
  afterEach(() => opened?.clear());
  after(() => opened?.[Symbol.asyncDispose]());
  return {
    get bench() {
      if (!opened) throw new Error('it is opened in before()');
      return opened;
    },
    get namespace() {
      return cluster.namespaces[namespace];
    },
    leftovers: name => leftoversOf(cluster, cluster.namespaces[namespace], name),
  };
}

const words = async (bench: EngineBench, name: WorkspaceName, argv: readonly string[]) =>
  (await bench.engine.exec(name, argv)).stdout.trim();

describe('a namespace under Pod Security “restricted”, and an image that knows no ordinary user', () => {
  let room: Room;
  let yak: WorkspaceName;
  before(async () => {
    const namespace = cluster.namespaces.restricted;
    room = await Room.open({
      endpoint: await endpointOf(cluster.userKubeconfig, namespace),
      settings: { ...small, ...(await imageSettings(cluster, namespace)) },
    });
    yak = await room.create('yak', { env: [{ name: 'OWN', value: 'a "b" c' }] });
  });
  after(() => room?.[Symbol.asyncDispose]());

  it('lets its person in as an ordinary user with a home, a shell and the image’s PATH', async () => {
    const { login } = (await room.engine.find(yak)) ?? {};
    assert.ok(login && login.uid >= 1000, JSON.stringify(login));
    const script = 'id -un; id -u; pwd; echo "$OWN"; bash -lc \'echo $PATH\'; ls -A ~ | tr "\\n" " "';
    const { stdout, stderr } = await room.ssh(yak, script);
    const [user, uid, home, own, path = '', files = ''] = stdout.split('\n');
    assert.deepEqual([user, uid, home, own], [login.name, String(login.uid), login.home, 'a "b" c'], stderr);
    for (const folder of ['/usr/local/sbin', '/usr/local/bin', '/usr/bin'])
      assert.ok(path.split(':').includes(folder), path);
    assert.match(files, /\.bashrc/);
  });

  it('carries files, forwards and git as anywhere else', async () => {
    const { stdout } = await run('sftp', ['-q', '-F', room.config, '-b', '-', room.alias(yak)], {
      input: `put ${join(import.meta.dirname, 'creator.ts')} copy\nls -l copy\n`,
    });
    assert.match(stdout, /copy/);
    const git = await room.ssh(
      yak,
      'git config --get user.name || git config --list --show-origin | head -3',
    );
    assert.match(git.stdout, /\/berth\/gitconfig|\w/);
    const server = createServer((_request, response) => response.end('from here'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as AddressInfo).port;
    try {
      const remote = await freePort();
      const curl = `curl -s http://127.0.0.1:${remote}/`;
      const back = await room.ssh(yak, curl, { args: ['-R', `${remote}:127.0.0.1:${port}`] });
      assert.equal(back.stdout, 'from here', back.stderr);
    } finally {
      server.close();
    }
  });

  it('runs what is exec’d as the login user', async () => {
    const { login } = (await room.engine.find(yak)) ?? {};
    const { stdout } = await room.engine.exec(yak, ['sh', '-c', 'id -u; echo $HOME']);
    assert.equal(stdout, `${login?.uid}\n${login?.home}\n`);
  });

  it('keeps a key in the home as private as it was made, over a second start', async () => {
    await room.ssh(
      yak,
      'mkdir -p -m 700 ~/.ssh && umask 077 && echo key >~/.ssh/id_rsa && echo mine >~/.bashrc',
    );
    await room.stop(yak);
    await room.engine.start(yak, silent, never);
    const { stdout } = await room.ssh(yak, 'stat -c %a ~/.ssh ~/.ssh/id_rsa; cat ~/.bashrc');
    // A volume with a group of its own gives that on to folders.
    assert.match(stdout, /^2?700\n600\nmine\n$/);
  });
});

describe('a namespace under Pod Security “baseline”', () => {
  const at = benchFor('baseline');
  it('runs boot as root, and a person who is named in the settings gets sudo’s rule', async () => {
    const name = await at.bench.create({ user: 'dev' });
    assert.equal(await words(at.bench, name, ['id', '-un']), 'dev');
    assert.equal((await at.bench.engine.exec(name, ['id', '-u'], { user: '0:0' })).stdout, '0\n');
  });

  it('refuses what the level forbids, naming it', async () => {
    const name = at.bench.newName();
    const mounts = [{ type: 'bind', source: '/tmp', path: '/host' }] as const;
    const error = await failure(
      at.bench.engine.create(at.bench.request(name, { mounts: [...mounts] }), silent, never),
    );
    assert.match(error.message, /baseline/);
    assert.match(error.message, /host ?path/i);
    assert.deepEqual(await at.leftovers(name), []);
  });
});

describe('a namespace with a quota and limits', () => {
  const at = benchFor('quota');
  const refusals: readonly (readonly [string, Partial<SettingsInput>, RegExp])[] = [
    ['memory', { memoryMiB: 1024 }, /memory/i],
    ['CPUs', { cpus: 3, cpuAllocation: 'quotas' }, /CPU/],
    ['a disk', { diskGiB: 6 }, /disk|storage/i],
  ];
  for (const [what, settings, pattern] of refusals) {
    it(`too much of ${what} is refused before anything is made, by the setting’s name`, async () => {
      const name = at.bench.newName();
      const error = await failure(at.bench.engine.create(at.bench.request(name, settings), silent, never));
      assert.match(error.message, pattern);
      assert.match(error.message, /quota|namespace/);
      assert.deepEqual(await at.leftovers(name), []);
    });
  }

  it('works within them, and more workspaces than allowed are refused by what there are too many of', async () => {
    const light = { ...small, memoryMiB: 64 };
    const name = await at.bench.create(light);
    assert.equal((await at.bench.state(name))?.kind, 'Running');
    const others = [await at.bench.create(light, false), await at.bench.create(light, false)];
    const fourth = at.bench.newName();
    const error = await failure(
      at.bench.engine.create(at.bench.request(fourth, light, false), silent, never),
    );
    assert.match(error.message, /disks: 1 asked for, 3 of 3 in use/);
    assert.deepEqual(await at.leftovers(fourth), []);
    assert.equal(others.length, 2);
  });
});

describe('storage', () => {
  const at = benchFor('usual');

  it('of a class that cannot grow: refused in words, the settings unchanged', async () => {
    const name = await at.bench.create({ storageClass: storageClasses.fixed }, false);
    const { settings, revision } = await at.bench.engine.record(name);
    const edit = at.bench.engine.edit(
      name,
      { settings: { ...settings, diskGiB: 2 }, revision },
      silent,
      never,
    );
    assert.match((await failure(edit)).message, /storage class|grow/);
    assert.deepEqual(
      await at.bench.engine.record(name).then(({ settings: { diskGiB }, revision: now }) => [diskGiB, now]),
      [1, revision],
    );
  });

  it('of a class that can: it grows while it runs, and is not made smaller', async () => {
    const name = await at.bench.create();
    const { settings, revision } = await at.bench.engine.record(name);
    await at.bench.engine.edit(name, { settings: { ...settings, diskGiB: 2 }, revision }, silent, never);
    assert.equal((await at.bench.find(name))?.settings?.diskGiB, 2);
    const capacity = async () =>
      (
        await cluster.kubectl([
          'get',
          'pvc',
          `berth-${name}-home`,
          '-n',
          at.namespace,
          '-o',
          'jsonpath={.status.capacity.storage}',
        ])
      ).stdout;
    await eventually(async () => (await capacity()) === '2Gi', 'the home has grown', 60_000);
    const record = await at.bench.engine.record(name);
    const shrink = { settings: { ...record.settings, diskGiB: 1 }, revision: record.revision };
    assert.match(
      (await failure(at.bench.engine.edit(name, shrink, silent, never), 'invalid')).message,
      /shrink|disk/,
    );
  });

  it('grows for the edit that was first only, and not before it has a volume', async () => {
    const name = await at.bench.create({ storageClass: storageClasses.usual }, false);
    const other = await at.bench.another();
    const { settings, revision } = await at.bench.engine.record(name);
    const grow = (engine: typeof other, diskGiB: number) =>
      engine.edit(name, { settings: { ...settings, diskGiB }, revision }, silent, never);
    assert.match((await failure(grow(other, 2), 'conflict')).message, /Start it once, then grow it\.$/);
    await at.bench.engine.start(name, silent, never);
    const results = await Promise.allSettled([grow(at.bench.engine, 2), grow(other, 3)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const { diskGiB } = (await at.bench.engine.record(name)).settings;
    const { stdout } = await cluster.kubectl([
      'get',
      'pvc',
      `berth-${name}-home`,
      '-n',
      at.namespace,
      '-o',
      'jsonpath={.spec.resources.requests.storage}',
    ]);
    assert.equal(stdout, `${diskGiB}Gi`);
  });

  it('local volumes, one pod only, a home that is kept and used again', async () => {
    for (const settings of [
      { storageClass: storageClasses.fixed, accessMode: 'ReadWriteMany' },
      { accessMode: 'ReadWriteOncePod' },
    ] as const) {
      const name = await at.bench.create(settings);
      await at.bench.engine.exec(name, ['sh', '-c', 'echo kept >/root/file']);
      await at.bench.engine.remove(name, { keepHome: true }, silent, never);
      assert.equal(
        (await at.bench.engine.volumes?.list())?.some(({ homeOf }) => homeOf === name),
        true,
      );
      await at.bench.engine.create(at.bench.request(name, settings), silent, never);
      assert.equal(await words(at.bench, name, ['cat', '/root/file']), 'kept');
      await at.bench.engine.remove(name, { keepHome: false }, silent, never);
    }
  });

  it('of a class that does not exist: said, and nothing left', async () => {
    const name = at.bench.newName();
    const request = at.bench.request(name, { storageClass: 'not-there' });
    assert.match((await failure(at.bench.engine.create(request, silent, never))).message, /storage class/);
    assert.deepEqual(await at.leftovers(name), []);
  });
});

describe('storage that heeds fsGroup, without root', () => {
  const at = benchFor('restricted');
  it('is the login user’s on a local volume', async t => {
    if (cluster.source !== 'own') return t.skip('local volumes are made with the cluster');
    const name = await at.bench.create({ storageClass: storageClasses.local });
    const { login } = (await at.bench.find(name)) ?? {};
    const listed = await words(at.bench, name, [
      'sh',
      '-c',
      'touch ~/file && stat -c "%u %g" ~/file; stat -c %g ~',
    ]);
    assert.equal(listed, `${login?.uid} ${login?.gid}\n${login?.gid}`);
    await at.bench.engine.remove(name, { keepHome: false }, silent, never);
    await freeLocalVolumes();
  });
});

/** An administrator's volumes stay 'Released' until somebody lets go of the claim in them. */
async function freeLocalVolumes(): Promise<void> {
  const { stdout } = await cluster.kubectl([
    'get',
    'pv',
    '-o',
    'jsonpath={range .items[?(@.status.phase=="Released")]}{.metadata.name} {end}',
  ]);
  const names = stdout.split(' ').filter(name => name.startsWith('berth-local-'));
  for (const name of names)
    await cluster.kubectl(
      ['patch', 'pv', name, '--type=json', '-p', '[{"op":"remove","path":"/spec/claimRef"}]'],
      { mayFail: true },
    );
}

describe('placement', () => {
  const at = benchFor('usual');
  it('a GPU is given where there is one', async t => {
    if (cluster.source !== 'own') return t.skip('the GPUs are made with the cluster');
    const name = await at.bench.create({ gpuCount: 1 });
    const { stdout } = await cluster.kubectl([
      'get',
      'pods',
      '-n',
      at.namespace,
      '-l',
      `workspace.berth/name=${name}`,
      '-o',
      'jsonpath={.items[0].spec.containers[0].resources.limits.nvidia\\.com/gpu}',
    ]);
    assert.equal(stdout, '1');
  });

  const unplaceable: readonly (readonly [string, Partial<SettingsInput>, RegExp])[] = [
    ['more GPUs than there are', { gpuCount: 3 }, /GPUs/],
    ['more CPUs than any node has', { cpus: 900 }, /CPUs/],
    [
      'a node label that no node has',
      { nodeSelector: [{ name: 'berth.test/none', value: 'x' }] },
      /node selector/,
    ],
  ];
  for (const [what, settings, pattern] of unplaceable) {
    it(`${what}: said in words while it waits, and nothing left when one gives up`, async () => {
      const name = at.bench.newName();
      const giveUp = new AbortController();
      const created = failure(
        at.bench.engine.create(at.bench.request(name, settings), silent, giveUp.signal),
        'cancelled',
      );
      await at.bench.untilState(name, 'Error', 60_000);
      const state = await at.bench.state(name);
      assert.equal(state?.cause, 'unschedulable');
      assert.match(state.reason, pattern);
      giveUp.abort();
      await created;
      assert.deepEqual(await at.leftovers(name), []);
    });
  }
});

describe('images that do not work', () => {
  const at = benchFor('usual');

  it('one that is nowhere, and one that the registry does not give', async () => {
    const host = cluster.registry?.host ?? '127.0.0.1:9';
    const cases: readonly (readonly [Partial<SettingsInput>, RegExp])[] = [
      [{ image: `${host}/none:1` }, /none:1/],
      // A node that has it would not ask for it.
      ...(cluster.registry
        ? [
            [
              { imagePullSecrets: [], imagePullPolicy: 'Always' } satisfies Partial<SettingsInput>,
              /pull secret/,
            ] as const,
          ]
        : []),
    ];
    for (const [settings, pattern] of cases) {
      const name = at.bench.newName();
      const error = await failure(at.bench.engine.create(at.bench.request(name, settings), silent, never));
      assert.match(error.message, pattern);
      assert.match(error.code, /not-found|pull-refused/);
      assert.deepEqual(await at.leftovers(name), []);
    }
  });

  it('one without a shell', async t => {
    if (!cluster.registry) return t.skip('there is no registry to put it in');
    const image = await makeImage(cluster, { files: { 'etc/motd': 'x' } });
    const name = at.bench.newName();
    const error = await failure(at.bench.engine.create(at.bench.request(name, { image }), silent, never));
    assert.match(error.message, /no shell|cannot be run/);
    assert.deepEqual(await at.leftovers(name), []);
  });

  it('one whose command ends at once: an error with its exit code; a start works when the settings are mended', async t => {
    if (!cluster.registry) return t.skip('there is no registry to put it in');
    const image = await makeImage(cluster, { config: { Entrypoint: ['sh', '-c', 'exit 7'] } });
    const name = await at.bench.create({ image, firstProcess: 'image' }, false);
    assert.match((await failure(at.bench.engine.start(name, silent, never))).message, /exit code 7/);
    const state = await at.bench.state(name);
    assert.deepEqual([state?.kind, state?.cause], ['Error', 'exit']);
    const { settings, revision } = await at.bench.engine.record(name);
    await at.bench.engine.edit(
      name,
      { settings: { ...settings, firstProcess: 'boot' }, revision },
      silent,
      never,
    );
    await at.bench.engine.start(name, silent, never);
    assert.equal((await at.bench.state(name))?.kind, 'Running');
  });

  it('one whose own command stays: as the first process, and beside boot', async t => {
    if (!cluster.registry) return t.skip('there is no registry to put it in');
    const config = { Entrypoint: ['sh', '-c', 'while :; do echo alive >/tmp/own; sleep 1; done'] };
    const image = await makeImage(cluster, { config });
    for (const firstProcess of ['image', 'beside'] as const) {
      const name = await at.bench.create({ image, firstProcess });
      assert.equal((await at.bench.state(name))?.kind, 'Running');
      await eventually(async () => (await words(at.bench, name, ['cat', '/tmp/own'])) === 'alive', 'it runs');
      const first = await words(at.bench, name, ['cat', '/proc/1/cmdline']);
      assert.equal(first.includes('boot.sh'), firstProcess === 'beside', first);
      await at.bench.engine.stop(name, { force: false }, silent, never);
      assert.equal((await at.bench.state(name))?.cause, 'person');
    }
  });

  it('too little memory is named once it has run out, and a start works when that is mended', async () => {
    const command = ['perl', '-e', 'my @a; while (1) { push @a, q(x) x 100000 }'];
    const podPatch = JSON.stringify({ spec: { containers: [{ name: 'workspace', command }] } });
    const name = await at.bench.create({ podPatch, memoryMiB: 64 }, false);
    const { message } = await failure(at.bench.engine.start(name, silent, never), 'no-capacity');
    assert.match(message, /memory/);
    assert.equal((await at.bench.state(name))?.cause, 'out-of-memory');
    // A Job takes it for one that was killed from outside, and would make another pod after ten seconds.
    await sleep(12_000);
    assert.deepEqual(await at.leftovers(name), [
      `secret/berth-${name}`,
      `persistentvolumeclaim/berth-${name}-home`,
    ]);
    const { kind, cause } = (await at.bench.state(name)) ?? {};
    assert.deepEqual([kind, cause], ['Error', 'out-of-memory']);
    const { settings, revision } = await at.bench.engine.record(name);
    await at.bench.engine.edit(name, { settings: { ...settings, podPatch: '' }, revision }, silent, never);
    await at.bench.engine.start(name, silent, never);
    assert.equal((await at.bench.state(name))?.kind, 'Running');
  });

  it('a boot that fails says at which step, and works when that is mended', async () => {
    const name = await at.bench.create({}, false);
    const { revision, settings } = await at.bench.engine.record(name);
    await cluster.kubectl([
      'patch',
      'secret',
      `berth-${name}`,
      '-n',
      at.namespace,
      '-p',
      '{"data":{"ssh_host_ed25519_key":"YmFk"}}',
    ]);
    assert.match((await failure(at.bench.engine.start(name, silent, never), 'boot-failed')).message, /sshd/);
    await eventually(async () => (await at.bench.state(name))?.cause === 'boot-failed', 'its state says so');
    // An edit writes the record's files anew.
    await at.bench.engine.edit(name, { settings, revision }, silent, never);
    await at.bench.engine.start(name, silent, never);
    assert.equal((await at.bench.state(name))?.kind, 'Running');
  });
});

describe('what a workspace is made of', () => {
  const at = benchFor('usual', 'admin');

  it('init script, repository, an app that gets ready, environment, labels and a pod patch', async () => {
    const made = await at.bench.create({
      initScript: 'echo "init as $(id -u) for $BERTH_USER" >"$BERTH_HOME/init-ran"',
      env: [{ name: 'OWN', value: 'yes' }],
      labels: [{ name: 'team', value: 'otters' }],
      annotations: [{ name: 'note', value: 'of mine' }],
      apps: [
        {
          id: 'web',
          command:
            'perl -MIO::Socket::INET -e \'$s=IO::Socket::INET->new(Listen=>5,LocalAddr=>"127.0.0.1",LocalPort=>8080) or die; while($c=$s->accept){while(<$c>){last if /^\\r?\\n$/} print $c "HTTP/1.0 200 OK\\r\\n\\r\\nhello"; close $c}\'',
          port: 8080,
        },
      ],
      podPatch: 'spec:\n  containers:\n    - name: workspace\n      env: [{ name: PATCHED, value: "1" }]\n',
    });
    const read = (argv: string) => words(at.bench, made, ['sh', '-c', argv]);
    await eventually(
      async () => (await read('cat ~/init-ran 2>/dev/null')) === 'init as 0 for root',
      'the init script has run',
    );
    await eventually(
      async () => /^ready 8080/.test(await read('cat /berth/run/apps/web.state 2>/dev/null')),
      'the app is ready',
    );
    assert.equal(await read('echo $PATCHED'), '1');
    const { stdout } = await cluster.kubectl([
      'get',
      'pods',
      '-n',
      at.namespace,
      '-l',
      `workspace.berth/name=${made},team=otters`,
      '-o',
      'jsonpath={.items[0].metadata.annotations.note}',
    ]);
    assert.equal(stdout, 'of mine');
    const app = await at.bench.engine.dial(made, 8080, AbortSignal.timeout(10_000));
    app.end('GET / HTTP/1.0\r\n\r\n');
    assert.match(Buffer.concat(await app.toArray()).toString(), /hello/);
  });

  it('mounts of ConfigMap, Secret, claim and a folder of the node', async () => {
    const id = `t-${randomBytes(4).toString('hex')}`;
    const objects = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, data: { file: 'from a map' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: id }, stringData: { file: 'from a secret' } },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: id },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ];
    await cluster.kubectl(['apply', '-n', at.namespace, '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    });
    try {
      const name = await at.bench.create({
        mounts: [
          { type: 'configMap', source: id, path: '/mnt/map' },
          { type: 'secret', source: id, path: '/mnt/secret' },
          { type: 'volume', source: id, path: '/mnt/claim', readOnly: false },
          { type: 'bind', source: '/usr/share', path: '/mnt/node' },
        ],
      });
      const shown = await words(at.bench, name, [
        'sh',
        '-c',
        'cat /mnt/map/file; echo; cat /mnt/secret/file; echo; echo x >/mnt/claim/x && cat /mnt/claim/x; ls /mnt/node | head -1 | wc -l; touch /mnt/node/x 2>&1 | grep -c Read-only',
      ]);
      assert.deepEqual(shown.split('\n'), ['from a map', 'from a secret', 'x', '1', '1']);
    } finally {
      await at.bench.clear();
      await cluster.kubectl([
        'delete',
        `configmap/${id}`,
        `secret/${id}`,
        `pvc/${id}`,
        '-n',
        at.namespace,
        '--wait=false',
      ]);
    }
  });

  it('a mount that is not there is said by name', async () => {
    const name = at.bench.newName();
    const mounts = [{ type: 'configMap', source: 'not-there', path: '/mnt/map' }] as const;
    const created = failure(
      at.bench.engine.create(
        at.bench.request(name, { mounts: [...mounts] }),
        silent,
        AbortSignal.timeout(40_000),
      ),
    );
    assert.match((await created).message, /not-there/);
    assert.deepEqual(await at.leftovers(name), []);
  });

  it('ssh published on a node port, until it is no longer wanted', async () => {
    const name = await at.bench.create({ service: 'nodePort' });
    const get = (path: string) =>
      cluster.kubectl(['get', 'service', `berth-${name}`, '-n', at.namespace, '-o', `jsonpath=${path}`], {
        mayFail: true,
      });
    assert.match((await get('{.spec.ports[0].nodePort}')).stdout, /^\d+$/);
    const address = (await get('{.spec.selector}')).stdout;
    assert.ok(address.includes(name));
    const endpoints = async () =>
      (
        await cluster.kubectl([
          'get',
          'endpointslices',
          '-n',
          at.namespace,
          '-l',
          `kubernetes.io/service-name=berth-${name}`,
          '-o',
          'jsonpath={.items[*].endpoints[*].addresses[0]}',
        ])
      ).stdout;
    await eventually(async () => (await endpoints()) !== '', 'the service has its pod');
    // There is no kube-proxy on a cluster made here: what the node port would lead to is asked itself.
    if (cluster.source === 'own') assert.match(await banner(await endpoints()), /^SSH-2\.0/);
    const { settings, revision } = await at.bench.engine.record(name);
    await at.bench.engine.edit(name, { settings: { ...settings, service: 'none' }, revision }, silent, never);
    assert.match((await get('{.kind}')).stderr, /not found/i);
  });
});

function banner(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 22 });
    socket.setTimeout(5000, () => socket.destroy(new Error('silent')));
    socket.once('data', data => {
      resolve(String(data));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
