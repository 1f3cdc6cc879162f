/** Tokens and passwords of the default apps and desktops: made once, kept as secret variables, and how they let a browser in. Pure. */
import type { App, ImageKind, WorkspaceSettings } from './settings.ts';

/** A door that a secret variable keeps: an app's, or what the image itself has on a port. */
interface Door {
  readonly app?: string;
  readonly port?: number;
  /** Images that know the variable; absent: all of the kind. */
  readonly image?: RegExp;
  readonly variable: string;
  readonly by:
    | 'address'
    /** Of whoever has the number 1000 in the image, who types it. */
    | 'typing'
    /** HTTP's own way (RFC 7617), as this user. */
    | { readonly user: string };
}

const doors: Partial<Record<ImageKind, Door>> = {
  jupyter: { app: 'jupyterlab', variable: 'JUPYTER_TOKEN', by: 'address' },
  rstudio: { app: 'rstudio', variable: 'PASSWORD', by: 'typing' },
  desktop: { port: 6901, image: /(?:^|\/)kasmweb\//, variable: 'VNC_PW', by: { user: 'kasm_user' } },
};

type Kept = Pick<WorkspaceSettings, 'image' | 'kind' | 'apps' | 'ports'>;

function doorOf({ image, kind, apps, ports }: Kept): Door | undefined {
  const door = doors[kind];
  if (!door || (door.image && !door.image.test(image))) return undefined;
  const isThere = door.app
    ? apps.some(({ id }) => id === door.app)
    : ports.some(({ port }) => port === door.port);
  return isThere ? door : undefined;
}

/** The secret variable that is made for the kind's door; undefined where it has none. */
export function doorVariable(settings: Kept): string | undefined {
  return doorOf(settings)?.variable;
}

/** The settings with a secret for the kind's door, where it is there and has none yet. */
export function withAppSecret<Settings extends Kept & Pick<WorkspaceSettings, 'env'>>(
  settings: Settings,
  makeSecret = newSecret,
): Settings {
  const door = doorOf(settings);
  if (!door || settings.env.some(({ name }) => name === door.variable)) return settings;
  return {
    ...settings,
    env: [...settings.env, { name: door.variable, value: makeSecret(), secret: true }],
  };
}

/** 192 random bits in base64url. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/** How a browser is let in: by the address itself, by a password that the person types, or by one that goes with each request. */
export type SignIn =
  | { readonly query: string }
  | { readonly password: string }
  | { readonly basic: { readonly user: string; readonly password: string } };

/** `settings` are the record's, secrets included; undefined: nothing there asks for what Berth knows. */
export function signInTo(
  settings: WorkspaceSettings,
  { app, port }: { readonly app?: Pick<App, 'id'> | undefined; readonly port: number },
): SignIn | undefined {
  const door = doorOf(settings);
  if (!door || (door.app ? app?.id !== door.app : port !== door.port)) return undefined;
  const value = settings.env.find(({ name }) => name === door.variable)?.value;
  if (!value) return undefined;
  switch (door.by) {
    case 'address':
      return { query: new URLSearchParams({ token: value }).toString() };
    case 'typing':
      return { password: value };
    default:
      return { basic: { user: door.by.user, password: value } };
  }
}
