/** A file system of single files that is there from activation on, while what stands behind it is loaded at its first use. */
import * as vscode from 'vscode';

interface Files {
  stat(uri: vscode.Uri): vscode.FileStat;
  readFile(uri: vscode.Uri): Uint8Array;
  writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void>;
}

export class LazyFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #load: () => Promise<Files>;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  readonly #registration: vscode.Disposable;

  constructor(scheme: string, load: () => Promise<Files>) {
    this.#load = load;
    this.#registration = vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  /** There is nobody else who could change them unseen. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return (await this.#load()).stat(uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#load()).readFile(uri);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    await (await this.#load()).writeFile(uri, content);
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
