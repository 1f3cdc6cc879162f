/**
 * Shows a built page in Chromium as VS Code would: its real document and policy, `acquireVsCodeApi`, the theme's
 * variables, and the real session behind it. Only the editor's window and the engines are stand-ins.
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { HostMessage } from '../../../src/panels/messages.ts';
import { pageHtml } from '../../../src/panels/pageHtml.ts';
import { type ThemeName, themes } from './themes.ts';

const origin = 'https://page.berth.test';
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

export interface Session extends Disposable {
  receive(message: unknown): Promise<void>;
  show?(isShown: boolean): void;
}

export interface StageOptions {
  readonly bundle: 'createPage' | 'entryPage' | 'workspacePage';
  /** Folder of the built pages. */
  readonly dist: string;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly makeSession: (post: (message: HostMessage) => void) => Session;
}

/** One page on the stage. */
export class Stage implements AsyncDisposable {
  readonly page: Page;
  /** What the page's policy refused, and errors that nobody caught. */
  readonly complaints: string[] = [];
  /** Everything the page posted. */
  readonly posted: unknown[] = [];
  readonly #context: BrowserContext;
  readonly #options: StageOptions;
  #session: Session | undefined;

  private constructor(page: Page, context: BrowserContext, options: StageOptions) {
    this.page = page;
    this.#context = context;
    this.#options = options;
  }

  static async open(browser: Browser, options: StageOptions): Promise<Stage> {
    const { width = 1000, height = 900 } = options;
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const stage = new Stage(page, context, options);
    await stage.#prepare();
    await stage.load();
    return stage;
  }

  /** Hides the page as VS Code does: its document goes, the session stays. */
  async hide(): Promise<void> {
    this.#session?.show?.(false);
    await this.page.goto(`${origin}/empty.html`);
  }

  /** Shows a page that was hidden. */
  async show(): Promise<void> {
    this.#session?.show?.(true);
    await this.load();
  }

  /** Loads the document: also what VS Code does after the page was hidden. The session stays, its state too. */
  async load(): Promise<void> {
    this.#session ??= this.#options.makeSession(message => this.#post(message));
    await this.page.goto(`${origin}/page.html`, { waitUntil: 'load' });
    await this.page.waitForSelector('h1');
  }

  /** A reload of the window: the host's memory is gone, the page's state stays. */
  async reload(): Promise<void> {
    this.#session?.[Symbol.dispose]();
    this.#session = undefined;
    await this.load();
  }

  /** What the page kept with setState. */
  state(): Promise<unknown> {
    return this.page.evaluate("JSON.parse(sessionStorage.getItem('state') ?? 'null')");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.[Symbol.dispose]();
    await this.#context.close();
  }

  #post(message: HostMessage): void {
    // As over VS Code's own wire: JSON and nothing else. A page that is closing hears it no more.
    this.page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`).catch(() => undefined);
  }

  async #prepare(): Promise<void> {
    const { page } = this;
    const { bundle, dist, theme = 'dark' } = this.#options;
    page.on('pageerror', error => this.complaints.push(error.message));
    page.on('console', message => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.exposeFunction('complain', (text: string) => this.complaints.push(text));
    await page.exposeFunction('postToHost', (text: string) => {
      const message: unknown = JSON.parse(text);
      this.posted.push(message);
      void this.#session?.receive(message);
    });
    const pretend = await readFile(new URL('pretendEditor.js', import.meta.url), 'utf8');
    await page.addInitScript(`${pretend}\npretendEditor(${JSON.stringify(themes[theme])});`);
    await this.#context.route('**/*', async route => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/page.html') {
        const body = pageHtml({
          source: origin,
          nonce: 'bm9uY2U',
          styleNonce: 'c3R5bGU',
          script: `${origin}/${bundle}.js`,
          style: `${origin}/${bundle}.css`,
          title: 'Berth',
          language: 'en',
        });
        await route.fulfill({ contentType: 'text/html', body });
      } else if (pathname === `/${bundle}.js` || pathname === `/${bundle}.css`) {
        const body = await readFile(join(dist, pathname));
        await route.fulfill({ contentType: types[extname(pathname)] ?? '', body });
      } else if (pathname === '/empty.html')
        await route.fulfill({ contentType: 'text/html', body: 'hidden' });
      else if (pathname === '/favicon.ico') await route.fulfill({ status: 204 });
      else {
        this.complaints.push(`asked for ${route.request().url()}`);
        await route.abort();
      }
    });
  }
}
