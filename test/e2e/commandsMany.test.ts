/** Many workspaces at once: their order, a filter, favourites, several rows selected, creations that broke off. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { dockerSocket } from '../support/dockerd.ts';
import { projectRoot } from '../support/vsix.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('several workspaces', () => {
  let session: Session;
  let window: Workbench;
  let [ant, bee, cow]: string[] = [];
  before(async () => {
    session = await Session.start({ name: 'commands-many' });
    [ant = '', bee = '', cow = ''] = ['ant', 'bee', 'cow'].map(word => session.workspaceName(word));
    for (const name of [cow, ant, bee]) {
      await session.create(name, name === bee ? { description: 'honey' } : {});
    }
    window = await session.window();
    await window.workspace(cow, 'Running').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  /** The names of this session's workspaces in the tree, from the top. */
  const order = () =>
    window
      .tree('Workspaces')
      .getByRole('treeitem', { name: new RegExp(`^${session.prefix}.*workspace, `) })
      .evaluateAll(rows =>
        rows
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map(row => (row.getAttribute('aria-label') ?? '').split(',')[0]),
      );
  const untilOrder = async (expected: readonly (string | undefined)[]) => {
    const until = Date.now() + 60_000;
    while (`${await order()}` !== `${expected}` && Date.now() < until) await window.page.waitForTimeout(100);
    assert.deepEqual(await order(), expected);
  };

  it('stand in the order of their names, or of what the person asks for', async () => {
    await untilOrder([ant, bee, cow]);
    await window.runCommand('Berth: Sort Workspaces…');
    await window.pick(/^Age/).click();
    await untilOrder([bee, ant, cow]);
    await window.screenshot('sorted');
    await window.runCommand('Berth: Sort Workspaces…');
    await window.pick(/^Name/).click();
    await untilOrder([ant, bee, cow]);
  });

  it('begin with the favourites', async () => {
    await window.chooseFromMenu(window.workspace(cow ?? ''), 'Toggle Favourite');
    await untilOrder([cow, ant, bee]);
    await window.screenshot('favourite');
    await window.chooseFromMenu(window.workspace(cow ?? ''), 'Toggle Favourite');
    await untilOrder([ant, bee, cow]);
  });

  it('are filtered by a word of what is known of them, until the filter is cleared', async () => {
    await window.runCommand('Berth: Filter Workspaces…');
    await window.answer('HONEY');
    await untilOrder([bee]);
    await window.page.getByText('Only workspaces with “HONEY”').waitFor();
    await window.screenshot('filtered');
    await window.runCommand('Berth: Clear Filter');
    await untilOrder([ant, bee, cow]);
  });

  it('are stopped together: one question that names them all', async () => {
    await window.workspace(ant ?? '').click();
    await window.workspace(bee ?? '').click({ modifiers: ['Control'] });
    await window.chooseFromMenu(window.workspace(bee ?? ''), 'Stop…');
    await window.dialog.getByText(`Stop ${ant}, ${bee}?`).waitFor();
    await window.screenshot('stop-both');
    await window.answerDialog('Stop');
    await window.workspace(ant ?? '', 'Off').waitFor();
    await window.workspace(bee ?? '', 'Off').waitFor();
    await window.workspace(cow ?? '', 'Running').waitFor();
  });

  it('are deleted together; Cancel keeps them, and what is lost is named', async () => {
    await window.workspace(ant ?? '').click();
    await window.workspace(bee ?? '').click({ modifiers: ['Control'] });
    await window.chooseFromMenu(window.workspace(bee ?? ''), 'Delete…');
    await window.dialog.getByText(`${ant}: /root`).waitFor();
    await window.dialog.getByText('everything outside the home').waitFor();
    await window.screenshot('delete-both');
    await window.answerDialog('Cancel');
    const containers = () => session.docker('ps', '-a', '--format', '{{.Names}}');
    assert.match(await containers(), new RegExp(`berth-${ant}\\n|berth-${ant}$`));

    await window.chooseFromMenu(window.workspace(bee ?? ''), 'Delete…');
    await window.answerDialog('Delete Everything');
    await window.workspace(ant ?? '').waitFor({ state: 'detached' });
    await window.workspace(bee ?? '').waitFor({ state: 'detached' });
    await window.workspace(cow ?? '', 'Running').waitFor();
    assert.doesNotMatch(await containers(), new RegExp(`berth-(${ant}|${bee})`));
    assert.equal(await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${ant}`), '');
  });

  describe('whose creation broke off', () => {
    it('say so; one is finished, another removed without a trace', async () => {
      await using registry = await silentRegistry();
      const [kept, dropped] = [session.workspaceName('kept'), session.workspaceName('dropped')];
      await killedInPull(kept, registry.image);
      await killedInPull(dropped, registry.image);
      await window.workspace(kept, 'Error: .*').waitFor();
      await window.workspace(dropped, 'Error: .*').waitFor();
      await window.screenshot('interrupted');

      await window.chooseFromMenu(window.workspace(dropped), 'Delete…');
      await window.answerDialog('Delete Everything');
      await window.workspace(dropped).waitFor({ state: 'detached' });
      assert.equal(await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${dropped}`), '');

      await session.docker('tag', session.image, registry.image);
      try {
        await window.clickInline(window.workspace(kept), 'Finish Creation');
        await window.workspace(kept, 'Running').waitFor();
        await window.tab(kept).waitFor();
        await window.screenshot('finished');
        assert.equal(await session.docker('inspect', '-f', '{{.State.Running}}', `berth-${kept}`), 'true');
      } finally {
        await session.docker('rm', '-f', `berth-${kept}`);
        await session.docker('rmi', registry.image);
      }
    });
  });
});

/** Has another process create a workspace from an image that never comes, and kills it there. */
async function killedInPull(name: string, image: string): Promise<void> {
  const script = join(projectRoot, 'test', 'integration', 'docker', 'creator.ts');
  const child = spawn(process.execPath, [script, dockerSocket, name, image], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const { step }: { step?: string } = JSON.parse(line);
    if (step === 'pull') child.kill('SIGKILL');
  }
  clearTimeout(timer);
  await ended;
}

/** Takes connections and never answers. */
async function silentRegistry(): Promise<AsyncDisposable & { readonly image: string }> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    image: `127.0.0.1:${port}/never:1`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
