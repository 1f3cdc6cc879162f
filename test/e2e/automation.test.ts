/** Other programs use Berth: an assistant by tools, an extension by the API, a task, a terminal profile. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Consumer, packConsumerExtension } from './consumerExtension.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const secret = 'do-not-tell-anybody';

describe('Berth as other programs use it', () => {
  let session: Session;
  let window: Workbench;
  let consumer: Consumer;
  let folder = '';
  let name = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-automation-'));
    const requests = join(folder, 'requests');
    await mkdir(requests);
    session = await Session.start({
      name: 'automation',
      extensions: packConsumerExtension,
      env: { BERTH_TEST_REQUESTS: requests },
      settings: {
        'berth.identity': 'me@example.org',
        'berth.presets': [{ name: 'Small', cpus: 0.5, memoryGiB: 0.25 }],
        'terminal.integrated.gpuAcceleration': 'off',
      },
    });
    consumer = new Consumer(requests);
    name = session.workspaceName('box');
    await session.create(name, {
      env: [{ name: 'SECRET', value: secret, secret: true }],
      initScript: 'echo "the secret is $SECRET"',
    });
    await writeTasks(folder, name);
    window = await session.window({ folder });
    await window.workspace(name, 'Running').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const untilSaid = async (command: string, expected: string) => {
    const said = () => session.ssh(name, `${command} 2>/dev/null || true`);
    for (const end = Date.now() + 60_000; (await said()) !== expected && Date.now() < end; )
      await window.page.waitForTimeout(300);
    assert.equal(await said(), expected);
  };
  const asked = async (answer: string, picture: string, ...words: string[]) => {
    for (const text of words) await window.dialog.getByText(text, { exact: false }).first().waitFor();
    await window.screenshot(picture);
    await window.dialog.getByRole('button', { name: answer }).click();
  };

  describe('by chat tools', () => {
    it('are there, each with its schema', async () => {
      const { result } = await consumer.ask({ action: 'tools' });
      assert.ok(Array.isArray(result));
      assert.deepEqual(result.map(tool => tool.name).sort(), [
        'berth_createWorkspace',
        'berth_inspectWorkspace',
        'berth_listWorkspaces',
        'berth_readLog',
        'berth_startWorkspace',
        'berth_stopWorkspace',
      ]);
      for (const { description, inputSchema } of result) {
        assert.ok(description.length > 40);
        assert.equal(inputSchema.type, 'object');
      }
    });

    it('tell what there is without asking, and no secret', async () => {
      const { result: list } = await consumer.tool('listWorkspaces', {});
      assert.match(JSON.stringify(list), new RegExp(`"alias":"${name}.e2e.berth"[^}]*"state":"Running"`));
      const { result: whole } = await consumer.tool('inspectWorkspace', { workspace: name });
      assert.match(JSON.stringify(whole), /"env":"SECRET"/);
      const { result: log } = await consumer.tool('readLog', { workspace: `${name}.e2e.berth`, lines: 500 });
      assert.match(JSON.stringify(log), /the secret is •••/);
      assert.ok(!JSON.stringify([list, whole, log]).includes(secret));
    });

    it('refuse what is not theirs to ask for', async () => {
      const mounts = [{ type: 'bind', source: '/', path: '/host' }];
      assert.match((await consumer.tool('createWorkspace', { mounts })).error ?? '', /mounts/);
      assert.match((await consumer.tool('stopWorkspace', { workspace: 'nobody' })).error ?? '', /nobody/);
      assert.match((await consumer.tool('startWorkspace', { workspace: 7 })).error ?? '', /./);
    });

    it('stop another’s workspace only after it was said whose it is', async () => {
      const no = consumer.tool('stopWorkspace', { workspace: name });
      await asked('Cancel', 'tool-stop', `Stop ${name}?`, 'It belongs to', 'Unsaved work');
      assert.ok((await no).error);
      await window.workspace(name, 'Running').waitFor();
      const yes = consumer.tool('stopWorkspace', { workspace: name });
      await asked('Yes', 'tool-stop-yes', `Stop ${name}?`);
      assert.match(JSON.stringify((await yes).result), /"state":"Off"/);
    });

    it('start one after a question', async () => {
      const start = consumer.tool('startWorkspace', { workspace: name });
      await asked('Yes', 'tool-start', `Start ${name}?`);
      assert.match(JSON.stringify((await start).result), /"state":"Running"/);
    });

    it('create one with all that was chosen in the question, and by the same checks as the form', async () => {
      const made = session.workspaceName('made');
      const input = { name: made, initScript: 'echo chosen > ~/chosen', lifespanHours: 2 };
      const creation = consumer.tool('createWorkspace', input);
      await asked('Yes', 'tool-create', `Create ${made} on Test engine?`, 'echo chosen', 'Lifespan: 2 h');
      assert.match(JSON.stringify((await creation).result), /"state":"Running"/);
      assert.equal(
        await session.docker('inspect', '-f', '{{.HostConfig.Memory}}', `berth-${made}`),
        `${2 ** 28}`,
      );
      // The name is taken now, which is known before anything is asked.
      assert.match((await consumer.tool('createWorkspace', input)).error ?? '', /already/);
      const large = consumer.tool('createWorkspace', { memoryMiB: 16_000_000 });
      await asked('Yes', 'tool-create-large', '16000000 MiB');
      assert.match((await large).error ?? '', /free/);
    });

    it('do nothing once they are cancelled', async () => {
      const { error } = await consumer.ask({
        action: 'tool',
        name: 'berth_listWorkspaces',
        input: {},
        isCancelled: true,
      });
      assert.match(error ?? '', /cancel|abort/i);
    });
  });

  describe('by the API', () => {
    it('runs the example of the README', async () => {
      await window.runCommand('Example: Scratch Workspace');
      const said = window.notification(/\.e2e\.berth is Running/);
      await said.waitFor({ timeout: 120_000 });
      await window.screenshot('example');
      const alias =
        /([a-z0-9-]+)\.e2e\.berth/.exec(
          await said.locator('.notification-list-item-message').innerText(),
        )?.[1] ?? '';
      const labels = await session.docker('inspect', '-f', '{{json .Config.Labels}}', `berth-${alias}`);
      assert.match(labels, /Scratch/);
      await session.docker('rm', '-f', `berth-${alias}`);
      await session.docker('volume', 'rm', `berth-${alias}-home`, `berth-${alias}-record`);
    });

    it('says when the list is another, and refuses what it does not know', async () => {
      await consumer.ask({ action: 'listen' });
      const alias = `${name}.e2e.berth`;
      const { result: found } = await consumer.ask({ action: 'api', method: 'get', args: [alias] });
      assert.match(JSON.stringify(found), /"state":"Running"/);
      const none = await consumer.ask({ action: 'api', method: 'get', args: ['nobody.e2e.berth'] });
      assert.deepEqual(none, { result: null });
      assert.equal((await consumer.ask({ action: 'api', method: 'get', args: [{}] })).code, 'invalid');
      const more = { action: 'api', method: 'create', args: [{ overrides: { privileged: true } }] };
      assert.equal((await consumer.ask(more)).code, 'invalid');
      assert.match(
        (await consumer.ask({ action: 'api', method: 'list', version: 2 })).error ?? '',
        /version 2/,
      );
      const stop = consumer.ask({ action: 'api', method: 'stop', args: [alias] });
      await asked('Stop', 'api-stop', `Stop ${name}?`, 'It belongs to');
      assert.match(JSON.stringify((await stop).result), /"state":"Off"/);
      for (const end = Date.now() + 60_000; Date.now() < end; await window.page.waitForTimeout(300))
        if (Number((await consumer.ask({ action: 'changes' })).result) > 0) break;
      assert.ok(Number((await consumer.ask({ action: 'changes' })).result) > 0);
    });
  });

  describe('by tasks', () => {
    const runTask = async (task: string) => {
      await window.runCommand('Tasks: Run Task');
      await window.pick(new RegExp(`^${task}\\b`)).click();
    };

    it('starts the workspace, runs the command there, and has its problems and its exit code', async () => {
      await window.workspace(name, 'Off').waitFor();
      await runTask('build');
      await window.workspace(name, 'Running').waitFor();
      await untilSaid('cat "/root/a folder/built"', "it's 42");
      await window.runCommand('View: Toggle Problems');
      await window.page
        .getByRole('treeitem', { name: /expected a berth/ })
        .first()
        .waitFor();
      await window.screenshot('task');
      for (const end = Date.now() + 60_000; Date.now() < end; await window.page.waitForTimeout(300))
        if (JSON.stringify((await consumer.ask({ action: 'ended' })).result) === '[["build",7]]') return;
      assert.deepEqual((await consumer.ask({ action: 'ended' })).result, [['build', 7]]);
    });

    it('ends the command with the task', async () => {
      await runTask('wait');
      await untilSaid('pgrep -fc "^sleep 4321"', '1');
      await window.screenshot('task-waits');
      await window.runCommand('Tasks: Terminate Task');
      await window.screenshot('task-terminate');
      await window.pick(/^wait\b/).click();
      await untilSaid('pgrep -fc "^sleep 4321"', '0');
      await untilSaid('cat ~/interrupted', 'yes');
    });
  });

  describe('by a terminal profile', () => {
    it('opens a terminal in the workspace that is chosen, and keeps it over a reload', async () => {
      // The editor learns of the profiles of extensions with its first terminal.
      const active = window.page.locator('.terminal-wrapper.active').first();
      // One that is asked for while the editor still starts what runs terminals may never come.
      for (let attempt = 0; !(await active.isVisible()) && attempt < 5; attempt++) {
        await window.runCommand('Terminal: Create New Terminal');
        await active.waitFor({ timeout: 15_000 }).catch(() => {});
      }
      // Its rows have buttons of their own, which makes them no options.
      const profiles = window.page.locator('.quick-input-list .monaco-list-row');
      const profile = profiles.filter({ hasText: 'Berth Workspace' });
      // A list that was opened before that does not learn of them.
      for (let attempt = 0; !(await profile.isVisible()) && attempt < 10; attempt++) {
        await window.page.keyboard.press('Escape');
        await window.runCommand('Create New Terminal (With Profile)');
        await profile.waitFor({ timeout: 5_000 }).catch(() => {});
      }
      await profile.click();
      await window.pick(new RegExp(`^${name}`)).click();
      const terminal = window.page.locator('.terminal-wrapper.active .xterm-rows');
      // In the home, where a shell of this machine is in the folder.
      await terminal.getByText(':~#').first().waitFor();
      await window.page.keyboard.type('mark=kept; echo $mark > ~/typed\n');
      await untilSaid('cat ~/typed', 'kept');
      await window.screenshot('terminal-profile');
      // The editor notes what terminals there are, and that they are shown, a moment later.
      await window.page.waitForTimeout(3_000);
      await window.page.reload({ waitUntil: 'domcontentloaded' });
      const prompt = terminal.getByText(':~#').first();
      await prompt.waitFor({ timeout: 20_000 }).catch(() => window.runCommand('Terminal: Focus Terminal'));
      await prompt.waitFor();
      await window.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
      await window.page.keyboard.type('echo again-$mark > ~/typed\n');
      await untilSaid('cat ~/typed', 'again-kept');
    });
  });
});

async function writeTasks(folder: string, workspace: string): Promise<void> {
  const problemMatcher = {
    owner: 'berth-test',
    fileLocation: ['absolute'],
    pattern: { regexp: '^(/.*):(\\d+): (.*)$', file: 1, line: 2, message: 3 },
  };
  const build = [
    'test -d "/root/a folder" || mkdir "/root/a folder"',
    `printf "%s" "it's $((40 + 2))" > "/root/a folder/built"`,
    `echo '${join(folder, 'code.c')}:3: expected a berth'`,
    'exit 7',
  ].join('; ');
  const wait = `trap 'echo yes > ~/interrupted; exit' INT; sleep 4321`;
  const tasks = [
    { type: 'berth', label: 'build', workspace, command: build, problemMatcher },
    { type: 'berth', label: 'wait', workspace, command: wait, cwd: 'a folder', problemMatcher: [] },
  ];
  await mkdir(join(folder, '.vscode'));
  await writeFile(join(folder, 'code.c'), 'one\ntwo\nthree\n');
  await writeFile(join(folder, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
}
