/**
 * The page that stands at a catalogue's address: what is in it, with a search, and a link for each entry that opens it in
 * the editor. One file without anything from elsewhere; the list is there without any script. Pure.
 */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { escapeHtml } from '../../../workspace/html.ts';
import type { Entry } from '../entry.ts';
import type { CatalogueInfo } from './source.ts';

const style = `
:root { color-scheme: light dark; --edge: color-mix(in srgb, CanvasText 20%, Canvas); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 2rem 1rem; }
h1 { margin: 0 0 .25rem; }
header p { margin: .25rem 0; max-width: 48rem; }
input { font: inherit; width: 100%; max-width: 28rem; padding: .5rem .75rem; margin: 1rem 0; border: 1px solid var(--edge); border-radius: .5rem; }
ul.entries { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; list-style: none; padding: 0; }
.entries li { display: flex; flex-direction: column; gap: .5rem; border: 1px solid var(--edge); border-radius: .75rem; padding: 1rem; }
.entries li[hidden] { display: none; }
.title { display: flex; gap: .75rem; align-items: center; }
.title img { width: 3rem; height: 3rem; object-fit: contain; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
.entries p { margin: 0; overflow-wrap: anywhere; }
.about { font-size: .85rem; color: color-mix(in srgb, CanvasText 70%, Canvas); }
.open { margin-top: auto; align-self: start; padding: .35rem .9rem; border-radius: .5rem; background: #1f5fbf; color: #fff; text-decoration: none; }
.open:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px; }
code { overflow-wrap: anywhere; }
`;

/** Finds by words; where there is no script the list is simply whole. The catalogue's address is the page's own. */
const script = `
const box = document.querySelector('input');
const items = [...document.querySelectorAll('.entries li')];
const none = document.querySelector('.none');
box.hidden = false;
box.addEventListener('input', () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const item of items) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every(word => text.includes(word));
    if (!item.hidden) shown++;
  }
  none.hidden = shown > 0;
});
const root = location.href.replace(/[?#].*$/, '').replace(/index\\.html$/, '');
for (const address of document.querySelectorAll('.address')) address.textContent = root;
const twice = text => encodeURIComponent(encodeURIComponent(text));
for (const link of document.querySelectorAll('a.open')) {
  link.href = 'vscode://berth.berth/create?catalogue=' + twice(root) + '&entry=' + twice(link.dataset.entry);
}
`;

/** `entries`: in the order in which they are shown. */
export function frontPage(info: CatalogueInfo, entries: readonly Omit<Entry, 'id'>[]): string {
  const address = info.list_url ?? '';
  const policy = [
    "default-src 'none'",
    "img-src 'self' data:",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(info.name)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(info.name)}</h1>
<p>${escapeHtml(info.description)}</p>
<p class="about">${escapeHtml(l10n.t('Add this address as a catalogue in Berth:'))} <code class="address">${escapeHtml(address)}</code></p>
${contact(info)}</header>
<input type="search" hidden aria-label="${escapeHtml(l10n.t('Search'))}" placeholder="${escapeHtml(l10n.t('Search'))}">
<p class="none" hidden>${escapeHtml(l10n.t('Nothing here has all of these words.'))}</p>
<ul class="entries">
${entries.map(entry => card(entry, address)).join('\n')}
</ul>
<script>${script}</script>
</body>
</html>
`;
}

/** The editor decodes a whole link once before its values are told apart. */
function twice(text: string): string {
  return encodeURIComponent(encodeURIComponent(text));
}

function card(entry: Omit<Entry, 'id'>, address: string): string {
  const [release] = entry.releases;
  const about = [...entry.categories, ...entry.architectures].map(escapeHtml).join(' · ');
  const icon =
    entry.icon === undefined
      ? ''
      : `<img src="1.1/icons/${escapeHtml(encodeURIComponent(entry.icon))}" alt="" loading="lazy">`;
  const link = `vscode://berth.berth/create?catalogue=${twice(address)}&entry=${twice(entry.name)}`;
  return `<li>
<div class="title">${icon}<h2>${escapeHtml(entry.name)}</h2></div>
<p>${escapeHtml(entry.description)}</p>
<p class="about">${about}</p>
<p class="about"><code>${escapeHtml(release.image)}</code></p>
<a class="open" data-entry="${escapeHtml(entry.name)}" href="${escapeHtml(link)}" aria-label="${escapeHtml(l10n.t('Open {0} in Berth', entry.name))}">${escapeHtml(l10n.t('Open in Berth'))}</a>
</li>`;
}

/** Only an address that is one, of a web page or a mailbox. */
function contact({ contact_url: address }: CatalogueInfo): string {
  if (!address || !/^(?:https?:\/\/|mailto:)[^\s"<>]+$/i.test(address)) return '';
  return `<p class="about"><a href="${escapeHtml(address)}" rel="noreferrer">${escapeHtml(l10n.t('Contact'))}</a></p>\n`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
