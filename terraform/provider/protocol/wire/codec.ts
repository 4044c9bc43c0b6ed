import protobuf from 'protobufjs/minimal.js';
import { messages } from './descriptions.ts';
import type { Field } from './message.ts';

/** A protobuf message as an object: bytes as arrays of bytes, enums and all numbers as `number`. */
export type Message = { [field: string]: unknown };

/** Writes a message by its description; fields that are absent are left out. */
export function encodeMessage(name: string, message: object): Uint8Array {
  return write(name, message as Message, protobuf.Writer.create()).finish();
}

/**
 * Reads a message by its description. What is absent is empty: zero, an empty text, list or record, except for
 * messages and for fields that may be absent. Fields that are not described are skipped.
 */
export function decodeMessage(name: string, bytes: Uint8Array): Message {
  const reader = protobuf.Reader.create(bytes);
  return read(name, reader, reader.len);
}

const LENGTH_DELIMITED = 2;
const VARINT = 0;

function fieldsOf(name: string): readonly Field[] {
  const fields = messages[name];
  if (fields === undefined) throw new Error(`No message is called ${name}`);
  return fields;
}

function write(name: string, message: Message, writer: protobuf.Writer): protobuf.Writer {
  for (const field of fieldsOf(name)) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.rule === 'map') {
      for (const [key, element] of Object.entries(value)) {
        writer.uint32((field.number << 3) | LENGTH_DELIMITED).fork();
        writer.uint32((1 << 3) | LENGTH_DELIMITED).string(key);
        writeValue({ ...field, number: 2 }, element, writer);
        writer.ldelim();
      }
    } else if (field.rule === 'repeated') {
      for (const element of value as readonly unknown[]) writeValue(field, element, writer);
    } else writeValue(field, value, writer);
  }
  return writer;
}

function writeValue(field: Field, value: unknown, writer: protobuf.Writer): void {
  const { kind } = field;
  const lengthDelimited = kind === 'message' || kind === 'bytes' || kind === 'string';
  writer.uint32((field.number << 3) | (lengthDelimited ? LENGTH_DELIMITED : VARINT));
  if (kind === 'message') write(field.message!, value as Message, writer.fork()).ldelim();
  else if (kind === 'enum') writer.int32(value as number);
  else writer[kind](value as never);
}

function read(name: string, reader: protobuf.Reader, end: number): Message {
  const fields = fieldsOf(name);
  const message: Message = {};
  for (const field of fields) if (!field.optional) message[field.name] = emptyOf(field);
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields.find(({ number }) => number === tag >>> 3);
    if (field === undefined) reader.skipType(tag & 7);
    else if (field.rule === 'map') readEntry(field, reader, message[field.name] as Message);
    else if (field.rule === 'repeated') (message[field.name] as unknown[]).push(readValue(field, reader));
    else message[field.name] = readValue(field, reader);
  }
  return message;
}

function readEntry(field: Field, reader: protobuf.Reader, record: Message): void {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value = emptyOf({ name: field.name, number: 2, kind: field.kind });
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else value = readValue(field, reader);
  }
  record[key] = value;
}

function readValue(field: Field, reader: protobuf.Reader): unknown {
  if (field.kind === 'message') return read(field.message!, reader, reader.uint32() + reader.pos);
  if (field.kind === 'enum') return reader.int32();
  const value: unknown = reader[field.kind]();
  // Longs are objects where a library for them is at hand.
  return field.kind === 'int64' ? Number(String(value)) : value;
}

function emptyOf({ kind, rule }: Field): unknown {
  if (rule === 'repeated') return [];
  if (rule === 'map') return Object.create(null);
  if (kind === 'message') return undefined;
  if (kind === 'string') return '';
  if (kind === 'bool') return false;
  return kind === 'bytes' ? new Uint8Array() : 0;
}
