/**
 * `npm run l10n`: writes media/l10n/bundle.l10n.json, every English string that a person can see: the literal messages
 * of l10n.t calls and the titles, helps and choices of the schema. With --check it only says whether that is up to date.
 */
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { fieldMeta } from '../../src/workspace/field.ts';
import { WorkspaceSettings } from '../../src/workspace/settings.ts';
import { projectRoot } from './vsix.ts';

const file = join(projectRoot, 'media', 'l10n', 'bundle.l10n.json');
const bundle = `${JSON.stringify(sorted({ ...(await stringsOfCalls()), ...stringsOfSchema() }), undefined, 2)}\n`;

if (!process.argv.includes('--check')) {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, bundle);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== bundle) {
  console.error('media/l10n/bundle.l10n.json is not up to date: npm run l10n');
  process.exit(1);
}

type Strings = Awaited<ReturnType<typeof getL10nJson>>;

async function stringsOfCalls(): Promise<Strings> {
  const files: { extension: string; contents: string }[] = [];
  for await (const path of glob(['src/**/*.ts', 'webview/**/*.ts'], { cwd: projectRoot })) {
    files.push({ extension: extname(path), contents: await readFile(join(projectRoot, path), 'utf8') });
  }
  return getL10nJson(files);
}

function stringsOfSchema(): Strings {
  const strings: Strings = {};
  for (const schema of Object.values(WorkspaceSettings.shape)) {
    const meta = fieldMeta.get(schema);
    if (!meta) continue;
    const { title, help, helpOn = {}, placeholder, unit, choices = {} } = meta;
    const words = [title, help, ...Object.values(helpOn), placeholder, unit, ...Object.values(choices)];
    for (const text of words) {
      if (text) strings[text] = text;
    }
  }
  return strings;
}

function sorted(strings: Strings): Strings {
  return Object.fromEntries(Object.entries(strings).sort(([a], [b]) => (a < b ? -1 : 1)));
}
