/**
 * Links that open the form filled in: `vscode://berth.berth/create?image=…&repo=…`. They come from anywhere, and never make
 * anything by themselves. Pure.
 */
import * as l10n from '@vscode/l10n';
import type { FormKey } from './draft.ts';
import { BerthError } from './error.ts';
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

/** By key of the form. Throws 'invalid' for a link that is none, or that wants more than a link may. */
export function readCreateLink(path: string, query: string): Partial<Record<FormKey, string>> {
  if (path !== '/create') throw invalid(l10n.t('it leads to “{0}”', path.slice(0, 80)));
  if (query.length > longest) throw invalid(l10n.t('it is too long'));
  const values: Partial<Record<FormKey, string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const key = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!key) throw invalid(l10n.t('nothing is known of “{0}”', name.slice(0, 80)));
    if (values[key] !== undefined) throw invalid(l10n.t('it has “{0}” twice', name));
    if (!WorkspaceForm.shape[key].safeParse(value).success) {
      throw invalid(l10n.t('“{0}” cannot be the value of “{1}”', value.slice(0, 80), name));
    }
    values[key] = value;
  }
  return values;
}

/** The link that opens the form with these values; those that no link may carry are left out. */
export function createLink(values: Partial<Record<FormKey, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, key] of Object.entries(parameters)) {
    const value = values[key];
    if (typeof value === 'string' && value !== '') query.set(name, value);
  }
  return `vscode://berth.berth/create?${query.toString().replaceAll('+', '%20')}`;
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
