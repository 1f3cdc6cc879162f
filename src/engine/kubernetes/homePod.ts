/** A pod that stands beside homes, for homeScript.ts to be run in: made for the purpose, and gone after it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { type HomeVerb, homeArgv, idleArgv } from '../homeScript.ts';
import type { HomeProcess } from '../homeTransfer.ts';
import type { HomeWords } from '../homeWords.ts';
import { labelKeys } from '../labels.ts';
import { execStreams } from './execStreams.ts';
import type { Container, OwnerReference, PodManifest } from './models.ts';
import { allOfBerth, containerName, homeClaim, objectLabels, objectName } from './names.ts';
import { podProblem } from './podProblem.ts';
import {
  containerSecurity,
  imageOf,
  type PodUser,
  placementOf,
  podSecurity,
  pullSecretsOf,
} from './podTemplate.ts';
import type { Workbench } from './workbench.ts';

export const homePath = '/berth-home';
export const sourcePath = '/berth-source';

export interface HomePod {
  readonly record: WorkspaceRecord;
  readonly as: PodUser;
  /** With it goes the pod. */
  readonly secret: { readonly name: string; readonly uid: string };
  /** A home to be copied from; `isUp`: on the node where that one runs. */
  readonly source?: { readonly name: WorkspaceName; readonly isUp: boolean };
}

/** Pure. */
export function homePodManifest({ record, as, secret, source }: HomePod, token: string): PodManifest {
  const { name, settings, login } = record;
  const owner: OwnerReference = {
    apiVersion: 'v1',
    kind: 'Secret',
    name: secret.name,
    uid: secret.uid,
    controller: false,
    blockOwnerDeletion: false,
  };
  const home = (of: WorkspaceName) => ({ persistentVolumeClaim: { claimName: homeClaim(of) } });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${objectName(name)}-transfer-${token}`,
      labels: objectLabels(name, 'transfer'),
      ownerReferences: [owner],
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: 24 * 3600,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: podSecurity(as, login),
      ...placementOf(settings),
      imagePullSecrets: pullSecretsOf(settings),
      // A volume that one node has at a time.
      affinity: source?.isUp
        ? {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  labelSelector: { matchLabels: objectLabels(source.name, 'run') },
                  topologyKey: 'kubernetes.io/hostname',
                },
              ],
            },
          }
        : undefined,
      containers: [
        {
          name: containerName,
          image: imageOf(record),
          imagePullPolicy: settings.imagePullPolicy,
          command: idleArgv,
          workingDir: '/',
          resources: modest(settings),
          securityContext: containerSecurity(as),
          volumeMounts: [
            { name: 'home', mountPath: homePath },
            ...(source ? [{ name: 'source', mountPath: sourcePath, readOnly: true }] : []),
          ],
        },
      ],
      volumes: [
        { name: 'home', ...home(name) },
        ...(source ? [{ name: 'source', ...home(source.name) }] : []),
      ],
    },
  };
}

/** No more than the workspace itself is let in with. */
function modest({ cpus, memoryMiB }: WorkspaceSettings): Container['resources'] {
  const limits = {
    cpu: `${Math.min(1000, Math.round(cpus * 1000))}m`,
    memory: `${Math.min(512, memoryMiB)}Mi`,
  };
  return { requests: { cpu: '50m', memory: `${Math.min(64, memoryMiB)}Mi` }, limits };
}

/** Makes it, and returns once it runs. `problem`: looked at while it does not; what it throws ends the wait. */
export async function startHomePod(
  bench: Workbench,
  pod: HomePod,
  signal: AbortSignal,
  problem: () => Promise<void> = async () => {},
): Promise<{ readonly name: string; readonly end: () => Promise<void> }> {
  const { objects, log } = bench;
  await sweep(bench);
  const manifest = homePodManifest(pod, randomBytes(4).toString('hex'));
  const { name } = manifest.metadata;
  const end = async () => {
    await objects
      .remove('pod', name, { graceSeconds: 0 })
      .catch(error => log('info', `could not remove the pod ${name}: ${error}`));
  };
  try {
    await objects.create('pod', manifest, { signal });
    const deadline = Date.now() + startMs;
    for (;;) {
      const report = await objects.get('pod', name, signal);
      if (!report || report.end)
        throw new BerthError(l10n.t('The pod beside the home was removed or has ended.'));
      if (report.isRunning) return { name, end };
      const wrong = podProblem(report);
      if (wrong && wrong.cause !== 'unschedulable') throw new BerthError(wrong.words);
      await problem();
      if (Date.now() > deadline) {
        throw new BerthError(
          l10n.t(
            'The pod beside the home did not run in time. {0}',
            wrong?.words ?? l10n.t('Is there a node with room for it?'),
          ),
        );
      }
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    await end();
    throw error;
  }
}

const startMs = 300_000;
const pollMs = 150;

/** Pods of makers that died: they have ended by themselves. */
async function sweep({ objects }: Workbench): Promise<void> {
  const labelSelector = `${allOfBerth},${labelKeys.role}=transfer`;
  const pods = await objects.list('pod', { labelSelector });
  await Promise.all(
    pods
      .filter(({ phase }) => phase === 'Succeeded' || phase === 'Failed')
      .map(({ name, uid }) => objects.remove('pod', name, { uid, graceSeconds: 0 }).catch(() => {})),
  );
}

/** In the pod beside the home, or in the workspace's own. */
export async function runInPod(
  { objects }: Workbench,
  pod: string,
  verb: HomeVerb,
  args: readonly string[],
  words: HomeWords,
  signal: AbortSignal,
): Promise<HomeProcess> {
  const place = { namespace: objects.namespace, name: pod };
  const argv = homeArgv(verb, ...args);
  const streams = await execStreams(objects.api, place, containerName, argv, { stdin: true, signal });
  const { stdin, stdout, stderr, exit } = streams;
  if (!stdin) throw new Error('the program has no input');
  const decoder = new TextDecoder();
  stderr.on('data', (bytes: Buffer) => words.take(decoder.decode(bytes, { stream: true })));
  // Its last words first.
  const read = new Promise<void>(resolve => stderr.once('close', resolve).once('end', resolve));
  Promise.all([exit, read]).then(
    () => words.close(),
    (error: unknown) => words.close(error),
  );
  return { stdin, stdout, [Symbol.dispose]: () => streams[Symbol.dispose]() };
}
