import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Asking, type Consent, consentFor } from '../../../src/template/consent.ts';
import type { TemplateSource } from '../../../src/template/found.ts';

const sources: Readonly<Record<TemplateSource['kind'], TemplateSource>> = {
  own: { kind: 'own' },
  folder: { kind: 'folder', folder: 'app', path: '.berth/a.json', uri: 'file:///app/.berth/a.json' },
  catalogue: { kind: 'catalogue', catalogue: 'https://a.example', title: 'A' },
  link: { kind: 'link', host: 'a.example' },
};
const person: Asking = { isFolderTrusted: true, isByLink: false, isChanged: false };

const rows: readonly (readonly [TemplateSource['kind'], string, Partial<Asking>, Consent])[] = [
  ['own', 'chosen', {}, 'none'],
  ['own', 'chosen in a folder that is not trusted', { isFolderTrusted: false }, 'none'],
  ['own', 'with what a repository adds', { isChanged: true }, 'none'],
  ['own', 'named by a link', { isByLink: true }, 'none'],
  ['own', 'turned into something else by a link', { isByLink: true, isChanged: true }, 'reach'],
  ['folder', 'chosen', {}, 'none'],
  ['folder', 'chosen, of a folder that is not trusted', { isFolderTrusted: false }, 'always'],
  ['folder', 'named by a link', { isByLink: true }, 'reach'],
  ['folder', 'named by a link, not trusted', { isByLink: true, isFolderTrusted: false }, 'always'],
  ['catalogue', 'chosen', {}, 'reach'],
  ['catalogue', 'named by a link', { isByLink: true }, 'reach'],
  ['link', 'fetched by a link', { isByLink: true }, 'reach'],
];

describe('whether a template is asked about', () => {
  for (const [kind, how, asking, expected] of rows) {
    it(`${kind}, ${how}: ${expected}`, () => {
      assert.equal(consentFor(sources[kind], { ...person, ...asking }), expected);
    });
  }
});
