/** The person's own templates as files of the editor, so that they are edited like those of a repository. */
import * as vscode from 'vscode';
import { parseTemplate, templateFileName, templateText } from '../../template/template.ts';
import type { Personal } from '../../vscode/personal.ts';
import { templateFolder } from './library.ts';
import { sayNotUsed } from './notUsed.ts';

/** Of their addresses: `berth-template:/<id>/.berth/<file>`. The folder makes the schema of the repository's files count for them. */
const templateScheme = 'berth-template';

export function ownTemplateUri(id: string, template: { readonly name: string }): vscode.Uri {
  const path = `/${id}/${templateFolder}/${templateFileName(template)}`;
  return vscode.Uri.from({ scheme: templateScheme, path });
}

/** The part of a file system that an editor of one file needs. */
export class OwnTemplateFiles {
  readonly #personal: Personal;
  /** When each was written in this window; Unix time in ms. */
  readonly #writtenAt = new Map<string, number>();

  constructor(personal: Personal) {
    this.#personal = personal;
  }

  /** Throws FileNotFound once it is deleted. */
  stat(uri: vscode.Uri): vscode.FileStat {
    const size = this.readFile(uri).length;
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#writtenAt.get(uri.path) ?? 1, size };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const found = this.#personal.templates().find(({ id }) => id === idOf(uri));
    if (!found) throw vscode.FileSystemError.FileNotFound(uri);
    return new TextEncoder().encode(templateText(found.template));
  }

  /** Refuses what is no template, naming what is wrong: nothing is lost, the editor keeps the text. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    this.readFile(uri);
    const { template, notUsed } = parseTemplate(new TextDecoder().decode(content), fileOf(uri));
    await this.#personal.setTemplate(idOf(uri), template);
    this.#writtenAt.set(uri.path, Date.now());
    sayNotUsed(template.name, notUsed);
  }
}

function idOf(uri: vscode.Uri): string {
  return uri.path.split('/')[1] ?? '';
}

function fileOf(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? '';
}
