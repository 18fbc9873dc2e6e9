/*
 * nginx's configuration for a stack: /websocket and /sockjs to ddp-streamer,
 * the rest to the core. Pure.
 */
#ifndef LIFTOFF_PROXY_CONF_H
#define LIFTOFF_PROXY_CONF_H

#include "buf.h"
#include "stack.h"

#define PROXY_CONF_PATH "/etc/nginx/nginx.conf"
/* nginx in the official image, and below: no root, no capability */
#define PROXY_USER "101:101"
/* inside the container: above 1023 */
#define PROXY_PORT 8080
/* answers 200 when nginx runs, whatever is behind it; never published */
#define PROXY_HEALTH_PORT 8081

void proxy_conf(struct buf *out, const struct stack *stack, const struct subnet *subnet);

#endif
