/*
 * The addon: gives JavaScript the kernels of each instruction set, on a memory of its own.
 *
 * `bind(set, memory)` returns the kernels of an instruction set as functions without arguments, and `x`, the Float64Array in
 * which the caller writes their arguments first: a call then costs a tenth of a microsecond.
 */
#include "kernel.h"
#include "node-api.h"

#define EXPORT __attribute__((visibility("default")))
#define MOST_ARGUMENTS 1088 /* room for 269 steps of an LSTM, of 4 numbers each */

typedef struct engine engine;

/* What a function of JavaScript stands for. */
typedef struct {
  void (*run)(call c);
  engine *engine;
} slot;

/* Lives in a buffer of JavaScript, which every function holds. */
struct engine {
  double x[MOST_ARGUMENTS];
  float *memory;
  slot slots[MOST_KERNELS];
};

/* The sets that this library was built for, the fastest first. */
static const struct {
  const char *name;
  const kernel *kernels;
} sets[] = {
#if defined(__x86_64__)
    {"avx512", kernels_avx512},
    {"avx2", kernels_avx2},
#else
    {"neon", kernels_neon},
#endif
};
#define SETS (sizeof sets / sizeof *sets)

static int runs_here(size_t set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  return set > 0 || (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"));
#else
  return set < SETS; /* every 64-bit ARM has NEON */
#endif
}

static napi_value run_kernel(napi_env env, napi_callback_info info) {
  void *data;
  napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
  const slot *one = data;
  one->run((call){one->engine->memory, one->engine->x});
  return NULL;
}

/* bind(number of the set, Float32Array): { x, and the kernels by name } */
static napi_value bind(napi_env env, napi_callback_info info) {
  napi_value given[2], result, function, buffer, x;
  size_t count = 2;
  void *memory = NULL, *data = NULL;
  unsigned set = SETS;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_get_value_uint32(env, given[0], &set);
  if (set >= SETS || !runs_here(set) ||
      napi_get_typedarray_info(env, given[1], NULL, NULL, &memory, NULL, NULL) != 0) {
    napi_throw_error(env, NULL, "bind takes an instruction set of this processor and a typed array");
    return NULL;
  }
  napi_create_object(env, &result);
  napi_create_arraybuffer(env, sizeof(engine), &data, &buffer);
  /* no more of the buffer than the arguments: what lies behind them is not for the caller */
  napi_create_typedarray(env, NAPI_FLOAT64, MOST_ARGUMENTS, buffer, 0, &x);
  napi_set_named_property(env, result, "x", x);
  engine *e = data;
  e->memory = memory;
  for (int j = 0; sets[set].kernels[j].name; j++) {
    const kernel *k = &sets[set].kernels[j];
    e->slots[j] = (slot){k->run, e};
    napi_create_function(env, k->name, NAPI_AUTO_LENGTH, run_kernel, &e->slots[j], &function);
    /* whoever holds the function holds what it works on */
    napi_set_named_property(env, function, "memory", given[1]);
    napi_set_named_property(env, function, "x", x);
    napi_set_named_property(env, result, k->name, function);
  }
  return result;
}

EXPORT int node_api_module_get_api_version_v1(void) { return 8; }

/* { stamp: hash of the sources, sets: { name: number } of those that run here, bind } */
EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value value, list;
  napi_create_string_utf8(env, STAMP, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, exports, "stamp", value);
  napi_create_object(env, &list);
  for (unsigned set = 0; set < SETS; set++) {
    if (!runs_here(set)) continue;
    napi_create_uint32(env, set, &value);
    napi_set_named_property(env, list, sets[set].name, value);
  }
  napi_set_named_property(env, exports, "sets", list);
  napi_create_function(env, "bind", NAPI_AUTO_LENGTH, bind, NULL, &value);
  napi_set_named_property(env, exports, "bind", value);
  return exports;
}
