/** Workspaces whose manifests are kept as golden files, and tried on a real server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageCommand } from '../../../../src/engine/kubernetes/notes.ts';
import type { PodPlan } from '../../../../src/engine/kubernetes/podTemplate.ts';
import type { LoginUser } from '../../../../src/workspace/record.ts';
import type { SettingsInput } from '../../../../src/workspace/settings.ts';
import { recordOf } from '../records.ts';

const digest = `sha256:${'a1'.repeat(32)}`;
const plainImage: ImageCommand = { user: '', entrypoint: [], command: ['bash'] };
const root: LoginUser = { name: 'root', uid: 0, gid: 0, home: '/root' };
const dev: LoginUser = { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' };

function planOf(
  settings: Partial<SettingsInput>,
  more: Partial<PodPlan> & { login?: LoginUser } = {},
): PodPlan {
  const { login = root, ...plan } = more;
  const image = { reference: 'ghcr.io/acme/dev:1', digest };
  return {
    record: recordOf({ image: 'ghcr.io/acme/dev:1', ...settings }, { image, login }),
    image: plainImage,
    as: 'root',
    fillsHome: true,
    ...plan,
  };
}

export const manifestSets: Readonly<Record<string, PodPlan>> = {
  default: planOf({}),
  everything: planOf(
    {
      description: 'all that there is',
      cpus: 1.5,
      memoryMiB: 4096,
      cpuAllocation: 'shares',
      sharedMemoryMiB: 512,
      diskGiB: 50,
      env: [
        { name: 'PLAIN', value: 'shown' },
        { name: 'TOKEN', value: 'hidden', secret: true },
      ],
      labels: [
        { name: 'team', value: 'blue' },
        { name: 'app.kubernetes.io/name', value: 'not-this' },
      ],
      annotations: [{ name: 'example.org/owner', value: 'Ann, of the blue team' }],
      initScript: 'echo hello\n',
      stopGraceSeconds: 30,
      runtime: 'gvisor',
      storageClass: 'fast',
      accessMode: 'ReadWriteMany',
      nodeSelector: [{ name: 'kubernetes.io/arch', value: 'amd64' }],
      tolerations: [
        {},
        { key: 'dedicated', operator: 'Equal', value: 'dev', effect: 'NoSchedule' },
        { key: 'example.org/spot', effect: 'NoExecute' },
      ],
      priorityClass: 'people-first',
      serviceAccount: 'builder',
      imagePullSecrets: ['acme', 'mirror'],
      imagePullPolicy: 'Always',
      service: 'loadBalancer',
    },
    { login: dev, fillsHome: false },
  ),
  rootless: planOf(
    { service: 'nodePort' },
    { as: 'login', login: { ...dev, name: 'berth' }, image: { ...plainImage, addsUser: true } },
  ),
  'own-first-process': planOf({ firstProcess: 'image' }, { login: dev }),
  beside: planOf(
    { firstProcess: 'beside' },
    {
      image: {
        user: 'node:staff',
        entrypoint: ['/entry', '--x=a b'],
        command: ['serve', '$(HOME)', 'echo $$'],
      },
    },
  ),
  'gpu-and-mounts': planOf({
    gpuCount: 2,
    gpuResource: 'example.org/gpu',
    sharedMemoryMiB: 8192,
    mounts: [
      { type: 'bind', source: '/srv/data', path: '/data', readOnly: false },
      { type: 'volume', source: 'models', name: 'models' },
      { type: 'nfs', server: 'nas.example.org', source: '/export/team', path: '/team', readOnly: false },
      { type: 'configMap', source: 'settings', path: '/etc/acme' },
      { type: 'secret', source: 'keys', path: '/etc/keys' },
    ],
  }),
  'pod-patch': planOf(
    {
      podPatch: readFileSync(join(import.meta.dirname, 'golden', 'pod-patch.in.yaml'), 'utf8'),
      nodeSelector: [{ name: 'disk', value: 'ssd' }],
    },
    { fillsHome: false },
  ),
};
