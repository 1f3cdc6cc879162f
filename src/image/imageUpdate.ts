/** Which workspaces run an image that has a newer one under the same tag, and which images to ask registries about. Pure. */
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';
import {
  familiarReference,
  formatReference,
  type ImageReference,
  isImageId,
  isSameReference,
  parseReference,
  withDefaultTag,
} from './reference.ts';

/** As much of a workspace as decides. */
export type Updatable = Pick<Workspace, 'target' | 'name' | 'settings' | 'resolved'>;

/** What a rebuild on the newest image would change. */
export interface ImageUpdate {
  readonly image: string;
  /** Digests. */
  readonly from: string;
  readonly to: string;
}

/** What a registry said of an image. */
export interface Answer {
  /** Unix time in ms. */
  readonly at: number;
  /** The digest that it stands for; undefined where the registry could not be asked. */
  readonly newest: string | undefined;
  /** Digests that workspaces of a target run (runKey), and whether `newest` is another image. */
  readonly judged: ReadonlyMap<string, boolean>;
}

/** By imageKey. */
export type Answers = ReadonlyMap<string, Answer>;

/** An image to ask about, and what runs it. */
export interface Question {
  readonly key: string;
  readonly reference: ImageReference;
  readonly workspaces: readonly Updatable[];
}

/** How long an answer holds, also one that could not be had. */
export const answerAgeMs = 3_600_000;

/**
 * The tag that the workspace follows. Undefined where there is nothing to follow: it was told not to look, its image is
 * named by digest or id, has no digest of a registry's, or is another since an edit, which the next rebuild takes anyway.
 */
export function followedImage({ settings, resolved }: Updatable): ImageReference | undefined {
  if (!settings || settings.imageUpdates === 'never' || !resolved) return undefined;
  if (!/^sha256:[0-9a-f]{64}$/.test(resolved.digest) || isImageId(settings.image)) return undefined;
  try {
    const reference = withDefaultTag(parseReference(settings.image));
    const isFollowed = reference.digest === undefined && isSameReference(settings.image, resolved.reference);
    return isFollowed ? reference : undefined;
  } catch {
    // What is no reference was never pulled from anywhere.
    return undefined;
  }
}

/** What to ask now: each image once, and again when its answer is old or says nothing of what a workspace runs. */
export function dueQuestions(workspaces: readonly Updatable[], answers: Answers, now: number): Question[] {
  const questions = new Map<string, Question & { readonly workspaces: Updatable[] }>();
  for (const workspace of workspaces) {
    const reference = followedImage(workspace);
    if (!reference) continue;
    const key = formatReference(reference);
    const question = questions.get(key) ?? { key, reference, workspaces: [] };
    question.workspaces.push(workspace);
    questions.set(key, question);
  }
  return [...questions.values()].filter(question => {
    const answer = answers.get(question.key);
    // A clock that was set back makes an answer old, too.
    const isFresh = answer !== undefined && now - answer.at < answerAgeMs && now >= answer.at;
    return !isFresh || question.workspaces.some(workspace => !answer.judged.has(runKey(workspace)));
  });
}

/** The newer image that is known for the workspace. */
export function updateOf(workspace: Updatable, answers: Answers): ImageUpdate | undefined {
  const reference = followedImage(workspace);
  if (!reference || !workspace.resolved) return undefined;
  const { newest, judged } = answers.get(formatReference(reference)) ?? {};
  if (newest === undefined || !judged?.get(runKey(workspace))) return undefined;
  return { image: familiarReference(reference), from: workspace.resolved.digest, to: newest };
}

/** What runs there: the same digest on another target may be known under other digests. */
export function runKey({ target, resolved }: Updatable): string {
  return `${target} ${resolved?.digest ?? ''}`;
}

/** For questions that are asked once. */
export function offerKey(workspace: Updatable, { to }: ImageUpdate): string {
  return `${workspaceKey(workspace)} ${to}`;
}

/** The very image that runs, by which an engine finds it: `name@digest`. */
export function runningReference({ resolved }: Updatable): string {
  if (!resolved) return '';
  const { tag: _, ...name } = parseReference(resolved.reference);
  return familiarReference({ ...name, digest: resolved.digest });
}

/**
 * Whether the registry's digest is another image than the one that runs. An engine that keeps images knows an image by
 * all its digests (of the index, of its own manifest), and one that was only made there by none: that one has no registry
 * to compare with. `digests` is what it says of the running one, undefined where it does not have it by its digest.
 */
export function isNewer(
  running: string,
  newest: string,
  digests: readonly string[] | undefined | 'keeps-no-images',
): boolean {
  if (running === newest) return false;
  if (digests === 'keeps-no-images') return true;
  return digests !== undefined && !digests.some(digest => digest.endsWith(`@${newest}`));
}
