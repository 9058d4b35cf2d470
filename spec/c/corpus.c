/* SPDX-License-Identifier: MIT
** Gives each file named on the command line to a fuzzing harness (spec/c/fuzz_*.c), so that the corpus is tried again wherever there is a
** compiler, without libFuzzer. `make torture` does it under the sanitizers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int try_file(const char *path) {
  FILE *file = fopen(path, "rb");
  uint8_t *data = malloc(MOST);
  size_t n;
  if (!file || !data) return perror(path), 1;
  n = fread(data, 1, MOST, file);
  fclose(file);
  LLVMFuzzerTestOneInput(data, n);
  free(data);
  return 0;
}

int main(int argc, char **argv) {
  int i, failed = 0;
  for (i = 1; i < argc; i++) failed += try_file(argv[i]);
  printf("%d inputs\n", argc - 1);
  return failed > 0 || argc < 2;
}
