/** `--to python`: the files of the model with a program that predicts with PyTorch. */
import { readTokenizerJson, tokenizerJsonNotices } from '../../text/tokenizer-json.ts';
import { PYTHON_PARTS, PYTHON_PROGRAM } from '../python-program.ts';
import { reloaded } from '../reload.ts';
import { refuseNgrams, requireNetwork, requireParts, requireSoftmax } from '../refuse.ts';
import { exportTarget } from '../target.ts';
import { modelFiles } from './files.ts';

/** The model with a program for PyTorch. */
export const python = exportTarget({
  type: 'python',
  summary: 'model.py, which predicts with PyTorch, beside model.safetensors, tokenizer.json and config.json',
  output: { kind: 'folder', ending: '-python' },
  async export(input) {
    const { files } = input;
    const fix =
      'In Python, scikit-learn has such models; to take this one along, use --to html or web; a linear one also goes --to onnx.';
    const network = requireNetwork(files, 'python', fix);
    requireParts(network, { target: 'python', ...PYTHON_PARTS });
    refuseNgrams(network, 'python');
    requireSoftmax(files, 'python');
    const written = modelFiles(files);
    return {
      files: new Map([...written, ['model.py', new TextEncoder().encode(PYTHON_PROGRAM)]]),
      check: await reloaded(written, input),
      // the program does what tokenizer.json cannot
      notices: tokenizerJsonNotices(readTokenizerJson(files.tokenizerJson ?? '').options).map(
        () =>
          'use the ids of model.py: other programs that read tokenizer.json do not cut texts as text.truncation head+tail says',
      ),
    };
  },
});
