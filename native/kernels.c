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
    KERNEL(packB),         KERNEL(packBt),         KERNEL(gemm),           KERNEL(gemmTN),
    KERNEL(lstmForward),   KERNEL(lstmBackward),   KERNEL(lstmForwardSteps), KERNEL(lstmBackwardSteps),
    KERNEL(gruForward),    KERNEL(gruBackward),
    KERNEL(rnnTanhForward), KERNEL(rnnTanhBackward), KERNEL(rnnReluForward), KERNEL(rnnReluBackward),
    KERNEL(add),           KERNEL(scale),          KERNEL(addScaled),      KERNEL(maxRow),
    KERNEL(scatterColumns), KERNEL(gatherRows),    KERNEL(scatterAddRows), KERNEL(sumRows),
    KERNEL(dropout),       KERNEL(adam),           KERNEL(sgd),            KERNEL(sumSquares),
    KERNEL(addDocument),   KERNEL(maxDocument),    KERNEL(addScaledToDocument), KERNEL(peak),
    {NULL, NULL},
};
