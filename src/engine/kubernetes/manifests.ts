/** From a workspace's record to the objects that a cluster makes of it. Pure; golden files show them whole. */
import { createHash } from 'node:crypto';
import { bootInputs } from '../../boot/bootFiles.ts';
import { dockerConfigJson } from '../../image/loginFormats.ts';
import { parseRegistry } from '../../image/reference.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { deadlineOf } from '../../workspace/timeLimits.ts';
import { labelKeys } from '../labels.ts';
import type { PullSecretRequest } from '../pullSecret.ts';
import { recordFiles } from '../recordFile.ts';
import { exitCodesFromOutside } from './exitCodes.ts';
import type {
  ClaimManifest,
  JobManifest,
  OwnerReference,
  PodManifest,
  SecretManifest,
  ServiceManifest,
} from './models.ts';
import { containerName, homeClaim, objectLabels, objectName, sharedLabels } from './names.ts';
import { type ImageCommand, noteKeys, recordAnnotations, type StopNote } from './notes.ts';
import {
  containerSecurity,
  type PodPlan,
  placementOf,
  podTemplate,
  profileFile,
  pullSecretsOf,
} from './podTemplate.ts';

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
): SecretManifest {
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

/** `token`: of who makes it and may take it back; see maker.ts. */
export function claimManifest(
  { name, settings, createdBy }: WorkspaceRecord,
  token?: string,
  /** The home that its storage is to clone. */
  cloneOf?: WorkspaceName,
): ClaimManifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: homeClaim(name),
      labels: objectLabels(name, 'home'),
      annotations: {
        [labelKeys.createdBy]: createdBy,
        ...(token !== undefined && { [labelKeys.token]: token }),
      },
    },
    spec: {
      accessModes: [settings.accessMode],
      resources: { requests: { storage: `${settings.diskGiB}Gi` } },
      storageClassName: settings.storageClass,
      ...(cloneOf !== undefined && {
        dataSource: { kind: 'PersistentVolumeClaim', name: homeClaim(cloneOf) },
      }),
    },
  };
}

/** undefined where ssh is not to be published. */
export function serviceManifest(
  { name, settings }: WorkspaceRecord,
  owner: Owner,
): ServiceManifest | undefined {
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
export function jobManifest(plan: PodPlan, owner: Owner): JobManifest {
  const { name, settings } = plan.record;
  const deadline = deadlineOf(settings, plan.record.capHours);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: objectName(name),
      labels: objectLabels(name, 'run'),
      ownerReferences: [ownedBy(owner)],
    },
    spec: {
      // Whatever became of the watchdog inside.
      ...(deadline !== undefined && { activeDeadlineSeconds: deadline }),
      backoffLimit: 100_000,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailJob',
            onExitCodes: { containerName, operator: 'NotIn', values: [...exitCodesFromOutside] },
          },
        ],
      },
      template: podTemplate(plan),
    },
  };
}

/** The same pod by itself, to be tried against the server's admission: that of a Job is not tried. */
export function podManifest(plan: PodPlan): PodManifest {
  const { metadata, spec } = podTemplate(plan);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: objectName(plan.record.name) },
    spec,
  };
}

function ownedBy({ name, uid }: Owner): OwnerReference {
  return { apiVersion: 'v1', kind: 'Secret', name, uid, controller: false, blockOwnerDeletion: false };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What a kubelet logs in to a registry with ('Pull an Image from a Private Registry'). */
export function pullSecretManifest({
  name,
  registry,
  username,
  password,
}: PullSecretRequest): SecretManifest {
  const login = { registry: parseRegistry(registry), credentials: { username, password } };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: sharedLabels },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': base64(dockerConfigJson([login])) },
  };
}

/** The pod that only prints an image's /etc/passwd, and last of all its better shell in a comment. */
export function probeManifest(
  name: WorkspaceName,
  settings: WorkspaceSettings,
  image: string,
  token: string,
): PodManifest {
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
      ...placementOf(settings),
      imagePullSecrets: pullSecretsOf(settings),
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
