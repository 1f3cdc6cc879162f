/** A place to run workspaces, as it stands in `~/.ssh/berth/targets.json`, which every editor and the proxy share. */
import * as z from 'zod';
import { TargetId } from '../workspace/name.ts';

/** The origin of targets that a person added. */
export const byHand = 'by hand';

/** Where a Docker API answers. TLS files are paths; their content is never copied. */
export const DockerEndpoint = z.discriminatedUnion('type', [
  z.object({ type: z.literal('unix'), path: z.string().startsWith('/') }),
  z.object({ type: z.literal('npipe'), path: z.string() }),
  z.object({
    type: z.literal('tcp'),
    host: z.string().min(1),
    port: z.int().min(1).max(65535),
    tls: z
      .object({
        ca: z.string().optional(),
        cert: z.string().optional(),
        key: z.string().optional(),
        verify: z.boolean(),
      })
      .optional(),
  }),
  /** `ssh://[user@]host[:port]`, by the person's own OpenSSH. */
  z.object({
    type: z.literal('ssh'),
    host: z.string().regex(/^[^-\s][^\s]*$/),
    user: z.string().optional(),
    port: z.int().optional(),
    /** The engine's socket on that machine, where it is not the usual one. */
    socket: z.string().startsWith('/').optional(),
  }),
]);
export type DockerEndpoint = z.infer<typeof DockerEndpoint>;

/** RFC 1123 label. */
export const Namespace = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);

/** A namespace of a cluster, reached as kubectl reaches it. */
export const KubernetesEndpoint = z.object({
  type: z.literal('kubernetes'),
  /** Of the kubeconfig; absent: from inside the cluster, by the pod's own service account. */
  context: z.string().min(1).max(512).optional(),
  /** The file where it is not what kubectl would read; never copied. */
  kubeconfig: z
    .string()
    .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)/)
    .optional(),
  namespace: Namespace,
});
export type KubernetesEndpoint = z.infer<typeof KubernetesEndpoint>;

export const Target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('docker'),
    id: TargetId,
    /** Shown in the tree. */
    title: z.string().min(1).max(120),
    endpoint: DockerEndpoint,
    /** Found by itself (with the source in words) or added by hand. */
    origin: z.string(),
  }),
  z.object({
    kind: z.literal('kubernetes'),
    id: TargetId,
    title: z.string().min(1).max(120),
    endpoint: KubernetesEndpoint,
    origin: z.string(),
  }),
]);
export type Target = z.infer<typeof Target>;

/** Whether targets of its kind keep images themselves, to be listed, pulled and removed. */
export function keepsImages({ kind }: Target): boolean {
  return kind === 'docker';
}

/** Whether logins to registries are kept there, for whoever pulls. */
export function keepsPullSecrets({ kind }: Target): boolean {
  return kind === 'kubernetes';
}

export type DockerTarget = Extract<Target, { kind: 'docker' }>;
export type KubernetesTarget = Extract<Target, { kind: 'kubernetes' }>;

export const TargetsFile = z.object({
  version: z.literal(1),
  targets: z.array(Target),
  /** Endpoints (as text) that were found by themselves and removed by the person: not added again. */
  dismissed: z.array(z.string()).default([]),
});
export type TargetsFile = z.infer<typeof TargetsFile>;
