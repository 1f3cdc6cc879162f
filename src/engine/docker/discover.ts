/** Docker engines that can be found on this machine: sockets in the usual places, Docker contexts, DOCKER_HOST. */
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { DockerEndpoint } from '../target.ts';
import { formatEndpoint, parseEndpoint, type TlsFiles } from './endpoint.ts';

/** Where an engine may be. */
export interface Candidate {
  /** What its id is made of. */
  readonly name: string;
  readonly title: string;
  readonly endpoint: DockerEndpoint;
  /** How it was found, in words. */
  readonly origin: string;
}
/** One that is there. */
export interface Found extends Candidate {
  /** Text that is the same for the same engine, whatever links lead to it. */
  readonly identity: string;
}

/** What candidates are worked out from. */
export interface Environment {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** -1 where there is none. */
  readonly uid: number;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly contexts: readonly DockerContext[];
  /** The context that the docker command uses, of its own config. */
  readonly currentContext?: string | undefined;
  /** Sockets of virtual machines, each named by its profile. */
  readonly colima: readonly NamedSocket[];
  readonly podmanMachines: readonly NamedSocket[];
}
export interface NamedSocket {
  readonly name: string;
  readonly path: string;
}
/** A context of the docker command, other than its built-in one. */
export interface DockerContext {
  readonly name: string;
  readonly description: string;
  readonly host: string;
  readonly skipTlsVerify: boolean;
  /** Paths of what stands in its TLS folder. */
  readonly tls: Omit<TlsFiles, 'verify'>;
}

/** Finds engines: a socket must be there, an address of another machine is taken at its word. Never throws. */
export async function discover(environment?: Environment): Promise<Found[]> {
  const around = environment ?? (await readEnvironment());
  const pipes = around.platform === 'win32' ? await list('//./pipe/') : [];
  const found: Found[] = [];
  for (const candidate of candidates(around)) {
    const there = await checked(candidate, pipes);
    if (there && !found.some(({ identity }) => identity === there.identity)) found.push(there);
  }
  return found;
}

/** Pure. The usual places first, so that they keep their plain names; of two that are the same the first counts. */
export function candidates(environment: Environment): Candidate[] {
  const { platform, home, variables } = environment;
  const runtime =
    variables.XDG_RUNTIME_DIR || (environment.uid >= 0 ? `/run/user/${environment.uid}` : undefined);
  const socket = (name: string, title: string, path: string, origin: string): Candidate => ({
    name,
    title,
    endpoint: { type: 'unix', path },
    origin,
  });
  const pipe = (name: string, title: string, pipeName: string): Candidate => ({
    name,
    title,
    endpoint: { type: 'npipe', path: `//./pipe/${pipeName}` },
    origin: l10n.t('named pipe of {0}', title),
  });
  const ofContexts = environment.contexts.flatMap(context => fromContext(context));
  const current = variables.DOCKER_CONTEXT || environment.currentContext;
  const contexts = [
    ...ofContexts.filter(({ title }) => title === current),
    ...ofContexts.filter(({ title }) => title !== current),
  ];
  if (platform === 'win32') {
    return [
      pipe('local', l10n.t('This machine'), 'docker_engine'),
      pipe('desktop', 'Docker Desktop', 'dockerDesktopLinuxEngine'),
      pipe('podman', 'Podman', 'podman-machine-default'),
      ...contexts,
      ...fromVariables(environment),
    ];
  }
  const at = (...parts: string[]) => posix.join(home, ...parts);
  return [
    socket('local', l10n.t('This machine'), '/var/run/docker.sock', l10n.t('socket of this machine')),
    ...(runtime === undefined
      ? []
      : [
          socket(
            'rootless',
            l10n.t('Rootless Docker'),
            posix.join(runtime, 'docker.sock'),
            l10n.t('rootless socket'),
          ),
        ]),
    ...(platform === 'darwin'
      ? []
      : [socket('podman', 'Podman', '/run/podman/podman.sock', l10n.t('socket of Podman'))]),
    ...(runtime === undefined
      ? []
      : [
          socket(
            'podman',
            l10n.t('Podman (rootless)'),
            posix.join(runtime, 'podman', 'podman.sock'),
            l10n.t('socket of Podman'),
          ),
        ]),
    ...environment.podmanMachines.map(({ name, path }) =>
      socket('podman', `Podman (${name})`, path, l10n.t('Podman machine')),
    ),
    socket(
      'desktop',
      'Docker Desktop',
      at('.docker/run/docker.sock'),
      l10n.t('socket of {0}', 'Docker Desktop'),
    ),
    socket(
      'desktop',
      'Docker Desktop',
      at('.docker/desktop/docker.sock'),
      l10n.t('socket of {0}', 'Docker Desktop'),
    ),
    ...environment.colima.map(({ name, path }) =>
      socket(
        name === 'default' ? 'colima' : `colima-${name}`,
        name === 'default' ? 'Colima' : `Colima (${name})`,
        path,
        l10n.t('socket of {0}', 'Colima'),
      ),
    ),
    socket('rancher', 'Rancher Desktop', at('.rd/docker.sock'), l10n.t('socket of {0}', 'Rancher Desktop')),
    socket('orbstack', 'OrbStack', at('.orbstack/run/docker.sock'), l10n.t('socket of {0}', 'OrbStack')),
    ...contexts,
    ...fromVariables(environment),
  ];
}

function fromContext(context: DockerContext): Candidate[] {
  const { ca, cert, key } = context.tls;
  const hasTls = ca !== undefined || cert !== undefined || key !== undefined || context.skipTlsVerify;
  const endpoint = endpointOf(
    context.host,
    hasTls ? { ...context.tls, verify: !context.skipTlsVerify } : undefined,
  );
  const { name } = context;
  return endpoint ? [{ name, title: name, endpoint, origin: l10n.t('Docker context {0}', name) }] : [];
}

/** As the docker command reads them, but a certificate is always verified. */
function fromVariables({ variables, home }: Environment): Candidate[] {
  const host = variables.DOCKER_HOST?.trim();
  if (!host) return [];
  const folder = variables.DOCKER_CERT_PATH || posix.join(home, '.docker');
  const hasTls = Boolean(variables.DOCKER_TLS_VERIFY || variables.DOCKER_TLS || variables.DOCKER_CERT_PATH);
  const file = (name: string) => posix.join(folder, name);
  const endpoint = endpointOf(
    host,
    hasTls ? { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem'), verify: true } : undefined,
  );
  if (!endpoint) return [];
  const name = endpoint.type === 'tcp' || endpoint.type === 'ssh' ? endpoint.host : 'docker-host';
  return [{ name, title: name, endpoint, origin: 'DOCKER_HOST' }];
}

function endpointOf(text: string, tls: TlsFiles | undefined): DockerEndpoint | undefined {
  try {
    return parseEndpoint(text, tls);
  } catch {
    // Not an address that Berth can use, such as fd:// or an address of Kubernetes.
    return undefined;
  }
}

/** The same text for the same engine: sockets by where their links end, the rest by their address. */
export async function identityOf(endpoint: DockerEndpoint): Promise<string> {
  if (endpoint.type !== 'unix') return formatEndpoint(endpoint);
  const path = await realpath(endpoint.path).catch(async () => {
    // While the engine is down only the folder is there.
    const folder = await realpath(dirname(endpoint.path)).catch(() => dirname(endpoint.path));
    return join(folder, basename(endpoint.path));
  });
  return formatEndpoint({ type: 'unix', path });
}

async function checked(candidate: Candidate, pipes: readonly string[]): Promise<Found | undefined> {
  const { endpoint } = candidate;
  switch (endpoint.type) {
    case 'unix': {
      const status = await stat(endpoint.path).catch(() => undefined);
      return status?.isSocket() ? { ...candidate, identity: await identityOf(endpoint) } : undefined;
    }
    case 'npipe': {
      const isThere = pipes.includes(basename(endpoint.path));
      return isThere ? { ...candidate, identity: formatEndpoint(endpoint) } : undefined;
    }
    case 'tcp': {
      const tls = endpoint.tls && (await existing(endpoint.tls));
      return {
        ...candidate,
        endpoint: { ...endpoint, ...(tls && { tls }) },
        identity: formatEndpoint(endpoint),
      };
    }
    case 'ssh':
      return { ...candidate, identity: formatEndpoint(endpoint) };
  }
}

/** Without the files that are not there: an engine may do without client certificates. */
async function existing({ verify, ...files }: TlsFiles): Promise<TlsFiles> {
  const kept: TlsFiles = { verify };
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = files[name];
    if (path !== undefined && (await isThere(path))) kept[name] = path;
  }
  return kept;
}

/** Reads what there is; whatever cannot be read is as if it were not there. */
export async function readEnvironment(
  variables: NodeJS.ProcessEnv = process.env,
  home: string = userInfo().homedir,
): Promise<Environment> {
  const dockerFolder = variables.DOCKER_CONFIG || join(home, '.docker');
  const config = z
    .object({ currentContext: z.string() })
    .safeParse(await readJson(join(dockerFolder, 'config.json')));
  const colimaFolders = [
    variables.COLIMA_HOME ?? join(home, '.colima'),
    join(variables.XDG_CONFIG_HOME || join(home, '.config'), 'colima'),
  ];
  const machines = join(home, '.local/share/containers/podman/machine');
  const [contexts, colima, podman] = await Promise.all([
    readContexts(dockerFolder),
    Promise.all(colimaFolders.map(folder => socketsBelow(folder, 'docker.sock'))),
    Promise.all([
      socketsBelow(machines, 'podman.sock'),
      socketsIn(join(variables.TMPDIR || '/tmp', 'podman'), /^(.+)-api\.sock$/),
    ]),
  ]);
  return {
    platform: process.platform,
    home,
    uid: process.getuid?.() ?? -1,
    variables,
    contexts,
    currentContext: config.data?.currentContext,
    colima: colima.flat(),
    podmanMachines: podman.flat(),
  };
}

const ContextMeta = z.object({
  Name: z.string().min(1).max(200),
  Metadata: z.object({ Description: z.string().default('') }).default({ Description: '' }),
  Endpoints: z.object({
    docker: z.object({ Host: z.string(), SkipTLSVerify: z.boolean().default(false) }),
  }),
});

async function readContexts(dockerFolder: string): Promise<DockerContext[]> {
  const folder = join(dockerFolder, 'contexts');
  const contexts: DockerContext[] = [];
  for (const entry of (await list(join(folder, 'meta'))).toSorted()) {
    const meta = ContextMeta.safeParse(await readJson(join(folder, 'meta', entry, 'meta.json')));
    if (!meta.success) continue;
    const { Name: name, Metadata, Endpoints } = meta.data;
    // The docker command names the folder by the hash of the context's name.
    const tlsFolder = join(folder, 'tls', createHash('sha256').update(name).digest('hex'), 'docker');
    const { verify: _, ...tls } = await existing({
      ca: join(tlsFolder, 'ca.pem'),
      cert: join(tlsFolder, 'cert.pem'),
      key: join(tlsFolder, 'key.pem'),
      verify: true,
    });
    contexts.push({
      name,
      description: Metadata.Description,
      host: Endpoints.docker.Host,
      skipTlsVerify: Endpoints.docker.SkipTLSVerify,
      tls,
    });
  }
  return contexts.sort((a, b) => a.name.localeCompare(b.name));
}

/** `<folder>/<name>/<file>` for each name. */
async function socketsBelow(folder: string, file: string): Promise<NamedSocket[]> {
  const sockets: NamedSocket[] = [];
  for (const name of (await list(folder)).toSorted()) {
    const path = join(folder, name, file);
    if (await isThere(path)) sockets.push({ name, path });
  }
  return sockets;
}

async function socketsIn(folder: string, pattern: RegExp): Promise<NamedSocket[]> {
  return (await list(folder)).toSorted().flatMap(entry => {
    const name = pattern.exec(entry)?.[1];
    return name === undefined ? [] : [{ name, path: join(folder, entry) }];
  });
}

async function list(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
