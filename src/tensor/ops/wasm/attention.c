/*
 * Multi-head attention for the WASM backend, in SIMD: tfjs multiplies batches of small matrices in plain loops at about
 * 2 GFLOPS. Compiled by `npm run kernels`; works on the tensors where they lie in tfjs's own memory, heads in (B, T, D).
 * Every head is `size` wide, a multiple of 4. `scratch` holds as many floats as `run` in kernels.ts allots.
 */
#include <wasm_simd128.h>

typedef unsigned int u32;

static inline v128_t load(const float *at) { return wasm_v128_load(at); }
static inline void store(float *at, v128_t value) { wasm_v128_store(at, value); }
static inline v128_t fma4(v128_t sum, v128_t a, v128_t b) { return wasm_f32x4_add(sum, wasm_f32x4_mul(a, b)); }
static inline float total(v128_t x) {
  return (wasm_f32x4_extract_lane(x, 0) + wasm_f32x4_extract_lane(x, 1)) +
         (wasm_f32x4_extract_lane(x, 2) + wasm_f32x4_extract_lane(x, 3));
}

/* exp as Cephes' expf: 2^n · e^r with |r| ≤ ln 2 / 2, relative error below 2e-7; 0 below −87. */
static inline v128_t exp4(v128_t x) {
  const v128_t below = wasm_f32x4_lt(x, wasm_f32x4_splat(-87.0f));
  x = wasm_f32x4_max(x, wasm_f32x4_splat(-87.0f));
  const v128_t n = wasm_f32x4_nearest(wasm_f32x4_mul(x, wasm_f32x4_splat(1.44269504088896341f)));
  v128_t r = wasm_f32x4_sub(x, wasm_f32x4_mul(n, wasm_f32x4_splat(0.693359375f)));
  r = wasm_f32x4_sub(r, wasm_f32x4_mul(n, wasm_f32x4_splat(-2.12194440e-4f)));
  v128_t p = wasm_f32x4_splat(1.9875691500e-4f);
  p = fma4(wasm_f32x4_splat(1.3981999507e-3f), p, r);
  p = fma4(wasm_f32x4_splat(8.3334519073e-3f), p, r);
  p = fma4(wasm_f32x4_splat(4.1665795894e-2f), p, r);
  p = fma4(wasm_f32x4_splat(1.6666665459e-1f), p, r);
  p = fma4(wasm_f32x4_splat(5.0000001201e-1f), p, r);
  p = wasm_f32x4_add(fma4(r, p, wasm_f32x4_mul(r, r)), wasm_f32x4_splat(1.0f));
  const v128_t power = wasm_i32x4_shl(
      wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return wasm_v128_andnot(wasm_f32x4_mul(p, power), below);
}

/* (keys, size) rows of a head → (size, padded), so that four keys are met at once. */
static void transpose(const float *rows, int keys, int width, int size, int padded, float *out) {
  for (int c = 0; c < size; c++) {
    float *row = out + c * padded;
    for (int j = 0; j < keys; j++) row[j] = rows[j * width + c];
    for (int j = keys; j < padded; j++) row[j] = 0;
  }
}

/* out[j] = x · columns[:, j] for all keys. */
static inline void products(const float *x, const float *columns, int size, int padded, float *out) {
  for (int j = 0; j < padded; j += 4) {
    v128_t sum = wasm_f32x4_splat(0);
    for (int c = 0; c < size; c++) sum = fma4(sum, wasm_f32x4_splat(x[c]), load(columns + c * padded + j));
    store(out + j, sum);
  }
}

/* softmax(x · columns · scale + mask) in place of `row`; padding gets 0. */
static void probabilities(const float *x, const float *columns, const float *mask, int keys, int padded, int size,
                          float scale, float *row) {
  products(x, columns, size, padded, row);
  float largest = -__builtin_inff();
  for (int j = 0; j < keys; j++) {
    row[j] = row[j] * scale + mask[j];
    if (row[j] > largest) largest = row[j];
  }
  for (int j = keys; j < padded; j++) row[j] = -__builtin_inff();
  v128_t sum = wasm_f32x4_splat(0);
  for (int j = 0; j < padded; j += 4) {
    const v128_t e = exp4(wasm_f32x4_sub(load(row + j), wasm_f32x4_splat(largest)));
    store(row + j, e);
    sum = wasm_f32x4_add(sum, e);
  }
  const v128_t inverse = wasm_f32x4_splat(1.0f / total(sum));
  for (int j = 0; j < padded; j += 4) store(row + j, wasm_f32x4_mul(load(row + j), inverse));
}

/* out += Σ_j weights[j] · rows[j] */
static inline void weigh(const float *weights, const float *rows, int keys, int width, int size, float *out) {
  for (int c = 0; c < size; c += 4) {
    v128_t sum = load(out + c);
    for (int j = 0; j < keys; j++) sum = fma4(sum, wasm_f32x4_splat(weights[j]), load(rows + j * width + c));
    store(out + c, sum);
  }
}

/* rows[j] += weights[j] · x */
static inline void spread(const float *weights, const float *x, int keys, int width, int size, float *rows) {
  for (int j = 0; j < keys; j++) {
    const v128_t weight = wasm_f32x4_splat(weights[j]);
    for (int c = 0; c < size; c += 4) store(rows + j * width + c, fma4(load(rows + j * width + c), weight, load(x + c)));
  }
}

static void clear(float *at, int count) {
  for (int i = 0; i < count; i++) at[i] = 0;
}

/*
 * query, out (B, queries, width); key, value (B, keys, width). The mask of batch row b and query i starts at
 * mask + b · maskBatch + i · maskQuery.
 */
__attribute__((export_name("attention"))) void attention(
    const float *query, const float *key, const float *value, const float *mask, float *out, float *scratch, int batch,
    int heads, int queries, int keys, int width, int maskBatch, int maskQuery, float scale) {
  const int size = width / heads, padded = (keys + 3) & ~3;
  float *row = scratch, *columns = scratch + padded;
  clear(out, batch * queries * width);
  for (int b = 0; b < batch; b++) {
    for (int h = 0; h < heads; h++) {
      const int atQuery = b * queries * width + h * size, atKey = b * keys * width + h * size;
      transpose(key + atKey, keys, width, size, padded, columns);
      for (int i = 0; i < queries; i++) {
        probabilities(query + atQuery + i * width, columns, mask + b * maskBatch + i * maskQuery, keys, padded, size,
                      scale, row);
        weigh(row, value + atKey, keys, width, size, out + atQuery + i * width);
      }
    }
  }
}

/* Gradients of query, key and value from dy, the probabilities computed again. */
__attribute__((export_name("attentionGradients"))) void attentionGradients(
    const float *dy, const float *query, const float *key, const float *value, const float *mask, float *dQuery,
    float *dKey, float *dValue, float *scratch, int batch, int heads, int queries, int keys, int width, int maskBatch,
    int maskQuery, float scale) {
  const int size = width / heads, padded = (keys + 3) & ~3;
  float *row = scratch, *slope = row + padded, *keyColumns = slope + padded,
        *valueColumns = keyColumns + size * padded;
  clear(dQuery, batch * queries * width);
  clear(dKey, batch * keys * width);
  clear(dValue, batch * keys * width);
  for (int b = 0; b < batch; b++) {
    for (int h = 0; h < heads; h++) {
      const int atQuery = b * queries * width + h * size, atKey = b * keys * width + h * size;
      transpose(key + atKey, keys, width, size, padded, keyColumns);
      transpose(value + atKey, keys, width, size, padded, valueColumns);
      for (int i = 0; i < queries; i++) {
        const float *x = query + atQuery + i * width, *dx = dy + atQuery + i * width;
        probabilities(x, keyColumns, mask + b * maskBatch + i * maskQuery, keys, padded, size, scale, row);
        products(dx, valueColumns, size, padded, slope);
        v128_t sum = wasm_f32x4_splat(0);
        for (int j = 0; j < padded; j += 4) sum = fma4(sum, load(row + j), load(slope + j));
        const v128_t inner = wasm_f32x4_splat(total(sum)), factor = wasm_f32x4_splat(scale);
        for (int j = 0; j < padded; j += 4)
          store(slope + j, wasm_f32x4_mul(wasm_f32x4_mul(wasm_f32x4_sub(load(slope + j), inner), load(row + j)), factor));
        spread(row, dx, keys, width, size, dValue + atKey);
        spread(slope, x, keys, width, size, dKey + atKey);
        weigh(slope, key + atKey, keys, width, size, dQuery + atQuery + i * width);
      }
    }
  }
}
