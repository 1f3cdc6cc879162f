/** Builds dist/: the entry, each engine, each page's host and page, the proxy. CommonJS, because VS Code loads that fastest. */
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildPages, withoutJsonSchema } from './webview/build.mjs';

const isDevelopment = process.argv.includes('--dev');
/** Built beside dist/ and put in its place when complete, so that nobody ever sees half a build. */
const part = `dist.${process.pid}`;

/** Modules that are bundles of their own: imported lazily in the source, required from dist/ at run time. */
const lazyBundles = {
  docker: 'src/engine/docker/docker.ts',
  kubeconfig: 'src/engine/kubernetes/kubeconfig.ts',
  kubernetes: 'src/engine/kubernetes/kubernetes.ts',
  berth: 'src/commands/berth.ts',
  panels: 'src/panels/panels.ts',
  proxyCluster: 'src/proxy/clusterPath.ts',
  proxyPolicy: 'src/proxy/startPolicy.ts',
  proxySlow: 'src/proxy/slowPath.ts',
};

/** Turns a dynamic import of a lazy bundle into one of its built file beside us. */
const lazy = {
  name: 'lazy-bundles',
  setup(builder) {
    builder.onResolve({ filter: /\.ts$/ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      const bundle = Object.entries(lazyBundles).find(([, source]) =>
        source.endsWith(path.replace(/^(\.\.?\/)+/, '/')),
      );
      return bundle ? { path: `./${bundle[0]}.cjs`, external: true } : undefined;
    });
  },
};

/** What dockerode brings and Berth never calls: build sessions (gRPC) and ssh in JavaScript. Two thirds of the bundle. */
const unused = {
  name: 'unused-parts-of-dockerode',
  setup(builder) {
    builder.onResolve({ filter: /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader)$/ }, ({ path }) => ({
      path,
      namespace: 'unused',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const common = {
  bundle: true,
  minify: !isDevelopment,
  keepNames: false,
  sourcemap: isDevelopment ? 'inline' : false,
  logLevel: 'warning',
  legalComments: 'none',
  outdir: part,
};

await mkdir(part, { recursive: true });

await build({
  ...common,
  entryPoints: { l10n: '@vscode/l10n' },
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  outExtension: { '.js': '.cjs' },
});

/** One instance of the translations for all bundles of the extension host. */
const sharedL10n = {
  name: 'shared-l10n',
  setup(builder) {
    builder.onResolve({ filter: /^@vscode\/l10n$/ }, () => ({ path: './l10n.cjs', external: true }));
  },
};

await build({
  ...common,
  entryPoints: { extension: 'src/extension.ts', ...lazyBundles, proxy: 'src/proxy/proxy.ts' },
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  outExtension: { '.js': '.cjs' },
  external: ['vscode', 'cpu-features', '*.node'],
  // Its main file looks for its parts at run time only, where a bundle has none.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  supported: { 'dynamic-import': false },
  plugins: [lazy, sharedL10n, unused],
});

/** Runs in an author's repository, with nothing beside it. */
await build({
  ...common,
  entryPoints: { buildCatalogue: 'src/image/catalogue/authoring/cli.ts' },
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  plugins: [withoutJsonSchema],
});

await buildPages(common);

await cp('src/boot/boot.sh', `${part}/boot.sh`);

const old = `${part}.old`;
await rename('dist', old).catch(() => {});
await rename(part, 'dist');
await rm(old, { recursive: true, force: true });
