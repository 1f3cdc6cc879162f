/** The pod of a workspace, as its record and its image ask for it. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { bootInputs, recordFolder } from '../../boot/bootFiles.ts';
import { familiarReference, parseReference } from '../../image/reference.ts';
import { BerthError } from '../../workspace/error.ts';
import { mountTarget } from '../../workspace/mountTarget.ts';
import { inFolder, withOverrides as overridden } from '../../workspace/ownImage.ts';
import type { LoginUser, Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Mount, Toleration, WorkspaceSettings } from '../../workspace/settings.ts';
import { ownCommand } from '../../workspace/studio.ts';
import { recordFiles } from '../recordFile.ts';
import type { Container, PodMetadata, PodSecurity, PodSpec, PodTemplate, Volume } from './models.ts';
import { containerName, homeClaim, objectLabels, objectName } from './names.ts';
import type { ImageCommand } from './notes.ts';
import { withOverrides } from './podOverrides.ts';
import { patched } from './podPatch.ts';

type SecretItems = NonNullable<NonNullable<Volume['secret']>['items']>;

/** The Secret's mount, which nobody can write; boot makes links to it in the record folder. */
const secretFolder = `${recordFolder}/secret`;
const bootScript = `${secretFolder}/${bootInputs.boot}`;

/** Where boot may not write /etc/profile.d, this stands there in a mount, and reads what boot writes. */
export const profileFile = {
  path: 'profile',
  content: `[ ! -r ${recordFolder}/run/profile ] || . ${recordFolder}/run/profile\n`,
};

/** The image's /etc/passwd with one user more; only where the image lacks that and boot may not write. */
export const passwdKey = 'passwd';

/** As whom the pod runs: root where the namespace allows that, else as the login user. */
export type PodUser = 'root' | 'login';

export interface PodPlan {
  readonly record: WorkspaceRecord;
  readonly image: ImageCommand;
  readonly as: PodUser;
  /** The claim is new: the image's own home is copied into it first. */
  readonly fillsHome: boolean;
}

/** Beside the workspace's own container until the home is filled. */
const fillName = 'fill-home';

/** Throws 'invalid' for a pod patch that is none, or that takes away what Berth needs. */
export function podTemplate(plan: PodPlan): PodTemplate {
  const { settings, name } = plan.record;
  const identity = objectLabels(name, 'run');
  const template: PodTemplate = {
    metadata: {
      labels: { ...entriesOf(settings.labels), ...identity },
      annotations: entriesOf(settings.annotations),
    },
    spec: withOverrides(podSpec(plan), settings.overrides),
  };
  const { metadata, spec } =
    settings.podPatch.trim() === '' ? template : patchedTemplate(template, settings.podPatch, identity);
  // Only now, so that a patch may name it whether it is needed this time or not.
  const containers = spec.containers.filter(({ name }) => plan.fillsHome || name !== fillName);
  return { metadata, spec: { ...spec, containers } };
}

/** What Berth itself reads in a template; all the rest is the server's to judge. */
const Template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.unknown()).nullish() }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }),
});

/** Whatever the patch did: by its labels the pod is found, and all that Berth does is done in its container. */
function patchedTemplate(template: PodTemplate, patch: string, identity: PodMetadata['labels']): PodTemplate {
  const { data } = Template.safeParse(patched(template, patch));
  if (!data?.spec.containers.some(({ name }) => name === containerName)) {
    throw new BerthError(
      l10n.t('The pod patch takes the container “{0}” away, which is the workspace itself.', containerName),
      { code: 'invalid' },
    );
  }
  const { metadata, spec } = data;
  return { spec, metadata: { ...metadata, labels: { ...metadata.labels, ...identity } } } as PodTemplate;
}

function entriesOf(entries: readonly { readonly name: string; readonly value: string }[]) {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

function podSpec(plan: PodPlan): PodSpec {
  const { record, as } = plan;
  const { settings, login, name } = record;
  return {
    restartPolicy: 'Never',
    hostname: name,
    enableServiceLinks: false,
    automountServiceAccountToken: settings.serviceAccount !== undefined,
    serviceAccountName: settings.serviceAccount,
    terminationGracePeriodSeconds: settings.stopGraceSeconds,
    securityContext: podSecurity(as, login),
    ...placementOf(settings),
    imagePullSecrets: pullSecretsOf(settings),
    containers: [mainContainer(plan), fillContainer(plan)],
    volumes: [
      { name: 'berth', emptyDir: {} },
      { name: 'record', secret: { secretName: objectName(name), items: mountedFiles(plan) } },
      { name: 'home', persistentVolumeClaim: { claimName: homeClaim(name) } },
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: `${settings.sharedMemoryMiB}Mi` } },
      ...settings.mounts.map((mount, index) => volumeOf(mount, index)),
    ],
  };
}

/** Where it runs, and by which runtime: also what only looks into its image has to run there. */
export function placementOf(
  settings: WorkspaceSettings,
): Pick<PodSpec, 'runtimeClassName' | 'priorityClassName' | 'nodeSelector' | 'tolerations'> {
  return {
    runtimeClassName: settings.runtime,
    priorityClassName: settings.priorityClass,
    nodeSelector: settings.nodeSelector.length > 0 ? entriesOf(settings.nodeSelector) : undefined,
    tolerations: unlessEmpty(settings.tolerations.map(toleration)),
  };
}

function mainContainer(plan: PodPlan): Container {
  const { record, as } = plan;
  const { settings, login } = record;
  return {
    name: containerName,
    image: imageOf(record),
    imagePullPolicy: settings.imagePullPolicy,
    ...firstProcess(plan),
    // Boot's own word why it ended; see 'Customizing the termination message'.
    terminationMessagePath: '/dev/termination-log',
    // Of a Job's pods all have the same; for boot, whose time goes on where another pod takes over.
    env: [
      {
        name: 'BERTH_SESSION',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
      },
    ],
    resources: resources(settings),
    securityContext: containerSecurity(as),
    ports: [{ name: 'ssh', containerPort: 22, protocol: 'TCP' }],
    // Until ssh is open, and never again: each probe costs.
    startupProbe: {
      tcpSocket: { port: 22 },
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 1_000_000,
    },
    volumeMounts: [
      ...ownMounts,
      { name: 'home', mountPath: login.home },
      { name: 'shm', mountPath: '/dev/shm' },
      ...(as === 'login'
        ? [
            {
              name: 'record',
              mountPath: '/etc/profile.d/00-berth.sh',
              subPath: profileFile.path,
              readOnly: true,
            },
          ]
        : []),
      ...(plan.image.addsUser
        ? [{ name: 'record', mountPath: '/etc/passwd', subPath: passwdKey, readOnly: true }]
        : []),
      ...settings.mounts.map((mount, index) => ({
        name: `mount-${index}`,
        mountPath: mountTarget(mount),
        readOnly: mount.readOnly,
      })),
    ],
  };
}

/**
 * Sees the image's own home, with the empty volume beside it, and fills that. Boot waits for it: as an init container,
 * which the kubelet looks after once a second, it would take two seconds longer. It stays up for as long as the workspace
 * does: a pod of which a container has ended is never ready, and that it is no longer is how a lost node shows.
 */
function fillContainer({ record, as }: PodPlan): Container {
  const { settings } = record;
  const folder = `${recordFolder}/home`;
  return {
    name: fillName,
    image: imageOf(record),
    imagePullPolicy: settings.imagePullPolicy,
    command: ['/bin/sh', bootScript, 'fill', folder],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '250m', memory: '128Mi' } },
    securityContext: containerSecurity(as),
    volumeMounts: [...ownMounts, { name: 'home', mountPath: folder }],
  };
}

const ownMounts = [
  { name: 'berth', mountPath: recordFolder },
  { name: 'record', mountPath: secretFolder, readOnly: true },
];

/** All but what only Berth reads. What is secret is nobody's but its owner's, with the group of fsGroup where there is one. */
function mountedFiles({ record, image }: PodPlan): SecretItems {
  const files = recordFiles(record).filter(({ path }) => path !== bootInputs.record);
  const modes = [
    ...files,
    { path: bootInputs.boot, mode: 0o555 },
    { path: profileFile.path, mode: 0o444 },
    ...(image.addsUser ? [{ path: passwdKey, mode: 0o444 }] : []),
  ];
  return modes.map(({ path, mode }) => ({ key: path, path, mode: readOnlyMode(path, mode) }));
}

function readOnlyMode(path: string, mode: number): number {
  return path === bootInputs.init ? 0o550 : mode & 0o555;
}

/** The recorded digest, so that a tag that moves changes nothing. */
export function imageOf({ image, settings }: WorkspaceRecord): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(image.digest)) return image.reference || settings.image;
  const { tag: _, ...name } = parseReference(image.reference);
  return familiarReference({ ...name, digest: image.digest });
}

function firstProcess({
  record: { settings },
  image,
  fillsHome,
}: PodPlan): Pick<Container, 'command' | 'args' | 'lifecycle'> {
  const { overrides = {} } = settings;
  const boot = ['/bin/sh', bootScript, ...(fillsHome ? ['after-fill'] : [])];
  switch (settings.firstProcess) {
    case 'boot':
      return { command: boot };
    case 'beside': {
      const own = overridden(image, overrides);
      const words = [own.user, ...inFolder(ownCommand(own), overrides.folder)];
      return { command: [...boot, 'beside', ...words.map(literally)] };
    }
    case 'image':
      // The hook has to return, and boot stays.
      return {
        ...(overrides.entrypoint && { command: overrides.entrypoint.map(literally) }),
        ...(overrides.command && { args: overrides.command.map(literally) }),
        lifecycle: {
          postStart: {
            exec: { command: ['/bin/sh', '-c', `${boot.join(' ')} attach >/dev/null 2>&1 &`] },
          },
        },
      };
  }
}

/** The kubelet would put variables in for `$(NAME)`, and takes `$$` for `$` (core/v1 Container.command). */
function literally(word: string): string {
  return word.replaceAll('$', '$$$$');
}

function resources(settings: WorkspaceSettings): NonNullable<Container['resources']> {
  const cpu = `${Math.round(settings.cpus * 1000)}m`;
  const memory = `${settings.memoryMiB}Mi`;
  const gpus = settings.gpuCount > 0 ? { [settings.gpuResource]: String(settings.gpuCount) } : {};
  return {
    requests: { cpu, memory, ...gpus },
    limits: { ...(settings.cpuAllocation === 'shares' ? {} : { cpu }), memory, ...gpus },
  };
}

/** Under Pod Security `restricted` sshd runs as the login user, and opens port 22 by the one sysctl that is allowed. */
export function podSecurity(as: PodUser, { uid, gid }: LoginUser): PodSecurity {
  const seccompProfile = { type: 'RuntimeDefault' };
  if (as === 'root') return { runAsUser: 0, runAsGroup: 0, seccompProfile };
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    fsGroup: gid,
    // Else every start would make the keys in the home readable by the group.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile,
    sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
  };
}

export function containerSecurity(as: PodUser): Container['securityContext'] {
  return as === 'root' ? undefined : { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
}

/** Without key or effect it is for every one. */
function toleration({
  key,
  operator,
  value,
  effect,
}: Toleration): NonNullable<PodSpec['tolerations']>[number] {
  return {
    operator,
    key: key || undefined,
    value: operator === 'Equal' ? value : undefined,
    effect: effect || undefined,
  };
}

export function pullSecretsOf({ imagePullSecrets }: WorkspaceSettings): PodSpec['imagePullSecrets'] {
  return unlessEmpty(imagePullSecrets.map(name => ({ name })));
}

function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

/** Kinds that Kubernetes has not are refused before it comes to this (unsupportedMount). */
function volumeOf(mount: Mount, index: number): Volume {
  const name = `mount-${index}`;
  switch (mount.type) {
    case 'bind':
      // Empty type: no check, so that a missing folder is the kubelet's to say.
      return { name, hostPath: { path: mount.source } };
    case 'volume':
      return { name, persistentVolumeClaim: { claimName: mount.source, readOnly: mount.readOnly } };
    case 'nfs':
      return { name, nfs: { server: mount.server, path: mount.source, readOnly: mount.readOnly } };
    case 'configMap':
      return { name, configMap: { name: mount.source } };
    case 'secret':
      return { name, secret: { secretName: mount.source } };
    case 'cifs':
    case 'driver':
      return { name };
  }
}

/** The first mount of a kind that only Docker has. */
export function unsupportedMount(settings: WorkspaceSettings): Mount | undefined {
  return settings.mounts.find(({ type }) => type === 'cifs' || type === 'driver');
}
