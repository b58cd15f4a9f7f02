/**
 * What is worked out from a part of desk.yaml, or from anything else that does not change while a process lives, and is asked
 * for with every mail: it is worked out when it is first asked for, and kept as long as what it was made from.
 */
export function oncePer<From extends object, Made>(make: (from: From) => Made): (from: From) => Made {
  const made = new WeakMap<From, { made: Made }>();
  return (from) => {
    const known = made.get(from) ?? { made: make(from) };
    made.set(from, known);
    return known.made;
  };
}
