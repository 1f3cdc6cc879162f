/** All templates that there are for this window: the person's own, those of the open folders, those of the catalogues. */

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
    const folders = await Promise.all((vscode.workspace.workspaceFolders ?? []).map(ofFolder));
    return [this.#own(), folders.flat(), this.#ofCatalogues()].flatMap(part =>
      part.toSorted((a, b) => a.name.localeCompare(b.name)),
    );
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

/** A file that cannot be read stands among the others, with the reason. */
async function ofFolder({ uri, name }: vscode.WorkspaceFolder): Promise<FoundTemplate[]> {
  const folder = vscode.Uri.joinPath(uri, templateFolder);
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    found => found,
    // Most folders have none.
    () => [],
  );
  const files = entries
    .filter(([file, type]) => file.endsWith('.json') && (type & vscode.FileType.File) !== 0)
    .slice(0, mostFiles);
  return await Promise.all(
    files.map(async ([file]): Promise<FoundTemplate> => {
      const at = vscode.Uri.joinPath(folder, file);
      const path = `${templateFolder}/${file}`;
      const content = await contentOf(at, path);
      return {
        id: `folder:${at.toString()}`,
        source: { kind: 'folder', folder: name, path, uri: at.toString() },
        name: 'template' in content ? content.template.name : file,
        content,
      };
    }),
  );
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
