/** Whom we trust and who we are in TLS with a registry: the system's CAs, Docker's `certs.d`, files that were named. */
import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import * as l10n from '@vscode/l10n';
import { RegistryProblem } from './registryProblem.ts';

export interface CertificateOptions {
  /** PEM files of further CAs. */
  readonly caFiles?: readonly string[];
  /** Folders with one folder for each `host[:port]`; default: those of Docker and Podman. */
  readonly certificateFolders?: readonly string[];
}

export interface SecureContexts {
  /** With the client certificate, for the registry alone. */
  readonly registry: tls.SecureContext;
  /** For token servers and wherever blobs are kept. */
  readonly others: tls.SecureContext;
}

/** Reads them; throws RegistryProblem for a file that cannot be used. */
export async function secureContexts(registry: string, options: CertificateOptions): Promise<SecureContexts> {
  const folders = options.certificateFolders ?? usualFolders();
  const found = await Promise.all(folders.map(folder => readFolder(join(folder, folderName(registry)))));
  const named = await Promise.all((options.caFiles ?? []).map(readPem));
  const ca = [...new Set([...trusted(), ...found.flatMap(({ authorities }) => authorities), ...named])];
  const client = found.map(({ pairs }) => pairs).find(pairs => pairs.length > 0) ?? [];
  try {
    const others = tls.createSecureContext({ ca });
    if (client.length === 0) return { registry: others, others };
    const [cert, key] = [client.map(pair => pair.cert), client.map(pair => pair.key)];
    return { registry: tls.createSecureContext({ ca, cert, key }), others };
  } catch (cause) {
    throw new RegistryProblem(
      l10n.t('a certificate or key that is kept for {0} cannot be used.', registry),
      'invalid',
      cause,
    );
  }
}

/** What Node itself trusts (NODE_EXTRA_CA_CERTS included) and, from Node 22.15 on, what the system does. */
function trusted(): readonly string[] {
  if (typeof tls.getCACertificates !== 'function') return tls.rootCertificates;
  return [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
}

function usualFolders(home = userInfo().homedir, env = process.env): string[] {
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  return [
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'certs.d'),
    join(config, 'docker/certs.d'),
    join(config, 'containers/certs.d'),
    ...(process.platform === 'win32'
      ? [join(env.ProgramData ?? 'C:\\ProgramData', 'docker\\certs.d')]
      : ['/etc/docker/certs.d', '/etc/containers/certs.d']),
  ];
}

/** Windows has no colons in names: Docker leaves them out there. */
function folderName(registry: string): string {
  return process.platform === 'win32' ? registry.replaceAll(':', '') : registry;
}

interface Folder {
  readonly authorities: readonly string[];
  readonly pairs: readonly { readonly cert: string; readonly key: string }[];
}

/** As Docker reads it: `*.crt` are CAs, `*.cert` with the `*.key` of the same name is the client. */
async function readFolder(folder: string): Promise<Folder> {
  const names: string[] = await readdir(folder).catch(() => []);
  const ending = (suffix: string) => names.filter(name => name.endsWith(suffix)).toSorted();
  const authorities = await Promise.all(ending('.crt').map(name => readPem(join(folder, name))));
  const pairs = ending('.cert').map(async name => {
    const key = name.replace(/\.cert$/, '.key');
    if (!names.includes(key)) {
      throw new RegistryProblem(
        l10n.t('the client certificate {0} has no key beside it.', join(folder, name)),
        'invalid',
      );
    }
    return { cert: await readPem(join(folder, name)), key: await readPem(join(folder, key)) };
  });
  return { authorities, pairs: await Promise.all(pairs) };
}

async function readPem(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new RegistryProblem(l10n.t('{0} cannot be read.', path), 'invalid', cause);
  }
  if (/-----BEGIN [A-Z ]+-----/.test(text)) return text;
  throw new RegistryProblem(l10n.t('{0} is not a certificate or key in PEM.', path), 'invalid');
}
