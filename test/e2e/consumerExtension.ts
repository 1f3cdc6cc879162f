/** An extension that uses Berth: the very example of the README, and whatever else a test asks it to do. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packFolder, projectRoot } from '../support/vsix.ts';

/** Takes requests from a folder, one file each, and puts its answers beside them. */
const helper = `
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const folder = process.env.BERTH_TEST_REQUESTS;
const cancelled = () => {
  const source = new vscode.CancellationTokenSource();
  source.cancel();
  return source.token;
};
const berth = () => vscode.extensions.getExtension('berth.berth').activate();
let changes = 0;
const ended = [];

const actions = {
  tools: () => vscode.lm.tools.filter(({ name }) => name.startsWith('berth_')),
  tool: async ({ name, input, isCancelled }) => {
    const options = { input, toolInvocationToken: undefined };
    const { content } = await vscode.lm.invokeTool(name, options, isCancelled ? cancelled() : undefined);
    return content.map(({ value }) => value).join('');
  },
  api: async ({ method, args = [], version = 1 }) => (await berth()).getApi(version)[method](...args),
  listen: async () => {
    (await berth()).getApi(1).onDidChangeWorkspaces(() => changes++);
  },
  changes: () => changes,
  ended: () => ended,
};

exports.activate = context => {
  vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => ended.push([execution.task.name, exitCode]));
  const timer = setInterval(() => {
    for (const name of fs.readdirSync(folder).filter(name => name.endsWith('.request'))) {
      const file = path.join(folder, name);
      const { action, ...given } = JSON.parse(fs.readFileSync(file, 'utf8'));
      fs.rmSync(file);
      Promise.resolve()
        .then(() => actions[action](given))
        .then(
          result => ({ result: result ?? null }),
          error => ({ error: error.message, code: error.code }),
        )
        .then(answer => {
          fs.writeFileSync(file + '.part', JSON.stringify(answer));
          fs.renameSync(file + '.part', file.replace(/request$/, 'answer'));
        });
    }
  }, 100);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
};
`;

/** Makes the .vsix. */
export async function packConsumerExtension(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'consumer',
    publisher: 'berth-tests',
    version: '1.0.0',
    engines: { vscode: '^1.105.0' },
    main: './main.js',
    activationEvents: ['onStartupFinished'],
    extensionKind: ['ui', 'workspace'],
    contributes: {
      commands: [{ command: 'example.scratch', title: 'Scratch Workspace', category: 'Example' }],
    },
  };
  const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
  const example = /```js\n(const vscode = [\s\S]*?)```/.exec(readme)?.[1];
  if (example === undefined) throw new Error('The README has no example of the API');
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'example.js'), example);
  await writeFile(join(folder, 'helper.js'), helper);
  const main = `for (const part of ['./example.js', './helper.js'])`;
  await writeFile(
    join(folder, 'main.js'),
    `exports.activate = context => { ${main} require(part).activate(context); };\n`,
  );
  return await packFolder(folder, 'consumer');
}

export interface Answer {
  readonly result?: unknown;
  readonly error?: string;
  readonly code?: string;
}

/** What a test asks of the extension in the only window that is open. */
export class Consumer {
  readonly #folder: string;
  #count = 0;

  /** The extension host needs the folder as BERTH_TEST_REQUESTS. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async ask(request: { readonly action: string } & Readonly<Record<string, unknown>>): Promise<Answer> {
    const file = join(this.#folder, `${++this.#count}`);
    await writeFile(`${file}.part`, JSON.stringify(request));
    await rename(`${file}.part`, `${file}.request`);
    for (const end = Date.now() + 180_000; Date.now() < end; await sleep(100)) {
      const text = await readFile(`${file}.answer`, 'utf8').catch(() => undefined);
      if (text !== undefined) return JSON.parse(text);
    }
    throw new Error(`${JSON.stringify(request)} was not answered`);
  }

  async tool(name: string, input: unknown): Promise<Answer> {
    const { result, ...failure } = await this.ask({ action: 'tool', name: `berth_${name}`, input });
    return typeof result === 'string' ? { result: JSON.parse(result) } : failure;
  }
}
