/** Local images get another name, and go to a registry. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { isImageId, isImageName, isSameReference } from '../image/reference.ts';
import { askText } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { chooseImage } from './images.ts';
import type { Commands, Parts } from './parts.ts';

export function publishCommands(parts: Parts): Commands {
  return {
    tagImage: async (...args) => {
      const title = l10n.t('Tag an Image');
      const chosen = await chooseImage(parts, args, title);
      const name = chosen && (await typeImageName(title, chosen.reference));
      if (!chosen || name === undefined) return;
      await chosen.store.tag(chosen.reference, name, AbortSignal.timeout(tagTimeoutMs));
      parts.imagesTree.refresh(chosen.target);
    },
    pushImage: async (...args) => {
      const title = l10n.t('Push an Image');
      const chosen = await chooseImage(parts, args, title);
      const name = chosen && (await typeImageName(title, chosen.reference));
      if (!chosen || name === undefined) return;
      const { store, reference, target } = chosen;
      const digest = await withNotification(l10n.t('Pushing {0}', name), async (report, signal) => {
        if (!isSameReference(name, reference)) await store.tag(reference, name, signal);
        return await store.push(name, report, signal);
      });
      parts.imagesTree.refresh(target);
      void announce(name, digest);
    },
  };
}

const tagTimeoutMs = 30_000;

/** Any name that an image can be given; an image's registry is part of it. */
export async function typeImageName(title: string, reference: string): Promise<string | undefined> {
  const typed = await askText({
    title,
    prompt: l10n.t('The whole name: registry, repository and tag'),
    placeHolder: 'registry.example.org/team/image:tag',
    value: isImageId(reference) ? '' : reference,
    validateInput: text =>
      isImageName(text)
        ? undefined
        : l10n.t('A name such as registry.example.org/team/image:tag, in lower case and without a digest'),
  });
  return typed?.trim();
}

async function announce(name: string, digest: string | undefined): Promise<void> {
  if (digest === undefined) {
    await showMessage('information', l10n.t('Pushed {0}', name));
    return;
  }
  const copy = l10n.t('Copy Digest');
  const chosen = await showMessage('information', l10n.t('Pushed {0} as {1}', name, digest), copy);
  if (chosen === copy) await vscode.commands.executeCommand('berth.copyReference', { text: digest });
}
