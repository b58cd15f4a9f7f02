/** The desk's table, as CreateTable takes it. */
const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
const index = (name: string, prefix: string, ProjectionType: string) => ({
  IndexName: name,
  KeySchema: [key(`${prefix}Pk`, 'HASH'), key(`${prefix}Sk`, 'RANGE')],
  Projection: { ProjectionType },
});
const names = ['pk', 'sk', 'openPk', 'openSk', 'handsPk', 'handsSk', 'listPk', 'listSk'];
export const definition = {
  KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
  AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    index('open', 'open', 'KEYS_ONLY'),
    index('hands', 'hands', 'KEYS_ONLY'),
    index('listing', 'list', 'ALL'),
  ],
};
