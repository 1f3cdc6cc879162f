/** Images, of a target or of a registry: pull, remove, copy, inspect. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { ImageStore } from '../engine/engine.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { keepsImages } from '../engine/target.ts';
import { ImageArgument, imageOf, repositoryOf } from '../views/nodes.ts';
import { TagArgument } from '../views/registryNodes.ts';
import { askModally, askText, pick } from '../vscode/ask.ts';
import { configuration } from '../vscode/configuration.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import { WorkspaceSettings } from '../workspace/settings.ts';
import { binarySize } from '../workspace/words.ts';
import { chooseTarget } from './choose.ts';
import { removeImageQuestion } from './loss.ts';
import type { Commands, Parts } from './parts.ts';

export interface Chosen {
  readonly target: TargetId;
  readonly reference: string;
  readonly store: ImageStore;
}

/** How long a registry may take to say what a tag stands for. */
const digestMs = 30_000;

/** What an error's fix hands over to be copied. */
const TextArgument = z.object({ text: z.string() });

export function imageCommands(parts: Parts): Commands {
  return {
    pullImage: async (...args) => {
      const given = imageOf(args[0]);
      const target = await chooseTarget(parts, args, l10n.t('Pull an Image'), mayKeepImages);
      if (!target) return;
      const { id } = target.target;
      const reference = given ?? (await typeReference());
      if (!reference) return;
      const store = await storeOf(parts, id);
      await withNotification(l10n.t('Pulling {0}', reference), (report, signal) =>
        store.pull(reference, report, signal),
      );
      parts.imagesTree.refresh(id);
    },
    removeImage: async (...args) => {
      const chosen = await chooseImage(parts, args, l10n.t('Remove an Image'));
      if (!chosen) return;
      const title = parts.fleet.target(chosen.target)?.target.title ?? chosen.target;
      if (!(await askModally(removeImageQuestion(chosen.reference, title)))) return;
      await chosen.store.remove(chosen.reference);
      parts.imagesTree.refresh(chosen.target);
    },
    copyReference: async (...args) => {
      const text =
        TextArgument.safeParse(args[0]).data?.text ??
        repositoryOf(args[0]) ??
        (await chooseImage(parts, args, l10n.t('Copy the Reference of an Image')))?.reference;
      if (text !== undefined) await copy(text);
    },
    copyDigest: async (...args) => {
      const tag = TagArgument.safeParse(args[0]).data;
      if (!tag) return;
      const { registries } = parts.desk;
      const known = registries.facts(tag.registry, tag.repository, tag.tag)?.digest;
      await copy(known ?? (await registries.digest(tag, AbortSignal.timeout(digestMs))));
    },
    inspectImage: async (...args) => {
      const tag = TagArgument.safeParse(args[0]).data;
      if (tag) await parts.documents.openImage(tag);
    },
  };
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(l10n.t('Copied: {0}', text), 4_000);
}

function mayKeepImages({ target, health }: FleetTarget): boolean {
  return keepsImages(target) && health !== 'down';
}

/** The image that a command is about, or undefined when the person left. */
export async function chooseImage(
  parts: Parts,
  args: readonly unknown[],
  title: string,
): Promise<Chosen | undefined> {
  const given = ImageArgument.safeParse(args[0]).data;
  if (given) {
    return {
      target: given.target,
      reference: given.image.reference,
      store: await storeOf(parts, given.target),
    };
  }
  const target = await chooseTarget(parts, args, title, mayKeepImages);
  if (!target) return undefined;
  const { id } = target.target;
  const store = await storeOf(parts, id);
  const reference = await pick(
    store.list().then(images =>
      images.map(({ reference, bytes }) => ({
        label: reference,
        description: binarySize(bytes),
        value: reference,
      })),
    ),
    title,
  );
  return reference === undefined ? undefined : { target: id, reference, store };
}

async function typeReference(): Promise<string | undefined> {
  const typed = await askText({
    title: l10n.t('Pull an Image'),
    prompt: l10n.t('Any image reference'),
    placeHolder: configuration.defaultImage(),
    validateInput: text =>
      text.trim() === '' || WorkspaceSettings.shape.image.safeParse(text).success
        ? undefined
        : l10n.t('An image reference has no spaces and at most 512 characters'),
  });
  return typed?.trim();
}

async function storeOf(parts: Parts, target: TargetId): Promise<ImageStore> {
  const { images } = await parts.fleet.engine(target);
  if (images) return images;
  throw new BerthError(l10n.t('“{0}” keeps no images itself', target), { code: 'unsupported' });
}
