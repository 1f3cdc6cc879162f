import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRoot } from '../../../src/workspace/rootUser.ts';

describe('root', () => {
  for (const user of ['', 'root', '0', '00', 'root:root', '0:1000', ':0']) {
    it(`is ${JSON.stringify(user)}`, () => assert.equal(isRoot(user), true));
  }
  for (const user of ['dev', '1000', '1000:0', 'rooted', '0x', '10', 'dev:root']) {
    it(`is not ${JSON.stringify(user)}`, () => assert.equal(isRoot(user), false));
  }
});
