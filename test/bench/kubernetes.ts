import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SettingsInput, WorkspaceSettings } from '../../src/workspace/settings.ts';
import { openNamespace } from '../integration/kubernetes/kubeBench.ts';
import { Berth } from '../support/berth.ts';
import { type Cluster, ensureCluster } from '../support/cluster.ts';
import { endpointOf, imageSettings } from '../support/clusterImage.ts';
import { Background, freePort } from '../support/command.ts';
import { ApiRelay } from '../support/kubernetes/apiRelay.ts';
import { idleRequests } from '../support/kubernetes/idleRequests.ts';
import { type Benchmark, figure, inTurns, timed } from './benchmark.ts';
import { benchName, connectAbove, connectStoppedBeside, createBeside } from './besideRaw.ts';
import { download } from './download.ts';
import { directSsh } from './rawContainer.ts';
import { RawPod } from './rawPod.ts';

interface Bench {
  readonly berth: Berth;
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly settings: SettingsInput;
}

export const kubernetesBenchmarks: readonly Benchmark[] = [
  {
    name: 'kubernetes.create',
    measure: say =>
      withBerth(say, async bench => {
        await using raw = await RawPod.prepare(bench);
        return await createBeside(raw, bench.berth, bench.settings, 7);
      }),
  },
  {
    /** A Job made for a workspace that is off, until ssh has answered; beside a Job made by hand. */
    name: 'kubernetes.connectStopped',
    measure: say =>
      withWorkspace(say, async (bench, name) => {
        await using raw = await RawPod.prepare(bench);
        return await connectStoppedBeside(raw, bench.berth, name, 7);
      }),
  },
  {
    /** What the way through the API costs above ssh straight to the pod, per connection. */
    name: 'kubernetes.connect',
    measure: say => withWorkspace(say, ({ berth }, name, direct) => connectAbove(berth, name, direct, 15)),
  },
  {
    /** Beside ssh through `kubectl port-forward`. */
    name: 'kubernetes.throughput',
    measure: say =>
      withWorkspace(say, async (bench, name) => {
        const { berth, cluster, namespace } = bench;
        const port = await freePort();
        const pod = await podOf(bench, name);
        const forward = new Background(cluster.kubectlPath, [
          '--kubeconfig',
          cluster.userKubeconfig,
          '-n',
          namespace,
          'port-forward',
          pod,
          `${port}:22`,
        ]);
        try {
          await forward.until(() => forward.output.includes('Forwarding from'), 'kubectl forwards');
          const { path } = await berth.sshHome.identity();
          return await inTurns(
            'MB/s',
            5,
            () => download([...berth.sshArguments, berth.alias(name)]),
            () => download(directSsh(path, String(port))),
          );
        } finally {
          await forward.stop();
        }
      }),
  },
  {
    /** What a window that shows the target asks of the API server while nothing happens. */
    name: 'kubernetes.idleRequests',
    measure: async say => {
      await using cluster = await ensureCluster(say);
      await using relay = await ApiRelay.start(cluster.userKubeconfig);
      const { baseline } = cluster.namespaces;
      const { perMinute } = await idleRequests(relay, () => openNamespace(relay.kubeconfig, baseline));
      return figure('requests/min', [perMinute]);
    },
  },
  {
    /** 1,000 records and claims, without pods: asked for and made into workspaces. */
    name: 'kubernetes.list1000',
    measure: say =>
      withBerth(say, async bench => {
        const names = await makeRecords(bench, 1000);
        try {
          return await inTurns('ms', 5, () =>
            timed(async () => {
              const found = await bench.berth.engine.list();
              if (found.length < names) throw new Error(`${found.length} of ${names} workspaces listed`);
            }),
          );
        } finally {
          await removeRecords(bench);
        }
      }),
  },
];

/** Copies of one real record, as many workspaces that are off. */
async function makeRecords({ berth, cluster, namespace, settings }: Bench, count: number): Promise<number> {
  const name = benchName();
  await berth.create(name, settings, () => {}, AbortSignal.timeout(120_000), false);
  const read = async (kind: string, object: string) =>
    JSON.parse((await cluster.kubectl(['get', kind, object, '-n', namespace, '-o', 'json'])).stdout);
  const secret = await read('secret', `berth-${name}`);
  const claim = await read('pvc', `berth-${name}-home`);
  const copyOf = (object: { kind: string; metadata: Record<string, unknown> }, copy: string, end: string) => {
    const metadata = JSON.parse(JSON.stringify(object.metadata).replaceAll(name, copy));
    for (const key of [
      'uid',
      'resourceVersion',
      'creationTimestamp',
      'managedFields',
      'finalizers',
      'selfLink',
    ])
      delete metadata[key];
    return { ...object, metadata: { ...metadata, name: `berth-${copy}${end}` }, status: undefined };
  };
  const items = Array.from({ length: count }, (_, index) => {
    const copy = `${name}-${index}`;
    return [copyOf(secret, copy, ''), copyOf(claim, copy, '-home')];
  }).flat();
  for (let at = 0; at < items.length; at += 200) {
    const list = { apiVersion: 'v1', kind: 'List', items: items.slice(at, at + 200) };
    await cluster.kubectl(['create', '-n', namespace, '-f', '-'], {
      input: JSON.stringify(list),
      timeoutMs: 180_000,
    });
  }
  return count;
}

async function removeRecords({ cluster, namespace }: Bench): Promise<void> {
  const args = [
    'delete',
    'secrets,pvc',
    '-n',
    namespace,
    '-l',
    'app.kubernetes.io/managed-by=berth',
    '--wait=false',
  ];
  await cluster.kubectl(args, { timeoutMs: 180_000 });
}

async function podOf({ cluster, namespace }: Bench, name: string): Promise<string> {
  const selector = `workspace.berth/name=${name}`;
  const { stdout } = await cluster.kubectl(['get', 'pod', '-n', namespace, '-l', selector, '-o', 'name']);
  return stdout.trim().split('\n')[0] ?? '';
}

async function withBerth<T>(say: (line: string) => void, work: (bench: Bench) => Promise<T>): Promise<T> {
  await using cluster = await ensureCluster(say);
  const namespace = cluster.namespaces.usual;
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    const endpoint = await endpointOf(cluster.userKubeconfig, namespace);
    await using berth = await Berth.openCluster(folder, endpoint, 'bench');
    const settings = WorkspaceSettings.parse({
      cpus: 0.5,
      cpuAllocation: 'shares',
      memoryMiB: 512,
      diskGiB: 1,
      ...(await imageSettings(cluster, namespace)),
    });
    return await work({ berth, cluster, namespace, settings });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One running workspace, and the arguments of ssh straight to its pod. */
async function withWorkspace<T>(
  say: (line: string) => void,
  work: (bench: Bench, name: string, direct: string[]) => Promise<T>,
): Promise<T> {
  return withBerth(say, async bench => {
    const { berth, cluster, namespace } = bench;
    const name = benchName();
    await berth.create(name, bench.settings);
    try {
      const pod = await podOf(bench, name);
      const ip = ['get', pod, '-n', namespace, '-o', 'jsonpath={.status.podIP}'];
      const { stdout: address } = await cluster.kubectl(ip);
      const direct = directSsh((await berth.sshHome.identity()).path, '22', address);
      await sleep(500);
      return await work(bench, name, direct);
    } finally {
      await berth.remove(name);
    }
  });
}
