import { describe, expect, test } from 'vitest';
import { screen, wantsNoAutomaticAnswer } from '../../core/mail/screen.ts';
import { read, receipt, written } from './written.ts';

const own = {
  domain: 'desk.example.test',
  addresses: ['support@desk.example.test', 'hr@desk.example.test'],
  listIds: ['support.groups.example.test'],
};
const kindOf = async (fields: Record<string, string>, text?: string) =>
  screen(await written(fields, text), receipt, own)?.kind ?? null;

describe('our own mail coming back is a loop', () => {
  test.each([
    [
      'by the header of our updates, from our domain',
      { From: 'old@desk.example.test', 'X-Replydesk-Update': 'acknowledgement' },
    ],
    ['by our address, with a token or without', { From: 'Support+ABC123@desk.example.test' }],
    ['by a loop header that names us', { 'X-Loop': '<support@desk.example.test>' }],
  ])('%s', async (_, fields) => {
    expect(await kindOf(fields)).toBe('loop');
  });

  test('by a hundred hops', async () => {
    expect(await kindOf({ 'X-Hops': `1\r\n${'Received: from a by b\r\n'.repeat(100).trimEnd()}` })).toBe(
      'loop',
    );
  });

  test('a stranger who writes our header is none', async () => {
    expect(await kindOf({ 'X-Replydesk-Update': 'acknowledgement' })).toBeNull();
  });

  test('a person who works at the same domain is none', async () => {
    expect(await kindOf({ From: 'somebody@desk.example.test' })).toBeNull();
  });
});

describe('reports', () => {
  test.each([
    ['not-delivered', 'bounce'],
    ['not-delivered-without-a-report', 'bounce'],
    ['delivery-delayed', 'receipt'],
    ['complaint', 'complaint'],
    ['read-receipt', 'receipt'],
    ['out-of-office', 'out-of-office'],
  ])('%s is %s', async (name, kind) => {
    expect(screen(await read(name), receipt, own)?.kind).toBe(kind);
  });
});

describe('who is away says so in the subject, in any language', () => {
  test.each([
    'Automatic reply: Your ticket',
    'Out of Office: Your ticket',
    'Out of office',
    'Abwesenheitsnotiz: Ihr Ticket',
    'Automatische Antwort: Ticket',
    'Réponse automatique : ticket',
    'Absence du bureau',
    'Respuesta automática: ticket',
    'Resposta automática: ticket',
    'Risposta automatica: ticket',
    'Automatisch antwoord: ticket',
    'Autosvar: ärende',
    'Automatisk svar: sag',
    'Automaattinen vastaus: tiketti',
    'Automatyczna odpowiedź: zgłoszenie',
    '[Automatyczna odpowiedź] zgłoszenie',
    'Automatická odpověď: požadavek',
    'Automatikus válasz: jegy',
    'Автоматический ответ: заявка',
    'Автоматична відповідь: заявка',
    'Αυτόματη απάντηση: αίτημα',
    'Otomatik yanıt: kayıt',
    '自動応答: チケット',
    '自动答复: 工单',
    '자동 회신: 티켓',
    'AUTO: Ada Ohm is out of the office (returning 05/01/2027)',
    'OOO Re: Your ticket',
    'Abwesenheitsbenachrichtigung: Ihr Ticket',
    'Respuesta automatica: ticket',
    'Assente dall’ufficio: ticket',
    'Nieobecność w biurze: zgłoszenie',
    'Ausente: Re: ticket',
    'Frånvarande: Re: ärende',
    '부재중 자동 응답: 티켓',
    'Automatická odpoveď: požiadavka',
    'Răspuns automat: tichet',
    'Автоматичен отговор: заявка',
    'Trả lời tự động: phiếu',
    'Sjálfvirkt svar: mál',
  ])('%s', async (subject) => {
    expect(await kindOf({ Subject: subject })).toBe('out-of-office');
  });

  test.each([
    'Re: Automatic reply: Your ticket',
    'Automatic reply does not work',
    'Out of office policy for contractors',
    'How do I set an automatic reply?',
    'Abwesenheit',
    'Abwesenheit: Ada Ohm am Montag',
    'OOO: next week',
    'Vacation days left',
    'On leave: who takes my tickets',
    'Autosvar fungerar inte',
    'Who is out of the office today?',
    'Absence report October',
    'AW: Abwesenheitsnotiz',
    'Ausente el lunes',
    'Automatische Antwort einrichten',
    'Réponse automatique à configurer',
    '自動応答の設定',
    'Undelivered parcel at the gate',
    'Read: the new guidelines',
  ])('%s is a person’s', async (subject) => {
    expect(await kindOf({ Subject: subject })).toBeNull();
  });

  test('an answering program’s words tell absence from a mere acknowledgement', async () => {
    expect(await kindOf({ 'Auto-Submitted': 'auto-replied' }, 'I am on vacation until Friday.')).toBe(
      'out-of-office',
    );
    expect(await kindOf({ 'Auto-Submitted': 'auto-replied' }, 'We have received your message.')).toBe(
      'auto-reply',
    );
  });
});

describe('headers of answering programs', () => {
  test.each<[string, string]>([
    ['Auto-Submitted', ' AUTO-REPLIED ; owner=x'],
    ['Auto-Submitted', 'auto-replied (vacation of ada)'],
    ['X-Autoreply', 'yes'],
    ['X-Autorespond', 'Re: Hello'],
    ['Precedence', 'auto_reply'],
    ['X-POST-MessageClass', '9; Autoresponder'],
    ['X-FC-MachineGenerated', 'true'],
    ['Delivered-To', 'Autoresponder'],
    ['Return-Path', '<>'],
  ])('%s: %s', async (name, value) => {
    expect(['auto-reply', 'out-of-office']).toContain(await kindOf({ [name]: value }));
  });

  test.each<[string, string]>([
    ['Auto-Submitted', 'no'],
    ['Auto-Submitted', 'No (written by hand)'],
    ['Auto-Submitted', 'auto-forwarded'],
    ['X-Auto-Response-Suppress', 'All'],
    ['X-Auto-Response-Suppress', 'DR, OOF, AutoReply'],
    ['X-Auto-Response-Suppress', 'None'],
    ['Precedence', 'normal'],
    ['Precedence', 'first-class'],
    ['X-Autoreply', 'no'],
    ['Return-Path', '<ada@example.org>'],
    ['Importance', 'high'],
  ])('%s: %s stands on people’s mail', async (name, value) => {
    expect(await kindOf({ [name]: value })).toBeNull();
  });

  test('who asks for no automatic answer is a person who gets none', async () => {
    expect(wantsNoAutomaticAnswer(await written({ 'X-Auto-Response-Suppress': 'DR, OOF, AutoReply' }))).toBe(
      true,
    );
    expect(wantsNoAutomaticAnswer(await written({ 'X-Auto-Response-Suppress': 'None' }))).toBe(false);
    expect(wantsNoAutomaticAnswer(await written({}))).toBe(false);
  });
});

describe('lists and notifiers', () => {
  test('a list is known by its headers', async () => {
    expect(await kindOf({ 'List-Id': 'Staff <staff.lists.example.org>', Precedence: 'list' })).toBe('list');
    expect(await kindOf({ 'List-Unsubscribe': '<mailto:leave@example.org>' })).toBe('list');
    expect(await kindOf({ Precedence: 'bulk' })).toBe('list');
  });

  test('a group through which people write to the desk is no list', async () => {
    expect(
      await kindOf({
        'List-Id': 'Support <SUPPORT.groups.example.test>',
        Precedence: 'list',
        'List-Post': '<mailto:support@example.test>',
      }),
    ).toBeNull();
  });

  test('an absence is one behind our own group as well', async () => {
    expect(
      await kindOf({
        'List-Id': '<support.groups.example.test>',
        Precedence: 'list',
        Subject: 'Automatic reply: Hello',
      }),
    ).toBe('out-of-office');
  });

  test.each<[string, Record<string, string>]>([
    ['an alarm', { Subject: '** PROBLEM Service Alert: web1/HTTP is CRITICAL **' }],
    [
      'an alarm of CloudWatch',
      { Subject: 'ALARM: "queue too old" in EU (Ireland)', From: 'AWS <no-reply@sns.amazonaws.com>' },
    ],
    ['a cron job', { Subject: 'Cron <root@db1> /usr/local/bin/backup' }],
    ['generated mail', { 'Auto-Submitted': 'auto-generated' }],
    ['a sender whom nobody can answer', { From: 'Shop <no-reply@shop.example>' }],
  ])('%s is monitoring', async (_, fields) => {
    expect(await kindOf(fields)).toBe('monitoring');
  });

  test('a form that names a person to reply to is that person’s mail', async () => {
    expect(
      await kindOf({
        From: 'Contact form <noreply@www.example.test>',
        'Reply-To': 'Ada Ohm <ada@example.org>',
      }),
    ).toBeNull();
  });

  test('what was seen is said', async () => {
    expect(screen(await written({ Precedence: 'bulk' }), receipt, own)).toEqual({
      kind: 'list',
      rule: 'precedence',
      seen: 'bulk',
    });
  });
});
