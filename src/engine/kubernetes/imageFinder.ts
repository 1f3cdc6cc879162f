/**
 * What a pod needs to know of an image: its digest and config from its registry, and who is in its /etc/passwd from a pod
 * that prints it. Images are asked once for each engine object: a digest never changes.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import { probeManifest } from './manifests.ts';
import type { ImageCommand } from './notes.ts';
import type { Objects } from './objects.ts';
import { podProblem } from './podProblem.ts';
import type { PodReport } from './reports.ts';

export interface FoundImage {
  readonly reference: string;
  /** '' where the registry cannot be asked from here. */
  readonly digest: string;
  readonly command: ImageCommand;
}

/** Asks the image's registry; rejects where that is not to be had from this machine. */
export type AskRegistry = (
  reference: string,
  options: { readonly pullSecrets: readonly string[]; readonly signal: AbortSignal },
) => Promise<FoundImage>;

const probeMs = 300_000;

export class ImageFinder {
  readonly #objects: Objects;
  readonly #ask: AskRegistry;
  readonly #log: (message: string) => void;
  readonly #passwd = new Map<string, string>();

  constructor(objects: Objects, ask: AskRegistry, log: (message: string) => void) {
    this.#objects = objects;
    this.#ask = ask;
    this.#log = log;
  }

  /**
   * A registry that only the cluster reaches is no obstacle where the person says who logs in (`mayGuess`): then the tag is
   * used as it is. Else nobody knows whose home to mount, and where.
   */
  async find(
    { image, imagePullSecrets, user, firstProcess }: WorkspaceSettings,
    signal: AbortSignal,
    mayGuess = true,
  ): Promise<FoundImage> {
    try {
      return await this.#ask(image, { pullSecrets: imagePullSecrets, signal });
    } catch (error) {
      signal.throwIfAborted();
      const words = error instanceof Error ? error.message : String(error);
      this.#log(`the registry of ${image} cannot be asked: ${words}`);
      if (!mayGuess || user === undefined || firstProcess === 'beside')
        throw unknownImage(image, words, error);
      return { reference: image, digest: '', command: { user: '', entrypoint: [], command: [] } };
    }
  }

  /** The text of the image's /etc/passwd, printed by a pod of it. `image` is what the pod is to run. */
  async passwd(
    name: WorkspaceName,
    settings: WorkspaceSettings,
    image: string,
    signal: AbortSignal,
  ): Promise<string> {
    const known = this.#passwd.get(image);
    if (known !== undefined) return known;
    const token = randomBytes(4).toString('hex');
    const manifest = probeManifest(name, settings, image, token);
    const pod = manifest.metadata.name;
    try {
      await this.#objects.create('pod', manifest, { signal });
      await this.#untilEnded(pod, image, signal);
      const path = `${this.#objects.path('pod', pod)}/log`;
      const text = await this.#objects.api.text({ path, query: { limitBytes: 1 << 20 }, signal });
      this.#passwd.set(image, text);
      return text;
    } finally {
      await this.#objects
        .remove('pod', pod, { graceSeconds: 0 })
        .catch(error => this.#log(`could not remove the pod ${pod}: ${error}`));
    }
  }

  async #untilEnded(pod: string, image: string, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + probeMs;
    while (Date.now() < deadline) {
      const report = await this.#objects.get('pod', pod, signal);
      if (!report) throw new BerthError(l10n.t('The pod that looked into the image {0} was removed.', image));
      if (report.end?.exitCode === 0) return;
      const problem = report.end ? { cause: 'exit', words: endWords(report.end) } : podProblem(report);
      if (problem && problem.cause !== 'unschedulable') {
        throw new BerthError(l10n.t('Cannot look into the image {0}: {1}', image, problem.words), {
          code: problem.cause === 'image-missing' ? 'not-found' : 'pull-refused',
        });
      }
      await sleep(100, undefined, { signal });
    }
    throw new BerthError(
      l10n.t(
        'Cannot look into the image {0}: its pod did not run in time. Is there a node with room for it?',
        image,
      ),
    );
  }
}

function endWords({ exitCode, reason, message }: NonNullable<PodReport['end']>): string {
  return l10n.t('/etc/passwd cannot be read in it (exit code {0}). {1}', exitCode, message || reason);
}

function unknownImage(image: string, words: string, cause: unknown): BerthError {
  const sentence = words.replace(/[^.!?]$/, '$&.');
  if (isBerthError(cause, 'pull-refused') || isBerthError(cause, 'not-found')) {
    const wayOut = l10n.t(
      'Where its registry wants a login, choose an image pull secret in the settings (Advanced).',
    );
    return new BerthError(`${sentence} ${wayOut}`, { code: cause.code, cause });
  }
  return new BerthError(
    l10n.t(
      'It is not known who logs in to {0}. {1} Where only the cluster reaches the image’s registry, name the user in the settings (Advanced).',
      image,
      sentence,
    ),
    { code: isBerthError(cause) ? cause.code : 'unreachable', cause },
  );
}
