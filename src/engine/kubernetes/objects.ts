/** The objects of one namespace, kind by kind: made, read, changed and removed. */
import * as z from 'zod';
import { type KubeApi, metadataOnly } from './api.ts';
import type { Manifest } from './models.ts';
import { Claim, Event, Job, PlainObject, Pod, SecretObject, Service } from './reports.ts';
import { isKubeStatus } from './status.ts';

/** Where each kind lives, and what of it is read. */
const kinds = {
  secret: { root: 'api/v1', plural: 'secrets', schema: SecretObject },
  /** The same without its content. */
  secretNotes: { root: 'api/v1', plural: 'secrets', schema: PlainObject },
  claim: { root: 'api/v1', plural: 'persistentvolumeclaims', schema: Claim },
  pod: { root: 'api/v1', plural: 'pods', schema: Pod },
  service: { root: 'api/v1', plural: 'services', schema: Service },
  configMap: { root: 'api/v1', plural: 'configmaps', schema: PlainObject },
  event: { root: 'api/v1', plural: 'events', schema: Event },
  job: { root: 'apis/batch/v1', plural: 'jobs', schema: Job },
} as const;
export type Kind = keyof typeof kinds;
export type ReportOf<K extends Kind> = z.infer<(typeof kinds)[K]['schema']>;

const Anything = z.unknown();

export class Objects {
  readonly api: KubeApi;
  readonly namespace: string;

  constructor(api: KubeApi, namespace: string) {
    this.api = api;
    this.namespace = namespace;
  }

  path(kind: Kind, name?: string): string {
    const { root, plural } = kinds[kind];
    const end = name === undefined ? '' : `/${encodeURIComponent(name)}`;
    return `/${root}/namespaces/${encodeURIComponent(this.namespace)}/${plural}${end}`;
  }

  /** How the schema of a kind reads one object; throws a ZodError where it is not that. */
  parse<K extends Kind>(kind: K, object: unknown): ReportOf<K> {
    return kinds[kind].schema.parse(object) as ReportOf<K>;
  }

  /** undefined where there is none of that name. */
  async get<K extends Kind>(kind: K, name: string, signal?: AbortSignal): Promise<ReportOf<K> | undefined> {
    const accept = kind === 'secretNotes' ? { accept: metadataOnly.object } : {};
    const answer = await unlessMissing(
      this.api.request(Anything, { path: this.path(kind, name), ...accept, ...given(signal) }),
    );
    return answer === undefined ? undefined : this.parse(kind, answer);
  }

  async list<K extends Kind>(
    kind: K,
    query: { readonly labelSelector?: string; readonly fieldSelector?: string },
    signal?: AbortSignal,
  ): Promise<ReportOf<K>[]> {
    const accept = kind === 'secretNotes' ? { accept: metadataOnly.list } : {};
    // An empty list of metadata alone has null for its items.
    const items = z.object({
      items: z.array(kinds[kind].schema as unknown as z.ZodType<ReportOf<K>>).nullish(),
    });
    const request = { path: this.path(kind), query, ...accept, ...given(signal) };
    return (await this.api.request(items, request)).items ?? [];
  }

  /** Rejects with 'AlreadyExists' where the name is taken. */
  async create<K extends Kind>(
    kind: K,
    manifest: Manifest,
    { dryRun, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<ReportOf<K>> {
    const query = dryRun ? { dryRun: 'All' } : {};
    const request = {
      method: 'POST',
      path: this.path(kind),
      query,
      body: manifest,
      ...given(signal),
    } as const;
    return this.parse(kind, await this.api.request(Anything, request));
  }

  /** A merge patch; with a resourceVersion in its metadata it rejects with 'Conflict' where the object is another by now. */
  async patch<K extends Kind>(
    kind: K,
    name: string,
    body: Readonly<Record<string, unknown>>,
    { dryRun }: { readonly dryRun?: boolean } = {},
  ): Promise<ReportOf<K>> {
    const query = dryRun ? { dryRun: 'All' } : {};
    const request = { method: 'PATCH', path: this.path(kind, name), query, body } as const;
    return this.parse(kind, await this.api.request(Anything, request));
  }

  /** Fine too where it is gone. What it owns goes after it, in the background. */
  async remove(
    kind: Kind,
    name: string,
    options: { readonly uid?: string; readonly graceSeconds?: number } = {},
  ): Promise<void> {
    const { uid, graceSeconds } = options;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      ...(uid !== undefined && { preconditions: { uid } }),
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
    };
    await unlessMissing(this.api.text({ method: 'DELETE', path: this.path(kind, name), body }));
  }

  /** The whole object as the server has it. */
  async raw(kind: Kind, name: string, signal?: AbortSignal): Promise<unknown> {
    return await unlessMissing(this.api.request(Anything, { path: this.path(kind, name), ...given(signal) }));
  }
}

/** `action`'s result, or undefined where the server says that there is no such object. */
export async function unlessMissing<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isKubeStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

function given(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
