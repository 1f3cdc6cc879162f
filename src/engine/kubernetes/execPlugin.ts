/** Credential plugins: programs named in a kubeconfig that print a token or a certificate (client.authentication.k8s.io). */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError } from '../../workspace/error.ts';
import { pathFor } from '../loginPath.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfigText.ts';
import { type Login, LoginCache, type LoginSource } from './login.ts';

/** Some open a browser and wait for the person. */
const runTimeoutMs = 120_000;
const maxOutputBytes = 1 << 20;
const maxComplaintCharacters = 2_000;

export class ExecPlugin implements LoginSource {
  readonly #cache: LoginCache;

  constructor(entry: ExecEntry, cluster: ClusterEntry) {
    this.#cache = new LoginCache(() => getLogin(entry, cluster));
  }

  login(signal?: AbortSignal): Promise<Login> {
    return this.#cache.login(signal);
  }

  forget(): void {
    this.#cache.forget();
  }
}

/** What a person types to log in again, as far as it is known. */
export function loginCommand({ command }: ExecEntry): string {
  return wellKnown[basename(command).replace(/\.(exe|cmd)$/i, '')] ?? basename(command);
}

const wellKnown: Readonly<Record<string, string>> = {
  aws: 'aws sso login',
  'gke-gcloud-auth-plugin': 'gcloud auth login',
  gcloud: 'gcloud auth login',
  kubelogin: 'az login',
  doctl: 'doctl auth init',
  tsh: 'tsh login',
  oci: 'oci session authenticate',
};

async function getLogin(entry: ExecEntry, cluster: ClusterEntry) {
  const { apiVersion, interactiveMode } = entry;
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion)) {
    throw failed(entry, l10n.t('its version in the kubeconfig ({0}) is not supported.', apiVersion));
  }
  if (interactiveMode === 'Always') {
    throw failed(entry, l10n.t('it wants to ask you something, which it can do in a terminal only.'));
  }
  return loginIn(entry, await outputOf(entry, execInfo(entry, cluster)));
}

/** KUBERNETES_EXEC_INFO, by which the program knows in which version to answer and for which cluster. */
function execInfo(entry: ExecEntry, cluster: ClusterEntry): string {
  const { server, serverName, skipVerify, caData, proxy } = cluster;
  const about = {
    server,
    ...(serverName !== undefined && { 'tls-server-name': serverName }),
    ...(skipVerify && { 'insecure-skip-tls-verify': true }),
    ...(caData !== undefined && { 'certificate-authority-data': caData }),
    ...(proxy !== undefined && { 'proxy-url': proxy }),
  };
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: entry.apiVersion,
    spec: { ...(entry.provideClusterInfo && { cluster: about }), interactive: false },
  });
}

async function outputOf(entry: ExecEntry, info: string): Promise<string> {
  const path = await pathFor(entry.command);
  const own = Object.fromEntries(entry.env.map(({ name, value }) => [name, value]));
  // An editor's own variable would turn other programs of its kind into Node.
  const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env;
  const env = { ...inherited, PATH: path, ...own, KUBERNETES_EXEC_INFO: info };
  const { code, stdout, stderr, error } = await run(entry, env);
  if (code === 0) return stdout;
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw failed(entry, l10n.t('it is not installed, or not in the PATH.'), error, entry.installHint);
  }
  if (code === undefined)
    throw failed(entry, l10n.t('it did not end within {0} seconds.', runTimeoutMs / 1000));
  const complaint = stderr.trim().slice(-maxComplaintCharacters);
  throw failed(
    entry,
    complaint === '' ? l10n.t('it ended with the exit code {0}.', String(code)) : complaint,
    error,
  );
}

interface Outcome {
  /** Undefined: it was ended, being late or talking without end. Null: by a signal, or it never began. */
  readonly code: number | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: Error;
}

function run({ command, args }: ExecEntry, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise(resolve => {
    const child = spawn(command, [...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let [stdout, stderr] = ['', ''];
    let isEnded = false;
    const end = () => {
      isEnded = true;
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(end, runTimeoutMs);
    const finish = (outcome: Omit<Outcome, 'stdout' | 'stderr'>) => {
      clearTimeout(timer);
      resolve({ ...outcome, stdout, stderr });
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > maxOutputBytes) end();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-2 * maxComplaintCharacters);
    });
    child.once('error', error => finish({ code: null, error }));
    child.once('close', code => finish({ code: isEnded ? undefined : code }));
  });
}

const ExecCredential = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: z.string().min(1).optional(),
    clientCertificateData: z.string().min(1).optional(),
    clientKeyData: z.string().min(1).optional(),
    expirationTimestamp: z.string().nullish(),
  }),
});

/** Pure. What it printed is not repeated in errors: it may be half a token. */
export function loginIn(entry: ExecEntry, output: string): { login: Login; expiresAt: number | undefined } {
  const {
    token,
    clientCertificateData: cert,
    clientKeyData: key,
    expirationTimestamp,
  } = parsed(entry, output);
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw failed(entry, l10n.t('it gave neither a token nor a certificate with its key.'));
  }
  const expiresAt = Date.parse(expirationTimestamp ?? '');
  return {
    login: {
      ...(token !== undefined && { token }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    },
    expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt,
  };
}

function parsed(entry: ExecEntry, output: string): z.infer<typeof ExecCredential>['status'] {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    throw failed(entry, l10n.t('what it printed is not an ExecCredential.'));
  }
  const credential = ExecCredential.safeParse(json).data;
  if (!credential) throw failed(entry, l10n.t('what it printed is not an ExecCredential.'));
  if (credential.apiVersion !== entry.apiVersion) {
    throw failed(entry, l10n.t('it answered in another version ({0}).', credential.apiVersion));
  }
  return credential.status;
}

function failed(entry: ExecEntry, why: string, cause?: unknown, hint?: string): BerthError {
  const advice = hint ?? l10n.t('Log in with {0} in a terminal, then try again.', `“${loginCommand(entry)}”`);
  return new BerthError(
    l10n.t(
      'The program that logs in to the cluster, “{0}”, failed: {1}\n{2}',
      entry.command,
      why,
      advice.trim(),
    ),
    { code: 'unreachable', ...(cause !== undefined && { cause }) },
  );
}
