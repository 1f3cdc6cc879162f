/** Homes in and out of a target as tar streams, whatever runs the program beside them. */
import { randomBytes } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { guardTar, type Owner } from '../backup/tarGuard.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import type { HomeTar, Report, TarSource } from './engine.ts';
import type { HomeVerb } from './homeScript.ts';
import { type HomeHello, HomeWords, homeError } from './homeWords.ts';
import { orAborted } from './waiting.ts';

/** A program that runs beside a home. Disposing ends the connection to it. */
export interface HomeProcess extends Disposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** Runs homeScript.ts; its stderr goes to `words`, which is closed when nothing more comes. */
export type RunAtHome = (
  verb: HomeVerb,
  args: readonly string[],
  words: HomeWords,
  signal: AbortSignal,
) => Promise<HomeProcess>;

/** What a full disk must still have room for. */
const spareBytes = 32 << 20;
/** After its input broke off: the reason is on its way. */
const lastWordsMs = 10_000;

/** `closed` is called once nothing is read any more. */
export async function readHome(
  run: RunAtHome,
  owner: Owner,
  signal: AbortSignal,
  closed: () => void = () => {},
): Promise<HomeTar> {
  const words = new HomeWords();
  const process = await run('read', [], words, signal);
  // Without an end of what it packed, it is told to go once it has failed.
  Promise.all([words.end, words.hello]).then(
    ([code, { tar }]) => {
      if (code !== 0 && !(code === 1 && tar === 'gnu')) process.stdin.end();
    },
    () => {},
  );
  let hello: HomeHello;
  try {
    hello = await orAborted(words.hello, signal);
    if (hello.tar === 'none') throw homeError(42, '');
  } catch (error) {
    process[Symbol.dispose]();
    throw error;
  }
  const pieces = async function* () {
    try {
      let failure: unknown;
      try {
        // What ends in the middle must never pass for a whole one.
        yield* guardTar(process.stdout, {
          owners: { from: owner, to: owner },
          maxBytes: Number.MAX_SAFE_INTEGER,
          sparse: true,
          ended: () => process.stdin.end(),
        });
      } catch (error) {
        failure = error;
      }
      signal.throwIfAborted();
      // Its last words tell why, or that the connection broke off.
      const code = await orAborted(words.end, signal);
      // GNU tar: some files changed while they were read.
      if (code !== 0 && !(code === 1 && hello.tar === 'gnu')) throw homeError(code, words.tail);
      if (failure !== undefined) throw failure;
    } finally {
      process[Symbol.dispose]();
      closed();
    }
  };
  const tar = Readable.from(pieces(), { objectMode: false, highWaterMark: 1 << 20 });
  // One that was never read has not begun, and ends nothing.
  tar.once('close', () => {
    process[Symbol.dispose]();
    closed();
  });
  return { tar, owner, bytes: hello.usedBytes };
}

/**
 * Puts it together beside what is there, and in its place once every byte of it has come and was right. `mayReplace` throws
 * where that may no longer be: somebody may have started the workspace while the data came.
 */
export async function fillHome(
  run: RunAtHome,
  source: TarSource,
  to: Owner,
  report: Report,
  signal: AbortSignal,
  mayReplace: () => Promise<void> = async () => {},
): Promise<void> {
  const own = randomBytes(8).toString('hex');
  // Somebody else may restore the same home: what they have brought by half is never put in its place, nor taken from them.
  const runOwn: RunAtHome = (verb, args, ...rest) => run(verb, [own, ...args], ...rest);
  try {
    await stage(runOwn, source, to, report, signal);
    await mayReplace();
    signal.throwIfAborted();
  } catch (error) {
    // Where even that fails, the next restore does it.
    await toEnd(runOwn, 'drop', [], new HomeWords(), AbortSignal.timeout(dropMs)).catch(() => {});
    throw error;
  }
  // Short, and better done than broken off.
  await toEnd(runOwn, 'swap', [], new HomeWords(), AbortSignal.timeout(swapMs)).catch(cause => {
    throw isBerthError(cause, 'unreachable') ? brokeOffInSwap(cause) : cause;
  });
}

function brokeOffInSwap(cause: BerthError): BerthError {
  return new BerthError(
    l10n.t(
      'The connection broke off while the new home took the place of the old one. All of it is there, but some of it may still be in the folder .berth-swap: restore again before you start the workspace.',
    ),
    { code: 'unreachable', cause },
  );
}

const swapMs = 600_000;
const dropMs = 60_000;

async function stage(
  run: RunAtHome,
  source: TarSource,
  to: Owner,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const words = new HomeWords();
  using process = await run('stage', [], words, signal);
  process.stdout.resume();
  const { tar: kind, freeBytes } = await orAborted(words.hello, signal);
  if (kind === 'none') throw homeError(42, '');
  const { tar, owner, bytes } = await source.open(signal);
  let failure: unknown;
  try {
    const maxBytes = freeBytes === 0 ? Number.MAX_SAFE_INTEGER : freeBytes - spareBytes;
    if (bytes !== undefined && bytes > maxBytes) throw homeError(28, '');
    let left = 0;
    const tell = often(report, bytes);
    const guard = (pieces: AsyncIterable<Buffer>) =>
      guardTar(pieces, {
        owners: { from: owner, to },
        maxBytes,
        sparse: kind === 'gnu',
        leftOut: () => left++,
      });
    const counted = async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        tell(piece.length);
        yield piece;
      }
    };
    await pipeline(tar, guard, counted, process.stdin, { signal });
    if (left > 0) report({ kind: 'output', text: `${l10n.t('{0} device files were left out.', left)}\n` });
  } catch (error) {
    tar.destroy();
    // What the far side says counts more than that it no longer listened.
    if (signal.aborted || isBerthError(error)) throw error;
    failure = error;
  }
  const bound = failure === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(lastWordsMs)]);
  const code = await orAborted(words.end, bound).catch(error => {
    throw failure ?? error;
  });
  if (code !== 0) throw homeError(code, words.tail);
  if (failure !== undefined) throw failure;
}

const tellMs = 250;

/** Tells how far it is; a page need not hear of every piece. */
export function often(report: Report, total: number | undefined): (bytes: number) => void {
  let current = 0;
  let toldAt = -Infinity;
  return bytes => {
    current += bytes;
    if (performance.now() - toldAt < tellMs) return;
    toldAt = performance.now();
    report({ kind: 'home', current, ...(total !== undefined && { total }) });
  };
}

/** From one home to another of the same target, with the first left as it is. */
export async function copyHome(
  run: RunAtHome,
  owners: { readonly from: Owner; readonly to: Owner },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const words = new HomeWords();
  const { from, to } = owners;
  let total = 0;
  words.onCopied = current => report({ kind: 'home', current: Math.min(current, total), total });
  words.hello.then(
    ({ usedBytes }) => {
      total = usedBytes;
      report({ kind: 'home', current: 0, total });
    },
    () => {},
  );
  await toEnd(run, 'copy', [from.uid, to.uid, from.gid, to.gid].map(String), words, signal);
  if (words.hasChanged)
    report({ kind: 'output', text: `${l10n.t('Some files changed while they were copied.')}\n` });
}

async function toEnd(
  run: RunAtHome,
  verb: HomeVerb,
  args: readonly string[],
  words: HomeWords,
  signal: AbortSignal,
): Promise<void> {
  using process = await run(verb, args, words, signal);
  process.stdin.end();
  process.stdout.resume();
  const code = await orAborted(words.end, signal);
  if (code !== 0) throw homeError(code, words.tail);
}

/** Refuses while it runs: programs in it would go on with files that are no longer there. */
export function refuseUp(name: string, isUp: boolean): void {
  if (!isUp) return;
  throw new BerthError(l10n.t('“{0}” runs. Stop it before its home is replaced.', name), {
    code: 'conflict',
  });
}
