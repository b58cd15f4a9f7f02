/**
 * Stands at the top of what we send to people whose answers we read. A reply is what was written above it;
 * from an agent nothing at or below it ever leaves. The same in every language, so that it can be found in any.
 */
export const MARKER = '##- Please write above this line -##';
