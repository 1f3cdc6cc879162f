/** What a namespace of a cluster is and lets this person do: version, nodes, rights. Also the test whether it answers. */

import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { EngineFacts } from '../engine.ts';
import { mapWide } from '../waiting.ts';
import type { KubeApi } from './api.ts';
import { bytesOf, coresOf } from './reports.ts';
import { neededRights } from './role.ts';
import { isKubeStatus } from './status.ts';

export interface ProbeOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly isUnverified: boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const Version = z.object({ gitVersion: z.string().default('') });
const Nodes = z.object({
  items: z.array(
    z.object({
      spec: z.object({ unschedulable: z.boolean().nullish() }).nullish(),
      status: z.object({
        allocatable: z.record(z.string(), z.union([z.string(), z.number()])).nullish(),
        nodeInfo: z.object({ operatingSystem: z.string(), architecture: z.string() }).nullish(),
      }),
    }),
  ),
});
const Self = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });
/** Enough to know the kinds there are. */
const mostNodes = 250;

const Review = z.object({ status: z.object({ allowed: z.boolean().default(false) }) });

/** SelfSubjectReview: since 1.28 for everybody who is let in; before that there is none. */
const whoAmI = {
  method: 'POST',
  path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
} as const;

export async function probe(options: ProbeOptions): Promise<EngineFacts> {
  const { api, isUnverified, signal, timeoutMs } = options;
  // The version is anybody's to ask on most clusters; where it is not, the rights tell that the server answers.
  const [version, nodes, self, missingRights] = await Promise.all([
    unlessForbidden(api.request(Version, { path: '/version', signal, timeoutMs })),
    nodesOf(options),
    unlessForbidden(api.request(Self, { ...whoAmI, signal, timeoutMs })),
    rightsMissing(options),
  ]);
  return {
    ...nodeFacts(nodes),
    ...(self && { identity: self.status.userInfo.username }),
    version: `Kubernetes ${(version?.gitVersion ?? '').replace(/^v/, '') || '?'}`,
    runtimes: [],
    defaultRuntime: '',
    isLocal: false,
    missingRights,
    warnings: isUnverified
      ? [
          l10n.t(
            'The connection is not verified (insecure-skip-tls-verify): whoever is in between can read all of it.',
          ),
        ]
      : [],
  };
}

/** For who looks all the time: what changes by itself, in as few requests as can be. A right that is taken away shows at its use. */
export async function renewedFacts(options: ProbeOptions, before: EngineFacts): Promise<EngineFacts> {
  const [nodes, missingRights] = await Promise.all([
    nodesOf(options),
    rightsMissing(options, before.missingRights ?? []),
  ]);
  return { ...before, ...nodeFacts(nodes), missingRights };
}

/** A workspace runs on one node: the largest says how much it can have at most. Pure. */
export function nodeFacts(
  nodes: z.infer<typeof Nodes> | undefined,
): Pick<EngineFacts, 'cpus' | 'memoryBytes' | 'platforms' | 'gpus'> {
  const usable = (nodes?.items ?? []).filter(({ spec }) => spec?.unschedulable !== true);
  // Where nodes may not be read, nothing is held against a workspace: the scheduler has the last word.
  if (usable.length === 0) return { platforms: [], gpus: true };
  const most = (read: (allocatable: Readonly<Record<string, string | number>>) => number) =>
    Math.max(...usable.map(({ status }) => read(status.allocatable ?? {})));
  const platforms = usable.flatMap(({ status: { nodeInfo } }) =>
    nodeInfo ? [`${nodeInfo.operatingSystem}/${nodeInfo.architecture}`] : [],
  );
  return {
    cpus: most(({ cpu }) => coresOf(cpu)),
    memoryBytes: most(({ memory }) => bytesOf(memory)),
    platforms: [...new Set(platforms)],
    gpus: usable.some(({ status }) => Object.keys(status.allocatable ?? {}).some(name => /gpu/i.test(name))),
  };
}

/** In words such as 'create jobs', the optional ones left out. `among`: only those are asked for. */
async function rightsMissing(
  { api, namespace, signal, timeoutMs }: ProbeOptions,
  among?: readonly string[],
): Promise<string[]> {
  const asked = neededRights
    .filter(({ optional }) => !optional)
    .flatMap(({ group, resource, verbs }) => verbs.map(verb => ({ group, resource, verb })))
    .filter(right => among?.includes(inWords(right)) ?? true);
  const answers = await mapWide(asked, async right => {
    const { group, resource: path, verb } = right;
    const [resource, subresource] = path.split('/');
    const resourceAttributes = { namespace, verb, group, resource, ...(subresource && { subresource }) };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    const request = {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body,
      signal,
      timeoutMs,
    } as const;
    // A cluster that does not say is not held to be one that refuses.
    const review = await unlessForbidden(api.request(Review, request));
    return review === undefined || review.status.allowed ? [] : [inWords(right)];
  });
  return answers.flat();
}

function inWords({ verb, resource }: { readonly verb: string; readonly resource: string }): string {
  return `${verb} ${resource}`;
}

/** What is nice to know holds nobody up: not where nodes may not be read, nor where there are too many to be read in time. */
async function nodesOf({ api, signal, timeoutMs }: ProbeOptions): Promise<z.infer<typeof Nodes> | undefined> {
  const query = { limit: mostNodes };
  return await api
    .request(Nodes, { path: '/api/v1/nodes', query, signal, timeoutMs: timeoutMs / 2 })
    .catch(() => undefined);
}

async function unlessForbidden<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isKubeStatus(error) && (error.code === 403 || error.code === 404)) return undefined;
    throw error;
  }
}
