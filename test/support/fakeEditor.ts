/**
 * The editor as unit tests of commands see it: what they ask of it is there, and nothing is set. One for all files, because
 * they run in one process, where a module takes its editor once.
 */
import { registerHooks } from 'node:module';

/** What a person did to it, and what came of it. */
export interface FakeEditor {
  /** The answer to an input box. */
  typed: string | undefined;
  /** By URI. */
  readonly files: Map<string, string>;
  clipboard: string;
  /** Whether open documents have changes that are not saved. */
  isDirty: boolean;
  /** The authority of its folder's URI; undefined: no folder is open. */
  remote: string | undefined;
  readonly warnings: string[];
}
export const editor: FakeEditor = {
  typed: undefined,
  files: new Map(),
  clipboard: '',
  isDirty: false,
  remote: undefined,
  warnings: [],
};
Object.assign(globalThis, { fakeEditor: editor });

const source = `
const editor = globalThis.fakeEditor;
export class Uri {
  constructor(text) { this.text = text; this.path = new URL(text).pathname; }
  static parse(text) { return new Uri(text); }
  static joinPath(uri, ...parts) { return new Uri([uri.text, ...parts].join('/')); }
  toString() { return this.text; }
}
export const FileType = { File: 1 };
export class ThemeIcon {}
export class TreeItem {}
export class EventEmitter {}
export const l10n = { t: text => text };
export const env = { clipboard: { writeText: async text => { editor.clipboard = text; } } };
export const commands = { executeCommand: async () => undefined };
export const extensions = {
  all: [{ id: 'x', packageJSON: { activationEvents: ['onResolveRemoteAuthority:ssh-remote'] } }],
};
export const window = {
  showInputBox: async () => editor.typed,
  setStatusBarMessage: () => undefined,
  showWarningMessage: async text => { editor.warnings.push(text); },
};
export const workspace = {
  get workspaceFolders() {
    return editor.remote === undefined ? undefined : [{ uri: { authority: editor.remote } }];
  },
  getConfiguration: () => ({ inspect: () => undefined }),
  getWorkspaceFolder: () => ({ uri: new Uri('file:///app') }),
  openTextDocument: async uri => ({
    isDirty: editor.isDirty,
    fileName: uri.text,
    getText: () => editor.files.get(uri.text),
  }),
  fs: {
    stat: async uri => ({ type: FileType.File, size: editor.files.get(uri.text)?.length ?? 0 }),
    readFile: async uri => {
      const text = editor.files.get(uri.text);
      if (text === undefined) throw new Error('FileNotFound');
      return new TextEncoder().encode(text);
    },
    writeFile: async (uri, content) => { editor.files.set(uri.text, new TextDecoder().decode(content)); },
  },
};
`;
const url = `data:text/javascript,${encodeURIComponent(source)}`;

/** Imports modules that know VS Code: `underEditor(() => import('…'))`. */
export async function underEditor<T>(load: () => Promise<T>): Promise<T> {
  const hooks = registerHooks({
    resolve: (name, context, next) => (name === 'vscode' ? { url, shortCircuit: true } : next(name, context)),
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}
