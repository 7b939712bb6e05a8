/*
 * All kernels, for one instruction set: the build compiles this file once per set, and addon.c chooses at run time.
 * A kernel that is not in this list is taken from the WebAssembly engine.
 */
#include "dropout.h"
#include "gru.h"
#include "lstm-steps.h"
#include "optim.h"
#include "outer.h"
#include "peak.h"
#include "rnn.h"
#include "rows.h"

#define KERNEL(name) {#name, name}

const kernel SET(kernels)[] = {
    /* products */
    KERNEL(packB), KERNEL(packBt), KERNEL(gemm), KERNEL(gemmTN),
    /* recurrent layers */
    KERNEL(lstmForward), KERNEL(lstmBackward), KERNEL(lstmForwardSteps), KERNEL(lstmBackwardSteps),
    KERNEL(gruForward), KERNEL(gruBackward),
    KERNEL(rnnTanhForward), KERNEL(rnnTanhBackward), KERNEL(rnnReluForward), KERNEL(rnnReluBackward),
    /* rows */
    KERNEL(add), KERNEL(scale), KERNEL(addScaled), KERNEL(maxRow), KERNEL(scatterColumns),
    KERNEL(gatherRows), KERNEL(scatterAddRows), KERNEL(sumRows), KERNEL(dropout),
    KERNEL(addDocument), KERNEL(maxDocument), KERNEL(addScaledToDocument),
    /* optimisers */
    KERNEL(adam), KERNEL(sgd), KERNEL(sumSquares),
    /* not of the contract: what `unroll doctor` and the benchmarks measure */
    KERNEL(peak),
    {NULL, NULL},
};

_Static_assert(sizeof SET(kernels) / sizeof(kernel) <= MOST_KERNELS + 1, "raise MOST_KERNELS");
