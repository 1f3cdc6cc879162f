/** Catalogues of an author, made for tests. */
import type { CatalogueSource, SourceEntry } from '../../../../../src/image/catalogue/authoring/source.ts';

/** As much of a PNG as says its size. */
export function png(width: number, height = width): Uint8Array {
  const bytes = Buffer.alloc(33);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes);
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12, 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

export const firefox = {
  friendly_name: 'Firefox',
  description: 'A browser & more',
  image_src: 'firefox.png',
  architecture: ['amd64', 'arm64'],
  categories: ['Browser'],
  docker_registry: 'https://index.docker.io/v1/',
  run_config: { hostname: 'kasm', cap_add: ['NET_ADMIN'] },
  exec_config: { first_launch: { user: 'root', cmd: 'bash -c "touch /tmp/x"' } },
  cores: 2,
  memory: 2768,
  compatibility: [
    {
      version: '1.18.x',
      image: 'kasmweb/firefox:1.18.0',
      uncompressed_size_mb: 2700,
      available_tags: ['develop', '1.18.0'],
    },
    {
      version: '1.17.x',
      image: 'kasmweb/firefox:1.17.0',
      uncompressed_size_mb: 2600,
      available_tags: ['1.17.0'],
    },
  ],
};

export const terminal = {
  friendly_name: 'Terminal',
  description: 'A shell',
  image_src: 'terminal.svg',
  architecture: ['amd64'],
  name: 'acme/terminal:1',
  docker_registry: 'ghcr.io',
  uncompressed_size_mb: 300,
  compatibility: ['1.14.x', '1.15.x'],
};

export function entryOf(
  name: string,
  json: unknown,
  icons: Readonly<Record<string, Uint8Array>> = {},
): SourceEntry {
  return { name, file: `workspaces/${name}/workspace.json`, json, icons: new Map(Object.entries(icons)) };
}

export function sourceOf(
  entries: readonly SourceEntry[],
  more: Partial<CatalogueSource> = {},
): CatalogueSource {
  return {
    info: { name: 'Acme', description: 'Tools of Acme', list_url: 'https://acme.example/catalogue/' },
    templates: [],
    entries,
    problems: new Map(),
    modifiedAt: Date.UTC(2026, 0, 2),
    ...more,
  };
}

export const both: readonly SourceEntry[] = [
  entryOf('Firefox', firefox, { 'firefox.png': png(64) }),
  entryOf('Terminal', terminal, {
    'terminal.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>'),
  }),
];
