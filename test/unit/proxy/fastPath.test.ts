import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { localSocket } from '../../../src/proxy/fastPath.ts';

describe('localSocket', () => {
  const file = (...targets: unknown[]) => JSON.stringify({ version: 1, targets });
  const unix = { kind: 'docker', id: 'local', endpoint: { type: 'unix', path: '/run/docker.sock' } };

  it('is the socket or pipe of an engine of this machine', () => {
    const pipe = { kind: 'docker', id: 'win', endpoint: { type: 'npipe', path: '//./pipe/docker' } };
    assert.equal(localSocket(file(unix, pipe), 'local'), '/run/docker.sock');
    assert.equal(localSocket(file(unix, pipe), 'win'), '//./pipe/docker');
  });

  it('is none for every other', () => {
    const far = { kind: 'docker', id: 'far', endpoint: { type: 'ssh', host: 'box' } };
    const pod = { kind: 'kubernetes', id: 'pod', endpoint: { type: 'unix', path: '/x' } };
    for (const id of ['far', 'pod', 'gone', ''])
      assert.equal(localSocket(file(unix, far, pod), id), undefined);
  });

  it('is none in a file that says something else, and never throws', () => {
    for (const text of [
      undefined,
      '',
      '{',
      'null',
      '[]',
      '{"targets":{}}',
      '{"targets":[null]}',
      file({ id: 'local' }),
    ]) {
      assert.equal(localSocket(text, 'local'), undefined);
    }
    fc.assert(fc.property(fc.json(), text => void localSocket(text, 'local')));
  });
});
