import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

export function samples(language: Language): UpdateView[] {
  const plain: UpdateView = {
    ...sampleView('answer', language, 'requester'),
    message: said(language, 'grace', 'answer'),
    attachments: [{ name: 'driver-notes.pdf', size: '84 KB', attached: true }],
    plainReply: phrase(language, 'reply-requester-answer'),
  };
  const [greeting = '', ...rest] = told(language).answer.split('\n\n');
  const html = `<p>${greeting}</p><p><b style="color:#000000">1.</b> ${rest[0]}</p><blockquote>${told(language).question}</blockquote><table border="1" width="900"><tr><td>printer-2.example.com</td><td style="background-color:#ffff00">driver 4.1.7-rollback-2026-11-20</td><td>OK</td></tr></table><p>${rest.slice(1).join('</p><p>').replaceAll('\n', '<br>')}</p>`;
  return [plain, { ...plain, message: plain.message && { ...plain.message, html } }];
}
