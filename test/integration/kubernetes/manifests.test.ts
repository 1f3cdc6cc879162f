/** What Berth would send to a cluster, held against a real API server: nothing of it is made but one pod template. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { KubeApi } from '../../../src/engine/kubernetes/api.ts';
import { openCluster } from '../../../src/engine/kubernetes/kubeconfig.ts';
import {
  claimManifest,
  jobManifest,
  podManifest,
  probeManifest,
  secretManifest,
  serviceManifest,
} from '../../../src/engine/kubernetes/manifests.ts';
import type { Manifest } from '../../../src/engine/kubernetes/models.ts';
import { parsePodPatch, patched } from '../../../src/engine/kubernetes/podPatch.ts';
import { imageOf, type PodPlan, podTemplate } from '../../../src/engine/kubernetes/podTemplate.ts';
import { isKubeStatus } from '../../../src/engine/kubernetes/status.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import type { SettingsInput } from '../../../src/workspace/settings.ts';
import { type Cluster, ensureCluster, storageClasses } from '../../support/cluster.ts';
import { endpointOf } from '../../support/clusterImage.ts';
import { pairwise } from '../../support/pairwise.ts';
import { manifestSets } from '../../unit/engine/kubernetes/manifestSets.ts';
import { recordOf } from '../../unit/engine/records.ts';

const suffix = randomBytes(3).toString('hex');
const priorityClass = `berth-manifests-${suffix}`;
const runtimeClass = `berth-manifests-${suffix}`;
const owner = { name: 'berth-web', uid: '11111111-2222-3333-4444-555555555555' };
const Anything = z.unknown();

let cluster: Cluster;
let api: KubeApi;
before(
  async () => {
    cluster = await ensureCluster(console.log);
    const { context = '', kubeconfig = '' } = await endpointOf(cluster.kubeconfig, 'default');
    api = new KubeApi(await openCluster({ context, kubeconfig }));
    const classes = [
      {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: priorityClass },
        value: 5,
      },
      {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: { name: runtimeClass },
        handler: 'runc',
      },
    ];
    for (const object of classes)
      await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  },
  { timeout: 3_000_000 },
);
after(async () => {
  await cluster?.kubectl(['delete', 'priorityclass', priorityClass, '--ignore-not-found']);
  await cluster?.kubectl(['delete', 'runtimeclass', runtimeClass, '--ignore-not-found']);
  api?.[Symbol.dispose]();
  await cluster?.[Symbol.asyncDispose]();
});

const paths: Readonly<Record<Manifest['kind'] | 'PodTemplate', readonly [string, string]>> = {
  Secret: ['api/v1', 'secrets'],
  PersistentVolumeClaim: ['api/v1', 'persistentvolumeclaims'],
  Service: ['api/v1', 'services'],
  Pod: ['api/v1', 'pods'],
  PodTemplate: ['api/v1', 'podtemplates'],
  Job: ['apis/batch/v1', 'jobs'],
};

/** With a field that the server does not know it is refused. */
async function dryRun(namespace: string, manifest: Pick<Manifest, 'kind'>): Promise<unknown> {
  const [root, plural] = paths[manifest.kind as keyof typeof paths] ?? [];
  const path = `/${root}/namespaces/${namespace}/${plural}`;
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  return await api.request(Anything, { method: 'POST', path, query, body: manifest });
}

/** All that a workspace is made of, each tried by itself. */
async function tryAll(namespace: string, plan: PodPlan): Promise<void> {
  const { record, image } = plan;
  const service = serviceManifest(record, owner);
  const manifests: readonly Manifest[] = [
    secretManifest(record, image, '#!/bin/sh\n'),
    claimManifest(record),
    jobManifest(plan, owner),
    podManifest(plan),
    probeManifest(record.name, record.settings, imageOf(record), '0a1b2c3d'),
    ...(service ? [service] : []),
  ];
  for (const manifest of manifests) {
    await dryRun(namespace, manifest).catch(error => {
      throw Object.assign(error, { message: `${manifest.kind}: ${error.message}` });
    });
  }
}

describe('the golden manifests', () => {
  for (const [name, plan] of Object.entries(manifestSets)) {
    it(`are taken by the API server: ${name}`, async () => {
      const { settings } = plan.record;
      // What they refer to has to be there.
      const there = {
        ...settings,
        ...(settings.priorityClass !== undefined && { priorityClass }),
        ...(settings.runtime !== undefined && { runtime: runtimeClass }),
        ...(settings.serviceAccount !== undefined && { serviceAccount: 'default' }),
      };
      await tryAll(cluster.namespaces.usual, { ...plan, record: { ...plan.record, settings: there } });
    });
  }
});

const mounts: Readonly<Record<string, SettingsInput['mounts']>> = {
  none: [],
  volume: [{ type: 'volume', source: 'some-claim', path: '/data', readOnly: false }],
  bind: [{ type: 'bind', source: '/srv', path: '/srv' }],
  nfs: [{ type: 'nfs', server: 'nas', source: '/export', path: '/nfs' }],
  configMap: [{ type: 'configMap', source: 'some-map', path: '/etc/acme' }],
  secret: [{ type: 'secret', source: 'some-keys', name: 'keys' }],
};
const factors = {
  as: ['root', 'login'],
  fillsHome: ['yes', 'no'],
  firstProcess: ['boot', 'beside', 'image'],
  addsUser: ['no', 'yes'],
  cpuAllocation: ['inherit', 'quotas', 'shares'],
  gpuCount: ['0', '1'],
  mounts: ['none', 'volume', 'bind', 'nfs', 'configMap', 'secret'],
  nodeSelector: ['no', 'yes'],
  tolerations: ['none', 'all', 'one'],
  priorityClass: ['no', 'yes'],
  runtime: ['no', 'yes'],
  serviceAccount: ['no', 'yes'],
  imagePullSecrets: ['no', 'yes'],
  imagePullPolicy: ['IfNotPresent', 'Always', 'Never'],
  service: ['none', 'nodePort', 'loadBalancer'],
  annotations: ['no', 'yes'],
  labels: ['no', 'yes'],
  podPatch: ['no', 'yes'],
  accessMode: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'],
  storageClass: ['no', 'yes'],
} as const;
type Row = ReturnType<typeof pairwise<typeof factors>>[number];

function planOf(row: Row): PodPlan {
  const when = <T extends object>(value: 'yes' | 'no', settings: T) => (value === 'yes' ? settings : {});
  const tolerations = {
    none: [],
    all: [{}],
    one: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute' }],
  };
  const settings = {
    firstProcess: row.firstProcess,
    cpuAllocation: row.cpuAllocation,
    gpuCount: Number(row.gpuCount),
    mounts: mounts[row.mounts] ?? [],
    tolerations: tolerations[row.tolerations] as SettingsInput['tolerations'],
    imagePullPolicy: row.imagePullPolicy,
    service: row.service,
    accessMode: row.accessMode,
    ...when(row.nodeSelector, { nodeSelector: [{ name: 'kubernetes.io/os', value: 'linux' }] }),
    ...when(row.priorityClass, { priorityClass }),
    ...when(row.runtime, { runtime: runtimeClass }),
    ...when(row.serviceAccount, { serviceAccount: 'default' }),
    ...when(row.imagePullSecrets, { imagePullSecrets: ['some-login'] }),
    ...when(row.annotations, { annotations: [{ name: 'example.org/note', value: 'Any text, “whatever”.' }] }),
    ...when(row.labels, { labels: [{ name: 'example.org/team', value: 'blue' }] }),
    ...when(row.podPatch, {
      podPatch: 'spec: { priority: null, containers: [{ name: workspace, env: [{ name: A, value: b }] }] }',
    }),
    ...when(row.storageClass, { storageClass: storageClasses.immediate }),
  } satisfies Partial<SettingsInput>;
  return {
    record: recordOf(settings),
    image: {
      user: 'node',
      entrypoint: ['/entry'],
      command: ['$(X)', '$$'],
      ...(row.as === 'login' && row.addsUser === 'yes' && { addsUser: true }),
    },
    as: row.as,
    fillsHome: row.fillsHome === 'yes',
  };
}

describe('every two settings together', () => {
  const rows = pairwise(factors);

  it('are taken by the API server', async () => {
    for (const row of rows) {
      await tryAll(cluster.namespaces.usual, planOf(row)).catch(error => {
        assert.fail(`${error}\n${JSON.stringify(row)}`);
      });
    }
  });

  it('are taken under Pod Security `restricted` too, but for folders that it forbids', async () => {
    for (const row of rows.filter(({ as }) => as === 'login')) {
      const refusal = await tryAll(cluster.namespaces.restricted, planOf(row)).catch(error => error);
      if (row.mounts === 'bind' || row.mounts === 'nfs') {
        assert.ok(isKubeStatus(refusal, 'Forbidden'), `${refusal}\n${JSON.stringify(row)}`);
        assert.match(refusal.message, /^Pod: .*restricted volume types/);
      } else assert.equal(refusal, undefined, JSON.stringify(row));
    }
  });

  it('are refused there as root', async () => {
    const root = rows.find(({ as }) => as === 'root') ?? assert.fail();
    await assert.rejects(tryAll(cluster.namespaces.restricted, planOf(root)), /PodSecurity/);
  });
});

describe('a pod patch', () => {
  const name = `berth-patch-${suffix}`;
  const base = JSON.parse(
    JSON.stringify(
      podTemplate(
        planOf({ ...pairwise(factors)[0], podPatch: 'no', fillsHome: 'yes', labels: 'yes' } as Row),
      ),
    ),
  ) as object;
  const template = (template: unknown) => ({
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name },
    template,
  });
  const path = () => `/api/v1/namespaces/${cluster.namespaces.usual}/podtemplates`;
  before(() => api.request(Anything, { method: 'POST', path: path(), body: template(base) }));
  after(() => api.text({ method: 'DELETE', path: `${path()}/${name}` }));

  const Templated = z.object({ template: z.unknown() });
  /** What comes of it in the server, or 'refused'. */
  async function theirs(text: string): Promise<unknown> {
    const request = {
      method: 'PATCH',
      path: `${path()}/${name}`,
      query: { dryRun: 'All' },
      contentType: 'application/strategic-merge-patch+json',
      body: { template: parsePodPatch(text) },
    } as const;
    return await outcome(() => api.request(Templated, request));
  }
  /** The same of ours, which the server then reads as it reads its own. */
  async function ours(text: string): Promise<unknown> {
    return await outcome(async () => {
      const body = { ...template(patched(base, text)), metadata: { name: `${name}-2` } };
      const query = { dryRun: 'All' };
      return await api.request(Templated, { method: 'POST', path: path(), query, body });
    });
  }
  async function outcome(action: () => Promise<z.infer<typeof Templated>>): Promise<unknown> {
    try {
      return (await action()).template;
    } catch (error) {
      if (isBerthError(error) || isKubeStatus(error)) return 'refused';
      throw error;
    }
  }

  const table = [
    'spec: { hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet }',
    'metadata: { annotations: { a: "1" }, labels: { example.org/team: null, b: c } }',
    'spec: { securityContext: null }',
    'spec: { securityContext: { $patch: replace, runAsUser: 7 } }',
    'spec: { securityContext: { $patch: delete } }',
    'spec: { tolerations: [{ key: x, operator: Exists }] }',
    'spec: { containers: [{ name: workspace, image: other, command: [sleep], resources: { limits: { cpu: null, memory: 1Gi } } }] }',
    'spec: { containers: [{ name: database, image: postgres }] }',
    'spec: { containers: [{ name: fill-home, image: a }, { name: new, image: b }, { name: workspace, image: c }] }',
    'spec: { containers: [{ name: fill-home, $patch: delete }, { name: x, image: y }] }',
    'spec: { containers: [{ name: workspace, $patch: replace, image: y }, { name: z, image: z }] }',
    'spec: { containers: [{ name: workspace, env: [{ name: A, value: b }], ports: [{ containerPort: 80, name: web }, { containerPort: 22, hostPort: 2222 }] }] }',
    'spec: { containers: [{ name: workspace, volumeMounts: [{ mountPath: /scratch, name: berth }, { mountPath: /dev/shm, $patch: delete }] }] }',
    'spec: { initContainers: [{ name: first, image: a, env: null }], imagePullSecrets: [{ name: other }] }',
    'spec: { volumes: [{ name: shm, $retainKeys: [name, hostPath], hostPath: { path: /dev/shm } }] }',
    'spec: { volumes: [{ name: shm, $retainKeys: [name], hostPath: { path: /dev/shm } }] }',
    'spec: { volumes: [{ name: shm, hostPath: { path: /dev/shm } }] }',
    'spec: { volumes: [{ $patch: replace }, { name: home, emptyDir: {} }] }',
    'spec: { topologySpreadConstraints: [{ topologyKey: zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway }] }',
    'spec: { hostAliases: [{ ip: 10.0.0.1, hostnames: [a] }, { ip: 10.0.0.1, hostnames: [b] }] }',
    'spec: { affinity: { nodeAffinity: { $patch: replace, requiredDuringSchedulingIgnoredDuringExecution: null } } }',
    'spec: { affinity: { $patch: replace, nodeAffinity: {} }, dnsConfig: { $patch: delete } }',
    'spec: { securityContext: { $patch: replace, seccompProfile: { $patch: replace, type: Unconfined } } }',
    'spec: { securityContext: { seLinuxOptions: { $patch: replace, level: a } } }',
    'spec: { initContainers: [{ name: a, $patch: delete }, { name: b, image: b, env: [{ name: A, $patch: delete }] }] }',
    'spec: { tolerations: [{ key: a, operator: Exists, $patch: delete }, { key: b, operator: Exists }] }',
    'spec: { containers: [{ image: nameless }] }',
    'spec: { containers: [workspace] }',
    'spec: { containers: null }',
    'spec: { containers: { name: workspace } }',
    'spec: { securityContext: { $patch: merge } }',
    'spec: { noSuchField: 1 }',
    'spec: { hostname: 7 }',
    '$patch: replace',
    '{}',
  ];
  for (const text of table) {
    it(`is merged as the server does it: ${text}`, async () => {
      assert.deepEqual(await ours(text), await theirs(text));
    });
  }

  it('is merged as the server does it, whatever its lists have in them', async () => {
    const item = fc.record(
      {
        name: fc.constantFrom('workspace', 'fill-home', 'a', 'b', 'c'),
        image: fc.constantFrom('x', 'y', null),
        $patch: fc.constantFrom('delete', 'replace'),
        env: fc.array(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('1', '2') }), {
          maxLength: 3,
        }),
      },
      { requiredKeys: ['name'] },
    );
    const volume = fc.record(
      {
        name: fc.constantFrom('berth', 'shm', 'home', 'new'),
        emptyDir: fc.constantFrom({}, null, { medium: 'Memory' }),
        $patch: fc.constant('delete'),
      },
      { requiredKeys: ['name'] },
    );
    const patch = fc.record(
      { containers: fc.array(item, { maxLength: 4 }), volumes: fc.array(volume, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(patch, async spec => {
        const text = JSON.stringify({ spec });
        assert.deepEqual(await ours(text), await theirs(text));
      }),
      { numRuns: 100 },
    );
  });
});
