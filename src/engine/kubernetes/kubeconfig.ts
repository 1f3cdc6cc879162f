/** Kubeconfigs as kubectl finds and reads them: which contexts there are, and the way into the cluster of one. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import { type Access, isSameAccess } from './access.ts';
import { ExecPlugin, loginCommand } from './execPlugin.ts';
import { inClusterContext, loadFiles, serviceAccount, stampOf } from './kubeconfigFiles.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfigText.ts';
import type { LoginSource } from './login.ts';
import { Oidc } from './oidc.ts';
import { staticAccess } from './staticCredentials.ts';

/** One line of the picker. */
export interface KubeContext {
  readonly name: string;
  /** URL of the API server; undefined where the kubeconfig lacks the cluster that the context names. */
  readonly server: string | undefined;
  readonly user: string;
  /** 'default' where the context names none. */
  readonly namespace: string;
  /** The kubeconfig in which it stands; undefined for the cluster in which this program itself runs. */
  readonly file: string | undefined;
  readonly isCurrent: boolean;
}

/** One context, and who we are there. Follows the kubeconfig when it changes on disk. */
export interface Cluster {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  /** `insecure-skip-tls-verify`: whoever is in between can read everything. People are warned. */
  readonly isUnverified: boolean;
  /** As the credentials are now: read, run for or renewed where they are due. Rejects with BerthError. */
  access(signal?: AbortSignal): Promise<Access>;
  /** Where the server refuses these: new ones, or the same where there are no others for now. */
  renew(refused: Access, signal?: AbortSignal): Promise<Access>;
  /** What to say when the new ones are refused too: what to do to log in again. */
  loginRefused(cause: unknown): BerthError;
}

/** A plugin that opens a browser must not do so at every refused request. */
const renewEveryMs = 10_000;

/** Of `path` alone, else of KUBECONFIG's files, else of `~/.kube/config`; a file that is not there has none. */
export async function loadContexts(path?: string): Promise<KubeContext[]> {
  const config = await loadFiles(path);
  return [...config.contexts].map(([name, { cluster, user, namespace = 'default', file }]) => ({
    name,
    server: config.clusters.get(cluster)?.server,
    user,
    namespace,
    file: name === inClusterContext && file === serviceAccount ? undefined : file,
    isCurrent: name === config.currentContext,
  }));
}

/** Reads the kubeconfig only: whether the cluster is there, and lets us in, shows with the first request. */
export async function openCluster({
  kubeconfig,
  context,
  account,
}: {
  readonly kubeconfig?: string;
  readonly context: string;
  /** Folder of a pod's own service account; default: where the kubelet mounts it. */
  readonly account?: string;
}): Promise<Cluster> {
  const cluster = new KubeconfigCluster(context, kubeconfig, account);
  await cluster.reload();
  return cluster;
}

class KubeconfigCluster implements Cluster {
  readonly context: string;
  readonly #path: string | undefined;
  readonly #account: string | undefined;
  #stamp = '';
  #loaded: Loaded | undefined;
  #source: { readonly key: string; readonly login: LoginSource } | undefined;
  #renewedAt = 0;

  constructor(context: string, path: string | undefined, account: string | undefined) {
    this.context = context;
    this.#path = path;
    this.#account = account;
  }

  get server(): string {
    return this.#loaded?.cluster.server ?? '';
  }
  get namespace(): string {
    return this.#loaded?.context.namespace ?? 'default';
  }
  get isUnverified(): boolean {
    return this.#loaded?.cluster.skipVerify ?? false;
  }

  async access(signal?: AbortSignal): Promise<Access> {
    const { cluster, user } = await this.reload();
    signal?.throwIfAborted();
    const access = this.#static(cluster, user);
    // As kubectl does: what the kubeconfig says itself comes first.
    if (!this.#source || access.headers.authorization !== undefined) return access;
    const { token, cert, key } = await this.#source.login.login(signal);
    return {
      ...access,
      tls: { ...access.tls, ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
      headers: { ...access.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    };
  }

  async renew(refused: Access, signal?: AbortSignal): Promise<Access> {
    const now = await this.access(signal);
    if (!isSameAccess(now, refused) || Date.now() - this.#renewedAt < renewEveryMs) return now;
    this.#renewedAt = Date.now();
    this.#source?.login.forget();
    return await this.access(signal);
  }

  loginRefused(cause: unknown): BerthError {
    return new BerthError(
      l10n.t(
        'The cluster of the context “{0}” does not accept your login. {1}',
        this.context,
        this.#advice(),
      ),
      { code: 'unreachable', cause },
    );
  }

  #advice(): string {
    const { user } = this.#loaded ?? {};
    if (user?.exec) return l10n.t('Log in again with {0} in a terminal.', `“${loginCommand(user.exec)}”`);
    if (user?.authProvider) return l10n.t('Log in again with the tool that wrote your kubeconfig.');
    return l10n.t(
      'Its token or certificate is no longer valid: get a new kubeconfig. {0} in a terminal shows whether it works.',
      `“kubectl --context ${this.context} auth whoami”`,
    );
  }

  /** Cheap where nothing has changed on disk. */
  async reload(): Promise<Loaded> {
    const stamp = await stampOf(this.#path);
    if (this.#loaded && stamp === this.#stamp) return this.#loaded;
    const config = await loadFiles(this.#path, this.#account);
    const loaded = pick(config, this.context);
    this.#follow(loaded);
    this.#stamp = stamp;
    this.#loaded = loaded;
    return loaded;
  }

  /** A login in memory outlives a change of the kubeconfig that is not about it. */
  #follow({ user, cluster }: Loaded): void {
    const key = JSON.stringify([user?.exec, [...(user?.authProvider?.config ?? [])], cluster]);
    if (this.#source?.key === key) return;
    const login = user && loginSource(user, cluster, this.context);
    this.#source = login && { key, login };
  }

  #static(cluster: ClusterEntry, user: UserEntry | undefined): Access {
    try {
      return staticAccess(cluster, user);
    } catch (cause) {
      throw new BerthError(
        l10n.t(
          'Cannot read a file that the context “{0}” needs: {1}',
          this.context,
          cause instanceof Error ? cause.message : String(cause),
        ),
        { code: 'unreachable', cause },
      );
    }
  }
}

interface Loaded {
  readonly context: ContextEntry;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry | undefined;
}

function loginSource(user: UserEntry, cluster: ClusterEntry, context: string): LoginSource | undefined {
  if (user.exec) return new ExecPlugin(user.exec, cluster);
  if (!user.authProvider) return undefined;
  const { name, config } = user.authProvider;
  if (name === 'oidc') return new Oidc(config, user.file, context);
  throw new BerthError(
    l10n.t(
      'The user of the context “{0}” logs in with “{1}”, which kubectl no longer supports either. Make the kubeconfig anew with your provider’s tool.',
      context,
      name,
    ),
    { code: 'unsupported' },
  );
}

function pick(config: Kubeconfig, name: string): Loaded {
  const context = config.contexts.get(name);
  if (!context) {
    throw new BerthError(l10n.t('There is no context “{0}” in the kubeconfig.', name), { code: 'not-found' });
  }
  const cluster = config.clusters.get(context.cluster);
  if (!cluster) {
    throw new BerthError(
      l10n.t(
        'The context “{0}” names the cluster “{1}”, which is not in the kubeconfig.',
        name,
        context.cluster,
      ),
      { code: 'not-found' },
    );
  }
  const user = config.users.get(context.user);
  if (!user && context.user !== '') {
    throw new BerthError(
      l10n.t('The context “{0}” names the user “{1}”, who is not in the kubeconfig.', name, context.user),
      { code: 'not-found' },
    );
  }
  return { context, cluster, user };
}
