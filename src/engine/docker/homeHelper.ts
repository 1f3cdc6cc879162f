/** A container that runs homeScript.ts beside volumes, and goes by itself when that ends, whatever became of us. */
import { Duplex, PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import type { WorkspaceName } from '../../workspace/name.ts';
import { type HomeVerb, homeArgv } from '../homeScript.ts';
import type { HomeProcess } from '../homeTransfer.ts';
import type { HomeWords } from '../homeWords.ts';
import { partLabels } from '../labels.ts';
import { unlessSettled } from './errors.ts';
import { homeVolume } from './names.ts';
import { endOnAbort, unframed } from './output.ts';

const homePath = '/berth-home';
const sourcePath = '/berth-source';

/** Files of any owner, and no devices. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETFCAP'];

export interface HomeHelper {
  /** The id of an image that is there and has a shell. */
  readonly image: string;
  readonly name: WorkspaceName;
  /** A home to be copied from. */
  readonly source?: WorkspaceName;
}

/** Ends with its input where we die, and is removed by the engine then. */
export async function runBesideHome(
  docker: Dockerode,
  { image, name, source }: HomeHelper,
  verb: HomeVerb,
  args: readonly string[],
  words: HomeWords,
  signal: AbortSignal,
): Promise<HomeProcess> {
  const [program = '', ...rest] = homeArgv(verb, ...(source ? [sourcePath] : []), homePath, ...args);
  const mount = (of: WorkspaceName, target: string, isReadOnly: boolean) => ({
    Type: 'volume' as const,
    Source: homeVolume(of),
    Target: target,
    ReadOnly: isReadOnly,
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
  });
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: [program],
    Cmd: rest,
    User: '0:0',
    WorkingDir: '/',
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Healthcheck: { Test: ['NONE'] },
    NetworkDisabled: true,
    Labels: partLabels(name, 'passage'),
    HostConfig: {
      Mounts: [mount(name, homePath, verb === 'read'), ...(source ? [mount(source, sourcePath, true)] : [])],
      NetworkMode: 'none',
      AutoRemove: true,
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      // What it prints is the home itself.
      LogConfig: { Type: 'none', Config: {} },
    },
  });
  const remove = () => unlessSettled(container.remove({ force: true, v: true }));
  try {
    signal.throwIfAborted();
    const socket = await container.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
      // Podman looks for its own in the data else.
      detachKeys: '',
    });
    if (!(socket instanceof Duplex)) throw new Error('the engine gave no connection to the container');
    endOnAbort(socket, signal);
    await container.start();
    const stdout = new PassThrough({ highWaterMark: 1 << 20 });
    const output = async function* () {
      for await (const { source: from, data } of unframed(socket)) {
        if (from === 'stdout') yield data;
        else words.take(data.toString());
      }
    };
    pipeline(output(), stdout).then(
      () => words.close(),
      error => {
        words.close(error);
        stdout.destroy(error);
      },
    );
    socket.on('error', () => {});
    return {
      stdin: socket,
      stdout: stdout.on('error', () => {}),
      [Symbol.dispose]: () => {
        socket.destroy();
        // Gone already where it ended by itself.
        remove().catch(() => undefined);
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
