/** What stands behind the form of one catalogue entry: its file is the state, and every change is an edit of that. */
import * as z from 'zod';
import { checkEntry } from '../image/catalogue/authoring/check.ts';
import { editsFor, type TextEdit } from '../image/catalogue/authoring/jsonEdit.ts';
import { readEntry } from '../image/catalogue/entry.ts';
import { isObject } from '../image/catalogue/jsonObject.ts';
import { parseLenientJson } from '../image/catalogue/lenientJson.ts';
import { reviewEntry } from '../image/catalogue/review.ts';
import { Entry11 } from '../image/catalogue/schema.ts';
import { Channel, type Handlers } from './channel.ts';
import type { Desk } from './desk.ts';
import { type EntryView, entryProtocol, type HostMessage } from './messages.ts';

/** The file that is edited, in the editor's own memory: saved and undone as any other. */
export interface EntryDocument {
  /** From the root of the repository. */
  readonly file: string;
  text(): string;
  edit(edits: readonly TextEdit[]): Promise<void>;
  /** What lies beside it and may be its icon. */
  icons(): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Puts a picture beside it; its name, undefined where the person picked none. */
  pickIcon(): Promise<string | undefined>;
  openAsText(): Promise<void>;
  onDidChange(listener: () => void): Disposable;
}

export class EntrySession implements Disposable {
  readonly #document: EntryDocument;
  readonly #channel: Channel<typeof entryProtocol>;
  readonly #open = new DisposableStack();
  /** One edit after the other: each is worked out from what the one before left. */
  #editing: Promise<void> = Promise.resolve();

  constructor(
    document: EntryDocument,
    desk: Pick<Desk, 'translations'>,
    post: (message: HostMessage) => void,
    log: (message: string, error?: unknown) => void,
  ) {
    this.#document = document;
    const handlers: Handlers<typeof entryProtocol> = {
      open: async () => {
        const translations = desk.translations();
        return {
          ...(translations ? { translations } : {}),
          // The build sets it.
          schema: z.toJSONSchema(Entry11.omit({ sha: true }), { io: 'input' }),
          file: document.file,
          entry: await this.#view(),
        };
      },
      set: async ({ path, value }) => {
        const edit = () => document.edit(editsFor(document.text(), path, value));
        const editing = this.#editing.then(edit);
        this.#editing = editing.catch(() => undefined);
        await editing;
        return {};
      },
      pickIcon: async () => {
        const name = await document.pickIcon();
        return name === undefined ? undefined : { name };
      },
      openAsText: async () => {
        await document.openAsText();
        return {};
      },
    };
    this.#channel = this.#open.use(new Channel(entryProtocol, handlers, { post, log }));
    this.#open.use(
      document.onDidChange(() => {
        this.#view().then(
          entry => this.#channel.send('entry', entry),
          (error: unknown) => log('an entry cannot be shown', error),
        );
      }),
    );
  }

  receive(message: unknown): Promise<void> {
    return this.#channel.receive(message);
  }

  [Symbol.dispose](): void {
    this.#open.dispose();
  }

  async #view(): Promise<EntryView> {
    const icons = await this.#document.icons();
    return viewOf(this.#document.text(), icons);
  }
}

/** Pure: all that is to be said of a file's text. */
function viewOf(text: string, icons: ReadonlyMap<string, Uint8Array>): EntryView {
  const nothing = { problems: [], grants: [], leftOut: [], icons: [...icons.keys()] };
  const value = objectIn(text);
  if (!value) return nothing;
  const problems = checkEntry({ json: value, icons }).map(problem => ({
    ...problem,
    path: [...problem.path],
  }));
  const { entry } = readEntry(value, []);
  if (!entry) return { ...nothing, value, problems };
  const { grants, leftOut } = reviewEntry('', { ...entry, id: entry.name }, []);
  return {
    value,
    problems,
    grants: grants.map(({ level, words, value: shown }) => ({ level, words, value: shown })),
    leftOut: leftOut.map(({ key, words, value: shown }) => ({ key, words, value: shown })),
    icons: [...icons.keys()],
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    const { value } = parseLenientJson(text);
    return isObject(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
