import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rightsInWords } from '../../../src/workspace/rights.ts';

describe('missing rights in words', () => {
  for (const [rights, words] of [
    [[], ''],
    [['create jobs'], 'jobs (create)'],
    [
      ['get secrets', 'create jobs', 'list secrets', 'get pods/log'],
      'secrets (get, list), jobs (create), pods/log (get)',
    ],
    [['everything'], 'everything'],
  ] as const) {
    it(`of ${rights.length}: ${words || 'none'}`, () => assert.equal(rightsInWords(rights), words));
  }
});
