/** What a new catalogue begins with: files to be changed, and a workflow that publishes them. Pure. */
import type { CatalogueInfo } from './source.ts';
import { entriesFolder, entryFile, infoFile } from './source.ts';

/** Where the program that builds a catalogue without an editor is put. */
export const builderFile = '.berth/buildCatalogue.cjs';

/** By path from the root of the repository. */
export function newCatalogue({
  name,
  description,
}: Pick<CatalogueInfo, 'name' | 'description'>): ReadonlyMap<string, string | Uint8Array> {
  return new Map<string, string | Uint8Array>([
    [infoFile, json({ name, description, icon: null, list_url: null, contact_url: null })],
    ['README.md', readme(name)],
    ['.gitignore', 'public/\n'],
    ['.github/workflows/publish.yml', workflow],
    ...newEntry('Python', {
      description: 'Python with git and an editor of your choice',
      image: 'mcr.microsoft.com/devcontainers/python:3.12',
      tags: ['3.12', '3.13'],
      sizeMB: 1600,
      registry: 'https://mcr.microsoft.com/',
    }),
  ]);
}

export interface NewEntry {
  readonly description: string;
  readonly image: string;
  readonly tags: readonly string[];
  readonly sizeMB: number;
  readonly registry?: string;
}

/** The files of one entry, by path from the root of the repository. */
export function newEntry(name: string, entry: NewEntry): readonly (readonly [string, string | Uint8Array])[] {
  const folder = `${entriesFolder}/${name}`;
  const icon = `${
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'icon'
  }.png`;
  const content = {
    friendly_name: name,
    description: entry.description,
    image_src: icon,
    architecture: ['amd64', 'arm64'],
    categories: ['Development'],
    ...(entry.registry && { docker_registry: entry.registry }),
    run_config: {},
    exec_config: {},
    cores: 2,
    memory: 2768,
    compatibility: [
      {
        version: '1.18.x',
        image: entry.image,
        uncompressed_size_mb: entry.sizeMB,
        available_tags: entry.tags,
      },
    ],
  };
  return [
    [`${folder}/${entryFile}`, json(content)],
    [`${folder}/${icon}`, placeholder],
  ];
}

/** Whether an entry may be called so: the name becomes a folder. */
export function isEntryName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N} ._()+-]{0,99}$/u.test(name) && !/[. ]$/.test(name);
}

/** A square of 64 pixels, to be replaced. */
const placeholder = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAAAp0lEQVR42u3buQ2AMBAEQHdCaZRKaZCRIBCPA3w7J7mAncA6Wd7Wbs40L+tIp/Wa0YJ3gxg9+CeIauEfIVQNfwuhevhLhJTwpwjRAGnhDwjRAKnhdwQAAAAAAAAAAIA3508DAAAAAAAA2AMAAKh6BwAAAAAAAAD2AAAAvAn2vRMAAAAAAAAAewAAAAAAAADgv7Df4joDGiN6Q6nh1eYUJ1VnlacT6/MbJV++G0p5d+8AAAAASUVORK5CYII=',
  'base64',
);

const workflow = `# Builds the catalogue and publishes it on GitHub Pages. Choose 'GitHub Actions' as the source under Settings, Pages.
name: Publish
on:
  push:
    branches: [main]
  workflow_dispatch:
permissions:
  contents: read
  pages: write
  id-token: write
concurrency: pages
jobs:
  publish:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    environment:
      name: github-pages
      url: \${{ steps.deployment.outputs.page_url }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: node ${builderFile}
      - uses: actions/upload-pages-artifact@v3
        with:
          path: public
      - id: deployment
        uses: actions/deploy-pages@v4
`;

function readme(name: string): string {
  return `# ${name}

A catalogue of ready-made workspaces, in the schema of Kasm workspace registries. Add its published address as a catalogue in Berth.

- \`${infoFile}\`: what the catalogue is called.
- \`${entriesFolder}/<name>/${entryFile}\`: one workspace each, with its icon beside it (square, at least 50 x 50 pixels).

Change an entry in the form (*Berth: Edit Catalogue Entry*) or as JSON, then *Berth: Validate Catalogue*, *Berth: Try Catalogue* and *Berth: Build Catalogue*. Without an editor: \`node ${builderFile}\`, which leaves everything to publish in \`public/\`.
`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
