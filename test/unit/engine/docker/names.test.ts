import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  containerName,
  homeVolume,
  interimContainerName,
  markVolume,
  recordVolume,
  workspaceOfContainer,
  workspaceOfHome,
} from '../../../../src/engine/docker/names.ts';
import { WorkspaceName } from '../../../../src/workspace/name.ts';

const names = fc
  .stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/)
  .map(text => WorkspaceName.parse(text));

describe('names on a Docker engine', () => {
  it('a container’s name leads back to its workspace', () => {
    fc.assert(fc.property(names, name => workspaceOfContainer(`/${containerName(name)}`) === name));
  });

  it('a home’s name leads back to its workspace', () => {
    fc.assert(fc.property(names, name => workspaceOfHome(homeVolume(name)) === name));
    assert.equal(workspaceOfHome('berth-home'), undefined);
  });

  it('an interim container is nobody’s', () => {
    fc.assert(
      fc.property(names, name => workspaceOfContainer(interimContainerName(name, 'abc')) === undefined),
    );
  });

  it('what is not Berth’s is nobody’s', () => {
    for (const name of ['web', 'berth-', 'berth', 'berth-UPPER', 'xberth-web', '']) {
      assert.equal(workspaceOfContainer(name), undefined, name);
    }
  });

  it('two workspaces never share a volume', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        fc.pre(a !== b);
        const of = (name: WorkspaceName) => [
          homeVolume(name),
          recordVolume(name),
          markVolume(name, 'building'),
        ];
        return of(a).every(volume => !of(b).includes(volume));
      }),
    );
  });
});
