/** `npm run check`: types, lint and format, import rules, unused exports and dependencies, strings; all at once. */
import { join } from 'node:path';
import { run } from './command.ts';
import { projectRoot } from './vsix.ts';

const node = process.execPath;
const bin = (name: string) => join(projectRoot, 'node_modules', '.bin', name);

/** Each is told apart by what a person would run to see it alone. */
const checks: Readonly<Record<string, readonly string[]>> = {
  tsc: [bin('tsc')],
  'tsc -p webview': [bin('tsc'), '-p', 'webview'],
  'biome check': [bin('biome'), 'check', '--error-on-warnings'],
  'depcruise src webview': [node, bin('depcruise'), 'src', 'webview'],
  knip: [node, bin('knip')],
  'npm run l10n -- --check': [node, join('test', 'support', 'l10n.ts'), '--check'],
};

const results = await Promise.all(
  Object.entries(checks).map(async ([name, [file = '', ...args]]) => {
    const result = await run(file, args, { cwd: projectRoot, timeoutMs: 240_000, mayFail: true });
    return { name, ...result };
  }),
);
for (const { name, code, stdout, stderr } of results) {
  if (code !== 0) console.log(`\n✖ ${name}\n${stdout}${stderr}`);
}
const failed = results.filter(({ code }) => code !== 0);
console.log(
  failed.length === 0
    ? `✔ ${results.map(({ name }) => name).join(', ')}`
    : `${failed.length} of ${results.length} checks failed`,
);
process.exit(failed.length === 0 ? 0 : 1);
