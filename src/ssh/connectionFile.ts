/**
 * A connection as a file, for a colleague: which workspace, where, and its host key. Nothing secret and no path of this
 * machine's credentials is in it; whoever reads one takes it for hostile.
 */
import { hostname } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { Namespace, type Target } from '../engine/target.ts';
import { BerthError } from '../workspace/error.ts';
import { keyBody } from '../workspace/keyBody.ts';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Ends the names of such files. */
export const connectionSuffix = '.berth-connection.json';
/** A file is far smaller. */
export const mostConnectionBytes = 16_384;

const line = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);
/** A name or address that no program takes for an option of its own, nor for anything but a host. */
const host = z.string().regex(/^(?=.{1,253}$)(?:[A-Za-z0-9_][A-Za-z0-9._-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/);
const port = z.int().min(1).max(65535);
const socket = z
  .string()
  .max(512)
  .regex(/^\/[A-Za-z0-9._/@+-]+$/)
  .refine(path => !path.split('/').includes('..'));

const SharedEndpoint = z.discriminatedUnion('type', [
  /** Of that machine alone, for people who share it. */
  z.strictObject({ type: z.literal('unix'), path: socket, machine: line(255).min(1) }),
  z.strictObject({
    type: z.literal('npipe'),
    path: z.string().regex(/^\/\/\.\/pipe\/[A-Za-z0-9._-]{1,200}$/),
    machine: line(255).min(1),
  }),
  /** With TLS everybody has certificates of their own. */
  z.strictObject({ type: z.literal('tcp'), host, port, tls: z.boolean() }),
  z.strictObject({
    type: z.literal('ssh'),
    host,
    user: z
      .string()
      .regex(/^[A-Za-z0-9_.][A-Za-z0-9_.+-]{0,63}$/)
      .optional(),
    port: port.optional(),
    socket: socket.optional(),
  }),
  /** The cluster is told by its server: contexts are called as everybody likes. */
  z.strictObject({
    type: z.literal('kubernetes'),
    context: line(512).min(1),
    server: z.url({ protocol: /^https?$/ }).max(2048),
    namespace: Namespace,
  }),
]);
export type SharedEndpoint = z.infer<typeof SharedEndpoint>;

export const ConnectionFile = z.strictObject({
  berthConnection: z.literal(1),
  workspace: WorkspaceName,
  /** What the target is called where the file comes from: the middle of the alias. */
  target: TargetId,
  title: line(120).min(1),
  endpoint: SharedEndpoint,
  /** ed25519, as every workspace has it; without a comment. */
  hostKey: z.string().regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/),
  madeBy: line(320),
});
export type ConnectionFile = z.infer<typeof ConnectionFile>;

/** Pure. `server`: of the context, on Kubernetes. Throws 'unsupported' on what means nothing elsewhere. */
export function connectionOf(
  workspace: Pick<Workspace, 'name' | 'createdBy' | 'hostKey'>,
  target: Target,
  { machine = hostname(), server }: { readonly machine?: string; readonly server?: string | undefined } = {},
): ConnectionFile {
  const parsed = ConnectionFile.safeParse({
    berthConnection: 1,
    workspace: workspace.name,
    target: target.id,
    title: target.title,
    endpoint: sharedEndpoint(target, machine, server),
    hostKey: keyBody(workspace.hostKey ?? ''),
    madeBy: workspace.createdBy,
  });
  if (parsed.success) return parsed.data;
  throw new BerthError(
    l10n.t(
      '{0} cannot be told to others: its target or host key has something in it that no file may carry.',
      workspace.name,
    ),
    { code: 'unsupported', cause: parsed.error },
  );
}

function sharedEndpoint({ endpoint }: Target, machine: string, server: string | undefined): unknown {
  switch (endpoint.type) {
    case 'unix':
    case 'npipe':
      return { ...endpoint, machine };
    case 'tcp':
      return { type: 'tcp', host: endpoint.host, port: endpoint.port, tls: endpoint.tls !== undefined };
    case 'ssh':
      return endpoint;
    case 'kubernetes':
      return { type: 'kubernetes', context: endpoint.context, server, namespace: endpoint.namespace };
  }
}

/** Pure: what such a file says. Throws 'invalid' on anything that is not exactly one. */
export function parseConnection(text: string, name: string): ConnectionFile {
  const refuse = (cause: unknown): never => {
    throw new BerthError(
      l10n.t('{0} is no connection file of Berth, or it was changed: {1}', name, whyInvalid(cause)),
      { code: 'invalid', cause },
    );
  };
  if (Buffer.byteLength(text) > mostConnectionBytes) return refuse(new Error(l10n.t('it is too long')));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return refuse(cause);
  }
  const parsed = ConnectionFile.safeParse(json);
  return parsed.success ? parsed.data : refuse(parsed.error);
}

/** The first place that is wrong; what stands there is not repeated. */
function whyInvalid(cause: unknown): string {
  if (cause instanceof z.ZodError) return l10n.t('{0} is not right', cause.issues[0]?.path.join('.') || '/');
  if (cause instanceof SyntaxError) return l10n.t('it is not JSON');
  return cause instanceof Error ? cause.message : String(cause);
}

/** Why it cannot be used on this machine; undefined where it can. Pure. */
export function whyElsewhere({ endpoint }: ConnectionFile, machine = hostname()): string | undefined {
  if (endpoint.type !== 'unix' && endpoint.type !== 'npipe') return undefined;
  if (endpoint.machine === machine) return undefined;
  return l10n.t(
    'It tells of a socket of the machine “{0}”, which only people who work on it can reach. Ask for a connection by ssh:// or tcp://.',
    endpoint.machine,
  );
}

/** The file for this workspace, as text. */
export function formatConnection(connection: ConnectionFile): string {
  return `${JSON.stringify(connection, null, 2)}\n`;
}

/** Throws 'invalid' where another workspace than the file's answers. */
export function checkHostKey(
  { workspace, hostKey }: Pick<ConnectionFile, 'workspace' | 'hostKey'>,
  found: string | undefined,
): void {
  if (found !== undefined && keyBody(found) === hostKey) return;
  throw new BerthError(
    l10n.t(
      'The workspace {0} that answers there has ANOTHER HOST KEY than the file says. It was made anew since, or it is not the one that was meant. Nothing was added: ask whoever sent the file for a new one.',
      workspace,
    ),
    { code: 'invalid' },
  );
}
