/** From a workspace's record to the objects that a cluster makes of it. Pure; golden files show them whole. */
import { createHash } from 'node:crypto';
import { bootInputs, recordFolder } from '../../boot/bootFiles.ts';
import { bootExitCodes } from '../../boot/bootLine.ts';
import { familiarReference, parseReference } from '../../image/reference.ts';
import { mountTarget } from '../../workspace/mountTarget.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { LoginUser, Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Mount, WorkspaceSettings } from '../../workspace/settings.ts';
import { ownCommand } from '../../workspace/studio.ts';
import { recordFiles } from '../recordFile.ts';
import { containerName, homeClaim, objectLabels, objectName } from './names.ts';
import { type ImageCommand, noteKeys, recordAnnotations, type StopNote } from './notes.ts';
import type { Manifest } from './objects.ts';
import { patched } from './podPatch.ts';

/** The Secret's mount, which nobody can write; boot makes links to it in the record folder. */
const secretFolder = `${recordFolder}/secret`;
const bootScript = `${secretFolder}/${bootInputs.boot}`;

/** As whom the pod runs: root where the namespace allows that, else as the login user. */
export type PodUser = 'root' | 'login';

export interface PodPlan {
  readonly record: WorkspaceRecord;
  readonly image: ImageCommand;
  readonly as: PodUser;
  /** The claim is new: the image's own home is copied into it first. */
  readonly fillsHome: boolean;
}

interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** A key of a Secret has no slash, so that each file of the record is a key of its own name. */
export function secretManifest(
  record: WorkspaceRecord,
  image: ImageCommand,
  script: string,
  more: Readonly<Record<string, string>> = {},
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: objectName(record.name),
      labels: objectLabels(record.name, 'record'),
      annotations: { ...secretAnnotations(record, image, script), ...more },
    },
    type: 'workspace.berth/record',
    data: secretData(record, script),
  };
}

export function secretAnnotations(
  record: WorkspaceRecord,
  image: ImageCommand,
  script: string,
): Record<string, string> {
  return { ...recordAnnotations(record, image), [noteKeys.boot]: bootHash(script) };
}

export function secretData(record: WorkspaceRecord, script: string): Record<string, string> {
  const files = [...recordFiles(record), { path: bootInputs.boot, content: script }, profileFile];
  return Object.fromEntries(files.map(({ path, content }) => [path, base64(content)]));
}

export function bootHash(script: string): string {
  return createHash('sha256').update(script).digest('hex').slice(0, 16);
}

export function stopNote(note: StopNote): Record<string, string> {
  return { [noteKeys.stopped]: JSON.stringify(note) };
}

/** Where boot may not write /etc/profile.d, this stands there in a mount, and reads what boot writes. */
/** The image's /etc/passwd with one user more; only where the image lacks that and boot may not write. */
export const passwdKey = 'passwd';

const profileFile = {
  path: 'profile',
  content: `[ ! -r ${recordFolder}/run/profile ] || . ${recordFolder}/run/profile\n`,
};

export function claimManifest({ name, settings }: WorkspaceRecord): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: homeClaim(name), labels: objectLabels(name, 'home') },
    spec: {
      accessModes: [settings.accessMode],
      resources: { requests: { storage: `${settings.diskGiB}Gi` } },
      ...(settings.storageClass !== undefined && { storageClassName: settings.storageClass }),
    },
  };
}

/** undefined where ssh is not to be published. */
export function serviceManifest({ name, settings }: WorkspaceRecord, owner: Owner): Manifest | undefined {
  if (settings.service === 'none') return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: objectName(name),
      labels: objectLabels(name, 'run'),
      ownerReferences: [ownedBy(owner)],
    },
    spec: {
      type: settings.service === 'nodePort' ? 'NodePort' : 'LoadBalancer',
      selector: objectLabels(name, 'run'),
      ports: [{ name: 'ssh', port: 22, targetPort: 22, protocol: 'TCP' }],
      // A pod of which one container has ended, as intended, does not count as ready.
      publishNotReadyAddresses: true,
    },
  };
}

/**
 * Whatever ends boot of itself ends the Job: a crash is shown, not repeated. What ends it from outside (a drain, an
 * eviction, a pod deleted by hand) has it come back: SIGTERM makes boot exit with a code of its own.
 */
export function jobManifest(plan: PodPlan, owner: Owner): Manifest {
  const { name } = plan.record;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: objectName(name),
      labels: objectLabels(name, 'run'),
      ownerReferences: [ownedBy(owner)],
    },
    spec: {
      backoffLimit: 100_000,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailJob',
            onExitCodes: { containerName, operator: 'NotIn', values: [bootExitCodes.machine] },
          },
        ],
      },
      template: podTemplate(plan),
    },
  };
}

/** The same pod by itself, to be tried against the server's admission: that of a Job is not tried. */
export function podManifest(plan: PodPlan): Manifest {
  const { metadata, spec } = podTemplate(plan);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: objectName(plan.record.name) },
    spec,
  };
}

interface PodTemplate {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

function podTemplate(plan: PodPlan): PodTemplate {
  const { settings, name } = plan.record;
  const own = (entries: readonly { name: string; value: string }[]) =>
    Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  const template: PodTemplate = {
    metadata: {
      labels: { ...own(settings.labels), ...objectLabels(name, 'run') },
      annotations: own(settings.annotations),
    },
    spec: podSpec(plan),
  };
  return settings.podPatch.trim() === '' ? template : patched(template, settings.podPatch);
}

function podSpec(plan: PodPlan): Readonly<Record<string, unknown>> {
  const { record, as, fillsHome } = plan;
  const { settings, login, name } = record;
  return {
    restartPolicy: 'Never',
    hostname: name,
    enableServiceLinks: false,
    automountServiceAccountToken: settings.serviceAccount !== undefined,
    ...(settings.serviceAccount !== undefined && { serviceAccountName: settings.serviceAccount }),
    terminationGracePeriodSeconds: settings.stopGraceSeconds,
    securityContext: podSecurity(as, login),
    ...(settings.runtime !== undefined && { runtimeClassName: settings.runtime }),
    ...(settings.priorityClass !== undefined && { priorityClassName: settings.priorityClass }),
    ...(settings.nodeSelector.length > 0 && {
      nodeSelector: Object.fromEntries(settings.nodeSelector.map(({ name, value }) => [name, value])),
    }),
    ...(settings.tolerations.length > 0 && { tolerations: settings.tolerations.map(toleration) }),
    ...(settings.imagePullSecrets.length > 0 && {
      imagePullSecrets: settings.imagePullSecrets.map(name => ({ name })),
    }),
    containers: [mainContainer(plan), ...(fillsHome ? [fillContainer(plan)] : [])],
    volumes: [
      { name: 'berth', emptyDir: {} },
      { name: 'record', secret: { secretName: objectName(name), items: mountedFiles(plan) } },
      { name: 'home', persistentVolumeClaim: { claimName: homeClaim(name) } },
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: `${settings.sharedMemoryMiB}Mi` } },
      ...settings.mounts.map((mount, index) => volumeOf(mount, index)),
    ],
  };
}

function mainContainer(plan: PodPlan): Readonly<Record<string, unknown>> {
  const { record, as } = plan;
  const { settings, login } = record;
  return {
    name: containerName,
    image: imageOf(record),
    imagePullPolicy: settings.imagePullPolicy,
    ...firstProcess(plan),
    // Boot's own word why it ended; see 'Customizing the termination message'.
    terminationMessagePath: '/dev/termination-log',
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
 * Sees the image's own home, with the empty volume beside it, and ends. Boot waits for it: as an init container, which
 * the kubelet looks after once a second, it would take two seconds longer.
 */
function fillContainer({ record, as }: PodPlan): Readonly<Record<string, unknown>> {
  const { settings } = record;
  const folder = `${recordFolder}/home`;
  return {
    name: 'fill-home',
    image: imageOf(record),
    imagePullPolicy: settings.imagePullPolicy,
    command: ['/bin/sh', bootScript, 'fill', folder],
    // Little, because a quota counts it for as long as the pod is there.
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
function mountedFiles({ record, image }: PodPlan): readonly unknown[] {
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
}: PodPlan): Readonly<Record<string, unknown>> {
  const boot = ['/bin/sh', bootScript, ...(fillsHome ? ['after-fill'] : [])];
  switch (settings.firstProcess) {
    case 'boot':
      return { command: boot };
    case 'beside':
      return { command: [...boot, 'beside', image.user, ...ownCommand(image)] };
    case 'image':
      // The hook has to return, and boot stays.
      return {
        lifecycle: {
          postStart: {
            exec: { command: ['/bin/sh', '-c', `${boot.join(' ')} attach >/dev/null 2>&1 &`] },
          },
        },
      };
  }
}

function resources(settings: WorkspaceSettings): Readonly<Record<string, unknown>> {
  const cpu = `${Math.round(settings.cpus * 1000)}m`;
  const memory = `${settings.memoryMiB}Mi`;
  const gpus = settings.gpuCount > 0 ? { [settings.gpuResource]: String(settings.gpuCount) } : {};
  return {
    requests: { cpu, memory, ...gpus },
    limits: { ...(settings.cpuAllocation === 'shares' ? {} : { cpu }), memory, ...gpus },
  };
}

/** Under Pod Security `restricted` sshd runs as the login user, and opens port 22 by the one sysctl that is allowed. */
function podSecurity(as: PodUser, { uid, gid }: LoginUser): Readonly<Record<string, unknown>> {
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

function containerSecurity(as: PodUser): Readonly<Record<string, unknown>> | undefined {
  return as === 'root' ? undefined : { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
}

function toleration({ key, operator, value, effect }: WorkspaceSettings['tolerations'][number]): unknown {
  return {
    operator,
    ...(key !== '' && { key }),
    ...(operator === 'Equal' && { value }),
    ...(effect !== '' && { effect }),
  };
}

/** Kinds that Kubernetes has not are refused before it comes to this (unsupportedMount). */
function volumeOf(mount: Mount, index: number): Readonly<Record<string, unknown>> {
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

function ownedBy({ name, uid }: Owner): unknown {
  return { apiVersion: 'v1', kind: 'Secret', name, uid, controller: false, blockOwnerDeletion: false };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The pod that only prints an image's /etc/passwd, and last of all its better shell in a comment. */
export function probeManifest(
  name: WorkspaceName,
  settings: WorkspaceSettings,
  image: string,
  token: string,
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${objectName(name)}-probe-${token}`, labels: objectLabels(name, 'probe') },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: 600,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
      ...(settings.imagePullSecrets.length > 0 && {
        imagePullSecrets: settings.imagePullSecrets.map(name => ({ name })),
      }),
      containers: [
        {
          name: containerName,
          image,
          imagePullPolicy: settings.imagePullPolicy,
          command: ['/bin/sh', '-c', 'cat /etc/passwd; [ ! -x /bin/bash ] || echo "#/bin/bash"'],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
          securityContext: containerSecurity('login'),
        },
      ],
    },
  };
}
