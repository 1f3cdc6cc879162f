/** The cluster that other tests stand on: that it is what it says, for an ordinary user. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ensureCluster, storageClasses } from '../../support/cluster.ts';
import { eventually } from '../../support/command.ts';

const cluster = await ensureCluster(console.log);
/** One that is there already has its own storage, and no registry of ours. */
const skip = cluster.source !== 'own' && `this cluster is ${cluster.source}`;
const run = randomUUID().slice(0, 6);
const pullSecret = `t-pull-${run}`;

before(async () => {
  if (skip) return;
  for (const namespace of [cluster.namespaces.usual, cluster.namespaces.restricted]) await login(namespace);
  // Its memory is measured while other tests run.
  await create(pod('t-busy', { secrets: [pullSecret] }));
});

after(async () => {
  const { usual, restricted } = cluster.namespaces;
  for (const namespace of [usual, restricted])
    await cluster.userKubectl([
      ...['delete', 'pod,pvc,secret', '-n', namespace, '-l', `run=${run}`],
      ...['--grace-period=0', '--force'],
    ]);
  await cluster[Symbol.asyncDispose]();
});

describe('the cluster', { skip }, () => {
  it('has one node, which is ready', async () => {
    const ready = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
    const { stdout } = await cluster.kubectl(['get', 'nodes', '-o', `jsonpath=${ready}`]);
    assert.equal(stdout, 'True');
  });

  it('lets the ordinary user work in its namespaces and nowhere else', async () => {
    const may = async (...args: string[]) =>
      (await cluster.userKubectl(['auth', 'can-i', ...args], { mayFail: true })).stdout.trim();
    for (const namespace of Object.values(cluster.namespaces))
      assert.equal(await may('create', 'jobs.batch', '-n', namespace), 'yes');
    assert.equal(await may('create', 'pods', '-n', 'default'), 'no');
    assert.equal(await may('list', 'nodes'), 'no');
  });

  it('gives the user exactly the Role that a test binds', async () => {
    const namespace = cluster.namespaces.baseline;
    const can = async (verb: string, resource: string) =>
      (await cluster.userKubectl(['auth', 'can-i', verb, resource, '-n', namespace], { mayFail: true }))
        .code === 0;
    await cluster.bindRole(namespace, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: `t-role-${run}`, namespace },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }],
    });
    try {
      await eventually(async () => !(await can('create', 'pods')), 'the end of the broad rights');
      assert.equal(await can('list', 'secrets'), true);
      assert.equal(await can('get', 'secrets'), false);
    } finally {
      await cluster.bindRole(namespace);
      await cluster.kubectl(['delete', 'role', `t-role-${run}`, '-n', namespace]);
    }
    await eventually(() => can('create', 'pods'), 'the broad rights again');
  });

  it('runs a pod from the private registry, with the login only', async () => {
    await create(pod('t-no-login', { imagePullPolicy: 'Always' }));
    await create(pod('t-login', { secrets: [pullSecret], imagePullPolicy: 'Always' }));
    await whenReady('t-login');
    assert.match(await exec('t-login', 'cat /etc/os-release'), /bookworm/);
    await eventually(
      async () =>
        /ErrImagePull|ImagePullBackOff/.test(
          await field('pod', 't-no-login', '.status.containerStatuses[0].state.waiting.reason'),
        ),
      'a refused pull',
    );
  });

  it('lets a pod out to this machine’s network, with the sysctl that a rootless sshd needs', async () => {
    const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
    await create(pod('t-out', { secrets: [pullSecret], security: { sysctls } }));
    await whenReady('t-out');
    assert.equal((await exec('t-out', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start')).trim(), '0');
    assert.match(await exec('t-out', 'cat /proc/net/route'), /^eth0\t00000000/m);
  });

  it('refuses a root pod in the restricted namespace, and runs a modest one', async () => {
    const namespace = cluster.namespaces.restricted;
    const refused = await create(pod('t-root', { secrets: [pullSecret] }), namespace, true);
    assert.match(refused.stderr, /violates PodSecurity "restricted/);
    await create(pod('t-modest', { secrets: [pullSecret], isModest: true }), namespace);
    await whenReady('t-modest', namespace);
    assert.equal((await exec('t-modest', 'id -u', namespace)).trim(), '1000');
  });

  it('enforces the quota', async () => {
    const namespace = cluster.namespaces.quota;
    const refused = await create(
      pod('t-greedy', { resources: { limits: { cpu: '1', memory: '3Gi' } } }),
      namespace,
      true,
    );
    assert.match(refused.stderr, /maximum memory usage per Container is 1Gi/);
    const claim = await create(
      volumeClaim('t-huge', storageClasses.usual, { size: '100Gi' }),
      namespace,
      true,
    );
    assert.match(claim.stderr, /exceeded quota: berth-quota/);
  });

  it('schedules a pod that asks for a GPU, but not for more than there are', async () => {
    const asking = (gpus: string) => ({ resources: { limits: { 'nvidia.com/gpu': gpus } } });
    await create(pod('t-gpu', { secrets: [pullSecret], ...asking('1') }));
    await create(pod('t-gpus', { secrets: [pullSecret], ...asking('3') }));
    await whenReady('t-gpu');
    const reason = '.status.conditions[?(@.type=="PodScheduled")].message';
    await eventually(
      async () => /Insufficient nvidia.com\/gpu/.test(await field('pod', 't-gpus', reason)),
      'a pod that finds no node',
    );
  });
});

describe('its storage', { skip }, () => {
  it('binds, honours fsGroup, expands and clones on the default class', async () => {
    await create(volumeClaim('t-home', undefined));
    await create(pod('t-writer', { secrets: [pullSecret], claim: 't-home', isModest: true }));
    await whenReady('t-writer');
    assert.equal(await field('pvc', 't-home', '.status.phase'), 'Bound');
    assert.equal(
      (await exec('t-writer', 'stat -c %g /home && echo kept >/home/file && cat /home/file')).trim(),
      '1000\nkept',
    );

    const patch = JSON.stringify({ spec: { resources: { requests: { storage: '2Gi' } } } });
    await cluster.userKubectl(['patch', 'pvc', named('t-home'), '--type=merge', '-p', patch]);
    await eventually(
      async () => {
        // The kubelet does its part at its next look at the pod: a change makes it look.
        await cluster.userKubectl([
          'annotate',
          'pod',
          named('t-writer'),
          '--overwrite',
          `look=${Date.now()}`,
        ]);
        return (await field('pvc', 't-home', '.status.capacity.storage')) === '2Gi';
      },
      'an expanded volume',
      40_000,
      1_000,
    );

    await create(volumeClaim('t-clone', undefined, { size: '2Gi', from: 't-home' }));
    await create(pod('t-reader', { secrets: [pullSecret], claim: 't-clone', isModest: true }));
    await whenReady('t-reader');
    assert.equal((await exec('t-reader', 'cat /home/file')).trim(), 'kept');
  });

  it('has a class that does not expand', async () => {
    await create(volumeClaim('t-fixed', storageClasses.fixed));
    await eventually(
      async () => (await field('pvc', 't-fixed', '.status.phase')) === 'Bound',
      'a bound claim',
    );
    const patch = JSON.stringify({ spec: { resources: { requests: { storage: '2Gi' } } } });
    const refused = await cluster.userKubectl(
      ['patch', 'pvc', named('t-fixed'), '--type=merge', '-p', patch],
      {
        mayFail: true,
      },
    );
    assert.match(refused.stderr, /only dynamically provisioned pvc can be resized|must support resize/);
  });

  it('has local volumes, which honour fsGroup', async () => {
    await create(volumeClaim('t-local', storageClasses.local));
    await create(pod('t-localpod', { secrets: [pullSecret], claim: 't-local', isModest: true }));
    await whenReady('t-localpod');
    assert.equal((await exec('t-localpod', 'stat -c %g /home && touch /home/file')).trim(), '1000');
  });
});

describe('its programs', { skip }, () => {
  it('serve the metrics of a running pod to the ordinary user', async () => {
    await eventually(
      async () => {
        const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${cluster.namespaces.usual}/pods/${named('t-busy')}`;
        const { code, stdout } = await cluster.userKubectl(['get', '--raw', path], { mayFail: true });
        return code === 0 && /"memory":"[1-9]/.test(stdout);
      },
      'the memory that a pod uses',
      60_000,
      1_000,
    );
  });

  it('can be stopped and started again: the kubelet, then the apiserver', async () => {
    await create(pod('t-lasting', { secrets: [pullSecret] }));
    await whenReady('t-lasting');
    await cluster.stopKubelet();
    const log = ['logs', named('t-lasting'), '--request-timeout=5s'];
    assert.notEqual((await cluster.userKubectl(log, { mayFail: true })).code, 0);
    await cluster.startKubelet();
    // It answers before it has looked at its pods.
    const hasLog = async () => (await cluster.userKubectl(log, { mayFail: true })).code === 0;
    await eventually(hasLog, 'the log of a pod that ran on');

    await cluster.stopApiServer();
    assert.match((await cluster.userKubectl(['get', 'pods'], { mayFail: true })).stderr, /refused/);
    await cluster.startApiServer();
    assert.equal(await field('pod', 't-lasting', '.status.containerStatuses[0].restartCount'), '0');
    assert.equal(
      (
        await cluster.kubectl([
          'get',
          'node',
          '-o',
          String.raw`jsonpath={.items[0].status.allocatable.nvidia\.com/gpu}`,
        ])
      ).stdout,
      '2',
    );
  });
});

interface PodOptions {
  readonly secrets?: readonly string[];
  readonly imagePullPolicy?: 'Always';
  readonly security?: object;
  readonly resources?: object;
  readonly claim?: string;
  /** As Pod Security `restricted` wants it. */
  readonly isModest?: boolean;
}

function pod(name: string, options: PodOptions): object {
  const { secrets = [], claim, isModest = false, resources, imagePullPolicy = 'IfNotPresent' } = options;
  const modest = {
    runAsNonRoot: true,
    runAsUser: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: named(name), labels: { run } },
    spec: {
      terminationGracePeriodSeconds: 0,
      imagePullSecrets: secrets.map(secret => ({ name: secret })),
      securityContext: isModest ? modest : (options.security ?? {}),
      containers: [
        {
          name: 'main',
          image: cluster.image,
          imagePullPolicy,
          command: ['sleep', '3600'],
          ...(resources ? { resources } : {}),
          ...(isModest
            ? { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }
            : {}),
          ...(claim ? { volumeMounts: [{ name: 'home', mountPath: '/home' }] } : {}),
        },
      ],
      volumes: claim ? [{ name: 'home', persistentVolumeClaim: { claimName: named(claim) } }] : [],
    },
  };
}

function volumeClaim(
  name: string,
  storageClassName: string | undefined,
  { size = '1Gi', from }: { size?: string; from?: string } = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: named(name), labels: { run } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClassName ? { storageClassName } : {}),
      ...(from ? { dataSource: { kind: 'PersistentVolumeClaim', name: named(from) } } : {}),
      resources: { requests: { storage: size } },
    },
  };
}

/** So that two runs on one cluster do not meet. */
function named(name: string): string {
  return `${name}-${run}`;
}

function create(object: object, namespace = cluster.namespaces.usual, mayFail = false) {
  return cluster.userKubectl(['create', '-n', namespace, '-f', '-'], {
    input: JSON.stringify(object),
    mayFail,
  });
}

async function whenReady(name: string, namespace = cluster.namespaces.usual): Promise<void> {
  const wait = ['wait', '-n', namespace, '--for=condition=Ready', `pod/${named(name)}`, '--timeout=60s'];
  const { code } = await cluster.userKubectl(wait, { timeoutMs: 70_000, mayFail: true });
  if (code === 0) return;
  const { stdout } = await cluster.kubectl(['describe', 'pod', named(name), '-n', namespace]);
  throw new Error(`${name} was not ready within a minute:\n${stdout}`);
}

async function exec(name: string, command: string, namespace = cluster.namespaces.usual): Promise<string> {
  return (await cluster.userKubectl(['exec', '-n', namespace, named(name), '--', 'sh', '-c', command]))
    .stdout;
}

async function field(kind: string, name: string, path: string): Promise<string> {
  return (await cluster.userKubectl(['get', kind, named(name), '-o', `jsonpath={${path}}`])).stdout;
}

async function login(namespace: string): Promise<void> {
  const { registry } = cluster;
  assert.ok(registry, 'only a cluster made here has a registry');
  const auths = { [registry.host]: { username: registry.user, password: registry.password } };
  await create(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: pullSecret, labels: { run } },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
    },
    namespace,
  );
}
