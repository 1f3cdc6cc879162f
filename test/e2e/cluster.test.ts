/** A workspace on a real cluster, in real VS Code: from the form to its deletion. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, ensureCluster } from '../support/cluster.ts';
import { endpointOf, imageSettings } from '../support/clusterImage.ts';
import { eventually } from '../support/command.ts';
import { packRemoteExtension } from './remoteExtension.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a workspace on a cluster', () => {
  let cluster: Cluster;
  let session: Session;
  let window: Workbench;
  let name = '';
  let pullSecrets: readonly string[] = [];
  before(
    async () => {
      cluster = await ensureCluster(console.log);
      const { usual } = cluster.namespaces;
      const { image, imagePullSecrets = [] } = await imageSettings(cluster, usual);
      pullSecrets = imagePullSecrets;
      session = await Session.start({
        name: 'cluster',
        cluster: await endpointOf(cluster.userKubeconfig, usual),
        target: { id: 'e2e', title: 'Test cluster' },
        settings: { 'berth.defaultImage': image },
        extensions: packRemoteExtension,
      });
      name = session.workspaceName('pod');
      window = await session.window();
    },
    { timeout: 3_000_000 },
  );
  after(async () => {
    const selector = `workspace.berth/name=${name}`;
    await kubectl('delete', 'secrets,jobs,pods,pvc', '-l', selector, '--wait=false').catch(() => {});
    await session?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });

  const kubectl = async (...args: string[]) =>
    (await cluster.kubectl([...args, '-n', cluster.namespaces.usual])).stdout.trim();
  const capacity = () =>
    kubectl('get', 'pvc', `berth-${name}-home`, '-o', 'jsonpath={.spec.resources.requests.storage}');

  const left = () =>
    kubectl('get', 'secrets,jobs,pods,pvc', '-l', `workspace.berth/name=${name}`, '-o', 'name');
  /** Returns once it runs. */
  const makeByForm = async () => {
    const form = await window.openForm();
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form.locator('#f-memoryMiB').fill('256');
    await form.locator('#f-cpus').fill('0.25');
    await form.locator('#g-resources > summary').click();
    await form.locator('#f-diskGiB').fill('1');
    await form.locator('#g-advanced > summary').click();
    for (const secret of pullSecrets) {
      await form.getByRole('button', { name: 'Add to Image pull secrets' }).click();
      await form.locator('[data-key="imagePullSecrets"] input').last().fill(secret);
    }
    await window.screenshot('form');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.tab(name).waitFor();
    await window.workspace(name, 'Running').waitFor({ timeout: 120_000 });
  };

  it('is made by the form, with the cluster’s events and the stages of the boot on its page', async () => {
    await window.target('Test cluster').waitFor();
    await makeByForm();
    const page = window.webview();
    await page.getByRole('heading', { name: `Creating ${name}: done` }).waitFor();
    await page.getByText('Successfully assigned', { exact: false }).first().waitFor();
    await page.getByRole('list', { name: 'Stages of the boot' }).getByText('Ready to enter').waitFor();
    await window.screenshot('created');
    assert.equal(await session.ssh(name, 'echo kept > ~/note; id -un'), 'root');
  });

  it('has a page with charts that move, its time, its log and who is connected', async () => {
    await window.page.setViewportSize({ width: 1280, height: 1400 });
    const page = window.webview();
    const cpu = page.getByRole('figure').filter({ hasText: 'CPU' });
    const cores = async () => Number.parseFloat((await cpu.locator('.chart-value').textContent()) ?? '');
    await eventually(async () => (await cores()) >= 0, 'it is measured', 60_000);
    const before = await cpu.locator('path.line').getAttribute('d');
    const loop = "timeout 60 sh -c 'while :; do :; done' >/dev/null 2>&1 &";
    const connected = session.ssh(name, `${loop} sleep 30`);
    await eventually(async () => (await cores()) > 0.1, 'the number rises', 60_000);
    await eventually(
      async () => (await cpu.locator('path.line').getAttribute('d')) !== before,
      'and the line',
      30_000,
    );
    await page.locator('.connections').getByText('an editor, a program or a forward').first().waitFor();
    await page.getByText(/^Stops in (8 h|7 h \d+ min): 8 h lifespan$/).waitFor();
    await page.locator('.log-lines').getByText('Ready to enter').first().waitFor();
    await page.getByRole('heading', { name, exact: true }).first().scrollIntoViewIfNeeded();
    await window.screenshot('page');
    await connected;
    await window.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('shows its objects as YAML, without what is secret', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Preview as YAML');
    const editor = window.page.locator('.editor-instance .view-lines').last();
    await editor.getByText('kind:', { exact: false }).first().waitFor();
    await window.screenshot('yaml');
    assert.doesNotMatch(await editor.innerText(), /PRIVATE KEY/);
  });

  it('is stopped after a question that says what is lost, and started again with its home', async () => {
    await window.clickInline(window.workspace(name), 'Stop');
    await window.dialog
      .getByText(/outside the home|outside it/)
      .first()
      .waitFor();
    await window.screenshot('stop');
    await window.answerDialog('Stop');
    await window.workspace(name, 'Off: .*person').waitFor({ timeout: 60_000 });
    assert.equal(await kubectl('get', 'pods', '-l', `workspace.berth/name=${name}`, '-o', 'name'), '');
    await window.clickInline(window.workspace(name), 'Start');
    await window.workspace(name, 'Running').waitFor({ timeout: 120_000 });
    assert.equal(await session.ssh(name, 'cat ~/note'), 'kept');
  });

  it('shows at once what happened past Berth, and comes back by itself', async () => {
    await kubectl('delete', 'pods', '-l', `workspace.berth/name=${name}`, '--wait=false');
    await window.workspace(name, '(Initializing|Turning off)').waitFor({ timeout: 10_000 });
    await window.workspace(name, 'Running').waitFor({ timeout: 120_000 });
    assert.equal(await session.ssh(name, 'cat ~/note'), 'kept');
  });

  it('is connected to: the right folder of the right host, with everything ready for ssh', async () => {
    const opened = session.context.waitForEvent('page');
    await window.chooseFromMenu(window.workspace(name), 'Connect in New Window');
    await window.dialog.getByRole('button', { name: 'Raise to 120 s' }).click();
    await (await opened).close();
    assert.deepEqual(window.opened, [`vscode-remote://ssh-remote+${name}.e2e.berth/root`]);
  });

  it('has its disk grown, which is said to take effect at once', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Edit…');
    const form = window.webview();
    await form.getByRole('heading', { name: `Edit ${name}` }).waitFor();
    await form.locator('#g-resources > summary').click();
    await form.locator('#f-diskGiB').fill('2');
    await form.getByText('Takes effect at once').waitFor();
    await window.screenshot('grow');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await eventually(async () => (await capacity()) === '2Gi', 'the claim asks for more', 60_000);
  });

  it('has its disk grown by a command of its own, which takes nothing smaller', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Grow the Disk…');
    await window.answer('1');
    await window.page.getByText('A whole number above 2').waitFor();
    await window.screenshot('grow-command');
    await window.answer('3');
    await eventually(async () => (await capacity()) === '3Gi', 'the claim asks for more', 60_000);
    await window.workspace(name, 'Running').waitFor();
  });

  it('is deleted after a question, with its home kept and then without', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Delete…');
    await window.dialog.getByText(name, { exact: false }).first().waitFor();
    await window.screenshot('delete');
    await window.dialog.getByRole('button', { name: /keep/i }).click();
    await window.workspace(name).waitFor({ state: 'hidden', timeout: 60_000 });
    assert.equal(await left(), `persistentvolumeclaim/berth-${name}-home`);
    await makeByForm();
    assert.equal(await session.ssh(name, 'cat ~/note'), 'kept', 'the home that was kept');
    await window.chooseFromMenu(window.workspace(name), 'Delete…');
    await window.answerDialog('Delete Everything');
    await window.workspace(name).waitFor({ state: 'hidden', timeout: 60_000 });
    await eventually(async () => (await left()) === '', 'nothing of it is left', 30_000);
  });
});
