/**
 * Links that open the form filled in: `vscode://berth.berth/create?image=…&repo=…&template=…`. They come from anywhere, and never make
 * anything by themselves. Pure.
 */
import * as l10n from '@vscode/l10n';
import type { FormKey } from './draft.ts';
import { BerthError } from './error.ts';
import { withoutLogin } from './gitAddress.ts';
import { WorkspaceForm } from './settings.ts';

/** What a link may fill in: nothing that runs, mounts or lets anybody in. */
const parameters: Readonly<Record<string, FormKey>> = {
  image: 'image',
  repo: 'repository',
  branch: 'repositoryBranch',
  kind: 'kind',
  name: 'name',
  description: 'description',
};
const longest = 4096;

export interface CreateLink {
  /** By key of the form. */
  readonly values: Partial<Record<FormKey, string>>;
  /** The address of a template's file, or the name of one that the person has. */
  readonly template?: URL | string;
}

/** `query`: as the editor hands it over, decoded once. Throws 'invalid' for a link that is none, or that wants more than a link may. */
export function readCreateLink(path: string, query: string): CreateLink {
  if (path !== '/create') throw invalid(l10n.t('it leads to “{0}”', path.slice(0, 80)));
  if (query.length > longest) throw invalid(l10n.t('it is too long'));
  const values: Partial<Record<FormKey, string>> = {};
  let template: URL | string | undefined;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'template') {
      if (template !== undefined) throw invalid(l10n.t('it has “{0}” twice', name));
      template = templateOf(value);
      continue;
    }
    const key = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!key) throw invalid(l10n.t('nothing is known of “{0}”', name.slice(0, 80)));
    if (values[key] !== undefined) throw invalid(l10n.t('it has “{0}” twice', name));
    if (!WorkspaceForm.shape[key].safeParse(value).success) {
      throw invalid(l10n.t('“{0}” cannot be the value of “{1}”', value.slice(0, 80), name));
    }
    values[key] = value;
  }
  return { values, ...(template !== undefined && { template }) };
}

/** An address has to be one that only its own host can answer; everything else is a name. */
function templateOf(value: string): URL | string {
  const refuse = () => invalid(l10n.t('“{0}” cannot be the value of “{1}”', value.slice(0, 80), 'template'));
  if (!/^[a-z][a-z0-9+.-]*:/i.test(value)) {
    if (value.trim() === '' || value.length > 80 || /\p{Cc}/u.test(value)) throw refuse();
    return value.trim();
  }
  if (!URL.canParse(value)) throw refuse();
  const url = new URL(value);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') throw refuse();
  url.hash = '';
  return url;
}

/**
 * The link that opens the form with these values; those that no link may carry are left out. Values are encoded twice: the
 * editor decodes the query as a whole before anybody sees where one of them ends.
 */
export function createLink(values: Partial<Record<FormKey, unknown>>, template?: string): string {
  const query = new URLSearchParams();
  if (template !== undefined) query.set('template', encodeURIComponent(template));
  for (const [name, key] of Object.entries(parameters)) {
    const value = values[key];
    if (typeof value !== 'string' || value === '') continue;
    query.set(name, encodeURIComponent(key === 'repository' ? withoutLogin(value) : value));
  }
  return `vscode://berth.berth/create?${query}`;
}

/**
 * A badge for a README, in Markdown. Forges take no `vscode:` link, hence the editor's own redirecting page; the picture
 * comes from shields.io.
 */
export function badge(link: string): string {
  const picture =
    'https://img.shields.io/static/v1?label=Berth&message=Open%20in%20a%20workspace&color=1f6feb';
  return `[![${l10n.t('Open in Berth')}](${picture})](https://vscode.dev/redirect?url=${encodeURIComponent(link)})`;
}

function invalid(why: string): BerthError {
  return new BerthError(l10n.t('This link cannot be followed: {0}.', why), { code: 'invalid' });
}
