import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { targetIn } from '../../../src/proxy/fastPath.ts';

describe('targetIn', () => {
  const file = (...targets: unknown[]) => JSON.stringify({ version: 1, targets });
  const unix = { kind: 'docker', id: 'local', endpoint: { type: 'unix', path: '/run/docker.sock' } };

  it('is the socket or pipe of an engine of this machine', () => {
    const pipe = { kind: 'docker', id: 'win', endpoint: { type: 'npipe', path: '//./pipe/docker' } };
    assert.deepEqual(targetIn(file(unix, pipe), 'local'), { socketPath: '/run/docker.sock' });
    assert.deepEqual(targetIn(file(unix, pipe), 'win'), { socketPath: '//./pipe/docker' });
  });

  it('is the context and namespace of a cluster', () => {
    const endpoint = { type: 'kubernetes', context: 'kind', namespace: 'dev' };
    const pod = { kind: 'kubernetes', id: 'pod', endpoint };
    const expected = { context: 'kind', namespace: 'dev', kubeconfig: undefined };
    assert.deepEqual(targetIn(file(unix, pod), 'pod'), expected);
  });

  it('is none for every other', () => {
    const far = { kind: 'docker', id: 'far', endpoint: { type: 'ssh', host: 'box' } };
    const pod = { kind: 'kubernetes', id: 'pod', endpoint: { type: 'unix', path: '/x' } };
    for (const id of ['far', 'pod', 'gone', '']) assert.equal(targetIn(file(unix, far, pod), id), undefined);
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
      assert.equal(targetIn(text, 'local'), undefined);
    }
    fc.assert(fc.property(fc.json(), text => void targetIn(text, 'local')));
  });
});
