/**
 * Links that open the gallery at an entry: `vscode://berth.berth/create?catalogue=<address>&entry=<friendly name>`. They
 * come from anywhere: following one reads nothing and adds nothing by itself. Pure.
 */
import * as l10n from '@vscode/l10n';
import { BerthError } from './error.ts';

export interface CatalogueLink {
  readonly catalogue: string;
  readonly entry: string | undefined;
}

const longest = 4096;

/** Undefined for a link that is about no catalogue. Throws 'invalid' for one that wants more than it may. */
export function readCatalogueLink(path: string, query: string): CatalogueLink | undefined {
  const parameters = new URLSearchParams(query.slice(0, longest));
  if (path !== '/create' || !parameters.has('catalogue')) return undefined;
  if (query.length > longest) throw invalid(l10n.t('it is too long'));
  for (const name of parameters.keys()) {
    if (name !== 'catalogue' && name !== 'entry') {
      throw invalid(l10n.t('“{0}” cannot stand beside a catalogue', name.slice(0, 80)));
    }
    if (parameters.getAll(name).length > 1) throw invalid(l10n.t('it has “{0}” twice', name));
  }
  const catalogue = parameters.get('catalogue')?.trim() ?? '';
  const entry = parameters.get('entry')?.trim();
  if (!isWebAddress(catalogue)) {
    throw invalid(l10n.t('“{0}” is not the address of a catalogue on the web', catalogue.slice(0, 80)));
  }
  if (entry !== undefined && (entry === '' || entry.length > 220)) {
    throw invalid(l10n.t('it names no entry'));
  }
  return { catalogue, entry };
}

/** Of http or https, without a login in it. */
export function isWebAddress(text: string): boolean {
  if (text.length > 2_000 || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function invalid(why: string): BerthError {
  return new BerthError(l10n.t('This link cannot be followed: {0}.', why), { code: 'invalid' });
}
