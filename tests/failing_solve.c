/* Preloaded into the program: PETSc's KSPSolve fails on rank 1 at its 30th call, and there alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int KSPSolve(void* solver, void* b, void* x) {
  static int calls = 0;
  static int (*original)(void*, void*, void*) = NULL;
  const char* rank = getenv("OMPI_COMM_WORLD_RANK");
  if (rank != NULL && strcmp(rank, "1") == 0 && ++calls == 30) return 55;
  if (original == NULL) *(void**)&original = dlsym(RTLD_NEXT, "KSPSolve");
  return original(solver, b, x);
}
