/**
 * What a kubeconfig says, as kubectl reads it (k8s.io/client-go, tools/clientcmd/api/v1). Pure, and without zod: the
 * ProxyCommand program reads it anew for every connection. What is not as it should be is as if it were not there, so
 * that one broken entry does not hide the others.
 */
import { dirname, isAbsolute, join, sep } from 'node:path';
import { load } from 'js-yaml';

export interface Kubeconfig {
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly currentContext: string | undefined;
}

export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
  /** The file in which it stands. */
  readonly file: string;
}

/** Paths are absolute; data is still base64. */
export interface ClusterEntry {
  readonly server: string;
  readonly proxy: string | undefined;
  readonly caFile: string | undefined;
  readonly caData: string | undefined;
  readonly serverName: string | undefined;
  readonly skipVerify: boolean;
}

/** Paths are absolute; data is still base64. Secret. */
export interface UserEntry {
  readonly file: string;
  readonly certFile: string | undefined;
  readonly certData: string | undefined;
  readonly keyFile: string | undefined;
  readonly keyData: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly impersonate: Impersonation;
  readonly exec: ExecEntry | undefined;
  readonly authProvider: { readonly name: string; readonly config: ReadonlyMap<string, string> } | undefined;
}

export interface Impersonation {
  readonly user: string | undefined;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** A credential plugin: a program that prints an ExecCredential (client.authentication.k8s.io). */
export interface ExecEntry {
  readonly apiVersion: string;
  /** A name to be looked up in PATH, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string | undefined;
  readonly interactiveMode: string | undefined;
  readonly provideClusterInfo: boolean;
}

/** Throws the parser's error for what is no YAML; anything else is at least an empty kubeconfig. */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const root = mapping(text.trim() === '' ? {} : load(text));
  const folder = dirname(file);
  return {
    contexts: named(root.contexts, 'context', entry => contextEntry(entry, file)),
    clusters: named(root.clusters, 'cluster', entry => clusterEntry(entry, folder)),
    users: named(root.users, 'user', entry => userEntry(entry, file)),
    currentContext: words(root['current-context']),
  };
}

/** Several files as one: the first to name a thing wins, as with kubectl. */
export function mergeKubeconfigs(parts: readonly Kubeconfig[]): Kubeconfig {
  const firstOf = <T>(pick: (part: Kubeconfig) => ReadonlyMap<string, T>) =>
    new Map(parts.toReversed().flatMap(part => [...pick(part)]));
  return {
    contexts: firstOf(part => part.contexts),
    clusters: firstOf(part => part.clusters),
    users: firstOf(part => part.users),
    currentContext: parts.find(part => part.currentContext !== undefined)?.currentContext,
  };
}

function contextEntry(entry: Mapping, file: string): ContextEntry | undefined {
  const cluster = words(entry.cluster);
  if (cluster === undefined) return undefined;
  return { cluster, user: words(entry.user) ?? '', namespace: words(entry.namespace), file };
}

function clusterEntry(entry: Mapping, folder: string): ClusterEntry | undefined {
  const server = words(entry.server);
  if (server === undefined || !/^https?:\/\//i.test(server) || !URL.canParse(server)) return undefined;
  return {
    server: server.replace(/\/+$/, ''),
    proxy: words(entry['proxy-url']),
    caFile: pathOf(entry['certificate-authority'], folder),
    caData: words(entry['certificate-authority-data']),
    serverName: words(entry['tls-server-name']),
    skipVerify: entry['insecure-skip-tls-verify'] === true,
  };
}

function userEntry(entry: Mapping, file: string): UserEntry {
  const folder = dirname(file);
  return {
    file,
    certFile: pathOf(entry['client-certificate'], folder),
    certData: words(entry['client-certificate-data']),
    keyFile: pathOf(entry['client-key'], folder),
    keyData: words(entry['client-key-data']),
    token: words(entry.token),
    tokenFile: pathOf(entry.tokenFile, folder),
    username: words(entry.username),
    password: words(entry.password),
    impersonate: {
      user: words(entry.as),
      uid: words(entry['as-uid']),
      groups: listOf(entry['as-groups'], words),
      extra: new Map(
        Object.entries(mapping(entry['as-user-extra'])).map(([key, values]) => [key, listOf(values, words)]),
      ),
    },
    exec: execEntry(entry.exec, folder),
    authProvider: authProvider(entry['auth-provider']),
  };
}

function execEntry(value: unknown, folder: string): ExecEntry | undefined {
  const entry = mapping(value);
  const command = words(entry.command);
  if (command === undefined) return undefined;
  return {
    apiVersion: words(entry.apiVersion) ?? '',
    command: command.includes('/') || command.includes(sep) ? (pathOf(command, folder) ?? command) : command,
    args: listOf(entry.args, argument),
    env: listOf(entry.env, variable => {
      const { name, value: content } = mapping(variable);
      return typeof name === 'string' ? { name, value: argument(content) ?? '' } : undefined;
    }),
    installHint: words(entry.installHint),
    interactiveMode: words(entry.interactiveMode),
    provideClusterInfo: entry.provideClusterInfo === true,
  };
}

function authProvider(value: unknown): UserEntry['authProvider'] {
  const entry = mapping(value);
  const name = words(entry.name);
  if (name === undefined) return undefined;
  const config = Object.entries(mapping(entry.config)).flatMap(([key, content]) =>
    typeof content === 'string' ? [[key, content] as const] : [],
  );
  return { name, config: new Map(config) };
}

type Mapping = Readonly<Record<string, unknown>>;

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

/** A list of `{name, [key]: {…}}`; of two with one name the first counts. */
function named<T>(list: unknown, key: string, read: (entry: Mapping) => T | undefined): Map<string, T> {
  const entries = new Map<string, T>();
  for (const item of Array.isArray(list) ? list : []) {
    const name = words(mapping(item).name);
    const entry = name === undefined ? undefined : read(mapping(mapping(item)[key]));
    if (name !== undefined && entry !== undefined && !entries.has(name)) entries.set(name, entry);
  }
  return entries;
}

function listOf<T>(list: unknown, read: (item: unknown) => T | undefined): T[] {
  return (Array.isArray(list) ? list : []).map(read).filter(item => item !== undefined);
}

/** Names are sometimes written so that YAML takes them for numbers. */
function words(value: unknown): string | undefined {
  const text = argument(value);
  return text === '' ? undefined : text;
}

function argument(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function pathOf(value: unknown, folder: string): string | undefined {
  const path = words(value);
  return path === undefined || isAbsolute(path) ? path : join(folder, path);
}
