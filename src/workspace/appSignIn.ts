/** Tokens and passwords of the default apps: made once, kept as secret variables, and how they let a browser in. Pure. */
import type { App, ImageKind, WorkspaceSettings } from './settings.ts';

/** The secret variable that keeps the door of a kind's default app. */
const doors: Partial<Record<ImageKind, { readonly app: string; readonly variable: string }>> = {
  jupyter: { app: 'jupyterlab', variable: 'JUPYTER_TOKEN' },
  rstudio: { app: 'rstudio', variable: 'PASSWORD' },
};

/** The settings with a secret for the default app, where it is among the apps and has none yet. */
export function withAppSecret<Settings extends Pick<WorkspaceSettings, 'kind' | 'apps' | 'env'>>(
  settings: Settings,
  makeSecret = newSecret,
): Settings {
  const door = doors[settings.kind];
  if (!door || !settings.apps.some(({ id }) => id === door.app)) return settings;
  if (settings.env.some(({ name }) => name === door.variable)) return settings;
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

/** How a browser is let in: by the address itself, or by a password that the person types. */
export type SignIn = { readonly query: string } | { readonly password: string };

/** `settings` are the record's, secrets included; undefined: the app asks for nothing that Berth knows. */
export function signInTo(settings: WorkspaceSettings, app: App): SignIn | undefined {
  const door = doors[settings.kind];
  if (!door || app.id !== door.app) return undefined;
  const value = settings.env.find(({ name }) => name === door.variable)?.value;
  if (!value) return undefined;
  return settings.kind === 'jupyter'
    ? { query: new URLSearchParams({ token: value }).toString() }
    : { password: value };
}
