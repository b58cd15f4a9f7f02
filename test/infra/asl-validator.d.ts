declare module 'asl-validator' {
  /** Fills in defaults in what it is given. */
  function validate(definition: object): { isValid: boolean; errorsText: () => string };
  export = validate;
}
