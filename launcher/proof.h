/*
 * The proof: the stack answers as a whole, through its published port. HTTP
 * 200 from the core; DDP connect -> connected at /websocket; the same
 * SockJS-framed below /sockjs. Asked again until all three hold.
 */
#ifndef LIFTOFF_PROOF_H
#define LIFTOFF_PROOF_H

#include "loop.h"
#include "stack.h"

struct proof;

/*
 * Goes on until proven or cancelled; on_change tells what still fails
 * whenever that changes. on_proven comes once, later.
 */
struct proof *proof_start(struct loop *loop, const struct stack *stack,
			  void (*on_change)(void *context, const char *missing),
			  void (*on_proven)(void *context, const char *summary),
			  void *context);
void proof_cancel(struct proof *proof); /* NULL is fine */

#endif
