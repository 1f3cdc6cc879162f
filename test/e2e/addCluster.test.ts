/** A namespace of a cluster as a target: from the kubeconfig to the tree, also where no cluster answers, and off again. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

/** Nothing listens there. */
const server = 'https://127.0.0.1:1';
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'kind-dev',
  clusters: [{ name: 'kind-dev', cluster: { server } }],
  users: [{ name: 'dev', user: { token: 'none' } }],
  contexts: ['arn:aws:eks:eu-west-1:1:cluster/prod', 'kind-dev'].map(name => ({
    name,
    context: { cluster: 'kind-dev', user: 'dev', namespace: 'team-a' },
  })),
};

describe('a cluster as a target', () => {
  let folder: string;
  let session: Session;
  let window: Workbench;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-kubeconfig-'));
    const file = join(folder, 'config');
    await writeFile(file, JSON.stringify(kubeconfig));
    session = await Session.start({
      name: 'add-cluster',
      settings: { 'berth.kubernetes.kubeconfig': file, 'workbench.colorTheme': 'Default Light Modern' },
    });
    window = await session.window();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const targets = async () =>
    JSON.parse(await readFile(join(session.sshFolder, 'berth', 'targets.json'), 'utf8')).targets;

  it('is picked by context and namespace, and added though it does not answer', async () => {
    const { page } = window;
    await window.runCommand('Berth: Add Target…');
    await page.getByText('Kubernetes Context…').waitFor();
    await window.screenshot('kinds');
    await window.answer('Kubernetes');
    await page.getByText('Another kubeconfig…').waitFor();
    const rows = await page.locator('.quick-input-list .monaco-list-row').allTextContents();
    assert.match(rows[0] ?? '', /^kind-devcurrent/);
    assert.match(rows[0] ?? '', /https:\/\/127\.0\.0\.1:1 · /);
    assert.match(rows[1] ?? '', /^arn:aws/);
    await window.screenshot('contexts');
    await window.answer('kind-dev');
    await page.getByText('The namespace for the workspaces').waitFor({ timeout: 20_000 });
    assert.equal(await window.quickInput.inputValue(), 'team-a');
    await window.quickInput.fill('Not One');
    await page.getByText('Lower-case letters, digits and dashes, at most 63').waitFor();
    await window.screenshot('namespace');
    await window.answer('team-b');
    await page.getByText('What to call it in the tree').waitFor();
    assert.equal(await window.quickInput.inputValue(), 'kind-dev / team-b');
    await window.answer('Team cluster');
    await window.dialog.getByText(/does not answer/).waitFor({ timeout: 20_000 });
    await window.screenshot('no-answer');
    await window.answerDialog('Add Anyway');
    await window.target('Team cluster').waitFor();
    await window.screenshot('added');
    const added = (await targets()).find(({ kind }: { kind: string }) => kind === 'kubernetes');
    assert.deepEqual(added, {
      kind: 'kubernetes',
      id: 'kind-dev',
      title: 'Team cluster',
      endpoint: {
        type: 'kubernetes',
        namespace: 'team-b',
        context: 'kind-dev',
        kubeconfig: join(folder, 'config'),
      },
      origin: 'by hand',
    });
  });

  it('gives a Role for its namespace to copy', async () => {
    await window.runCommand('Berth: Copy Role and RoleBinding');
    await window.page.getByText('Copied: a Role and a RoleBinding for the namespace team-b').waitFor();
    assert.match(
      await window.page.evaluate<string>('navigator.clipboard.readText()'),
      /^apiVersion: rbac\.authorization\.k8s\.io\/v1\nkind: Role\n[\s\S]*namespace: "team-b"/,
    );
  });

  it('is taken off the list again', async () => {
    await window.runCommand('Berth: Remove Target…');
    await window.answer('Team cluster');
    await window.dialog.getByText('Remove the target “Team cluster” from the list?').waitFor();
    await window.answerDialog('Remove');
    await window.target('Team cluster').waitFor({ state: 'hidden' });
    assert.equal((await targets()).length, 1);
  });
});
