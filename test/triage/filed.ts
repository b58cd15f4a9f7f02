/** Invented tickets with their labels, in two languages, put together from parts so that no two are the same. */
import { type Filed, train } from '../../core/triage/learn.ts';
import type { Model } from '../../core/triage/model.ts';

const BEGINNINGS = ['Hello, ', 'Please help: ', 'Since this morning ', 'Guten Tag, ', 'Seit heute: ', ''];
const ENDINGS = [' on floor 3', ' in our office', ', thank you', ' im Büro', ', vielen Dank', ' again'];

const TOPICS: Record<string, readonly string[]> = {
  printing: [
    'the printer is jammed',
    'the toner is empty',
    'der Drucker druckt nicht',
    'Papierstau am Drucker',
    'the scanner sends no mail',
    'my print job hangs',
  ],
  network: [
    'the VPN drops my connection',
    'wifi is slow',
    'das WLAN geht nicht',
    'kein Netzwerk an der Dose',
    'the proxy refuses my connection',
    'no internet at my desk',
  ],
  access: [
    'my password has expired',
    'my account is locked',
    'Passwort vergessen',
    'mein Konto ist gesperrt',
    'I cannot log in',
    'please reset my password',
  ],
};

export const FILED: readonly Filed[] = Object.entries(TOPICS).flatMap(([label, parts]) =>
  parts.flatMap((part, at) =>
    BEGINNINGS.map((beginning, n) => ({
      text: `${beginning}${part}${ENDINGS[(at + n) % ENDINGS.length]}`,
      label,
    })),
  ),
);

/** What is learned from them. The sample desk has categories of these names. */
export function modelOf(tickets: readonly Filed[] = FILED): Model {
  const work = train(tickets);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value.model;
  }
}
