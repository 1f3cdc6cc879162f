/** The built entry in editors whose API has less than VS Code's: it activates with what there is, whatever they call themselves. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { run } from '../../support/command.ts';
import { projectRoot } from '../../support/vsix.ts';

/**
 * Activates the bundle on a stand-in for the API. What stands in `missing` is not there, as dotted paths; of everything else
 * every call answers with something disposable, and is written down.
 */
async function activated(
  missing: readonly string[],
): Promise<{ calls: string[]; version: number; refused: string }> {
  const script = `
    const Module = require('node:module');
    const [entry, manifest, missing] = process.argv.slice(1);
    const absent = new Set(JSON.parse(missing));
    const calls = [];
    const part = path => new Proxy(function () {}, {
      get: (_, key) => {
        if (key === Symbol.toPrimitive) return () => '';
        if (typeof key === 'symbol' || key === 'then' || key === 'bundle') return undefined;
        if (path === 'vscode.workspace' && key === 'workspaceFolders') return undefined;
        const inner = path + '.' + key;
        return absent.has(inner.slice('vscode.'.length)) ? undefined : part(inner);
      },
      has: (_, key) => typeof key === 'string' && !absent.has((path + '.' + key).slice('vscode.'.length)),
      apply: (_, self, args) => { calls.push(path.slice('vscode.'.length) + (typeof args[0] === 'string' ? ' ' + args[0] : '')); return part('result'); },
      construct: () => part('made'),
    });
    const names = ['authentication', 'chat', 'commands', 'debug', 'env', 'extensions', 'l10n', 'lm', 'tasks', 'tests', 'window', 'workspace', 'EventEmitter', 'TreeItem'];
    const api = Object.fromEntries(names.filter(name => !absent.has(name)).map(name => [name, part('vscode.' + name)]));
    const load = Module._load;
    Module._load = function (name, ...rest) { return name === 'vscode' ? api : load.call(this, name, ...rest); };
    process.on('unhandledRejection', error => { throw error; });
    const { activate } = require(entry);
    const state = { get: () => undefined, update: async () => {}, setKeysForSync() {} };
    const context = { subscriptions: [], globalState: state, extension: { packageJSON: require(manifest) }, extensionPath: '/' };
    const exported = activate(context);
    let refused = '';
    try { exported.getApi(2); } catch (error) { refused = error.message; }
    for (const owned of context.subscriptions) owned.dispose();
    setImmediate(() => process.stdout.write(JSON.stringify({ calls, version: exported.getApi(1).version, refused }), () => process.exit(0)));`;
  const files = [join(projectRoot, 'dist', 'extension.cjs'), join(projectRoot, 'package.json')];
  const { stdout } = await run(
    process.execPath,
    ['--input-type=commonjs', '-e', script, ...files, JSON.stringify(missing)],
    { timeoutMs: 60_000 },
  );
  return JSON.parse(stdout);
}

const tools = [
  'berth_listWorkspaces',
  'berth_inspectWorkspace',
  'berth_createWorkspace',
  'berth_startWorkspace',
  'berth_stopWorkspace',
  'berth_readLog',
].map(name => `lm.registerTool ${name}`);
const task = 'tasks.registerTaskProvider berth';
const profile = 'window.registerTerminalProfileProvider berth.workspace';

describe('Berth in an editor', () => {
  before(async () => {
    await run(process.execPath, ['esbuild.mjs'], { cwd: projectRoot, timeoutMs: 120_000 });
  });

  const rows: readonly { readonly without: readonly string[]; readonly lacks: readonly string[] }[] = [
    { without: [], lacks: [] },
    { without: ['lm'], lacks: tools },
    { without: ['lm.registerTool'], lacks: tools },
    { without: ['tasks'], lacks: [task] },
    { without: ['window.registerTerminalProfileProvider'], lacks: [profile] },
    {
      without: [
        'lm',
        'tasks',
        'window.registerTerminalProfileProvider',
        'authentication',
        'chat',
        'debug',
        'tests',
      ],
      lacks: [...tools, task, profile],
    },
  ];
  for (const { without, lacks } of rows) {
    it(`with ${without.length === 0 ? 'everything' : `no ${without.join(', ')}`} registers what it can`, async () => {
      const { calls, version, refused } = await activated(without);
      const wanted = [...tools, task, profile].filter(call => !lacks.includes(call));
      for (const call of wanted) assert.ok(calls.includes(call), `${call} in ${calls.join(', ')}`);
      for (const call of lacks) assert.ok(!calls.includes(call), call);
      assert.ok(calls.includes('commands.registerCommand berth.create'));
      assert.equal(version, 1);
      assert.match(refused, /version 2/);
    });
  }

  it('asks for no version and no kind of editor', async () => {
    for await (const path of glob('src/**/*.ts', { cwd: projectRoot })) {
      const text = await readFile(join(projectRoot, path), 'utf8');
      assert.doesNotMatch(text, /vscode\.version|env\.(?:appHost|uiKind)/, path);
    }
  });
});
