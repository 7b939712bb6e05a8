// In a clone: npm run -s node -- examples/classify.ts
import { load, train } from 'unrolled';

const classifier = await train('examples/tickets.csv', { model: { type: 'bigru' } });
console.log('test accuracy', classifier.evaluation.accuracy.toFixed(2));
await classifier.save('models/tickets');
await classifier.close();

const again = await load('models/tickets');
for (const { label, score } of again.predict(['Where is my parcel?', 'I forgot my password']))
  console.log(label, score.toFixed(2));
await again.close();
