/** How long a workspace has: seen in the tree, extended from its menu and from the warning, and off at its end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assignments } from '../../src/boot/shell.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('the time of a workspace', () => {
  let session: Session;
  let window: Workbench;
  /** Of the workspace itself. */
  let own: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'time' });
    name = session.workspaceName('one');
    await session.create(name, { lifespanHours: 8 });
    window = await session.window();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  /** In seconds from now, as no setting can have it. */
  async function endIn(seconds: number): Promise<void> {
    const ran = Number(
      await session.docker(
        'exec',
        `berth-${name}`,
        'sh',
        '-c',
        '. /berth/run/time; echo $(($(cut -d. -f1 /proc/uptime) - b_began))',
      ),
    );
    const limits = assignments({
      berth_lifespan: ran + seconds,
      berth_warning: Math.min(600, seconds),
      berth_longest: 432_000,
      berth_inside: 432_000,
    });
    const script = `cat >/berth/limits.new <<'END'\n${limits}END\nmv /berth/limits.new /berth/limits`;
    await session.docker('exec', `berth-${name}`, 'sh', '-c', script);
    await window.page.waitForTimeout(13_000);
    await window.runCommand('Berth: Refresh');
  }

  it('stands in its row', async () => {
    await window.workspace(name, 'Running.*, (8 h|7 h \\d+ min) left').waitFor();
    await window.screenshot('left');
  });

  it('is extended from its menu, by what is chosen or typed', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Extend…');
    await window.pick('4 h').waitFor();
    await window.screenshot('extend');
    await window.pick('2 h').click();
    await window.notification(`“${name}” has 2 h more, for this session.`).waitFor();
    await window.workspace(name, 'Running.*, (10 h|9 h \\d+ min) left').waitFor();
    await window.chooseFromMenu(window.workspace(name), 'Extend…');
    await window.pick('Other…').click();
    await window.quickInput.fill('200h');
    await window.page.getByText(/^At most 1[01]\d h/).waitFor();
    await window.quickInput.fill('never');
    await window.page.getByText('Hours and minutes, such as 2h').waitFor();
    await window.answer('1h30m');
    await window.workspace(name, 'Running.*, 11 h (30|29|2\\d) min left').waitFor();
  });

  it('stands in the status bar of a window that is in it, and is extended there', async () => {
    own = await session.windowIn(name);
    const item = own.page.getByRole('button', {
      name: new RegExp(`^Workspace ${name}, Running, 11 h \\d+ min left`),
    });
    await item.waitFor();
    await own.screenshot('window');
    await item.click();
    await own.pick('Extend').click();
    await own.pick('1 h').waitFor();
    await own.screenshot('window-extend');
    await own.pick('1 h').click();
    await own.notification(`“${name}” has 1 h more, for this session.`).waitFor();
    await own.page
      .getByRole('button', { name: new RegExp(`^Workspace ${name}, Running, 12 h \\d+ min left`) })
      .waitFor();
    // The other window hears of it from this one.
    await window.workspace(name, 'Running.*, 12 h \\d+ min left').waitFor({ timeout: 120_000 });
  });

  it('is warned of before it is over, with more of it a click away', async () => {
    await session.docker('restart', `berth-${name}`);
    await window.workspace(name, 'Running.*, (8 h|7 h \\d+ min) left').waitFor();
    await endIn(540);
    const warning = window.notification(new RegExp(`“${name}” stops in 9 min: .* lifespan`));
    await warning.waitFor({ timeout: 90_000 });
    await window.screenshot('warning');
    // In its own window too, whose item in the status bar stands out.
    await own.runCommand('Berth: Refresh');
    await own
      .notification(new RegExp(`“${name}” stops in [5-9] min: .* lifespan`))
      .waitFor({ timeout: 90_000 });
    await own.page
      .getByRole('button', { name: new RegExp(`^Workspace ${name}, Running, [5-9] min left`) })
      .waitFor();
    await own.screenshot('window-warning');
    await warning.getByRole('button', { name: 'Extend by 1 h' }).click();
    await window.workspace(name, 'Running.*, 1 h [4-9] min left').waitFor();
    await window.runCommand('Berth: Show Page');
    await window.pick(new RegExp(name)).click();
    const page = window.webview();
    await page.getByText(/^Stops in 1 h [3-9] min: .* lifespan, extended by 1 h$/).waitFor();
    await window.screenshot('page');
    await page.getByRole('button', { name: 'Extend…' }).click();
    await window.pick('1 h').waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('ends in Off, which says what stopped it', async () => {
    await session.docker('restart', `berth-${name}`);
    await window.workspace(name, 'Running').waitFor();
    await endIn(12);
    await window.workspace(name, 'Off: stopped at its .* lifespan').waitFor();
    await window.screenshot('off');
    await own.notification(new RegExp(`${name} is off: stopped at its .* lifespan`)).waitFor();
    await own.screenshot('window-off');
    assert.equal(await session.docker('inspect', '-f', '{{.State.ExitCode}}', `berth-${name}`), '82');
  });
});
