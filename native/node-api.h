/*
 * The part of Node-API that the addon uses, declared here so that building it needs no headers of Node.
 * Node-API is stable across versions of Node: https://nodejs.org/api/n-api.html
 */
#pragma once
#include <stddef.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
typedef int napi_status; /* 0 where all is well */

napi_status napi_create_object(napi_env env, napi_value *result);
napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *result);
napi_status napi_create_arraybuffer(napi_env env, size_t bytes, void **data, napi_value *result);
napi_status napi_create_typedarray(napi_env env, int type, size_t length, napi_value buffer, size_t offset,
                                   napi_value *result);
napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback run, void *data,
                                 napi_value *result);
napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value);
napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *arguments,
                             napi_value *self, void **data);
napi_status napi_get_typedarray_info(napi_env env, napi_value array, int *type, size_t *length, void **data,
                                     napi_value *buffer, size_t *offset);
napi_status napi_create_uint32(napi_env env, unsigned number, napi_value *result);
napi_status napi_get_value_uint32(napi_env env, napi_value value, unsigned *result);
napi_status napi_throw_error(napi_env env, const char *code, const char *message);

/* The type of a Float64Array. */
#define NAPI_FLOAT64 8
/* The length of a text that ends with a zero. */
#define NAPI_AUTO_LENGTH ((size_t)-1)
