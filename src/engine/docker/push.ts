/** Pushes an image to the registry that its name says: progress by layer, a cancel that stops it, failures in words. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import type { CredentialSource } from '../../image/credentials.ts';
import { registryAuthHeader } from '../../image/loginFormats.ts';
import { isDigest, parseReference, withDefaultTag } from '../../image/reference.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { Report } from '../engine.ts';
import { orAborted } from '../waiting.ts';
import { wordsOf } from './errors.ts';
import { failureIn, jsonLines, layerIn, TransferMessage } from './jsonLines.ts';
import { pullQuery } from './pull.ts';
import { type RegistryRule, wayRules } from './registryRules.ts';

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

const PushMessage = TransferMessage.extend({
  aux: z.object({ Digest: z.string().optional() }).nullish(),
});

async function follow(stream: NodeJS.ReadableStream, report: Report) {
  let failure: string | undefined;
  let digest: string | undefined;
  for await (const line of jsonLines(stream)) {
    const message = PushMessage.safeParse(line).data;
    if (message === undefined) continue;
    failure ??= failureIn(message);
    const { status, aux } = message;
    // Podman says it in its last line only.
    const said = aux?.Digest ?? /digest: (\S+)/.exec(status ?? '')?.[1];
    if (said !== undefined && isDigest(said)) digest = said;
    if (status === undefined) continue;
    report(layerIn(message) ?? { kind: 'output', text: `${status.trimEnd()}\n` });
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

const rules: readonly RegistryRule[] = [
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
  ...wayRules,
];
