/** Pushes an image to the registry that its name says: progress by layer, a cancel that stops it, failures in words. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import type { CredentialSource } from '../../image/credentials.ts';
import { registryAuthHeader } from '../../image/loginFormats.ts';
import { isDigest, parseReference, withDefaultTag } from '../../image/reference.ts';
import { BerthError, type ErrorCode, isBerthError } from '../../workspace/error.ts';
import type { Report } from '../engine.ts';
import { orAborted } from '../waiting.ts';
import { wordsOf } from './errors.ts';
import { jsonLines } from './jsonLines.ts';
import { pullQuery } from './pull.ts';

/** What the Engine API wants of who is nobody: the header has to be there. */
const anonymous = Buffer.from('{}').toString('base64');

/** Answers the digest that the registry knows it by, where the engine says it. */
export async function pushImage(
  docker: Dockerode,
  reference: string,
  report: Report,
  signal: AbortSignal,
  credentials?: CredentialSource,
): Promise<string | undefined> {
  const parsed = withDefaultTag(parseReference(reference));
  const { registry, repository } = parsed;
  const { fromImage: name, tag } = pullQuery(parsed);
  try {
    signal.throwIfAborted();
    const login = credentials && (await orAborted(credentials.credentials(registry, repository), signal));
    const stream = await docker.getImage(name).push({
      tag,
      authconfig: { base64: login ? registryAuthHeader(registry, login) : anonymous },
      abortSignal: signal,
    });
    const { failure, digest } = await follow(stream, report);
    if (failure !== undefined) throw new Error(failure);
    return digest;
  } catch (cause) {
    if (signal.aborted)
      throw new BerthError(l10n.t('The push of {0} was cancelled', reference), { code: 'cancelled', cause });
    throw isBerthError(cause) ? cause : pushProblem(reference, registry, wordsOf(cause), cause);
  }
}

const PushMessage = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).nullish(),
  aux: z.object({ Digest: z.string().optional() }).nullish(),
});

async function follow(stream: NodeJS.ReadableStream, report: Report) {
  let failure: string | undefined;
  let digest: string | undefined;
  for await (const line of jsonLines(stream)) {
    const message = PushMessage.safeParse(line).data;
    if (message === undefined) continue;
    failure ??= message.errorDetail?.message ?? message.error;
    const { id, status, progressDetail, aux } = message;
    // Podman says it in its last line only.
    const said = aux?.Digest ?? /digest: (\S+)/.exec(status ?? '')?.[1];
    if (said !== undefined && isDigest(said)) digest = said;
    if (status === undefined) continue;
    if (id === undefined) {
      report({ kind: 'output', text: `${status.trimEnd()}\n` });
      continue;
    }
    const { current, total } = progressDetail ?? {};
    report({
      kind: 'layer',
      id,
      status,
      ...(current !== undefined && { current }),
      ...(total !== undefined && { total }),
    });
  }
  return { failure, digest };
}

/** Pure: what a failed push means and what to do about it. */
export function pushProblem(reference: string, registry: string, words: string, cause?: unknown): BerthError {
  const rule = rules.find(({ when }) => when.test(words));
  const why = rule?.say(registry) ?? words.slice(0, 300);
  return new BerthError(l10n.t('Cannot push {0}: {1}', reference, why), {
    code: rule?.code ?? 'failed',
    cause: cause ?? new Error(words),
  });
}

const rules: readonly { when: RegExp; code: ErrorCode; say: (registry: string) => string }[] = [
  {
    when: /does not exist locally|image not known|no such image|image not found/i,
    code: 'not-found',
    say: () => l10n.t('the engine has no image of that name.'),
  },
  {
    when: /unauthorized|authentication required|no basic auth credentials|denied|forbidden|invalid username\/password/i,
    code: 'pull-refused',
    say: registry =>
      l10n.t(
        '{0} did not accept it. Log in with an account that may write there, or choose another name.',
        registry,
      ),
  },
  {
    when: /x509|certificate/i,
    code: 'unreachable',
    say: registry =>
      l10n.t('the engine does not trust the certificate of {0}. Add its CA to the engine.', registry),
  },
  {
    when: /server gave HTTP response to HTTPS client/i,
    code: 'unreachable',
    say: registry =>
      l10n.t(
        '{0} speaks plain HTTP. List it among the insecure registries of the engine, or give it a certificate.',
        registry,
      ),
  },
  {
    when: /connection refused|no such host|timeout|deadline exceeded|unreachable|no route to host|connection reset|EOF|50[0234] /i,
    code: 'unreachable',
    say: registry =>
      l10n.t('the engine cannot reach {0}. Is its network up, and is the name right?', registry),
  },
];
