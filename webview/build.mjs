/** Builds the pages alone: `node webview/build.mjs FOLDER`; esbuild.mjs builds them into dist/ with this too. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What never makes a JSON Schema of its types is a tenth smaller without the code for it. */
export const withoutJsonSchema = {
  name: 'without-json-schema',
  setup(builder) {
    builder.onLoad(
      { filter: /zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
        return { contents: names.map(name => `export const ${name} = () => undefined;`).join('\n') };
      },
    );
  },
};

/** `options` are esbuild's: outdir, minify, sourcemap and the like. */
export async function buildPages(options) {
  await build({
    bundle: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
    entryPoints: {
      createPage: 'webview/create/create.ts',
      entryPage: 'webview/entry/entry.ts',
      workspacePage: 'webview/workspace/workspace.ts',
    },
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    tsconfig: 'webview/tsconfig.json',
    plugins: [withoutJsonSchema],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildPages({ outdir: process.argv[2] ?? 'dist' });
}
