/** Catalogues: add, remove, look again, open the gallery, take back what was allowed. */
import { homedir } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import * as z from 'zod';
import { placeOf } from '../image/catalogue/address.ts';
import { channelNote, channelOf, channelOffers } from '../image/catalogue/channels.ts';
import { canonicalAddress, type ShelvedCatalogue } from '../image/catalogue/shelf.ts';
import { catalogueProblem, policyError } from '../policy/refusal.ts';
import { askModally, askText, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { isBerthError } from '../workspace/error.ts';
import { grantsOf } from '../workspace/grants.ts';
import type { Commands, Parts } from './parts.ts';

/** What a row of the tree, the gallery or a link hands over. */
const CatalogueArgument = z.object({ catalogue: z.string().min(1).max(2_000), entry: z.string().optional() });

export function catalogueCommands(parts: Parts): Commands {
  const { shelf, pages } = parts;
  return {
    addCatalogue: async () => {
      const typed = await askForAddress();
      const address = typed === undefined ? undefined : await addCatalogue(parts, typed);
      if (address !== undefined) await pages.openGallery({ catalogue: address });
    },
    removeCatalogue: async (...args) => {
      const chosen = await choose(parts, args, l10n.t('Remove a Catalogue'));
      if (!chosen) return;
      const remove = l10n.t('Remove');
      const answer = await askModally({
        message: l10n.t('Remove the catalogue {0}?', titleOf(chosen)),
        detail: l10n.t(
          'What you allowed to its entries is forgotten. Workspaces that were made from it stay as they are.',
        ),
        buttons: [remove],
      });
      if (answer === remove) await shelf.remove(chosen.address);
    },
    refreshCatalogues: async (...args) => {
      await shelf.refresh(CatalogueArgument.safeParse(args[0]).data?.catalogue);
    },
    openGallery: async (...args) => {
      const { catalogue, entry } = CatalogueArgument.safeParse(args[0]).data ?? {};
      await pages.openGallery(
        catalogue === undefined ? {} : { catalogue, ...(entry !== undefined && { entry }) },
      );
    },
    chooseChannel: async (...args) => {
      const chosen = await choose(parts, args, l10n.t('Choose the Channel of a Catalogue'), hasChannels);
      if (!chosen?.copy) return;
      const now = channelOf(chosen);
      const channel = await pick(
        channelOffers(chosen.copy).map(offer => ({
          label: offer.channel,
          description: [offer.channel === now ? l10n.t('now') : '', channelNote(offer)]
            .filter(Boolean)
            .join(' · '),
          value: offer.channel,
        })),
        l10n.t('Channel of {0}', titleOf(chosen)),
        l10n.t('Its entries are made from images of this channel, where they have it'),
      );
      if (channel !== undefined) await shelf.setChannel(chosen.address, channel);
    },
    restoreCatalogues: async () => {
      if (shelf.missing().length === 0) {
        void showMessage('information', l10n.t('The catalogue that comes with Berth is there.'));
        return;
      }
      await shelf.restore();
    },
    revokeApprovals: async (...args) => {
      const given = CatalogueArgument.safeParse(args[0]).data;
      const of = given ?? (await chooseApproval(parts));
      if (!of) return;
      await shelf.revoke(of);
      vscode.window.setStatusBarMessage(
        l10n.t('What was allowed is taken back; workspaces that are there stay as they are'),
        6_000,
      );
    },
  };
}

/**
 * Says what it will be trusted with, and reads it. Its address as it is kept; undefined: the person would rather not. Throws
 * where it cannot be read.
 */
export async function addCatalogue({ shelf, policyDesk }: Parts, typed: string): Promise<string | undefined> {
  const address = canonicalAddress(typed);
  const refused = catalogueProblem(address, (await policyDesk.look()).bounds);
  if (refused !== undefined) throw policyError(refused);
  if (shelf.has(address)) return address;
  const add = l10n.t('Add Catalogue');
  const answer = await askModally({
    message: l10n.t('Add the catalogue {0}?', address),
    detail: l10n.t(
      'It will be read now and whenever you look at it. Its entries say which image a workspace is made from, what is run in it, and what it asks of the engine. Nothing of it runs by itself: what an entry may do is shown to you before it is used, and what is dangerous stays blocked unless you allow it.',
    ),
    buttons: [add],
  });
  if (answer !== add) return undefined;
  await withNotification(l10n.t('Reading {0}', address), (_report, signal) => shelf.add(address, signal));
  return address;
}

async function askForAddress(): Promise<string | undefined> {
  const title = l10n.t('Add Catalogue');
  const way = await pick(
    [
      { label: l10n.t('$(globe) An Address…'), detail: l10n.t('As its publisher gives it'), value: 'web' },
      {
        label: l10n.t('$(folder) A Folder…'),
        detail: l10n.t('Of this machine, with a list.json in it'),
        value: 'folder',
      },
      { label: l10n.t('$(json) A File…'), detail: l10n.t('A list.json of this machine'), value: 'file' },
    ],
    title,
  );
  if (way === undefined) return undefined;
  if (way !== 'web') {
    const [uri] =
      (await vscode.window.showOpenDialog({
        title,
        openLabel: l10n.t('Add'),
        canSelectFolders: way === 'folder',
        canSelectFiles: way === 'file',
        ...(way === 'file' && { filters: { JSON: ['json'] } }),
        defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
      })) ?? [];
    return uri?.fsPath;
  }
  const typed = await askText({
    title,
    prompt: l10n.t('The address of the catalogue, or of its list.json'),
    placeHolder: 'https://example.org/catalogue/',
    validateInput: text => (text.trim() === '' ? undefined : problemOf(text)),
  });
  return typed?.trim() || undefined;
}

function problemOf(text: string): string | undefined {
  try {
    placeOf(text);
    return undefined;
  } catch (error) {
    return isBerthError(error) ? error.message : String(error);
  }
}

async function choose(
  { shelf }: Parts,
  args: readonly unknown[],
  title: string,
  fits: (catalogue: ShelvedCatalogue) => boolean = () => true,
): Promise<ShelvedCatalogue | undefined> {
  const given = CatalogueArgument.safeParse(args[0]).data;
  if (given) return shelf.list().find(({ address }) => address === given.catalogue);
  await shelf.load();
  const all = shelf.list().filter(fits);
  if (all.length === 0) {
    void showMessage('information', l10n.t('There is no catalogue for that.'));
    return undefined;
  }
  return await pick(
    all.map(catalogue => ({ label: titleOf(catalogue), description: catalogue.address, value: catalogue })),
    title,
  );
}

/** Of an entry, or of a whole catalogue. */
async function chooseApproval({ shelf }: Parts) {
  const approvals = shelf.approvals().filter(({ allowed }) => allowed.length > 0);
  if (approvals.length === 0) {
    void showMessage('information', l10n.t('Nothing was allowed to any entry.'));
    return undefined;
  }
  return await pick(
    approvals.map(({ catalogue, entry, allowed, overrides, scope }) => ({
      label: entry,
      description: catalogue,
      detail: [
        ...(scope === 'entry' ? [] : [l10n.t('For every entry of the catalogue')]),
        grantsOf(overrides)
          .filter(({ id }) => allowed.includes(id))
          .map(({ words }) => words)
          .join('; '),
      ].join(': '),
      value: { catalogue, entry },
    })),
    l10n.t('Take Back What Was Allowed'),
  );
}

function hasChannels({ copy }: ShelvedCatalogue): boolean {
  return (copy?.catalogue.channels.length ?? 0) > 1;
}

function titleOf({ copy, address }: ShelvedCatalogue): string {
  return copy?.catalogue.name || address;
}
