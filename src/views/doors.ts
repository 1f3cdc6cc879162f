/** What of a workspace can be opened through a forward. */
import type { App, Port } from '../workspace/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface Door {
  readonly port: Port;
  readonly app: App | undefined;
}

/** Every port of the settings and every app's own. */
export function doorsOf({ settings }: Pick<Workspace, 'settings'>): readonly Door[] {
  const apps = settings?.apps ?? [];
  const ports = settings?.ports ?? [];
  const listed = ports.map(port => ({ port, app: apps.find(app => app.port === port.port) }));
  const own = apps.flatMap(app =>
    app.port === undefined || ports.some(({ port }) => port === app.port)
      ? []
      : [{ port: { port: app.port, label: app.label, protocol: 'http' as const }, app }],
  );
  return [...listed, ...own];
}
