/** The link that opens the form by a template: by its file where a forge gives that out, else by its name. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { rawFileAddress } from '../../template/gitRemote.ts';
import { createLink } from '../../workspace/createLink.ts';
import { remoteOf } from '../gitFolder.ts';
import type { Parts } from '../parts.ts';
import { chooseTemplate } from './choose.ts';

/** Undefined: the person left. */
export async function linkToTemplate(parts: Parts, args: readonly unknown[]): Promise<string | undefined> {
  const found = await chooseTemplate(parts, args, l10n.t('Copy a Badge That Opens the Form Like This'));
  if (!found) return undefined;
  if (found.source.kind !== 'folder') return createLink({}, found.name);
  const uri = vscode.Uri.parse(found.source.uri);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const repository = folder && (await remoteOf(folder.uri));
  const address = repository && rawFileAddress(repository, found.source.path);
  return createLink({ repository }, address ?? found.name);
}
