/** From a workspace to its connection file, and from such a file to a target of this machine. Knows no editor. */
import * as l10n from '@vscode/l10n';
import { endpointOf, loadContexts } from '../engine/clusters.ts';
import type { Engine } from '../engine/engine.ts';
import type { Target } from '../engine/target.ts';
import type { Endpoint, TargetStore, TlsFiles } from '../engine/targets.ts';
import {
  type ConnectionFile,
  checkHostKey,
  connectionOf,
  type SharedEndpoint,
  whyElsewhere,
} from '../ssh/connectionFile.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What the machine has of its own on which a file is taken, and what its person says. */
export interface Taker {
  readonly targets: Pick<TargetStore, 'known' | 'add'>;
  /** Of it alone, where its path is given. */
  readonly kubeconfig: string | undefined;
  /** Undefined where the person left. */
  chooseTls(): Promise<TlsFiles | 'none' | undefined>;
  /** Whether to go to a place that is not on the list. */
  mayAdd(): Promise<boolean>;
  /** The workspace of the file; the target is that of the list, or one that is on none. */
  find(at: { readonly known: TargetId } | { readonly endpoint: Endpoint }): ReturnType<Engine['find']>;
}

/** `kubeconfig`: see Taker. Throws 'unsupported' on what means nothing elsewhere. */
export async function connectionTo(
  workspace: Pick<Workspace, 'name' | 'createdBy' | 'hostKey'>,
  target: Target,
  kubeconfig: string | undefined,
): Promise<ConnectionFile> {
  if (target.kind !== 'kubernetes') return connectionOf(workspace, target);
  const { endpoint } = target;
  const contexts = await loadContexts(endpoint.kubeconfig ?? kubeconfig);
  const server = contexts.find(({ name, file }) => name === endpoint.context && file !== undefined)?.server;
  return connectionOf(workspace, target, { server });
}

/**
 * The target of the list that leads there, added where none does, once the workspace was seen and is the one that is meant.
 * Undefined where the person left.
 */
export async function takeConnection(
  connection: ConnectionFile,
  taker: Taker,
): Promise<TargetId | undefined> {
  const elsewhere = whyElsewhere(connection);
  if (elsewhere !== undefined) throw new BerthError(elsewhere, { code: 'unsupported' });
  const endpoint = await ownEndpoint(connection.endpoint, taker);
  if (!endpoint) return undefined;
  const known = await taker.targets.known(endpoint);
  if (known) {
    check(connection, await taker.find({ known: known.id }));
    return known.id;
  }
  if (!(await taker.mayAdd())) return undefined;
  check(connection, await taker.find({ endpoint }));
  const { target: id, title } = connection;
  return (await taker.targets.add({ endpoint, title, id })).id;
}

/** As this machine reaches it: by certificates and contexts of its own. */
async function ownEndpoint(
  endpoint: SharedEndpoint,
  { kubeconfig, chooseTls }: Pick<Taker, 'kubeconfig' | 'chooseTls'>,
): Promise<Endpoint | undefined> {
  switch (endpoint.type) {
    case 'unix':
    case 'npipe':
      return { type: endpoint.type, path: endpoint.path };
    case 'ssh':
      return endpoint;
    case 'tcp': {
      const { type, host, port } = endpoint;
      if (!endpoint.tls) return { type, host, port };
      const tls = await chooseTls();
      if (tls !== 'none') return tls && { type, host, port, tls };
      throw new BerthError(
        l10n.t(
          '{0} is reached with TLS, says the file. Nothing was added: import it again, and choose your certificates.',
          host,
        ),
        { code: 'unsupported' },
      );
    }
    case 'kubernetes': {
      const contexts = (await loadContexts(kubeconfig)).filter(
        ({ server, file }) => file !== undefined && server === endpoint.server,
      );
      const context = contexts.find(({ name }) => name === endpoint.context) ?? contexts[0];
      if (context) return endpointOf(context, endpoint.namespace, kubeconfig !== undefined);
      throw new BerthError(
        l10n.t(
          'No context of your kubeconfig leads to {0}. Get access to that cluster first, then import the file again.',
          endpoint.server,
        ),
        { code: 'not-found' },
      );
    }
  }
}

function check(connection: ConnectionFile, found: Awaited<ReturnType<Engine['find']>>): void {
  const { workspace, title } = connection;
  if (!found) {
    throw new BerthError(
      l10n.t('There is no workspace “{0}” on “{1}”. Nothing was added.', workspace, title),
      { code: 'not-found' },
    );
  }
  checkHostKey(connection, found.hostKey);
}
