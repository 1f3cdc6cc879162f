import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RegistryConnections } from '../../../src/image/registryConnections.ts';

describe('RegistryConnections', () => {
  it('asks how to get to a registry once, and again after the settings have changed', () => {
    const asked: string[] = [];
    using connections = new RegistryConnections({
      credentials: { credentials: async () => undefined },
      network: host => {
        asked.push(host);
        return {};
      },
    });
    const before = connections.client('a.example');
    assert.equal(connections.client('a.example'), before);
    // Whether it is in any list or not.
    connections.forgetAll();
    assert.notEqual(connections.client('a.example'), before);
    assert.deepEqual(asked, ['a.example', 'a.example']);
  });
});
