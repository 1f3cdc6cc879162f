import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateLimitOf } from '../../../src/image/rateLimit.ts';
import { parseQuery, type Query } from '../../../src/image/suggestions.ts';

describe('parseQuery', () => {
  const hosts = ['docker.io', 'localhost:5000', 'r.example.org'];
  const rows: readonly (readonly [string, Query])[] = [
    ['debian', { registry: undefined, repository: 'debian', tag: undefined }],
    [' debian:', { registry: undefined, repository: 'debian', tag: '' }],
    ['debian:book', { registry: undefined, repository: 'debian', tag: 'book' }],
    ['acme/dev:1', { registry: undefined, repository: 'acme/dev', tag: '1' }],
    ['localhost:5000/', { registry: 'localhost:5000', repository: '', tag: undefined }],
    ['localhost:5000/a/b:1', { registry: 'localhost:5000', repository: 'a/b', tag: '1' }],
    ['r.example.org/a', { registry: 'r.example.org', repository: 'a', tag: undefined }],
    ['docker.io/acme/', { registry: 'docker.io', repository: 'acme/', tag: undefined }],
    ['', { registry: undefined, repository: '', tag: undefined }],
  ];
  for (const [text, query] of rows) {
    it(`reads '${text}'`, () => assert.deepEqual(parseQuery(text, hosts), query));
  }
});

describe('rateLimitOf', () => {
  const rows: readonly (readonly [Record<string, string>, unknown])[] = [
    [
      { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' },
      { limit: 100, remaining: 76, windowS: 21_600 },
    ],
    [
      { 'ratelimit-limit': '200', 'ratelimit-remaining': '0' },
      { limit: 200, remaining: 0, windowS: 0 },
    ],
    [{ 'ratelimit-limit': '100;w=21600' }, undefined],
    [{ 'ratelimit-limit': 'many', 'ratelimit-remaining': 'few' }, undefined],
    [{}, undefined],
  ];
  for (const [headers, limit] of rows) {
    it(`reads ${JSON.stringify(headers)}`, () => assert.deepEqual(rateLimitOf(headers), limit));
  }
});
