/** An ONNX model as plain data, and its file. Source: onnx/onnx.proto (ONNX 1.12, IR version 8, opset 17). */
import { CorruptFileError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import { MessageWriter, readFields } from './protobuf.ts';

/** The version of the operators: every runtime since 2022 has it. */
export const OPSET = 17;
const IR_VERSION = 8;

/** Element types by their number in the file. */
const TYPES = { float: 1, int8: 3, int32: 6, int64: 7, bool: 9 } as const;
/** An element type. */
export type ElementType = keyof typeof TYPES;

/** A constant of the graph: weights, axes, shapes. */
export interface Constant {
  readonly name: string;
  /** Extents; `[]` is a single number. */
  readonly dims: readonly number[];
  readonly type: 'float' | 'int8' | 'int64';
  /** Row-major. Numbers of int64 are kept as float64. */
  readonly data: Float32Array | Int8Array | Float64Array;
}

/** An attribute of a node: an integer, integers, a text or texts. */
export type Attribute = number | readonly number[] | string | readonly string[];

/** An operation. */
export interface OnnxNode {
  readonly op: string;
  /** Names of its inputs; '' for an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of the model. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** Extents: a number, or a name for what differs from call to call. */
  readonly dims: readonly (number | string)[];
  /** For people. */
  readonly doc: string;
}

/** A model. */
export interface OnnxModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly OnnxNode[];
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of the file; the same model gives the same bytes. */
export function writeOnnx({
  inputs,
  outputs,
  constants,
  nodes,
  metadata,
}: OnnxModel): Uint8Array<ArrayBuffer> {
  const graph = new MessageWriter();
  for (const [n, node] of nodes.entries()) graph.message(1, nodeMessage(node, n));
  graph.string(2, 'classifier');
  for (const constant of constants) graph.message(5, tensorMessage(constant));
  for (const port of inputs) graph.message(11, portMessage(port));
  for (const port of outputs) graph.message(12, portMessage(port));
  const model = new MessageWriter()
    .int(1, IR_VERSION)
    .string(2, 'unroll')
    .string(3, VERSION)
    .message(7, graph)
    .message(8, new MessageWriter().string(1, '').int(2, OPSET));
  for (const [key, value] of Object.entries(metadata))
    model.message(14, new MessageWriter().string(1, key).string(2, value));
  return model.finish();
}

function nodeMessage({ op, inputs, outputs, attributes }: OnnxNode, n: number): MessageWriter {
  const message = new MessageWriter();
  for (const name of inputs) message.string(1, name);
  for (const name of outputs) message.string(2, name);
  message.string(3, `${op}_${n}`).string(4, op);
  for (const [name, value] of Object.entries(attributes)) message.message(5, attributeMessage(name, value));
  return message;
}

// AttributeProto.type
const [INT, STRING, INTS, STRINGS] = [2, 3, 7, 8];

function attributeMessage(name: string, value: Attribute): MessageWriter {
  const message = new MessageWriter().string(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, INT);
  if (typeof value === 'string') return message.string(4, value).int(20, STRING);
  for (const one of value) {
    if (typeof one === 'number') message.int(8, one);
    else message.string(9, one);
  }
  return message.int(20, typeof value[0] === 'string' ? STRINGS : INTS);
}

function tensorMessage({ name, dims, type, data }: Constant): MessageWriter {
  const message = new MessageWriter();
  for (const extent of dims) message.int(1, extent);
  const raw = type === 'int64' ? BigInt64Array.from(data, (value) => BigInt(value)) : data;
  return message
    .int(2, TYPES[type])
    .string(8, name)
    .bytes(9, new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength));
}

function portMessage({ name, type, dims, doc }: Port): MessageWriter {
  const shape = new MessageWriter();
  for (const extent of dims) {
    const dim = new MessageWriter();
    shape.message(1, typeof extent === 'number' ? dim.int(1, extent) : dim.string(2, extent));
  }
  const tensor = new MessageWriter().int(1, TYPES[type]).message(2, shape);
  return new MessageWriter()
    .string(1, name)
    .message(2, new MessageWriter().message(1, tensor))
    .string(3, doc);
}

/**
 * Reads a file that {@link writeOnnx} wrote.
 * @throws CorruptFileError where it is damaged or holds what we do not write
 */
export function readOnnx(bytes: Uint8Array<ArrayBuffer>, file = 'model.onnx'): OnnxModel {
  const model = messageOf(bytes, file);
  const [graph] = model.messages(7);
  const fields = messageOf(graph ?? new Uint8Array(), file);
  const type = (number: number): ElementType => {
    const found = Object.entries(TYPES).find(([, value]) => value === number);
    if (found) return found[0] as ElementType;
    throw new CorruptFileError(file, `[${file}] element types must be ${Object.keys(TYPES).join(', ')}, but one is number ${number}. Export the model again.`); // prettier-ignore
  };
  const port = (content: Uint8Array<ArrayBuffer>): Port => {
    const own = messageOf(content, file);
    const tensor = messageOf(messageOf(own.messages(2)[0], file).messages(1)[0], file);
    const dims = messageOf(tensor.messages(2)[0], file)
      .messages(1)
      .map((dim) => messageOf(dim, file))
      .map((dim) => dim.ints(1).at(0) ?? dim.text(2));
    return { name: own.text(1), type: type(tensor.ints(1)[0]), dims, doc: own.text(3) };
  };
  return {
    inputs: fields.messages(11).map(port),
    outputs: fields.messages(12).map(port),
    constants: fields.messages(5).map((content) => readTensor(content, file, type)),
    nodes: fields.messages(1).map((content) => readNode(content, file)),
    metadata: Object.fromEntries(
      model
        .messages(14)
        .map((entry) => messageOf(entry, file))
        .map((entry) => [entry.text(1), entry.text(2)]),
    ),
  };
}

function readTensor(
  content: Uint8Array<ArrayBuffer>,
  file: string,
  typeOf: (number: number) => ElementType,
): Constant {
  const own = messageOf(content, file);
  const type = typeOf(own.ints(2)[0]);
  // typed arrays need aligned memory
  const { buffer } = own.messages(9)[0].slice();
  const common = { name: own.text(8), dims: own.ints(1) };
  if (type === 'float') return { ...common, type, data: new Float32Array(buffer) };
  if (type === 'int8') return { ...common, type, data: new Int8Array(buffer) };
  return { ...common, type: 'int64', data: Float64Array.from(new BigInt64Array(buffer), Number) };
}

function readNode(content: Uint8Array<ArrayBuffer>, file: string): OnnxNode {
  const own = messageOf(content, file);
  const attributes = own
    .messages(5)
    .map((one) => messageOf(one, file))
    .map((one): [string, Attribute] => {
      const kind = one.ints(20)[0];
      const texts = one.texts(9);
      if (kind === INT) return [one.text(1), one.ints(3)[0]];
      if (kind === STRING) return [one.text(1), one.text(4)];
      return [one.text(1), kind === INTS ? one.ints(8) : texts];
    });
  return {
    op: own.text(4),
    inputs: own.texts(1),
    outputs: own.texts(2),
    attributes: Object.fromEntries(attributes),
  };
}

/** The fields of a message by number. */
function messageOf(bytes: Uint8Array<ArrayBuffer>, file: string) {
  const all = [...readFields(bytes, file)];
  const messages = (field: number) =>
    all.flatMap((one) => (one.field === field && typeof one.value !== 'number' ? [one.value] : []));
  const texts = (field: number) => messages(field).map((content) => new TextDecoder().decode(content));
  return {
    messages,
    texts,
    ints: (field: number) =>
      all.flatMap((one) => (one.field === field && typeof one.value === 'number' ? [one.value] : [])),
    text: (field: number) => texts(field).at(0) ?? '',
  };
}
