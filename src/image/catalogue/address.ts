/** Where catalogues are: what a person pastes, and where the list and its icons are by that. Pure. */
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';

/** Newest first: the order in which they are tried. */
export const schemaVersions = ['1.1', '1.0'] as const;

export type Place =
  /** Lists to be tried in this order. */
  | { readonly kind: 'web'; readonly lists: readonly URL[] }
  /** A folder that has lists, or a list itself. */
  | { readonly kind: 'disk'; readonly path: string };

/** Of the root of a catalogue, of its list itself, of a folder or file (`file://`, or an absolute path). Throws 'invalid'. */
export function placeOf(address: string): Place {
  const text = address.trim();
  if (isAbsolute(text)) return { kind: 'disk', path: text };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'file:') {
    try {
      return { kind: 'disk', path: fileURLToPath(url) };
    } catch (cause) {
      throw noAddress(text, l10n.t('it names no file of this machine'), cause);
    }
  }
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw noAddress(text, l10n.t('it must begin with https://, http:// or file://'));
  }
  if (url.username !== '' || url.password !== '') {
    throw noAddress(text, l10n.t('an address is no place for a password'));
  }
  url.hash = '';
  if (url.pathname.endsWith('.json')) return { kind: 'web', lists: [url] };
  const root = rootOf(url);
  return { kind: 'web', lists: schemaVersions.map(version => new URL(`${version}/list.json`, root)) };
}

/** Also where it ends in a schema, in a slash or in the front page. */
function rootOf(url: URL): URL {
  const root = new URL(url);
  root.search = '';
  root.pathname = `${root.pathname.replace(/\/(?:index\.html?)?$/, '').replace(/\/1\.[01]$/, '')}/`;
  return root;
}

/** Beside a list of schema 1.1 at its usual place; undefined for any other list. */
export function versionsAddress(list: string): URL | undefined {
  return /\/1\.1\/list\.json$/.test(new URL(list).pathname) ? new URL('versions.json', list) : undefined;
}

/** The icon of an entry, beside the list; undefined where its name leads elsewhere. */
export function iconAddress(list: string, icon: string): URL | undefined {
  const parts = icon.split('/').filter(part => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || /[\\\0]/.test(icon)) return undefined;
  return new URL(`icons/${parts.map(encodeURIComponent).join('/')}`, list);
}

/** The icon of the catalogue itself: an address, or relative to the list. Only over the web for a list from the web. */
export function ownIconAddress(list: string, icon: string): URL | undefined {
  if (!URL.canParse(icon, list)) return undefined;
  const [found, from] = [new URL(icon, list), new URL(list)];
  const isFile = found.protocol === 'file:';
  if (isFile) return from.protocol === 'file:' && isBeside(found, from) ? found : undefined;
  return /^https?:$/.test(found.protocol) && found.username === '' && found.password === ''
    ? found
    : undefined;
}

/** Within the catalogue's folder: that of the list, or the one above it. */
function isBeside(file: URL, list: URL): boolean {
  return file.pathname.startsWith(new URL('..', list).pathname);
}

/** The address of a file on this machine. */
export function fileAddress(path: string): string {
  return pathToFileURL(path).href;
}

function noAddress(address: string, why: string, cause?: unknown): BerthError {
  const shown = address.length > 200 ? `${address.slice(0, 199)}…` : address;
  // What may be a password is not repeated.
  const text = shown.replace(/\/\/[^/@]*@/, '//');
  return new BerthError(l10n.t('“{0}” is not the address of a catalogue: {1}.', text, why), {
    code: 'invalid',
    cause,
  });
}
