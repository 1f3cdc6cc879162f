/** The editor's side of every page: its webview, its document, its messages and its lifetime. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Desk } from './desk.ts';
import type { HostMessage } from './messages.ts';
import { pageHtml } from './pageHtml.ts';

/** What a page is made of: the bundle in dist/ and the words on its tab. */
export interface PageKind {
  readonly type: string;
  /** Name of the bundle: `<bundle>.js` and `<bundle>.css` in dist/. */
  readonly bundle: string;
  readonly icon: string;
}

/** Whatever answers a page's messages. */
export interface Session extends Disposable {
  receive(message: unknown): Promise<void>;
  /** Whether the editor shows the page; one that is hidden is gone until it is shown again. */
  show?(isShown: boolean): void;
}

/** How one page opens another. */
export type Doors = Pick<Desk, 'openForm' | 'openWorkspacePage'>;

/** Larger than any environment file that a person means. */
const maxTextFileBytes = 1 << 20;

/** A new panel that may load the extension's own dist/ and nothing else. */
export function createPanel(kind: PageKind, title: string): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(
    kind.type,
    title,
    { viewColumn: vscode.ViewColumn.Active, preserveFocus: false },
    {},
  );
}

/** Fills a new or restored panel, and joins it with its session until it is closed. */
export function servePage(
  panel: vscode.WebviewPanel,
  kind: PageKind,
  extensionUri: vscode.Uri,
  makeSession: (post: (message: HostMessage) => void) => Session,
  log: (message: string, error: unknown) => void,
): void {
  const { webview } = panel;
  const dist = vscode.Uri.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [dist], enableForms: true };
  panel.iconPath = {
    light: vscode.Uri.joinPath(extensionUri, 'media', `${kind.icon}-light.svg`),
    dark: vscode.Uri.joinPath(extensionUri, 'media', `${kind.icon}-dark.svg`),
  };
  const session = makeSession(message => {
    webview
      .postMessage(message)
      .then(undefined, (error: unknown) => log('a message did not reach its page', error));
  });
  const messages = webview.onDidReceiveMessage((message: unknown) => {
    session.receive(message).catch((error: unknown) => log('a message of a page failed', error));
  });
  const shown = panel.onDidChangeViewState(() => session.show?.(panel.visible));
  panel.onDidDispose(() => {
    messages.dispose();
    shown.dispose();
    session[Symbol.dispose]();
  });
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  webview.html = pageHtml({
    source: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    styleNonce: randomBytes(16).toString('base64url'),
    script: file(`${kind.bundle}.js`),
    style: file(`${kind.bundle}.css`),
    title: panel.title,
    language: vscode.env.language,
  });
}

/** The editor's dialogs and clipboard for one page. */
export function deskFor(panel: vscode.WebviewPanel, doors: Doors): Desk {
  return {
    ...doors,
    openTextFile: async () => {
      const [uri] =
        (await vscode.window.showOpenDialog({ openLabel: vscode.l10n.t('Import'), canSelectMany: false })) ??
        [];
      if (!uri) return undefined;
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > maxTextFileBytes)
        throw new Error(vscode.l10n.t('{0} is too large: at most 1 MiB.', basename(uri.path)));
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      return { name: basename(uri.path), text };
    },
    pickFolder: async () => {
      const [uri] =
        (await vscode.window.showOpenDialog({
          openLabel: vscode.l10n.t('Choose'),
          canSelectFiles: false,
          canSelectFolders: true,
        })) ?? [];
      return uri?.fsPath;
    },
    openText: async (content, language) => {
      const document = await vscode.workspace.openTextDocument({ content, language });
      await vscode.window.showTextDocument(document, { preview: false });
    },
    copy: async text => vscode.env.clipboard.writeText(text),
    show: () => panel.reveal(undefined, true),
    close: () => panel.dispose(),
    translations: () => vscode.l10n.bundle as ReturnType<Desk['translations']>,
  };
}
