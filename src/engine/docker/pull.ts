/** Pulls an image into an engine: progress by layer, a cancel that really stops it, failures told apart. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import type { CredentialSource } from '../../image/credentials.ts';
import { registryAuthHeader } from '../../image/loginFormats.ts';
import {
  formatReference,
  type ImageReference,
  parseReference,
  withDefaultTag,
} from '../../image/reference.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { Report } from '../engine.ts';
import { orAborted } from '../waiting.ts';
import { failureIn, jsonLines, layerIn, TransferMessage } from './jsonLines.ts';
import { type RegistryRule, wayRules } from './registryRules.ts';

export interface PullOptions {
  /** Such as 'linux/arm64'; default: the engine's own choice. */
  readonly platform?: string;
  /** Asked once per pull, of this machine as the docker command does; default: anonymous. */
  readonly credentials?: CredentialSource;
}

/** Returns once the engine has all of it. Throws 'cancelled' or what `pullProblem` says. */
export async function pullImage(
  docker: Dockerode,
  reference: string,
  report: Report,
  signal: AbortSignal,
  options: PullOptions = {},
): Promise<void> {
  const parsed = withDefaultTag(parseReference(reference));
  const cancelled = (cause: unknown) =>
    new BerthError(l10n.t('The pull of {0} was cancelled', reference), { code: 'cancelled', cause });
  let noLogin: unknown;
  try {
    signal.throwIfAborted();
    // Many images need no login: a store of logins that is broken matters only where the registry refuses.
    const asked = options.credentials?.credentials(parsed.registry, parsed.repository);
    const credentials =
      asked &&
      (await orAborted(asked, signal).catch((problem: unknown) => {
        noLogin = problem;
        return undefined;
      }));
    signal.throwIfAborted();
    const auth = credentials && { base64: registryAuthHeader(parsed.registry, credentials) };
    const stream = await docker.createImage(auth, {
      ...pullQuery(parsed),
      ...(options.platform !== undefined && { platform: options.platform }),
      abortSignal: signal,
    });
    const failure = await follow(stream, report);
    if (failure !== undefined) throw new Error(failure);
    if (options.platform !== undefined) await checkPlatform(docker, parsed, options.platform, signal);
  } catch (cause) {
    if (signal.aborted) throw cancelled(cause);
    if (isBerthError(cause)) throw cause;
    const problem = pullProblem(reference, parsed.registry, cause);
    throw problem.code === 'pull-refused' && isBerthError(noLogin)
      ? withoutLogin(reference, noLogin, problem)
      : problem;
  }
}

/** The full name, so that no engine asks which registry was meant; always a tag or digest, or all tags would come. */
export function pullQuery(reference: ImageReference): { fromImage: string; tag: string } {
  const { tag: _, digest: __, ...name } = reference;
  return { fromImage: formatReference(name), tag: reference.digest ?? reference.tag ?? 'latest' };
}

/** The registry refused somebody whose login could not be had: that is what is to be put right. */
function withoutLogin(reference: string, noLogin: BerthError, refused: BerthError): BerthError {
  return new BerthError(l10n.t('Cannot pull {0} without a login. {1}', reference, noLogin.message), {
    code: 'pull-refused',
    cause: noLogin.cause ?? refused,
  });
}

const Platform = z.object({ Os: z.string(), Architecture: z.string() });

/** Docker before 23 takes an image of any platform where the registry has it for one only. */
async function checkPlatform(
  docker: Dockerode,
  reference: ImageReference,
  wanted: string,
  signal: AbortSignal,
): Promise<void> {
  const { fromImage, tag } = pullQuery(reference);
  const image = docker.getImage(`${fromImage}${tag.includes(':') ? '@' : ':'}${tag}`);
  const inspect = image.inspect.bind(image) as (options: object) => Promise<unknown>;
  const { Os, Architecture } = Platform.parse(await inspect({ abortSignal: signal }));
  const [os, architecture] = wanted.split('/');
  if (os !== Os || architecture !== Architecture) {
    throw new Error(
      `it does not match the specified platform: wanted ${wanted}, actual: ${Os}/${Architecture}`,
    );
  }
}

/** The words of the failure that the stream ended with, or undefined. */
async function follow(stream: NodeJS.ReadableStream, report: Report): Promise<string | undefined> {
  let failure: string | undefined;
  for await (const line of jsonLines(stream)) {
    const message = TransferMessage.safeParse(line).data;
    if (message === undefined) continue;
    failure ??= failureIn(message);
    const layer = layerIn(message);
    if (message.status === undefined) continue;
    if (!layer || /^Pulling from/.test(layer.status)) {
      report({ kind: 'output', text: `${message.status.trimEnd()}\n` });
    } else report(layer);
  }
  return failure;
}

/** Pure: what a failed pull means and what to do about it, from the words of Docker and Podman. */
export function pullProblem(reference: string, registry: string, cause: unknown): BerthError {
  const words = wordsOf(cause);
  const rule = rules.find(({ when }) => when.test(words));
  const code = rule?.code ?? 'failed';
  const why = rule?.say(registry) ?? `${words.slice(0, 300)}`;
  return new BerthError(l10n.t('Cannot pull {0}: {1}', reference, why), { code, cause });
}

/** First that fits counts. */
const rules: readonly RegistryRule[] = [
  {
    when: /no space left on device|not enough space|disk quota exceeded/i,
    code: 'no-space',
    say: () =>
      l10n.t('the disk of the target is full. Remove images or volumes there that are no longer needed.'),
  },
  {
    when: /toomanyrequests|too many requests|rate limit/i,
    code: 'pull-refused',
    say: registry =>
      l10n.t('{0} lets nobody pull this often without an account. Try later, or log in.', registry),
  },
  {
    when: /no matching manifest|no match for platform|does not match the (specified|expected) platform|no image found in (manifest list|image index) for|cannot be used on this platform/i,
    code: 'unsupported',
    say: () => l10n.t('there is no such image for the platform of the target.'),
  },
  {
    // Docker Hub's words for both; the registry does not say which.
    when: /repository does not exist or may require|requested access to the resource is denied/i,
    code: 'pull-refused',
    say: registry => l10n.t('{0} has no such image, or it is private and needs a login.', registry),
  },
  {
    when: /unauthorized|authentication required|no basic auth credentials|denied:|access forbidden|403 forbidden|invalid username\/password/i,
    code: 'pull-refused',
    say: registry =>
      l10n.t('{0} refused the login. The image is private, or the login has expired.', registry),
  },
  ...wayRules,
  {
    when: /manifest (for .* )?(not found|unknown)|manifest unknown|name unknown|not found|repository name not known/i,
    code: 'not-found',
    say: registry => l10n.t('{0} has no such image or tag.', registry),
  },
  {
    when: /unsupported (media ?type|manifest)|unknown manifest|mediatype/i,
    code: 'unsupported',
    say: () => l10n.t('it is not an image that this engine can run.'),
  },
];

function wordsOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}
