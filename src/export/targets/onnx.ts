/** `--to onnx`: a graph for ONNX Runtime and its like, with the tokenizer or the features beside it. */
import { readTokenizerJson, tokenizerJsonNotices } from '../../text/tokenizer-json.ts';
import { linearGraph } from '../onnx/linear.ts';
import { featureInput, openFeatures } from '../onnx/linear-features.ts';
import { writeOnnx } from '../onnx/model.ts';
import { checkOnnx, idsInput } from '../onnx/read-back.ts';
import { recurrentGraph } from '../onnx/recurrent.ts';
import { optionsOf, refuseEnsemble, refuseNgrams, requireNetwork, requireSoftmax } from '../refuse.ts';
import { type Exported, type ExportInput, exportTarget } from '../target.ts';
import { modelFile, proportions } from './files.ts';

/** The model as a graph. */
export const onnx = exportTarget({
  type: 'onnx',
  summary: 'an ONNX graph (opset 17) for ONNX Runtime, with tokenizer.json beside it; read back and compared',
  output: { kind: 'folder', ending: '-onnx' },
  async export(input) {
    refuseEnsemble(input.files, 'onnx');
    return optionsOf(input.files).type === 'linear' ? exportLinear(input) : exportNetwork(input);
  },
});

function exportNetwork({ files, classifier, texts }: ExportInput): Exported {
  const network = requireNetwork(files, 'onnx', 'Export it with --to html or web.');
  refuseNgrams(network, 'onnx');
  const { config, tensors, tokenizerJson = '' } = files;
  requireSoftmax(files, 'onnx');
  const pipeline = readTokenizerJson(tokenizerJson);
  const bytes = writeOnnx(
    recurrentGraph({
      model: network,
      tensors,
      labelNames: config.labelNames,
      calibrated: { temperature: config.temperature ?? 1, thresholds: config.thresholds },
      frequencies: proportions(config.classCounts),
    }),
  );
  const sequences = texts.map((text) => pipeline.encode(text).ids);
  const check = checkOnnx(bytes, classifier.predictProba(texts), texts.length, (from, to) =>
    idsInput(sequences.slice(from, to)),
  );
  return {
    files: new Map([
      ['model.onnx', bytes],
      ['tokenizer.json', new TextEncoder().encode(tokenizerJson)],
      ['config.json', modelFile(files, 'config.json')],
    ]),
    check,
    notices: tokenizerJsonNotices(pipeline.options).map((notice) => notice.replace(/\.$/, '')),
  };
}

function exportLinear({ files, classifier, texts }: ExportInput): Exported {
  const { config } = files;
  const { state, read, reader } = openFeatures(files);
  const bytes = writeOnnx(
    linearGraph({
      state,
      labelNames: config.labelNames,
      thresholds: config.thresholds,
      frequencies: proportions(config.classCounts),
    }),
  );
  const documents = texts.map((text) => reader(read(text)));
  const check = checkOnnx(bytes, classifier.predictProba(texts), texts.length, (from, to) =>
    featureInput(documents.slice(from, to)),
  );
  return {
    files: new Map([
      ['model.onnx', bytes],
      ['features.json', modelFile(files, 'features.json')],
      ['config.json', modelFile(files, 'config.json')],
    ]),
    check,
    notices: [
      'the graph takes the numbers of the n-grams of a text and how often each occurs: features.json lists them, those of words first',
    ],
  };
}
