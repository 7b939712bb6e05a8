// The worker of train.html: trains, and is started again for each further thread.
// Bundle it beside the page: npx esbuild unroll-worker.js --bundle --format=esm --outfile=unroll-worker.bundle.js
import 'unrolled/worker';
