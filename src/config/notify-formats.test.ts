import { describe, expect, it } from 'vitest';
import { addressList, digestSchedule, quietHours, ruleList, smtpUrl } from './notify-formats.ts';

describe('the settings of notifications', () => {
  it.each([
    ['', null],
    ['off', null],
    ['weekly', { every: 'week', weekday: 1, minute: 480 }],
    ['weekly:mon:08:00', { every: 'week', weekday: 1, minute: 480 }],
    ['Weekly:SUN:7:30', { every: 'week', weekday: 0, minute: 450 }],
    ['monthly', { every: 'month', monthDay: 1, minute: 480 }],
    ['monthly:15', { every: 'month', monthDay: 15, minute: 480 }],
    ['monthly:28:23:59', { every: 'month', monthDay: 28, minute: 1439 }],
    ['daily', undefined],
    ['weekly:xyz', undefined],
    ['weekly:1', undefined],
    ['weekly:mon:24:00', undefined],
    ['monthly:29', undefined],
    ['monthly:mon', undefined],
  ])('have a digest %j', (text, schedule) => {
    expect(digestSchedule.parse(text)).toEqual(schedule);
  });

  it.each([
    ['', null],
    ['22:00-07:00', { from: 1320, to: 420 }],
    ['9:00 – 17:30', { from: 540, to: 1050 }],
    ['22:00', undefined],
    ['22:00-25:00', undefined],
    ['22:00-22:00', undefined],
  ])('have quiet hours %j', (text, hours) => {
    expect(quietHours.parse(text)).toEqual(hours);
  });

  it('list addresses and rules with commas or line breaks, as a file has them', () => {
    expect(addressList.parse('ntfy://ntfy.sh/a, mailto:me@x.test\nslack://x.test/y')).toEqual([
      'ntfy://ntfy.sh/a',
      'mailto:me@x.test',
      'slack://x.test/y',
    ]);
    expect(ruleList.parse('push=on, acme/*: new=on push=off\n outage=5')).toEqual(['push=on', 'acme/*: new=on push=off', 'outage=5']);
  });

  it.each([
    ['smtp://user:pass@mail.test:587', true],
    ['smtps://mail.test', true],
    ['', true],
    ['http://mail.test', false],
    ['mail.test:25', false],
    ['smtp://mail.test/path', false],
  ])('have a mail server %j or not', (text, isValid) => {
    expect(smtpUrl.parse(text)).toBe(isValid ? text : undefined);
  });
});
