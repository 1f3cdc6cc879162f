import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageHtml } from '../../../src/panels/pageHtml.ts';

const parts = {
  source: 'https://own.example',
  nonce: 'abc',
  styleNonce: 'def',
  script: 'https://own.example/page.js',
  style: 'https://own.example/page.css',
  title: 'New workspace',
  language: 'en',
};

describe('the document of a page', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/
    .exec(pageHtml(parts))?.[1]
    ?.replaceAll('&#39;', "'");

  it('lets in its own script and style and nothing else', () => {
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-abc'; style-src https://own.example 'nonce-def'; base-uri 'none'; form-action 'none'",
    );
  });

  it('lets in pictures only from its host, and only where it shows some', () => {
    assert.match(pageHtml({ ...parts, hasPictures: true }), /; img-src data:; base-uri/);
  });

  it('holds hostile words as text', () => {
    const html = pageHtml({ ...parts, title: '</title><script>alert(1)</script>"' });
    assert.equal(html.match(/<script/g)?.length, 1);
  });
});
