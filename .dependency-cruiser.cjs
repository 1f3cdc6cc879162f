/** The import rules of the house: imports run one way, and only the editor-facing folders know VS Code. */
const anywhereBut = (...folders) => `^src/(?!(${folders.join('|')})/)`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workspace-knows-nobody',
      severity: 'error',
      from: { path: '^src/workspace/' },
      to: { path: '.', pathNot: ['^src/workspace/', 'node_modules/(zod|@vscode/l10n)/'] },
    },
    {
      name: 'engine-image-policy-ssh-know-only-workspace-and-each-other',
      severity: 'error',
      from: { path: '^src/(engine|image|policy|ssh|boot|proxy|template|backup|adopt)/' },
      to: { path: '^src/(views|panels|commands|vscode|extension)' },
    },
    {
      name: 'backup-knows-only-workspace',
      severity: 'error',
      from: { path: '^src/backup/' },
      to: { path: '^src/', pathNot: '^src/(backup|workspace)/' },
    },
    {
      name: 'engines-are-strangers-to-each-other',
      severity: 'error',
      from: { path: '^src/engine/([^/]+)/' },
      to: { path: '^src/engine/([^/]+)/', pathNot: '^src/engine/$1/' },
    },
    {
      name: 'one-engine-is-nobodys-business',
      comment:
        'Only engine/load.ts opens an engine, lazily; the proxy speaks to the local socket on its fast path.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/engine/', '^src/proxy/', '^src/ssh/'] },
      to: { path: '^src/engine/(docker|kubernetes)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'vscode-only-at-the-edge',
      severity: 'error',
      from: { path: anywhereBut('commands', 'panels', 'views', 'vscode'), pathNot: '^src/extension.ts$' },
      to: { path: '^vscode$' },
    },
    {
      name: 'toolkit-in-one-file',
      severity: 'error',
      from: { path: '.', pathNot: '^webview/shared/toolkit.ts$' },
      to: { path: 'node_modules/@vscode/webview-ui-toolkit' },
    },
    {
      name: 'pages-know-only-workspace-and-messages',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: ['^src/workspace/', '^src/panels/(messages|galleryMessages)\\.ts$'] },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$'] }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
