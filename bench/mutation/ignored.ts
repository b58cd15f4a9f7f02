/** What a mutation run leaves as it is, with the reason. */
import type { NodePath } from '@stryker-mutator/api/ignore';
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

export const IGNORERS = ['words-of-faults'];

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'words-of-faults', {
    shouldIgnore: (path: NodePath & { isThrowStatement?(): boolean }) =>
      path.isThrowStatement?.()
        ? 'what is thrown on purpose is told apart by its class; its sentence is for whoever reads a log'
        : undefined,
  }),
];
