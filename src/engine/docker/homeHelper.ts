/** A container in which homeScript.ts is run beside volumes; it goes by itself, whatever becomes of us. */
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import type { WorkspaceName } from '../../workspace/name.ts';
import { type HomeVerb, homeArgv, idleArgv } from '../homeScript.ts';
import type { HomeProcess } from '../homeTransfer.ts';
import type { HomeWords } from '../homeWords.ts';
import { partLabels } from '../labels.ts';
import { unlessSettled } from './errors.ts';
import { homeVolume } from './names.ts';
import { abortable } from './observe.ts';
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
  const argv = homeArgv(verb, ...(source ? [sourcePath] : []), homePath, ...args);
  const [program = '', ...rest] = idleArgv;
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
    Healthcheck: { Test: ['NONE'] },
    NetworkDisabled: true,
    Labels: partLabels(name, 'passage'),
    HostConfig: {
      Mounts: [mount(name, homePath, verb === 'read'), ...(source ? [mount(source, sourcePath, true)] : [])],
      NetworkMode: 'none',
      AutoRemove: true,
      CapDrop: ['ALL'],
      CapAdd: capabilities,
    },
  });
  const remove = () => unlessSettled(container.remove({ force: true, v: true }));
  try {
    signal.throwIfAborted();
    await container.start();
    const exec = await container.exec({
      Cmd: [...argv],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      ...abortable(signal),
    });
    // By attach Podman adds bytes to the input.
    const socket = await exec.start({ hijack: true, stdin: true });
    endOnAbort(socket, signal);
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
