import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownImage } from '../../../src/image/kind.ts';

const nothing = { exposedPorts: [], labels: {}, env: [], entrypoint: [], command: [] };

describe('what is known of an image', () => {
  it('that is not there is what its name tells', () => {
    assert.deepEqual(knownImage('quay.io/jupyter/minimal-notebook', undefined), {
      kind: 'jupyter',
      exposedPorts: [],
      insistsOnFirst: false,
      toolPort: undefined,
    });
  });

  it('that is there is what it says itself', () => {
    const entrypoint = ['/usr/bin/connect-client', '--entrypoint'];
    const env = ['CONNECT_TOOL_PORT=9000'];
    assert.deepEqual(knownImage('acme/x', { ...nothing, entrypoint, env, exposedPorts: [9000] }), {
      kind: 'studio',
      exposedPorts: [9000],
      insistsOnFirst: false,
      toolPort: 9000,
    });
    assert.equal(knownImage('acme/x', { ...nothing, entrypoint: ['/init'] }).insistsOnFirst, true);
  });
});
