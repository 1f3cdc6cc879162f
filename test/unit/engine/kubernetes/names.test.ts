import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  allOf,
  allOfBerth,
  homeClaim,
  objectLabels,
  objectName,
} from '../../../../src/engine/kubernetes/names.ts';
import { WorkspaceName } from '../../../../src/workspace/name.ts';

const longest = WorkspaceName.parse('a'.repeat(40));
const web = WorkspaceName.parse('web');

describe('the names of objects', () => {
  it('begin with Berth’s', () => {
    assert.deepEqual([objectName(web), homeClaim(web)], ['berth-web', 'berth-web-home']);
  });

  it('leave room for what a Job adds to those of its pods', () => {
    // RFC 1123: 63 characters; '-' and five of the Job's controller.
    assert.ok(`${objectName(longest)}-x7k2p`.length <= 63);
    assert.ok(`${objectName(longest)}-probe-0a1b2c3d`.length <= 63);
  });

  it('are no other workspace’s', () => {
    const odd = WorkspaceName.parse('web-home');
    assert.equal(homeClaim(web), objectName(odd));
    assert.notEqual(homeClaim(web), homeClaim(odd));
  });
});

describe('the labels of objects', () => {
  it('are what selectors ask for', () => {
    const labels = objectLabels(web, 'run');
    for (const selector of [allOfBerth, allOf(web)]) {
      for (const wanted of selector.split(',')) {
        const [key = '', value] = wanted.split('=');
        assert.equal(labels[key], value);
      }
    }
  });

  it('are labels to Kubernetes', () => {
    for (const value of Object.values(objectLabels(longest, 'record'))) {
      assert.match(value, /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    }
  });
});
