/** Read-only documents: what the engine says of a workspace as JSON, its log as it grows, and what an image is. */
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readableLog } from '../boot/readableLog.ts';
import type { Fleet } from '../engine/fleet.ts';
import { inspection } from '../image/inspection.ts';
import { formatReference, type ImageReference, parseReference } from '../image/reference.ts';
import type { Registries } from '../image/registries.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import type { Log } from '../vscode/log.ts';
import { parseAlias } from '../workspace/name.ts';
import { workspaceAlias } from '../workspace/workspace.ts';
import type { Ref } from './operations.ts';

const scheme = 'berth';
/** Characters of a log that are shown; the oldest go first. */
const logLimit = 2_000_000;
/** New lines are drawn at most this often. */
const settleMs = 300;

/** How long a registry may take to say what an image is. */
const imageMs = 60_000;

type Kind = 'inspect' | 'log';

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #registries: Registries;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  /** Logs that are followed: text so far, and what ends the following. */
  readonly #followed = new Map<string, { text: string; readonly end: AbortController }>();

  constructor(fleet: Fleet, registries: Registries, log: Log) {
    this.#fleet = fleet;
    this.#registries = registries;
    this.#log = log;
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
    this.#owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#unfollow(uri)));
  }

  async open(kind: Kind, ref: Ref): Promise<void> {
    const extension = kind === 'inspect' ? 'json' : 'log';
    const uri = vscode.Uri.from({ scheme, path: `/${kind}/${workspaceAlias(ref)}.${extension}` });
    await this.#show(uri);
  }

  /** What a registry says of an image. */
  async openImage(reference: ImageReference): Promise<void> {
    const query = formatReference(reference);
    await this.#show(vscode.Uri.from({ scheme, path: `/image/${query}.json`, query }));
  }

  async #show(uri: vscode.Uri): Promise<void> {
    // One that is open already shows what is true now.
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const [, kind, file = ''] = uri.path.split('/');
    if (kind === 'image') return await this.#imageDocument(parseReference(uri.query));
    const ref = parseAlias(file.replace(/\.(json|log)$/, ''));
    if (!ref) return '';
    const engine = await this.#fleet.engine(ref.target);
    if (kind === 'inspect') return `${JSON.stringify(await engine.inspect(ref.name), null, 2)}\n`;
    const followed = this.#followed.get(uri.toString()) ?? this.#follow(uri, ref);
    return followed.text;
  }

  dispose(): void {
    for (const { end } of this.#followed.values()) end.abort();
    this.#followed.clear();
    this.#owned.dispose();
  }

  async #imageDocument(reference: ImageReference): Promise<string> {
    const image = await this.#registries.resolve(reference, undefined, AbortSignal.timeout(imageMs));
    return `${JSON.stringify(inspection(reference, image), null, 2)}\n`;
  }

  #follow(uri: vscode.Uri, ref: Ref): { text: string; readonly end: AbortController } {
    const followed = { text: '', end: new AbortController() };
    this.#followed.set(uri.toString(), followed);
    const { signal } = followed.end;
    const read = async () => {
      const engine = await this.#fleet.engine(ref.target);
      let isDue = false;
      for await (const chunk of readableLog(engine.log(ref.name, { follow: true }, signal))) {
        followed.text = (followed.text + chunk).slice(-logLimit);
        if (isDue) continue;
        isDue = true;
        void setTimeout(settleMs).then(() => {
          isDue = false;
          if (!signal.aborted) this.#changed.fire(uri);
        });
      }
    };
    read()
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#log.write('warn', `the log of ${workspaceAlias(ref)} ended`, error);
        followed.text += `\n${error instanceof Error ? error.message : String(error)}\n`;
      })
      .finally(() => {
        // The next opening reads it anew.
        if (!signal.aborted) this.#changed.fire(uri);
        if (this.#followed.get(uri.toString()) === followed && signal.aborted)
          this.#followed.delete(uri.toString());
      });
    return followed;
  }

  #unfollow(uri: vscode.Uri): void {
    this.#followed.get(uri.toString())?.end.abort();
    this.#followed.delete(uri.toString());
  }
}
