/** What an image's kind sets by default: the apps, ports and first process that go with it. */
import type { App, ImageKind, Port, WorkspaceSettings } from './settings.ts';
import { defaultToolPort } from './studio.ts';

export type KindDefaults = Pick<WorkspaceSettings, 'apps' | 'ports' | 'firstProcess'>;

/** As much of the image as decides. */
export interface KnownImage {
  readonly exposedPorts?: readonly number[];
  /** See image/kind.ts. */
  readonly insistsOnFirst?: boolean | undefined;
  /** See studio.ts. */
  readonly toolPort?: number | undefined;
}

/**
 * Of the ports that the image itself exposes, 22 is always there and not listed. Web apps listen on the
 * workspace's own loopback only and are reached through a forward, so that ssh is the door to them.
 */
export function kindDefaults(kind: ImageKind, image: KnownImage = {}): KindDefaults {
  const { exposedPorts: exposed = [], insistsOnFirst, toolPort } = image;
  const { port, app, firstProcess } = known(kind, toolPort ?? exposed.find(number => number !== 22));
  const others = exposed
    .filter(number => number !== 22 && number !== port?.port)
    .slice(0, 8)
    .map(number => ({ port: number, label: '', protocol: 'http' as const }));
  return {
    ports: port ? [port, ...others] : others,
    apps: app ? [app] : [],
    // With an app of its own, the kind does without what the image's init would run: both want one port.
    firstProcess: insistsOnFirst && !app ? 'image' : firstProcess,
  };
}

/**
 * RStudio lets in by a user's password, and refuses root: the user 1000 gets PASSWORD (appSignIn.ts), as in the rocker
 * images. printf is the shell's own, so that the password stands in no argument list.
 */
const rserver = [
  '[ -n "$PASSWORD" ] || { echo "PASSWORD is not set: add it as a secret variable" >&2; exit 1; }',
  'user=$(id -nu 1000) || exit',
  `printf '%s:%s\\n' "$user" "$PASSWORD" | chpasswd || exit`,
  'unset PASSWORD',
  'exec /usr/lib/rstudio-server/bin/rserver --server-daemonize=0 --www-address=127.0.0.1 --www-port=8787',
].join('\n');

function known(
  kind: ImageKind,
  toolPort = defaultToolPort,
): { port?: Port; app?: App; firstProcess: KindDefaults['firstProcess'] } {
  const http = (port: number, label: string): Port => ({ port, label, protocol: 'http' });
  const app = (id: string, label: string, port: number, readyPath: string, command: string): App => ({
    id,
    label,
    command,
    port,
    start: 'boot',
    readyPath,
    restart: true,
  });
  switch (kind) {
    case 'ssh':
      return { firstProcess: 'boot' };
    case 'jupyter':
      return {
        firstProcess: 'boot',
        port: http(8888, 'JupyterLab'),
        app: app(
          'jupyterlab',
          'JupyterLab',
          8888,
          '/api',
          // Its token is JUPYTER_TOKEN (appSignIn.ts); without one it makes one up.
          'exec jupyter lab --ip=127.0.0.1 --port=8888 --no-browser --allow-root',
        ),
      };
    case 'rstudio':
      return {
        firstProcess: 'boot',
        port: http(8787, 'RStudio'),
        app: {
          ...app('rstudio', 'RStudio', 8787, '/', rserver),
          user: 'root',
        },
      };
    case 'desktop':
      // A desktop image's own command brings up the X server and the web page.
      return { firstProcess: 'beside', port: { port: 6901, label: 'Desktop', protocol: 'https' } };
    case 'studio':
      // Its own command is the tool, and told the port (studio.ts).
      return { firstProcess: 'beside', port: http(toolPort, 'Studio') };
  }
}
