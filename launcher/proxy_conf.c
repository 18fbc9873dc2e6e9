#include "proxy_conf.h"

#include <inttypes.h>
#include <string.h>

/* Rocket.Chat processes listen here, the image's own default. */
#define BACKEND_PORT 3000

static void put_upstream(struct buf *out, const char *name, const struct service *service,
			 const struct subnet *subnet, const char *balance)
{
	buf_printf(out, "\tupstream %s {\n\t\t%s;\n", name, balance);
	for (unsigned n = 1; n <= service->replicas; n++) {
		char address[SUBNET_TEXT];

		subnet_address(subnet, service->id, n, address);
		/* a replica that fails is asked again after one second: the default
		 * of ten would turn a short boot into a long outage */
		buf_printf(out, "\t\tserver %s:%d max_fails=1 fail_timeout=1s;\n",
			   address, BACKEND_PORT);
	}
	/* Meteor drops idle connections after 5 s; ours must retire before that,
	 * or a request now and then meets a closing connection. */
	buf_puts(out, "\t\tkeepalive 32;\n\t\tkeepalive_timeout 4s;\n\t}\n");
}

static void put_forwarding(struct buf *out, const struct stack *stack)
{
	/* behind a TLS terminator of the user's, root_url knows the scheme; a
	 * client's own X-Forwarded-Proto is never believed */
	bool https = !strncmp(stack->root_url, "https://", 8);

	buf_printf(out,
		   "\tproxy_http_version 1.1;\n"
		   "\tproxy_set_header Host $http_host;\n"
		   "\tproxy_set_header Upgrade $http_upgrade;\n"
		   "\tproxy_set_header Connection $connection_upgrade;\n"
		   "\tproxy_set_header X-Real-IP $remote_addr;\n"
		   "\tproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
		   "\tproxy_set_header X-Forwarded-Proto %s;\n"
		   "\tproxy_set_header X-Forwarded-Host $http_host;\n"
		   "\tproxy_connect_timeout 2s;\n"
		   "\tproxy_next_upstream error timeout;\n"
		   "\tproxy_next_upstream_tries 3;\n",
		   https ? "https" : "$scheme");
}

static void put_server(struct buf *out, const struct stack *stack, const char *streamer)
{
	buf_printf(out,
		   "\tserver {\n"
		   "\t\tlisten %d default_server;\n"
		   "\t\tclient_max_body_size %" PRIu64 ";\n"
		   "\t\terror_page 502 504 =503 @starting;\n"
		   "\n"
		   "\t\tlocation ~ ^/(websocket|sockjs)(/|$) {\n"
		   "\t\t\tproxy_pass http://%s;\n"
		   "\t\t\tproxy_read_timeout %us;\n"
		   "\t\t\tproxy_send_timeout %us;\n"
		   "\t\t\tproxy_buffering off;\n"
		   "\t\t}\n",
		   PROXY_PORT, stack->max_body_size, streamer, stack->websocket_timeout,
		   stack->websocket_timeout);
	buf_puts(out,
		 "\t\tlocation / {\n"
		 "\t\t\tproxy_pass http://core;\n"
		 "\t\t\tproxy_read_timeout 300s;\n"
		 "\t\t\tproxy_request_buffering off;\n"
		 "\t\t}\n"
		 "\t\tlocation @starting {\n"
		 "\t\t\tinternal;\n"
		 "\t\t\tdefault_type text/plain;\n"
		 "\t\t\tadd_header Retry-After 5 always;\n"
		 "\t\t\tadd_header Cache-Control no-store always;\n"
		 "\t\t\treturn 503 \"Rocket.Chat is starting. Try again shortly.\\n\";\n"
		 "\t\t}\n"
		 "\t}\n");
}

void proxy_conf(struct buf *out, const struct stack *stack, const struct subnet *subnet)
{
	const struct service *core = stack_service(stack, SERVICE_ROCKETCHAT);
	const struct service *streamer = stack_service(stack, SERVICE_DDP_STREAMER);

	buf_puts(out,
		 "# Written by liftoff; a change made here is lost.\n"
		 "worker_processes auto;\n"
		 "error_log /dev/stderr warn;\n"
		 "pid /tmp/nginx.pid;\n"
		 "events {\n\tworker_connections 10240;\n}\n"
		 "http {\n"
		 "\tserver_tokens off;\n"
		 "\taccess_log off;\n"
		 "\tclient_body_temp_path /tmp/client_body;\n"
		 "\tproxy_temp_path /tmp/proxy;\n"
		 "\tfastcgi_temp_path /tmp/fastcgi;\n"
		 "\tuwsgi_temp_path /tmp/uwsgi;\n"
		 "\tscgi_temp_path /tmp/scgi;\n"
		 "\t# empty, not \"close\": plain requests reuse upstream connections\n"
		 "\tmap $http_upgrade $connection_upgrade {\n"
		 "\t\tdefault upgrade;\n"
		 "\t\t'' '';\n"
		 "\t}\n");
	put_forwarding(out, stack);
	/* without microservices every core holds its own sessions: clients stay
	 * with theirs */
	put_upstream(out, "core", core, subnet,
		     streamer ? "least_conn" : "hash $binary_remote_addr consistent");
	if (streamer)
		put_upstream(out, "streamer", streamer, subnet, "least_conn");
	put_server(out, stack, streamer ? "streamer" : "core");
	buf_printf(out,
		   "\tserver {\n"
		   "\t\tlisten %d;\n"
		   "\t\treturn 200 \"ok\\n\";\n"
		   "\t}\n"
		   "}\n",
		   PROXY_HEALTH_PORT);
}
