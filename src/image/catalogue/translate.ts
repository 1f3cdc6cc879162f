/** From an entry's `run_config` and `exec_config` to Berth's own words. What is not understood is left out and said. Pure. */
import * as l10n from '@vscode/l10n';
import { overridesOf } from '../../workspace/grants.ts';
import { Overrides } from '../../workspace/overrides.ts';
import type { EnvVariable, Port } from '../../workspace/settings.ts';
import type { Entry } from './entry.ts';
import { execKeys } from './execConfig.ts';
import { runKeys, shortened } from './runConfig.ts';
import type { LeftOut, Part, Reader, Translation } from './translation.ts';

/** As settings.ts has it. */
const mostVariables = 256;

export function translate({ runConfig, execConfig }: Pick<Entry, 'runConfig' | 'execConfig'>): Translation {
  let overrides: Overrides = {};
  const env = new Map<string, EnvVariable>();
  const ports = new Map<number, Port>();
  const leftOut: LeftOut[] = [];
  let sharedMemoryMiB: number | undefined;

  const take = (config: string, table: ReadonlyMap<string, Reader>, key: string, value: unknown) => {
    const say = ({ level, words, value: shown }: NonNullable<Part['leftOut']>[number]) =>
      leftOut.push({ id: `${config}.${key}:${shown}`, key: `${config}.${key}`, level, words, value: shown });
    const read = table.get(key);
    if (!read) {
      say({ level: 'unknown', words: l10n.t('Berth does not know this'), value: shortened(value) });
      return;
    }
    const part = understood(read, value);
    const joined = part && withPart(overrides, part);
    if (!part || !joined) {
      say({
        level: 'unknown',
        words: l10n.t('Berth does not understand its value'),
        value: shortened(value),
      });
      return;
    }
    overrides = joined;
    for (const variable of part.env ?? []) env.set(variable.name, variable);
    for (const port of part.ports ?? []) ports.set(port.port, port);
    sharedMemoryMiB = part.sharedMemoryMiB ?? sharedMemoryMiB;
    for (const left of part.leftOut ?? []) say(left);
  };
  for (const [key, value] of asked(runConfig)) take('run_config', runKeys, key, value);
  for (const [key, value] of asked(execConfig)) take('exec_config', execKeys, key, value);
  const variables = [...env.values()];
  if (variables.length > mostVariables) {
    const names = variables.slice(mostVariables).map(({ name }) => name);
    leftOut.push({
      id: 'run_config.environment:',
      key: 'run_config.environment',
      level: 'conflict',
      words: l10n.t('A workspace has {0} variables and no more', mostVariables),
      value: shortened(names.join(', ')),
    });
  }
  return {
    overrides,
    env: variables.slice(0, mostVariables),
    ports: [...ports.values()].slice(0, 64),
    ...(sharedMemoryMiB !== undefined && { sharedMemoryMiB }),
    leftOut,
  };
}

/** What is false or empty asks for nothing: docker-py takes it for not given. The user 0 is root. */
function asked(config: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(config).filter(([key, value]) => {
    if (value === null || value === false || value === '' || (value === 0 && key !== 'user')) return false;
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
}

/** Readers throw what zod or a parser throws; whatever it is, the value is not understood. */
function understood(read: Reader, value: unknown): Part | undefined {
  try {
    return read(value);
  } catch {
    return undefined;
  }
}

/** Undefined where the schema does not allow it, alone or with what is there already. */
function withPart(overrides: Overrides, part: Part): Overrides | undefined {
  if (!part.overrides) return overrides;
  const asking = Object.entries(part.overrides).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  const own = Overrides.safeParse(Object.fromEntries(asking));
  if (!own.success) return undefined;
  // What nobody else gave is fine beside it; only what comes together may be too much.
  if (!Object.keys(own.data).some(key => Object.hasOwn(overrides, key))) return { ...overrides, ...own.data };
  try {
    return overridesOf([{ part: overrides }, { part: own.data }]);
  } catch {
    return undefined;
  }
}
