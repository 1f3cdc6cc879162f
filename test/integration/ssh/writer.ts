/** A program for writing.test.ts: writes everything that Berth writes into a `.ssh`, again and again. */
import { Target } from '../../../src/engine/target.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';

const [sshFolder = '', who = '', times = '1'] = process.argv.slice(2);
const home = new SshHome({ sshFolder });
const target = Target.parse({
  kind: 'docker',
  id: 't',
  title: 'Test',
  endpoint: { type: 'unix', path: '/nowhere.sock' },
  origin: 'by hand',
});
const { publicKey } = await home.identity();
for (let round = 0; round < Number(times); round++) {
  await home.writeTargetConfig(target, workspaces(round));
  await home.ensureInclude();
}

/** Fifty of them, which differ from round to round and from writer to writer. */
function workspaces(round: number): Workspace[] {
  return Array.from({ length: 50 }, (_, index) => ({
    target: TargetId.parse('t'),
    name: WorkspaceName.parse(`ws-${index}`),
    state: { kind: 'Running', reason: '' },
    createdBy: 'tester@example.org',
    createdAt: '2026-01-01T00:00:00Z',
    settings: WorkspaceSettings.parse({ image: 'x', agentForwarding: round % 2 === 0 }),
    image: 'x',
    hostKey: publicKey,
    login: { name: `${who}${round}`, uid: 0, gid: 0, home: '/root' },
  }));
}
