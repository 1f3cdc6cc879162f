/** All templates that there are for this window: the person's own, those of the open folders that are trusted, those of the catalogues. */

import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Listeners } from '../../engine/listeners.ts';
import type { Shelf } from '../../image/catalogue/shelf.ts';
import { mostCharacters, unreadable } from '../../template/commentedJson.ts';
import type { FoundTemplate } from '../../template/found.ts';
import { parseTemplate } from '../../template/template.ts';
import { DisposableStore } from '../../vscode/disposables.ts';
import type { Personal } from '../../vscode/personal.ts';
import { type BerthError, isBerthError } from '../../workspace/error.ts';

/** Where a repository keeps its templates. */
export const templateFolder = '.berth';
const mostFiles = 100;

export class TemplateLibrary implements vscode.Disposable {
  readonly #personal: Personal;
  readonly #shelf: Shelf;
  readonly #owned = new DisposableStore();
  readonly #changes = new Listeners<void>();

  constructor(personal: Personal, shelf: Shelf) {
    this.#personal = personal;
    this.#shelf = shelf;
    const changed = () => this.#changes.fire();
    const files = this.#owned.add(vscode.workspace.createFileSystemWatcher(`**/${templateFolder}/*.json`));
    for (const event of [files.onDidCreate, files.onDidChange, files.onDidDelete])
      this.#owned.add(event(changed));
    this.#owned.add(vscode.workspace.onDidChangeWorkspaceFolders(changed));
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(changed));
    this.#owned.add(personal.onDidChange(changed));
    this.#owned.add(shelf.onDidChange(changed));
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** The person's own first, each part by name. Of catalogues those that were read already. */
  async list(): Promise<readonly FoundTemplate[]> {
    const folders = await Promise.all(vscode.workspace.isTrusted ? openFolders().map(ofFolder) : []);
    return [this.#own(), folders.flat(), this.#ofCatalogues()].flatMap(part =>
      part.toSorted((a, b) => a.name.localeCompare(b.name)),
    );
  }

  /** The names of open folders that have templates, each once, of which none is read: the person does not trust them. */
  async unread(): Promise<readonly string[]> {
    if (vscode.workspace.isTrusted) return [];
    const found = openFolders().map(async folder =>
      (await filesOf(folder)).length > 0 ? [folder.name] : [],
    );
    return [...new Set((await Promise.all(found)).flat())];
  }

  /** The same, once the catalogues have been read. */
  async listAll(): Promise<readonly FoundTemplate[]> {
    await this.#shelf.load();
    return await this.list();
  }

  /** Has the catalogues read; whoever listens hears of it. */
  load(): void {
    void this.#shelf.load();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #own(): FoundTemplate[] {
    return this.#personal.templates().map(({ id, template }) => ({
      id: `own:${id}`,
      source: { kind: 'own' },
      name: template.name,
      content: { template, notUsed: [] },
    }));
  }

  #ofCatalogues(): FoundTemplate[] {
    return this.#shelf.list().flatMap(({ address, copy }) => {
      const { templates = [], name } = copy?.catalogue ?? {};
      return templates.map(
        (template, index): FoundTemplate => ({
          id: `catalogue:${address}\n${index}`,
          source: { kind: 'catalogue', catalogue: address, title: name || address },
          name: template.name,
          content: { template, notUsed: [] },
        }),
      );
    });
  }
}

function openFolders(): readonly vscode.WorkspaceFolder[] {
  return vscode.workspace.workspaceFolders ?? [];
}

async function ofFolder(folder: vscode.WorkspaceFolder): Promise<FoundTemplate[]> {
  const files = await filesOf(folder);
  return await Promise.all(files.map(file => folderTemplate(folder, file)));
}

/** The names of the templates in a folder; nothing of them is read. */
async function filesOf({ uri }: vscode.WorkspaceFolder): Promise<readonly string[]> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(uri, templateFolder)).then(
    found => found,
    // Most folders have none.
    () => [],
  );
  return entries
    .filter(([file, type]) => file.endsWith('.json') && (type & vscode.FileType.File) !== 0)
    .map(([file]) => file)
    .slice(0, mostFiles);
}

/** A file that cannot be read stands among the others, with the reason. */
export async function folderTemplate(folder: vscode.WorkspaceFolder, file: string): Promise<FoundTemplate> {
  const path = `${templateFolder}/${file}`;
  const uri = vscode.Uri.joinPath(folder.uri, templateFolder, file);
  const content = await contentOf(uri, path);
  return {
    id: `folder:${uri.toString()}`,
    source: { kind: 'folder', folder: folder.name, path, uri: uri.toString() },
    name: 'template' in content ? content.template.name : file,
    content,
  };
}

async function contentOf(uri: vscode.Uri, what: string): Promise<FoundTemplate['content']> {
  try {
    return parseTemplate(await readBounded(uri, what), what);
  } catch (error) {
    return { problem: asProblem(error, what) };
  }
}

/** The text of a file that may be anything. Throws 'invalid' for one that is too large, and 'failed' where it cannot be read. */
export async function readBounded(uri: vscode.Uri, what: string): Promise<string> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > mostCharacters) throw unreadable(what, l10n.t('it is too large.'));
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

function asProblem(error: unknown, what: string): BerthError {
  if (isBerthError(error)) return error;
  return unreadable(what, error instanceof Error ? error.message : String(error));
}
