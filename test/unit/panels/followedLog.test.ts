import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linesThat, logSourcesOf } from '../../../src/panels/followedLog.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';

async function kept(...pieces: string[]): Promise<string> {
  let text = '';
  const log = (async function* () {
    yield* pieces;
  })();
  for await (const piece of linesThat(log, line => line.startsWith('@'))) text += piece;
  return text;
}

describe('lines of a log', () => {
  it('are kept whole, however they come in pieces', async () => {
    assert.equal(await kept('@a\nb\n@', 'c\nx @d\n', '@e\n@unended'), '@a\n@c\n@e\n');
  });
});

describe('the logs of a workspace', () => {
  it('are those of what it has', () => {
    const plain = logSourcesOf(WorkspaceSettings.parse({ image: 'a' })).map(({ kind }) => kind);
    assert.ok(!plain.includes('init') && !plain.includes('app') && plain.includes('boot'));
    const settings = { image: 'a', initScript: 'true', apps: [{ id: 'lab', command: 'x' }] };
    const more = logSourcesOf(WorkspaceSettings.parse(settings));
    assert.deepEqual(more.slice(-2), [{ kind: 'init' }, { kind: 'app', id: 'lab' }]);
  });
});
