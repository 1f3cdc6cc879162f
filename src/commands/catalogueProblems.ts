/** What is wrong with an author's catalogue, where it is written: among the editor's problems. */
import * as vscode from 'vscode';
import { checkSource } from '../image/catalogue/authoring/check.ts';
import { placeOf } from '../image/catalogue/authoring/jsonEdit.ts';
import { type CatalogueSource, readSource } from '../image/catalogue/authoring/source.ts';
import type { Problem } from '../image/catalogue/problem.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { catalogueOf } from './catalogueFolder.ts';

export interface Checked {
  readonly source: CatalogueSource;
  readonly errors: number;
  readonly warnings: number;
}

export class CatalogueProblems implements vscode.Disposable {
  readonly #log: (message: string, error: unknown) => void;
  readonly #owned = new DisposableStore();
  readonly #shown = this.#owned.add(vscode.languages.createDiagnosticCollection('berth'));
  /** Files with problems, by the root of their catalogue. */
  readonly #files = new Map<string, readonly vscode.Uri[]>();

  constructor(log: (message: string, error: unknown) => void) {
    this.#log = log;
  }

  /** Checks the catalogue that a file belongs to, where it belongs to one. */
  async saved(file: vscode.Uri): Promise<void> {
    const path = file.scheme === 'file' ? catalogueOf(file) : undefined;
    if (path === undefined) return;
    await this.check(file.with({ path })).catch((error: unknown) =>
      this.#log('a catalogue cannot be checked', error),
    );
  }

  /** Reads the catalogue anew and shows what is wrong with it; throws where the folder holds none. */
  async check(root: vscode.Uri): Promise<Checked> {
    const source = await readSource(root.fsPath);
    const { problems: found } = checkSource(source);
    const before = this.#files.get(root.path) ?? [];
    for (const file of before) this.#shown.delete(file);
    const files: vscode.Uri[] = [];
    let [errors, warnings] = [0, 0];
    for (const [path, problems] of found) {
      const file = vscode.Uri.joinPath(root, path);
      files.push(file);
      this.#shown.set(file, await diagnosticsOf(file, problems));
      for (const { severity } of problems) {
        if (severity === 'error') errors++;
        else warnings++;
      }
    }
    this.#files.set(root.path, files);
    return { source, errors, warnings };
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

async function diagnosticsOf(
  file: vscode.Uri,
  problems: readonly Problem[],
): Promise<readonly vscode.Diagnostic[]> {
  const document = await vscode.workspace.openTextDocument(file).then(
    opened => opened,
    () => undefined,
  );
  return problems.map(({ severity, path, message }) => {
    const { offset, length } = document ? placeOf(document.getText(), path) : { offset: 0, length: 0 };
    const range = document
      ? new vscode.Range(document.positionAt(offset), document.positionAt(offset + length))
      : new vscode.Range(0, 0, 0, 0);
    const key = path.at(-1);
    const words = typeof key === 'string' ? `${key}: ${message}` : message;
    const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
    const diagnostic = new vscode.Diagnostic(range, words, level);
    diagnostic.source = 'Berth';
    return diagnostic;
  });
}
