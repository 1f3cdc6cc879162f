/** A window of VS Code in the browser, as a person uses it: found by roles and labels, never by internals where it can be. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { outputFolder } from '../support/vsix.ts';

const screenshotFolder = join(outputFolder, 'screenshots');

export class Workbench {
  readonly page: Page;
  /** What the extension asked the editor to open, as URIs, in that order. */
  readonly opened: string[] = [];
  readonly #name: string;

  private constructor(page: Page, name: string) {
    this.page = page;
    this.#name = name;
    page.on('websocket', socket => {
      socket.on('framereceived', ({ payload }) => this.opened.push(...openedFolders(payload.toString())));
    });
  }

  /** Opens a window and waits until it can be used; `name` begins the names of its screenshots. */
  static async open(context: BrowserContext, url: string, name: string): Promise<Workbench> {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const workbench = new Workbench(page, name);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    return workbench;
  }

  /** Brings one of the containers of the activity bar to the front. */
  async showContainer(name: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: new RegExp(`^${escaped(name)}`) });
    await tab.waitFor({ timeout: 60_000 });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }

  /** The tree of a view, such as 'Workspaces'. */
  tree(view: string): Locator {
    return this.page.getByRole('tree', { name: new RegExp(`^${escaped(view)}`) });
  }

  /** A row of a tree by the beginning of its accessible name. */
  row(view: string, name: string | RegExp): Locator {
    return this.tree(view).getByRole('treeitem', {
      name: typeof name === 'string' ? new RegExp(`^${escaped(name)}\\b`) : name,
    });
  }

  /** Opens the form for a new workspace and returns its page. */
  async openForm(): Promise<FrameLocator> {
    await this.runCommand('Berth: Create Workspace…');
    const form = this.webview();
    await form.getByRole('heading', { name: 'New workspace' }).waitFor();
    return form;
  }

  /** The row of a workspace; what it says of its state is part of its name. */
  workspace(name: string, state = ''): Locator {
    return this.row('Workspaces', new RegExp(`^${escaped(name)}, (favourite )?workspace, ${state}`));
  }

  /** Shows what is below a row. */
  async unfold(row: Locator): Promise<void> {
    const isUnfolded = async () => (await row.getAttribute('aria-expanded')) === 'true';
    await row.waitFor();
    // A click, or a key, is lost where the rows are drawn anew beneath it.
    for (let attempt = 0; !(await isUnfolded()); attempt++) {
      if (attempt === 10) throw new Error(`It does not unfold: ${await row.getAttribute('aria-label')}`);
      await row.click();
      await this.page.waitForTimeout(500);
      if (await isUnfolded()) return;
      await this.page.keyboard.press('ArrowRight');
      await this.page.waitForTimeout(500);
    }
  }

  /** Gives one view all the room of the sidebar: rows out of sight are not there. */
  async showOnly(view: 'Workspaces' | 'Images'): Promise<void> {
    for (const name of ['Workspaces', 'Images']) {
      const section = this.page.getByRole('button', { name: `${name} Section` });
      const isOpen = (await section.getAttribute('aria-expanded')) === 'true';
      if (isOpen !== (name === view)) await section.click();
    }
  }

  /** The row of a target. */
  target(title: string, state = ''): Locator {
    return this.row('Workspaces', new RegExp(`^${escaped(title)}, target, ${state}`));
  }

  /** Opens the menu of a row and takes an entry of it. */
  async chooseFromMenu(row: Locator, entry: string): Promise<void> {
    const menu = this.page.locator('.monaco-menu-container');
    // A menu takes no click in the first moments after it opened: then it is opened again.
    for (let attempt = 0; ; attempt++) {
      await row.click({ button: 'right' });
      await this.page.getByRole('menuitem', { name: entry, exact: true }).hover();
      await this.page.waitForTimeout(300);
      await this.page.getByRole('menuitem', { name: entry, exact: true }).click();
      const isTaken = await menu.waitFor({ state: 'hidden', timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (isTaken) return;
      if (attempt === 5) throw new Error(`The menu does not take '${entry}'`);
      await this.page.keyboard.press('Escape');
      await menu.waitFor({ state: 'hidden' });
    }
  }

  /** Takes one of the small buttons at the end of a row. */
  async clickInline(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: title }).click();
  }

  /** Runs a command through the palette, by its full title, such as 'Berth: Create Workspace…'. */
  async runCommand(title: string): Promise<void> {
    const found = this.pick(new RegExp(`^${escaped(title)}`)).first();
    // The palette does not learn of commands that come while it is open, and goes where something else takes the focus.
    for (let attempt = 0; ; attempt++) {
      await this.page.keyboard.press('F1');
      const isTaken = await this.quickInput
        // A key may be lost while the editor moves its focus.
        .waitFor({ timeout: 5_000 })
        .then(() => this.quickInput.fill(`>${title}`, { timeout: 5_000 }))
        // What the editor finds best need not be what was asked for.
        .then(() => found.click({ timeout: 5_000 }))
        .then(
          () => true,
          () => false,
        );
      if (isTaken) break;
      await this.page.keyboard.press('Escape');
      if (attempt === 5) throw new Error(`The palette does not offer '${title}'`);
    }
    // What the command asks comes in the same place: until the palette has gone, an answer would be typed into that.
    for (const end = Date.now() + 10_000; Date.now() < end; await this.page.waitForTimeout(20)) {
      const text = await this.quickInput.inputValue({ timeout: 1_000 }).catch(() => '');
      if (!text.startsWith('>') || !(await this.quickInput.isVisible())) return;
    }
  }

  /** The field of a quick pick or input box that is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  /** What a quick pick offers. */
  pick(name: string | RegExp): Locator {
    return this.page.locator('.quick-input-list').getByRole('option', { name });
  }

  /** Types into the input box that is open and accepts it. */
  async answer(text: string): Promise<void> {
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  /** Answers the editor's own dialog for files; `title` where another quick pick may follow it at once. */
  async chooseFile(path: string, title?: string): Promise<void> {
    const dialog =
      title === undefined
        ? this.quickInput
        : this.page.locator('.quick-input-title').getByText(title, { exact: true });
    await dialog.waitFor();
    // It writes its first folder into the field once it has read it, and takes no Enter while it looks something up.
    for (let attempt = 0; attempt < 12; attempt++) {
      await this.quickInput.fill(path);
      await this.page.waitForTimeout(500);
      if ((await this.quickInput.inputValue()) !== path) continue;
      await this.quickInput.press('Enter');
      // What follows may have the same title, and no path in its field.
      for (const end = Date.now() + 5_000; Date.now() < end; await this.page.waitForTimeout(50)) {
        const shown =
          (await this.quickInput.isVisible()) &&
          (await this.quickInput.inputValue({ timeout: 1_000 }).catch(() => ''));
        if (shown === false || !shown.startsWith('/') || !(await dialog.isVisible())) return;
      }
    }
    throw new Error(`The dialog does not take ${path}`);
  }

  /** The modal dialog that is open. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async answerDialog(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** Notifications that show a text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text });
  }

  /** The page inside a webview editor; the one in front where several are open. */
  webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready')
      .last()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** The tab of an editor. */
  tab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  /** What stands in the window, a line each: rows, messages, questions, the page in front. */
  async words(): Promise<string> {
    const parts = [
      '[role=treeitem]',
      '.notification-list-item',
      '.monaco-dialog-box',
      '.quick-input-widget',
      '.tab',
    ];
    const shown = this.page.locator(parts.map(part => `${part}:visible`).join(', '));
    const lines = await shown
      .evaluateAll(all => all.map(one => one.getAttribute('aria-label') ?? one.textContent ?? ''))
      .catch(error => [`nothing can be read: ${error}`]);
    const page = await this.webview()
      .locator('body')
      .innerText({ timeout: 2_000 })
      .catch(() => '');
    return [...lines, ...page.slice(0, 3_000).split('\n')].map(line => `    ${line}`).join('\n');
  }

  /** Kept in test/output/screenshots for a look afterwards. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshotFolder, { recursive: true });
    await this.page.screenshot({ path: join(screenshotFolder, `${this.#name}-${name}.png`) });
  }
}

/**
 * The folders of all calls of vscode.openFolder in what an extension host sends to its window. In the browser the
 * editor drops the authority from the address of the window that it opens, so this is where it can be seen.
 */
function openedFolders(frame: string): string[] {
  return [...frame.matchAll(/\["vscode\.openFolder",\[(\{.*?\})/g)].map(([, json]) => {
    const uri: { scheme: string; authority: string; path: string } = JSON.parse(json ?? '{}');
    return `${uri.scheme}://${uri.authority}${uri.path}`;
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
