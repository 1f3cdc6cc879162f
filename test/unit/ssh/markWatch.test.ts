import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchMarks } from '../../../src/ssh/markWatch.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { aliasOf, TargetId, WorkspaceName } from '../../../src/workspace/name.ts';

const sshFolder = mkdtempSync(join(tmpdir(), 'berth-marks-'));
after(() => rmSync(sshFolder, { recursive: true }));

it('a mark on a workspace is heard of by whoever watches its kind, each time it is left', async () => {
  const [one, other] = [new SshHome({ sshFolder }), new SshHome({ sshFolder })];
  const heard: string[] = [];
  using _watch = watchMarks(other.folder, 'extended', ({ name, target }) => heard.push(`${target}/${name}`));
  // The folder is there a moment before it is watched: a mark that comes too early is left again.
  const alias = aliasOf(WorkspaceName.parse('brave-otter'), TargetId.parse('local'));
  const isHeard = async () => {
    const until = Date.now() + 30_000;
    while (heard.length === 0 && Date.now() < until) {
      await one.markExtended(alias);
      await sleep(50);
    }
    return heard.length > 0;
  };
  assert.ok(await isHeard());
  heard.length = 0;
  await one.markWanted(alias);
  assert.ok(await isHeard(), 'and again');
  assert.deepEqual([...new Set(heard)], ['local/brave-otter']);
  assert.equal(statSync(one.folder.marks).mode & 0o777, 0o700);
});
