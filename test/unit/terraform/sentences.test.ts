import { expect, test } from 'vitest';
import { GatewayError } from '../../../terraform/provider/gateway/gateway-error.ts';
import { asSentence, sentences } from '../../../terraform/provider/protocol/contracts/sentences.ts';
import { findingOf } from '../../../terraform/provider/protocol/service/findings.ts';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

test('sentences are joined without what is missing', () => {
  expect(sentences('It is STOPPED.', null, '', undefined, 'Start it.')).toBe('It is STOPPED. Start it.');
  expect(sentences(null, '')).toBe('');
});

test.each(['It broke', 'It broke.', 'It broke. '])('"%s" ends with one point', (text) => {
  expect(asSentence(text)).toBe('It broke.');
  const { detail } = findingOf(new Error(text), 'planning a test', silent);
  expect(detail).toMatch(/^While planning a test: It broke\.\n\n/);
});

test('a refusal names the scope once, the object, and the request', () => {
  const fault = {
    code: 'FORBIDDEN',
    message: 'The token lacks the scope operate.',
    remedy: '',
    scope: 'operate',
  };
  const { detail } = new GatewayError('pauseTask', fault, { requestId: 'r1', about: 'Task: t1.' }).finding;
  expect(detail).toBe('The token lacks the scope "operate".\n\nTask: t1. Code: FORBIDDEN. Request: r1.');
});
